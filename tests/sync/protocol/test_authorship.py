"""Legal acts count under an operator who signed them; what lacks it is listed, never lost."""

import msgspec
import pytest

from sync.crypto.authorship import OperatorKeys, signed
from sync.protocol import authorship
from sync.protocol.change import EDIT, NEW, NOBODY, SETTLE, STATE, Change, Number, named
from sync.protocol.settle import Settlement, deciding
from tests.sync.protocol.test_merge import LETTER, Memory, act, edit, new

RINA, BUDI = b"p" * 16, b"b" * 16
OURS, THEIRS = OperatorKeys.of(b"rina" * 8), OperatorKeys.of(b"budi" * 8)
DEVICE = b"d" * 16
PAPER = {"day": "2026-01-02"}
NUMBER = Number("surat", 2026, 1, "1/KEL/2026")


def bring(
    owner: bytes = RINA, keys: OperatorKeys = OURS, by: OperatorKeys = OURS, **parts: object
) -> Change:
    said = authorship.brought(owner, keys.public, DEVICE)
    made = act(authorship.SERVICE, NEW, record=keys.name, answers=said, state="brought", **parts)
    return signed(made, by)


@pytest.fixture
def memory() -> Memory:
    """Where Rina's laptop has brought her key, and a letter waits to be approved."""
    memory = Memory()
    assert told(memory, bring()) == ("applied", "")
    return memory


@pytest.fixture
def draft(memory: Memory) -> Change:
    begun = act(LETTER, NEW, answers={"nama": "AHMAD"})
    memory.take(begun)
    submitted = act(LETTER, "submit", record=begun.id, base={STATE: begun.id}, state="drafted")
    memory.take(submitted)
    return submitted


def approve(draft: Change, **parts: object) -> Change:
    plain = {"record": draft.target, "base": {STATE: draft.id}, "state": "approved"}
    return act(LETTER, "approve", **{**plain, **parts})


def issue(approved: Change) -> Change:
    paper = {"base": {STATE: approved.id}, "number": NUMBER, "paper": PAPER}
    return act(LETTER, "issue", record=approved.target, state="issued", **paper)


def told(memory: Memory, change: Change) -> tuple[str, str]:
    judgement = memory.take(change)
    return judgement.verdict, judgement.code


def test_an_act_that_its_author_signed_counts(memory: Memory, draft: Change) -> None:
    assert told(memory, signed(approve(draft), OURS)) == ("applied", "")


def test_an_act_without_a_signature_counts_and_is_listed(memory: Memory, draft: Change) -> None:
    assert told(memory, approve(draft)) == ("applied", "authorship_missing")


def test_a_laptop_that_knows_no_keys_is_believed_as_before(memory: Memory, draft: Change) -> None:
    assert told(memory, approve(draft, device=b"o" * 16)) == ("applied", "")


def test_an_act_that_needs_no_signature_is_as_ever(memory: Memory) -> None:
    first = new(nama="AHMAD")

    assert told(memory, first) == ("applied", "")
    assert told(memory, edit(first, first, nama="HASAN")) == ("applied", "")


@pytest.mark.parametrize(
    "parts",
    [
        {"state": "checked"},
        {"time": 1},
        {"seq": 9_999},
        {"incarnation": b"j" * 8},
        {"record": b"r" * 16},
        {"base": {STATE: b"x" * 16}},
        {"body": msgspec.structs.replace(approve(new()).body, reason="lain")},
        {"number": NUMBER},
        {"operator": BUDI},
    ],
)
def test_a_signature_is_for_one_act_and_no_other(
    memory: Memory, draft: Change, parts: dict[str, object]
) -> None:
    true = signed(approve(draft), OURS)
    other = named(msgspec.structs.replace(true, **parts))

    assert authorship.fault(other, memory.form(LETTER), memory, ()) == "authorship_wrong"  # type: ignore[arg-type] # the form is there


def test_a_wrong_signature_is_refused(memory: Memory, draft: Change) -> None:
    forged = signed(approve(draft), OperatorKeys(THEIRS.sign, THEIRS.seal, OURS.name))

    assert told(memory, forged) == ("refused", "authorship_wrong")
    assert memory.records[draft.target].state == "drafted"


@pytest.mark.parametrize("signature", [b"", b"x" * 64, b"x" * 63, 7, None, "x"])
def test_what_is_no_signature_is_refused(memory: Memory, draft: Change, signature: object) -> None:
    change = approve(draft)
    extra = {authorship.KEY: OURS.name, authorship.SIGNATURE: signature}

    forged = named(msgspec.structs.replace(change, extra=extra))

    assert told(memory, forged) == ("refused", "authorship_wrong")


def test_a_number_under_a_wrong_signature_is_a_fact_all_the_same(
    memory: Memory, draft: Change
) -> None:
    approved = signed(approve(draft), OURS)
    memory.take(approved)
    forged = signed(issue(approved), OperatorKeys(THEIRS.sign, THEIRS.seal, OURS.name))

    judgement = memory.take(forged)

    assert (judgement.verdict, judgement.code) == ("conflict", "authorship_wrong")
    assert [dispute.kind for dispute in judgement.disputes] == ["paper"]


