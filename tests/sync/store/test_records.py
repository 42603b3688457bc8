import os
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from forms.engine.problem import Refused
from sync.protocol.change import EDIT, NEW, STATE, Change, change_id
from sync.store import kept, operators, read, records
from sync.store.handle import Store
from sync.store.records import Item
from sync.store.verify import verify
from tests.sync.store.laptop import LETTER, RESIDENT, Desk, count_of

Answers = dict[str, Any]
Resident = Callable[..., Answers]


def changes(store: Store, record: bytes) -> list[Change]:
    with store.read() as conn:
        rows = conn.exec_driver_sql(
            "SELECT id, plain FROM change WHERE record = ? ORDER BY n", (record,)
        )
        return [kept.unpack(row.plain, row.id) for row in rows]


def codes(refusal: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [problem.code for problem in refusal.value.problems]


def test_a_new_record_is_one_change_that_names_it(store: Store, resident: Resident) -> None:
    saved = records.new(store, RESIDENT, resident(nama="SRI WAHYUNI"))

    (change,) = changes(store, saved.record)
    assert (change.act, change.record, change.id) == (NEW, b"", saved.record)
    assert change_id(change) == change.id
    assert change.operator == store.operator.id
    assert saved.state == "active"
    shown = read.record(store, saved.record)
    assert shown.answers["nama"] == "SRI WAHYUNI"
    assert shown.sync == "local"
    assert verify(store) == []


def test_what_was_saved_is_there_after_the_next_start(desk: Desk, business: Answers) -> None:
    with desk.unlock() as first:
        saved = records.new(first, LETTER, business, issue=True)

    with desk.unlock() as second:
        shown = read.record(second, saved.record)
        assert (shown.state, shown.number) == ("issued", saved.number)
        assert records.new(second, LETTER, business, issue=True).number != saved.number


def test_every_problem_of_the_answers_is_told_and_nothing_saved(
    store: Store, resident: Resident
) -> None:
    before = count_of(store, "change")

    with pytest.raises(Refused) as refusal:
        records.new(store, RESIDENT, resident(nik="123", agama="99", tidak_ada="x"))

    assert {"nik_length", "unknown_field"} <= set(codes(refusal))
    assert count_of(store, "change") == before


def test_an_edit_changes_only_the_keys_it_is_given(store: Store, resident: Resident) -> None:
    saved = records.new(store, RESIDENT, resident())
    before = read.record(store, saved.record).answers

    records.edit(store, saved.record, {"telepon": "081234567890", "pekerjaan": None})

    after = read.record(store, saved.record).answers
    assert after["telepon"] == "081234567890"
    assert "pekerjaan" not in after
    untouched = before.keys() - {"telepon", "pekerjaan"}
    assert {key: after[key] for key in untouched} == {key: before[key] for key in untouched}


def test_an_edit_carries_its_whole_group_based_on_the_last_writer(
    store: Store, resident: Resident
) -> None:
    saved = records.new(store, RESIDENT, resident())
    records.edit(store, saved.record, {"tempat_lahir": "TANJUNG"})
    records.edit(store, saved.record, {"tempat_lahir": "KENANGA"})

    first, second, third = changes(store, saved.record)
    form = store.catalogue.form(RESIDENT)
    group = form.group_of("tempat_lahir")
    assert len(form.groups[group]) > 1
    assert second.act == EDIT
    assert set(second.body.answers) == set(form.groups[group])
    assert second.base == {group: first.id}
    assert third.base == {group: second.id}


def test_an_edit_that_changes_nothing_is_no_change(store: Store, resident: Resident) -> None:
    answers = resident()
    saved = records.new(store, RESIDENT, answers)

    records.edit(store, saved.record, {"nama": answers["nama"]})

    assert len(changes(store, saved.record)) == 1


def test_a_nik_of_another_resident_needs_a_reason(store: Store, resident: Resident) -> None:
    first = records.new(store, RESIDENT, resident())
    taken = read.record(store, first.record).answers["nik"]

    with pytest.raises(Refused) as refusal:
        records.new(store, RESIDENT, resident(nik=taken))

    (problem,) = refusal.value.problems
    assert (problem.code, problem.field) == ("nik_in_use", "nik")
    assert problem.facts["record"] == first.record.hex()
    records.new(store, RESIDENT, resident(nik=taken), reason="Dua orang dengan satu NIK")


def test_a_nik_that_was_given_up_is_free_again(store: Store, resident: Resident) -> None:
    first = records.new(store, RESIDENT, resident())
    taken = read.record(store, first.record).answers["nik"]

    records.edit(store, first.record, {"nik": None})

    records.new(store, RESIDENT, resident(nik=taken))


def test_a_move_steps_the_machine_on_the_base_of_the_state(
    store: Store, resident: Resident
) -> None:
    saved = records.new(store, RESIDENT, resident())
    moved = records.move(store, saved.record, "move_out", reason="Pindah ke kota lain")
    back = records.move(store, saved.record, "reinstate", reason="Kembali")

    assert (moved.state, back.state) == ("moved", "active")
    first, second, third = changes(store, saved.record)
    assert second.base == {STATE: first.id}
    assert third.base == {STATE: second.id}
    assert third.body.answers == {}


@pytest.mark.parametrize(
    ("action", "reason", "code"),
    [
        ("fly", "x", "action_unknown"),
        ("reinstate", "x", "action_not_now"),
        ("move_out", " ", "reason_missing"),
    ],
)
def test_what_the_machine_does_not_allow_is_refused(
    store: Store, resident: Resident, action: str, reason: str, code: str
) -> None:
    saved = records.new(store, RESIDENT, resident())

    with pytest.raises(Refused) as refusal:
        records.move(store, saved.record, action, reason=reason)

    assert codes(refusal) == [code]
    assert read.record(store, saved.record).state == "active"


def test_issue_walks_to_issued_with_a_change_for_every_step(
    store: Store, business: Answers
) -> None:
    saved = records.new(store, LETTER, business, issue=True)

    assert saved.state == "issued"
    assert saved.number is not None
    made = changes(store, saved.record)
    assert [change.act for change in made] == [NEW, "submit", "check", "approve", "issue"]
    # Before the first act that is signed its author's key is made known.
    assert [change.seq - made[0].seq for change in made] == [0, 1, 2, 4, 5]
    for before, after in pairwise(made):
        assert after.base[STATE] == before.id
    form = store.catalogue.form(LETTER)
    assert set(made[-1].base) == {*form.groups, STATE}
    assert made[-1].number == saved.number
    assert made[-1].body.paper is not None
    assert verify(store) == []


def test_an_issued_letter_takes_no_edits(store: Store, business: Answers) -> None:
    saved = records.new(store, LETTER, business, issue=True)

    with pytest.raises(Refused) as refusal:
        records.edit(store, saved.record, {"keperluan": "Lain"})

    assert codes(refusal) == ["state_final"]


def test_a_subject_must_be_here(store: Store, resident: Resident, business: Answers) -> None:
    person = records.new(store, RESIDENT, resident())
    letter = records.new(store, LETTER, business, subject=person.record)

    assert [one.id for one in read.of_subject(store, person.record)] == [letter.record]
    with pytest.raises(Refused) as refusal:
        records.new(store, LETTER, business, subject=os.urandom(16))
    assert codes(refusal) == ["record_unknown"]


def test_an_unknown_record_is_refused(store: Store) -> None:
    with pytest.raises(Refused) as refusal:
        records.edit(store, os.urandom(16), {})
    assert codes(refusal) == ["record_unknown"]

    with pytest.raises(Refused) as refusal:
        records.move(store, os.urandom(16), "submit")
    assert codes(refusal) == ["record_unknown"]


def test_roles_bound_what_an_operator_may_do(
    desk: Desk, store: Store, resident: Resident, business: Answers
) -> None:
    operators.add(store, "Petugas Satu", ["petugas"], "payung hijau", keystore=desk.keystore)
    operators.add(store, "Auditor Satu", ["auditor"], "payung merah", keystore=desk.keystore)
    person = resident()
    store.close()

    with desk.unlock("Petugas Satu", "payung hijau") as clerk:
        letter = records.new(clerk, LETTER, business, issue=True)
        assert letter.state == "drafted"
        with pytest.raises(Refused) as refusal:
            records.move(clerk, letter.record, "approve")
        assert codes(refusal) == ["role_missing"]

    with desk.unlock("Auditor Satu", "payung merah") as auditor:
        assert read.record(auditor, letter.record).state == "drafted"
        with pytest.raises(Refused) as refusal:
            records.new(auditor, RESIDENT, person)
        assert codes(refusal) == ["not_in_scope"]


def test_many_rows_are_saved_in_one_transaction(store: Store, resident: Resident) -> None:
    first = records.new(store, RESIDENT, resident())
    with store.read() as conn:
        case, _ = records.find(store, conn, first.record)
    derived = os.urandom(16)

    with store.write() as conn:
        saved = records.save_many(
            store,
            conn,
            RESIDENT,
            [
                Item(resident(), record=derived),
                Item(case.answers | {"nama": "NAMA BARU"}, case=case),
                Item(case.answers, case=case),
            ],
        )

    assert [one.record for one in saved] == [derived, first.record, first.record]
    assert read.record(store, first.record).answers["nama"] == "NAMA BARU"
    assert len(changes(store, first.record)) == 2
    assert verify(store) == []


def test_a_failure_in_the_middle_of_many_leaves_nothing(store: Store, resident: Resident) -> None:
    before = count_of(store, "record")

    def rows() -> Any:
        yield Item(resident())
        raise RuntimeError

    with pytest.raises(RuntimeError), store.write() as conn:
        records.save_many(store, conn, RESIDENT, rows())

    assert count_of(store, "record") == before
    records.new(store, RESIDENT, resident())
    assert verify(store) == []


def test_records_are_found_by_values_that_should_be_unique(
    store: Store, resident: Resident
) -> None:
    people = [resident() for _ in range(3)]
    ids = [records.new(store, RESIDENT, answers).record for answers in people]
    niks = [answers["nik"] for answers in people]

    with store.read() as conn:
        many = records.by_unique(conn, RESIDENT, "nik", [niks[0], niks[2], "0" * 16])
        one = records.by_unique(conn, RESIDENT, "nik", [niks[1]])

    assert {nik: [case.id for case in cases] for nik, cases in many.items()} == {
        niks[0]: [ids[0]],
        niks[2]: [ids[2]],
    }
    assert [case.id for case in one[niks[1]]] == [ids[1]]
