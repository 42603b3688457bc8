"""What becomes of a person's choice: it closes what its author saw, once, and nothing else."""

import itertools

import pytest

from sync.protocol import columns
from sync.protocol.change import NEW, SETTLE, Change
from sync.protocol.settle import Settlement, deciding, handle, said_by
from sync.protocol.view import Kept
from tests.sync.protocol.test_merge import LETTER, RESIDENT, Memory, act, edit, new


class Case:
    """A resident on whose telephone two desks differ: `ours` is present, `theirs` proposed."""

    def __init__(self, role: str = "kepala") -> None:
        self.memory = Memory(role)
        self.first = new(telepon="1")
        self.ours = edit(self.first, self.first, telepon="2")
        self.theirs = edit(self.first, self.first, telepon="3")
        for change in (self.first, self.ours, self.theirs):
            self.memory.take(change)

    def choice(self, kept: Kept, **parts: object) -> Change:
        present, proposed = parts.pop("present", self.ours), parts.pop("proposed", self.theirs)
        assert isinstance(present, Change)
        assert isinstance(proposed, Change)
        said = Settlement(self.theirs.id, "telepon", present.id, proposed.id, kept)
        winner = present if kept == "present" else proposed
        return act(
            RESIDENT,
            SETTLE,
            record=parts.pop("record", self.first.id),
            base={"telepon": present.id},
            answers=parts.pop("answers", dict(winner.body.answers)),
            extra=deciding(said),
            **parts,
        )

    def take(self, change: Change) -> tuple[str, str]:
        judgement = self.memory.take(change)
        return judgement.verdict, judgement.code

    @property
    def value(self) -> object:
        return self.memory.records[self.first.id].answers["telepon"]

    @property
    def open(self) -> list[bytes]:
        return [d.proposed for d in self.memory.disputes.values() if not d.closed_by]


@pytest.fixture
def case() -> Case:
    return Case()


@pytest.mark.parametrize(
    ("kept", "code", "value"), [("present", "kept", "2"), ("proposed", "adopted", "3")]
)
def test_a_choice_closes_the_dispute_with_the_value_chosen(
    case: Case, kept: Kept, code: str, value: str
) -> None:
    assert case.take(case.choice(kept)) == ("applied", code)

    assert (case.value, case.open) == (value, [])


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ("present", "present", ("no_effect", "")),
        ("proposed", "proposed", ("no_effect", "")),
        ("present", "proposed", ("no_effect", "settled_already")),
        ("proposed", "present", ("no_effect", "settled_already")),
    ],
)
def test_the_first_choice_stands(
    case: Case, first: Kept, second: Kept, said: tuple[str, str]
) -> None:
    case.take(case.choice(first))
    value = case.value

    assert case.take(case.choice(second)) == said

    assert (case.value, case.open) == (value, [])


def test_work_on_a_choice_that_lost_is_a_conflict(case: Case) -> None:
    case.take(case.choice("present"))
    lost = case.choice("proposed")
    case.take(lost)

    on_lost = edit(case.first, lost, telepon="9")

    assert case.take(on_lost)[0] == "conflict"
    assert (case.value, case.open) == ("2", [on_lost.id])


def test_work_on_a_choice_that_was_returned_goes_on_with_what_it_chose(case: Case) -> None:
    case.take(edit(case.first, case.ours, telepon="8"))
    moved = case.choice("proposed")
    assert case.take(moved) == ("no_effect", "settle_moved")

    on_moved = edit(case.first, moved, telepon="9")

    assert case.take(on_moved)[0] == "conflict"
    assert (case.value, case.open) == ("8", [on_moved.id])  # one entry: the branch of `theirs`
    assert list(case.memory.disputes) == [(case.theirs.id, "telepon")]


def test_work_on_a_returned_choice_of_a_proposal_that_has_gone_on_opens_its_own(case: Case) -> None:
    newer = edit(case.first, case.theirs, telepon="4")
    case.take(newer)
    moved = case.choice("proposed")
    assert case.take(moved) == ("no_effect", "settle_moved")

    on_moved = edit(case.first, moved, telepon="9")

    assert case.take(on_moved)[0] == "conflict"
    assert set(case.open) == {newer.id, on_moved.id}  # its author never saw the newer one


def test_work_on_a_choice_that_was_refused_goes_on_with_what_it_chose(case: Case) -> None:
    case.take(edit(case.first, case.ours, telepon="8"))
    case.memory.role = "auditor"
    refused = case.choice("proposed")
    assert case.take(refused)[0] == "refused"
    case.memory.role = "kepala"

    on_refused = edit(case.first, refused, telepon="9")

    assert case.take(on_refused)[0] == "conflict"
    assert case.open == [on_refused.id]


def test_work_on_an_equal_choice_or_on_the_adopted_value_goes_on(case: Case) -> None:
    case.take(case.choice("proposed"))
    equal = case.choice("proposed")
    case.take(equal)

    assert case.take(edit(case.first, equal, telepon="4")) == ("applied", "")

    other = Case()
    other.take(other.choice("proposed"))
    assert other.take(edit(other.first, other.theirs, telepon="5")) == ("applied", "")


@pytest.mark.parametrize("kept", ["present", "proposed"])
def test_a_newer_proposal_than_was_seen_stays_open(case: Case, kept: Kept) -> None:
    newer = edit(case.first, case.theirs, telepon="4")
    case.take(newer)

    assert case.take(case.choice(kept)) == ("no_effect", "settle_moved")

    assert (case.value, case.open) == ("2", [newer.id])
    assert case.take(case.choice(kept, proposed=newer))[0] == "applied"
    assert case.open == []