def test_a_paper_without_a_signature_is_issued_and_listed(memory: Memory, draft: Change) -> None:
    approved = signed(approve(draft), OURS)
    memory.take(approved)

    assert told(memory, issue(approved)) == ("applied", "authorship_missing")
    assert memory.records[draft.target].number == NUMBER


def test_nobody_signs_with_a_colleagues_key(memory: Memory, draft: Change) -> None:
    assert told(memory, bring(BUDI, THEIRS)) == ("applied", "")  # Rina says whose it is

    assert told(memory, signed(approve(draft), THEIRS)) == ("refused", "authorship_wrong")
    theirs = signed(approve(draft, operator=BUDI), THEIRS)
    assert told(memory, theirs) == ("applied", "")


def test_a_second_key_that_nobody_vouched_for_does_not_count_yet(
    memory: Memory, draft: Change
) -> None:
    second = bring(RINA, THEIRS, by=THEIRS)
    assert told(memory, second) == ("applied", "authorship_missing")

    approved = signed(approve(draft), THEIRS)
    assert told(memory, approved) == ("applied", "authorship_missing")
    vouched = act(
        authorship.SERVICE, "vouch", record=THEIRS.name, base={STATE: second.id}, state="vouched"
    )
    assert told(memory, signed(vouched, THEIRS)) == ("refused", "authorship_missing")
    assert told(memory, signed(vouched, OURS)) == ("applied", "")
    assert told(memory, signed(issue(approved), THEIRS)) == ("applied", "")


def test_what_is_signed_by_a_key_that_ended_is_listed(memory: Memory, draft: Change) -> None:
    begun = memory.records[OURS.name].heads[""]
    end = act(
        authorship.SERVICE,
        "end",
        record=OURS.name,
        base={STATE: begun},
        state="ended",
        reason="kata sandi diketahui orang lain",
    )
    assert told(memory, signed(end, OURS)) == ("applied", "")

    assert told(memory, signed(approve(draft), OURS)) == ("applied", "authorship_ended")


def test_an_unknown_key_is_as_none(memory: Memory, draft: Change) -> None:
    assert told(memory, signed(approve(draft), THEIRS)) == ("applied", "authorship_missing")


def test_a_choice_in_a_dispute_is_nothing_without_who_chose(memory: Memory) -> None:
    first = new(nama="AHMAD")
    mine, theirs = edit(first, first, nama="HASAN"), edit(first, first, nama="HUSIN")
    for change in (first, mine, theirs):
        memory.take(change)
    said = Settlement(theirs.id, "nama", mine.id, theirs.id, "proposed")
    plain = {"record": first.id, "base": {"nama": mine.id}, "answers": {"nama": "HUSIN"}}
    choice = act("residents/resident", SETTLE, extra=deciding(said), **plain)

    assert told(memory, choice) == ("refused", "authorship_missing")
    assert told(memory, signed(choice, OURS)) == ("applied", "adopted")


def test_roles_are_nothing_without_who_gave_them(memory: Memory) -> None:
    person = act("office/operator", NEW, answers={"nama": "siti", "peran": ["petugas"]})

    assert told(memory, person) == ("refused", "authorship_missing")
    person = signed(person, OURS)
    assert told(memory, person) == ("applied", "")
    raised = act(
        "office/operator",
        EDIT,
        record=person.id,
        base={"peran": person.id},
        answers={"peran": ["kepala"]},
    )
    assert told(memory, raised) == ("refused", "authorship_missing")


def test_a_clerk_brings_their_own_key_and_nobody_elses() -> None:
    memory = Memory(role="petugas")

    assert told(memory, bring()) == ("applied", "")
    assert told(memory, bring(BUDI, THEIRS)) == ("refused", "role_missing")


def test_a_key_is_brought_by_a_signature_only() -> None:
    memory = Memory()
    said = authorship.brought(RINA, OURS.public, DEVICE)
    plain = act(authorship.SERVICE, NEW, record=OURS.name, answers=said, state="brought")

    assert told(memory, plain) == ("applied", "authorship_missing")


def test_a_key_is_not_brought_under_another_ones_name() -> None:
    memory = Memory()
    said = authorship.brought(RINA, THEIRS.public, DEVICE)
    made = act(authorship.SERVICE, NEW, record=OURS.name, answers=said, state="brought")

    assert told(memory, signed(made, OURS)) == ("refused", "authorship_wrong")


def test_what_is_said_of_a_key_stays_as_it_is(memory: Memory) -> None:
    begun = memory.records[OURS.name].heads[""]
    said = authorship.brought(RINA, THEIRS.public, DEVICE)
    group = memory.form(authorship.SERVICE).group_of("kunci")  # type: ignore[union-attr] # it is there
    changed = act(
        authorship.SERVICE, EDIT, record=OURS.name, base={group: begun}, answers={"kunci": "00"}
    )
    again = act(authorship.SERVICE, NEW, record=OURS.name, answers=said, subject=NOBODY)

    for change in (changed, again):
        memory.take(signed(change, OURS))

    assert memory.records[OURS.name].answers["kunci"] == OURS.public.hex()
