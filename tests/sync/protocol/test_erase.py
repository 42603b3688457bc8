import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as some

from forms.engine.problem import Refused
from sync.crypto import signed
from sync.crypto.keys import RegionKeys
from sync.protocol import columns, wire
from sync.protocol.change import NEW, NOBODY, Body, Change, Number, change_id, named
from sync.protocol.erase import forgotten
from sync.protocol.stream import Fate, Page, Raw
from tests.sync.protocol.test_merge import Memory, act

KEYS = RegionKeys.make()
RESIDENT = "residents/resident"


def change(answers: dict[str, str], reason: str = "", seq: int = 1) -> Change:
    return named(
        Change(
            b"d" * 16, b"i" * 8, seq, b"o" * 16, 5, "residents/resident", 1, NEW, NOBODY, NOBODY,
            {}, "active", None, b"s" * 12, Body(answers, reason),
        )
    )  # fmt: skip


def page(*changes: Change) -> bytes:
    fates = [
        Raw(wire.encode(Fate(number, one.id, "applied", "", b"k" * 16, 7)))
        for number, one in enumerate(changes, 1)
    ]
    table = columns.encode(changes)
    return wire.encode(
        Page(b"e", "s/residents", 1, len(changes), len(changes), bytes(32), table, fates, [])
    )


@given(some.dictionaries(some.text(max_size=8), some.text(max_size=8), max_size=4), some.text())
def test_what_is_forgotten_keeps_its_id_and_nothing_that_was_said(
    answers: dict[str, str], reason: str
) -> None:
    made = change(answers, reason)

    gone = forgotten(made)

    assert change_id(gone) == made.id
    assert (gone.body, gone.salt) == (Body(), NOBODY)
    assert forgotten(gone) == gone
    [back] = columns.decode(columns.encode([gone]))
    assert back == gone


def test_a_pages_signature_holds_without_the_bodies_and_with_nothing_else_altered() -> None:
    first, second = change({"nama": "SATU"}), change({"nama": "DUA"}, seq=2)
    whole = signed.sign(page(first, second), KEYS.sign, "page")
    emptied = msgspec.structs.replace(whole, plain=page(forgotten(first), second))
    key = KEYS.public().sign

    assert signed.check(emptied, key, "page") == emptied.plain
    for name, value in (("last", 3), ("stream", "t/residents"), ("chain", b"x" * 32)):
        parts = wire.decode(whole.plain, dict[str, object])
        altered = msgspec.structs.replace(whole, plain=wire.encode(parts | {name: value}))
        with pytest.raises(Refused):
            signed.check(altered, key, "page")


def test_a_signature_of_another_domain_covers_every_byte() -> None:
    whole = signed.sign(wire.encode({"changes": b"a", "x": 1}), KEYS.sign, "receipt")
    altered = msgspec.structs.replace(whole, plain=wire.encode({"changes": b"b", "x": 1}))

    with pytest.raises(Refused):
        signed.check(altered, KEYS.public().sign, "receipt")


def test_what_comes_of_an_erased_record_or_subject_is_erased_whatever_it_is() -> None:
    view = Memory()
    view.gone = {b"p" * 16}

    edit = view.take(act(RESIDENT, "edit", record=b"p" * 16, answers={"nama": "A"}))
    about = view.take(act(RESIDENT, NEW, subject=b"p" * 16, answers={"nama": "A"}))
    other = view.take(act(RESIDENT, NEW, answers={"nama": "A"}, state="active"))

    assert [one.verdict for one in (edit, about, other)] == ["erased", "erased", "applied"]
    assert view.records.keys() == {next(iter(view.records))}


def test_a_number_of_an_erased_letter_that_stands_on_another_paper_is_a_task_all_the_same() -> None:
    view = Memory()
    view.gone, view.taken = {b"p" * 16}, b"other" * 3

    judged = view.take(
        act(
            RESIDENT,
            "issue",
            record=b"p" * 16,
            number=Number("surat", 2026, 7, "7"),
            state="issued",
        )
    )

    assert (judged.verdict, judged.code) == ("erased", "number_taken")
    assert [dispute.kind for dispute in judged.disputes] == ["number_taken"]


def test_a_body_that_is_gone_already_writes_nothing() -> None:
    view = Memory()
    first = act(RESIDENT, NEW, answers={"nama": "A"}, state="active")
    view.take(first)

    later = act(RESIDENT, "edit", record=first.id, answers={"nama": "B"})
    judged = view.take(forgotten(later))

    assert judged.verdict == "erased"
    assert view.records[first.id].answers == {"nama": "A"}
