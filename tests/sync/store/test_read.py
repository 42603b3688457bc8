import os
from collections.abc import Callable
from typing import Any

import pytest

from forms.engine.problem import Refused
from sync.store import operators, read, records
from sync.store.handle import Store
from sync.store.settings import Marks
from tests.sync.store.laptop import LETTER, OPERATOR, RESIDENT, Desk

Resident = Callable[..., dict[str, Any]]


def code_of(refusal: pytest.ExceptionInfo[Refused]) -> str:
    return refusal.value.problems[0].code


def test_a_list_is_whole_and_oldest_first_unless_bounded(store: Store, resident: Resident) -> None:
    saved = [records.new(store, RESIDENT, resident()).record for _ in range(5)]

    assert [one.id for one in read.listing(store, RESIDENT)] == saved
    assert [one.id for one in read.listing(store, RESIDENT, limit=2)] == saved[:2]
    after = read.listing(store, RESIDENT, after=saved[1], limit=2)
    assert [one.id for one in after] == saved[2:4]
    with pytest.raises(Refused) as refusal:
        read.listing(store, RESIDENT, after=os.urandom(16))
    assert code_of(refusal) == "record_unknown"


def test_an_edit_does_not_move_a_record_in_its_list(store: Store, resident: Resident) -> None:
    saved = [records.new(store, RESIDENT, resident()).record for _ in range(2)]

    records.edit(store, saved[0], {"telepon": "081234567890"})

    assert [one.id for one in read.listing(store, RESIDENT)] == saved


def test_people_are_found_by_name_and_number_and_letters_by_theirs(
    store: Store, resident: Resident, business: dict[str, Any]
) -> None:
    answers = resident(nama="CAHYA KUSUMA", alamat="JL. ANGGREK NO. 12")
    person = records.new(store, RESIDENT, answers).record
    letter = records.new(store, LETTER, business, issue=True)
    assert letter.number is not None

    assert [one.id for one in read.find(store, "cahya")] == [person]
    assert [one.id for one in read.find(store, answers["nik"][:14])] == [person]
    assert [one.id for one in read.find(store, "kusuma anggrek")] == [person]
    assert letter.record in {one.id for one in read.find(store, letter.number.text)}
    assert read.find(store, "cahya", service=LETTER) == []


def test_a_record_is_found_by_what_it_says_now(store: Store, resident: Resident) -> None:
    person = records.new(store, RESIDENT, resident(nama="CAHYA KUSUMA")).record

    records.edit(store, person, {"nama": "GILANG PRATAMA"})

    assert read.find(store, "cahya") == []
    assert [one.id for one in read.find(store, "gilang")] == [person]


def test_history_tells_every_act_with_its_author(
    desk: Desk, store: Store, business: dict[str, Any]
) -> None:
    operators.add(store, "Petugas Satu", ["petugas"], "payung hijau", keystore=desk.keystore)
    store.close()
    with desk.unlock("Petugas Satu", "payung hijau") as clerk:
        name = records.new(clerk, LETTER, business, issue=True).record
        records.edit(clerk, name, {"keperluan": "Pinjaman koperasi"}, reason="Salah ketik")

    with desk.unlock() as head:
        records.move(head, name, "return", reason="Kurang lampiran")
        told = read.history(head, name)

    assert [(event.act, event.operator) for event in told] == [
        ("new", "Petugas Satu"),
        ("submit", "Petugas Satu"),
        ("edit", "Petugas Satu"),
        ("return", OPERATOR),
    ]
    assert told[2].keys == ("keperluan",)
    assert told[2].reason == "Salah ketik"
    assert told[3].state == "returned"


def test_actions_are_those_of_the_state_and_the_roles(
    store: Store, business: dict[str, Any]
) -> None:
    name = records.new(store, LETTER, business, issue=True).record

    found = read.record(store, name)

    assert set(read.actions(store, found)) == {"ready", "hand_over", "void"}
    assert not read.may_edit(store, found)


def test_a_service_of_other_offices_is_not_in_scope(store: Store) -> None:
    with pytest.raises(Refused) as refusal:
        read.listing(store, "office/operator")
    assert code_of(refusal) == "not_in_scope"
    assert read.find(store, OPERATOR) == []


@pytest.mark.parametrize(
    ("batch", "trouble", "mark"),
    [
        (None, "", "local"),
        (0, "", "received"),
        (1, "", "durable"),
        (2, "", "received"),
        (3, "", "sent"),
        (4, "", "local"),
        (None, "to_fix", "to_fix"),
        (1, "conflict", "conflict"),
    ],
)
def test_the_mark_follows_from_the_newest_batch(batch: int | None, trouble: str, mark: str) -> None:
    marks = Marks(sent=3, received=2, durable=1)

    assert read.sync_mark(batch, trouble, marks) == mark
