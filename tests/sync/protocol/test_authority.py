"""Who may: by the roles that hold now, or by those that the author's desk could know of."""

import pytest

from sync.protocol.change import NEW
from tests.sync.protocol.test_merge import Memory, act, edit, new


@pytest.fixture
def gone() -> Memory:
    """Where the author has no role any more, and their desk had not read so."""
    memory = Memory(role="nobody")
    memory.knew = {"petugas"}
    return memory


def test_what_was_done_in_good_faith_counts_and_says_so(gone: Memory) -> None:
    first = new(nama="AHMAD")

    begun = gone.take(first)
    edited = gone.take(edit(first, first, nama="HASAN"))

    assert [(j.verdict, j.code) for j in (begun, edited)] == [("applied", "authority_ended")] * 2
    assert gone.records[first.id].answers == {"nama": "HASAN"}


def test_what_a_desk_did_after_it_had_read_so_is_refused(gone: Memory) -> None:
    gone.knew = set()

    judgement = gone.take(new(nama="AHMAD"))

    assert (judgement.verdict, judgement.code) == ("refused", "role_missing")


def test_a_right_that_its_author_never_had_is_missing_as_ever(gone: Memory) -> None:
    gone.knew = {"auditor"}

    judgement = gone.take(new(nama="AHMAD"))

    assert (judgement.verdict, judgement.code) == ("refused", "role_missing")


def test_good_faith_gives_no_right_over_other_people(gone: Memory) -> None:
    gone.knew = {"kepala"}

    judgement = gone.take(act("office/operator", NEW, answers={"nama": "rina"}))

    assert (judgement.verdict, judgement.code) == ("refused", "role_missing")


def test_a_conflict_is_a_conflict_whoever_was_entitled(gone: Memory) -> None:
    first = new(nama="AHMAD")
    gone.take(first)
    gone.take(edit(first, first, nama="HASAN"))

    judgement = gone.take(edit(first, first, nama="HUSIN"))

    assert judgement.verdict == "conflict"
    assert judgement.code.startswith("groups:")


def test_a_right_that_holds_says_nothing(gone: Memory) -> None:
    gone.role = "petugas"

    assert gone.take(new(nama="AHMAD")).code == ""