def test_a_proposal_is_not_adopted_over_a_value_that_nobody_compared_it_with(case: Case) -> None:
    case.take(edit(case.first, case.ours, telepon="8"))

    assert case.take(case.choice("proposed")) == ("no_effect", "settle_moved")
    assert (case.value, case.open) == ("8", [case.theirs.id])

    assert case.take(case.choice("present")) == ("applied", "kept")
    assert (case.value, case.open) == ("8", [])


def test_a_choice_waits_for_what_it_names(case: Case) -> None:
    late = edit(case.first, case.theirs, telepon="4")
    judgement = case.memory.take(case.choice("proposed", proposed=late))

    assert (judgement.verdict, judgement.waits_for) == ("held", late.id)


def test_where_the_two_came_in_the_other_order_the_same_one_wins(case: Case) -> None:
    choices = [case.choice(kept) for kept in ("present", "proposed")]
    for choice, value in zip(choices, "23", strict=True):
        turned = Memory()
        for change in (case.first, case.theirs, case.ours):
            turned.take(change)

        assert turned.take(choice).verdict == "applied"
        assert turned.records[case.first.id].answers["telepon"] == value
        assert all(d.closed_by for d in turned.disputes.values())


def test_what_was_chosen_must_be_the_value_that_was_proposed(case: Case) -> None:
    assert case.take(case.choice("proposed", answers={"telepon": "7"})) == (
        "refused",
        "settlement_wrong",
    )
    both = {"telepon": "3", "agama": "1"}
    assert case.take(case.choice("proposed", answers=both))[1] == "settlement_wrong"
    assert (case.value, case.open) == ("2", [case.theirs.id])


def test_nonsense_is_refused(case: Case) -> None:
    for extra in ({}, {"settles": 7}, {"settles": {"conflict": b"x"}}):
        change = act(RESIDENT, SETTLE, record=case.first.id, extra=extra)
        assert case.take(change) == ("refused", "settlement_wrong")


def test_a_dispute_of_another_record_is_not_settled_here(case: Case) -> None:
    other = new(telepon="6")
    case.take(other)

    assert case.take(case.choice("present", record=other.id)) == ("refused", "settlement_wrong")
    assert case.open == [case.theirs.id]


@pytest.mark.parametrize(
    ("role", "verdict"),
    [("kepala", "applied"), ("verifikator", "applied"), ("petugas", "applied"),
     ("penandatangan", "applied"), ("auditor", "refused"), ("admin", "refused")],
)  # fmt: skip
def test_who_edits_checks_or_signs_may_choose(role: str, verdict: str) -> None:
    case = Case()
    case.memory.role = role

    assert case.take(case.choice("present"))[0] == verdict


def test_another_office_only_sees(case: Case) -> None:
    case.memory.stands = "kecamatan"

    assert case.take(case.choice("present")) == ("refused", "not_in_scope")


def test_a_transition_is_only_ever_dropped_and_with_a_reason() -> None:
    memory = Memory()
    first = act(LETTER, NEW, answers={"nama": "AHMAD"}, state="received")
    ours = act(LETTER, "submit", record=first.id, base={"state": first.id}, state="drafted")
    theirs = act(LETTER, "refuse", record=first.id, base={"state": first.id}, state="refused")
    for change in (first, ours, theirs):
        memory.take(change)

    def choose(kept: Kept, reason: str) -> tuple[str, str]:
        said = Settlement(theirs.id, "state", ours.id, theirs.id, kept)
        made = act(LETTER, SETTLE, record=first.id, reason=reason, extra=deciding(said))
        judgement = memory.take(made)
        return judgement.verdict, judgement.code

    assert choose("proposed", "Sebab") == ("refused", "settle_present_only")
    assert choose("present", " ") == ("refused", "reason_missing")
    assert choose("present", "Sudah diperiksa") == ("applied", "kept")
    assert memory.records[first.id].state == "drafted"


def test_a_choice_travels_as_it_was_made(case: Case) -> None:
    made = [case.choice("present"), case.choice("proposed"), edit(case.first, case.ours, agama="1")]

    [first, second, third] = columns.decode(columns.encode(made))

    assert [first, second, third] == made
    said = said_by(second)
    assert said is not None
    assert (said.present, said.proposed, said.kept) == (case.ours.id, case.theirs.id, "proposed")
    assert said_by(third) is None


def test_each_group_of_a_conflict_has_a_handle_of_its_own() -> None:
    names = [handle(b"a" * 16, group) for group in ("telepon", "agama")] + [handle(b"b" * 16, "")]

    assert len(set(names)) == len(names)
    assert {len(name) for name in names} == {16}


def test_no_order_of_two_choices_decides_what_its_author_did_not_see() -> None:
    """Every order of an edit, a further proposal and two choices: closed is what was named."""
    for order in itertools.permutations(range(4)):
        case = Case()
        steps = [
            edit(case.first, case.ours, telepon="8"),
            edit(case.first, case.theirs, telepon="4"),
            case.choice("proposed"),
            case.choice("present"),
        ]
        for place in order:
            before = case.memory.records[case.first.id].head("telepon")
            open_before = set(case.open)
            verdict, code = case.take(steps[place])
            if steps[place].act == SETTLE:
                assert open_before - set(case.open) <= {case.theirs.id}
                assert code != "adopted" or before == case.ours.id
            elif verdict == "conflict":
                assert steps[place].id in case.open
