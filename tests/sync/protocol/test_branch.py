"""A code says which disputes a change opened or joined, and every desk reads the same."""

import msgspec
import pytest

from sync.protocol import branch
from sync.protocol.branch import Opening
from sync.protocol.change import Number
from sync.protocol.receipt import VerdictName
from tests.sync.protocol.test_merge import LETTER, Memory, act, edit, new


@pytest.mark.parametrize(
    ("verdict", "code", "opened"),
    [
        ("applied", "", []),
        ("no_effect", "", []),
        ("refused", "role_missing", []),
        ("conflict", "groups:agama,telepon", [("value", "agama"), ("value", "telepon")]),
        ("conflict", "transition", [("transition", "state")]),
        ("conflict", "role_missing", [("paper", "state")]),
        ("applied", "number_taken", [("number_taken", "number")]),
        ("conflict", "role_missing+number_not_leased",
         [("paper", "state"), ("number_not_leased", "number")]),
        ("conflict", "transition+number_taken",
         [("transition", "state"), ("number_taken", "number")]),
    ],
)  # fmt: skip
def test_a_code_names_what_it_opens(verdict: str, code: str, opened: list[tuple[str, str]]) -> None:
    change = new(nama="A")

    found = list(branch.openings(change, msgspec.convert(verdict, VerdictName), code))

    assert found == [Opening(kind, group, change.id) for kind, group in opened]  # type: ignore[arg-type] # named by the table


def test_a_branch_goes_on_through_a_refused_change_and_its_code_names_it() -> None:
    memory = Memory()
    first = new(telepon="1")
    ours, theirs = edit(first, first, telepon="2"), edit(first, first, telepon="3")
    memory.role = "kepala"
    for change in (first, ours, theirs):
        memory.take(change)
    memory.role = "auditor"
    refused = edit(first, theirs, telepon="4")
    assert memory.take(refused).verdict == "refused"
    memory.role = "kepala"
    last = edit(first, refused, telepon="5")

    judgement = memory.take(last)

    assert judgement.code == f"groups:telepon@{theirs.id.hex()}"
    assert branch.groups(judgement.code) == frozenset({"telepon"})
    [opening] = branch.openings(last, judgement.verdict, judgement.code)
    assert opening.name == theirs.id


def test_a_number_that_is_taken_is_named_beside_what_else_is_wrong() -> None:
    memory = Memory(role="auditor")
    memory.taken = b"x" * 16
    number = Number("surat", 2026, 1, "1")

    judgement = memory.take(act(LETTER, "new", state="received", number=number))

    assert judgement.code == "role_missing+number_taken"
    kinds = [one.kind for one in branch.openings(act(LETTER, "new"), "conflict", judgement.code)]
    assert kinds == ["paper", "number_taken"] == [one.kind for one in judgement.disputes]
