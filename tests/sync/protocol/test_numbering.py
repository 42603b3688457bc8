"""A final number takes the place of a provisional one, and is a fact in any case."""

import msgspec
import pytest

from sync.protocol.change import NEW, NUMBERING, STATE, Change, Number
from sync.protocol.merge import applied_groups
from sync.protocol.view import Present
from tests.sync.protocol.test_merge import CATALOGUE, LETTER, Memory, act

PRINTED = Number("surat", 2026, 0, "SEMENTARA-1")
FINAL = Number("surat", 2026, 7, "0007/X")


@pytest.fixture
def view() -> Memory:
    return Memory()


def issued(view: Memory, number: Number | None = PRINTED) -> Change:
    """Begin a letter, and let it be issued with a number."""
    form = CATALOGUE.forms[LETTER]
    first = act(LETTER, NEW, answers={"nama": "AHMAD"}, state=form.machine.start)
    view.take(first)
    present = view.records[first.id]
    view.records[first.id] = msgspec.structs.replace(present, state="issued", number=number)
    return first


def final(first: Change, number: Number | None = FINAL, **parts: object) -> Change:
    return act(
        LETTER,
        NUMBERING,
        **{"record": first.id, "base": {STATE: first.id}, "number": number} | parts,
    )


def present(view: Memory, first: Change) -> Present:
    return view.records[first.id]


def test_it_takes_the_place_of_the_provisional_one_and_touches_nothing_else(view: Memory) -> None:
    first = issued(view)
    before = present(view, first)
    change = final(first)

    judgement = view.take(change)

    assert (judgement.verdict, judgement.code, judgement.disputes) == ("applied", "", ())
    assert present(view, first) == msgspec.structs.replace(before, number=FINAL)
    assert applied_groups(CATALOGUE.forms[LETTER], change, "applied", "") == {"number"}
    assert applied_groups(CATALOGUE.forms[LETTER], change, "conflict", "") == frozenset()


@pytest.mark.parametrize(
    "held", [None, Number("surat", 2026, 3, "0003/X"), Number("surat", 2025, 0, "SEMENTARA-1")]
)
def test_where_none_is_awaited_a_person_is_asked_and_the_number_stays_a_fact(
    view: Memory, held: Number | None
) -> None:
    first = issued(view, held)

    judgement = view.take(final(first))

    assert (judgement.verdict, judgement.code) == ("conflict", "number_not_awaited")
    assert [dispute.kind for dispute in judgement.disputes] == ["paper"]
    assert present(view, first).number == held


def test_it_needs_no_role_since_a_lease_brings_it(view: Memory) -> None:
    first = issued(view)
    view.role = "loket"

    assert view.take(final(first)).verdict == "applied"


def test_it_waits_for_the_act_that_printed_the_provisional_one(view: Memory) -> None:
    first = issued(view)

    judgement = view.take(final(first, base={STATE: b"x" * 16}))

    assert (judgement.verdict, judgement.waits_for) == ("held", b"x" * 16)


@pytest.mark.parametrize("parts", [{"number": PRINTED}, {"number": None}])
def test_without_a_final_number_it_is_no_act_at_all(view: Memory, parts: dict[str, object]) -> None:
    first = issued(view)

    judgement = view.take(final(first, **parts))  # type: ignore[arg-type] # a part that is the number

    assert judgement.code == "action_unknown"
    assert present(view, first).number == PRINTED


def test_it_brings_no_answers_with_it(view: Memory) -> None:
    first = issued(view)

    judgement = view.take(final(first, answers={"nama": "BUDI"}))

    assert judgement.verdict == "conflict"
    assert present(view, first).answers["nama"] == "AHMAD"


def test_a_number_that_stands_on_another_paper_is_put_before_a_person(view: Memory) -> None:
    first = issued(view)
    view.taken = b"t" * 16

    judgement = view.take(final(first))

    assert (judgement.verdict, judgement.code) == ("applied", "number_taken")
    assert present(view, first).number == FINAL
