"""The laws of merging, on a view in memory: no silent overwrite, whatever the order."""

import itertools
from collections.abc import Collection

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms.engine import catalogue
from forms.engine.answers import Answers
from forms.engine.form import Form
from sync.crypto.authorship import holds
from sync.protocol import authorship
from sync.protocol.change import EDIT, NEW, NOBODY, SETTLE, STATE, Body, Change, Number, named
from sync.protocol.merge import applied_groups, judge
from sync.protocol.settle import Settlement, chosen, deciding
from sync.protocol.view import Dispute, Judgement, Known, Present
from sync.protocol.walk import WALK_MAX

CATALOGUE = catalogue.load()
RESIDENT = "residents/resident"
LETTER = "letters/surat_keterangan_domisili"
OFFICE = b"o" * 16
FIELDS = ("nama", "telepon", "agama")  # groups of their own


class Keyring:
    """The keys that were brought, of everybody who ever brought one."""

    def __init__(self, records: dict[bytes, Present]) -> None:
        self._records = records

    def _told(self) -> list[Answers]:
        found = self._records.values()
        return [one.answers for one in found if one.service == authorship.SERVICE]

    def signed(self, change: Change, public: bytes) -> bool:
        return holds(change, public)

    def keyed(self, change: Change) -> bool:
        return any(one[authorship.DEVICE] == change.device.hex() for one in self._told())

    def first(self, change: Change) -> bool:
        return all(one[authorship.OWNER] != change.operator.hex() for one in self._told())


class Memory:
    """A view that keeps everything in dictionaries."""

    def __init__(self, role: str = "kepala") -> None:
        self.changes: dict[bytes, Known] = {}
        self.records: dict[bytes, Present] = {}
        self.disputes: dict[tuple[bytes, str], Dispute] = {}
        self.role = role
        self.taken: bytes | None = None
        self.gone = set[bytes]()  # records whose person was erased
        self.knew: set[str] = set()  # roles that the author's desk knew of
        self.stands: str | None = ""  # where the author stands to every record
        self.signers = Keyring(self.records)

    def known(self, change: bytes) -> Known | None:
        return self.changes.get(change)

    def present(self, record: bytes) -> Present | None:
        return self.records.get(record)

    def form(self, service: str) -> Form | None:
        return CATALOGUE.forms.get(service)

    def fault(self, change: Change, _form: Form) -> str:
        return "nik_length" if change.body.answers.get("nik") == "1" else ""

    def erased(self, change: Change) -> bool:
        return not self.gone.isdisjoint({change.target, change.subject})

    def office(self, change: Change) -> bytes:
        return OFFICE

    def place(self, change: Change, present: Present) -> str | None:
        return self.stands

    def roles(self, operator: bytes) -> Collection[str]:
        return {self.role}

    def former(self, change: Change) -> Collection[str]:
        return self.knew

    def disputed(self, tip: bytes, group: str) -> Dispute | None:
        found = [d for d in self.disputes.values() if d.proposed == tip and d.group == group]
        return found[0] if found else None

    def doubts(self, record: bytes) -> Collection[Dispute]:
        return [d for d in self.disputes.values() if d.record == record and not d.closed_by]

    def bearers(self, present: Present, key: str) -> Collection[bytes]:
        return [
            record.id
            for record in self.records.values()
            if record.answers.get(key) == present.answers[key]
        ]

    def holder(self, change: Change) -> bytes | None:
        return self.taken

    def leased(self, change: Change) -> bool:
        return True

    def take(self, change: Change) -> Judgement:
        judgement = judge(change, self)
        if not judgement.repeated:
            self.changes[change.id] = Known(
                judgement.verdict,
                judgement.code,
                change.target,
                change.act,
                change.base,
                judgement.stands,
                chosen(change),
            )
            if judgement.present is not None:
                self.records[change.target] = judgement.present
            self.disputes |= {(d.id, d.group): d for d in judgement.disputes}
        return judgement


_seq = itertools.count(1)
_BODY: dict[str, object] = {"answers": {}, "reason": "", "paper": None}


def act(service: str, name: str, **parts: object) -> Change:
    answers, reason, paper = (parts.pop(key, empty) for key, empty in _BODY.items())
    body = Body(answers, reason, paper)  # type: ignore[arg-type] # named by tests
    plain = {
        "device": b"d" * 16,
        "incarnation": b"i" * 8,
        "seq": next(_seq),
        "operator": b"p" * 16,
        "time": 0,
        "version": 1,
        "record": NOBODY,
        "subject": NOBODY,
        "base": {},
        "state": "",
        "number": None,
        "salt": b"s",
    }
    return named(
        msgspec.convert({**plain, "service": service, "act": name, "body": body, **parts}, Change)
    )


def new(**answers: str) -> Change:
    return act(RESIDENT, NEW, answers=answers)


def edit(record: Change, base: Change, **answers: str) -> Change:
    return act(
        RESIDENT,
        EDIT,
        record=record.target,
        base=dict.fromkeys(answers, base.id),
        answers=answers,
    )


@pytest.fixture
def memory() -> Memory:
    return Memory()


def test_a_change_judged_twice_has_its_old_verdict_and_changes_nothing(memory: Memory) -> None:
    first = new(nama="AHMAD")
    memory.take(first)
    before = dict(memory.records)

    again = memory.take(first)

    assert (again.verdict, again.repeated, again.present) == ("applied", True, None)
    assert memory.records == before


def test_an_emptied_field_goes_and_its_head_moves(memory: Memory) -> None:
    first = new(nama="AHMAD", telepon="0812")
    emptied = act(
        RESIDENT,
        EDIT,
        record=first.target,
        base={"telepon": first.id},
        answers={"telepon": None},
    )
    memory.take(first)

    assert memory.take(emptied).verdict == "applied"
    assert memory.records[first.id].answers == {"nama": "AHMAD"}
    assert memory.records[first.id].head("telepon") == emptied.id


def test_a_group_is_taken_whole_or_not_at_all(memory: Memory) -> None:
    first = new(nama="AHMAD", tempat_lahir="CONTOH", tanggal_lahir="1988-05-15")
    memory.take(first)
    birth = {"tempat_lahir": "TELADAN", "tanggal_lahir": "1988-05-15"}
    ours = act(RESIDENT, EDIT, record=first.id, base={"kelahiran": first.id}, answers=birth)
    date = {"tempat_lahir": "CONTOH", "tanggal_lahir": "1988-05-16"}
    theirs = act(RESIDENT, EDIT, record=first.id, base={"kelahiran": first.id}, answers=date)

    assert memory.take(ours).verdict == "applied"
    late = memory.take(theirs)

    assert (late.verdict, late.code) == ("conflict", "groups:kelahiran")
    assert memory.records[first.id].answers == {"nama": "AHMAD", **birth}


def test_an_edit_leaves_what_a_later_version_added_to_the_group_as_it_is(memory: Memory) -> None:
    first = new(nama="AHMAD", tempat_lahir="CONTOH", tanggal_lahir="1988-05-15")
    memory.take(first)
    place = {"tempat_lahir": "TELADAN"}  # its author's version knows of no date
    older = act(RESIDENT, EDIT, record=first.id, base={"kelahiran": first.id}, answers=place)

    assert memory.take(older).verdict == "applied"

    expected = {"nama": "AHMAD", "tempat_lahir": "TELADAN", "tanggal_lahir": "1988-05-15"}
    assert memory.records[first.id].answers == expected


def test_a_change_on_one_in_conflict_counts_from_what_that_was_based_on(memory: Memory) -> None:
    first = new(telepon="1")
    ours, theirs = edit(first, first, telepon="2"), edit(first, first, telepon="3")
    on_theirs = edit(first, theirs, telepon="4")
    memory.take(first)
    memory.take(theirs)
    assert memory.take(ours).verdict == "conflict"

    # Ours is in the inbox on the base `first`; what follows it is no nearer to `theirs`.
    assert memory.take(edit(first, ours, telepon="5")).verdict == "conflict"
    assert memory.take(on_theirs).verdict == "applied"


def test_an_endless_walk_of_bases_is_a_conflict(memory: Memory) -> None:
    first = new(telepon="1")
    memory.take(first)
    ring = [bytes([place]) * 16 for place in range(1, WALK_MAX + 2)]
    for here, there in itertools.pairwise([*ring, ring[0]]):
        memory.changes[here] = Known("refused", "", first.id, EDIT, {}, {"telepon": there})
    late = act(
        RESIDENT,
        EDIT,
        record=first.id,
        base={"telepon": ring[0]},
        answers={"telepon": "2"},
    )

    assert memory.take(late).verdict == "conflict"


def test_a_change_that_the_present_one_was_made_on_has_no_effect_when_it_comes_late(
    memory: Memory,
) -> None:
    first = new(telepon="1")
    between = edit(first, first, telepon="2")
    last = edit(first, between, telepon="3")
    memory.take(first)
    memory.take(between)
    memory.take(last)
    del memory.changes[between.id]  # a server that went back and met the later one first

    assert memory.take(between).verdict == "no_effect"
    assert memory.records[first.id].answers == {"telepon": "3"}


def letter(**answers: str) -> Change:
    return act(LETTER, NEW, answers=answers, state="received")


def approved(memory: Memory, first: Change) -> Change:
    """Take a letter to where it may be issued; give the newest step."""
    last = first
    for name, state in (("submit", "drafted"), ("approve", "approved")):
        last = act(LETTER, name, record=first.id, base={STATE: last.id}, state=state)
        assert memory.take(last).verdict == "applied"
    return last


def retyped(first: Change, **answers: str) -> Change:
    """Change what a letter said from its beginning."""
    base = dict.fromkeys(answers, first.id)
    return act(LETTER, EDIT, record=first.id, base=base, answers=answers)


def printed(last: Change, shown: dict[str, Change], place: int = 1) -> Change:
    """Issue a letter on which stand the values of these changes, by group."""
    return act(
        LETTER,
        "issue",
        record=last.record,
        base={STATE: last.id} | {group: one.id for group, one in shown.items()},
        state="issued",
        number=Number("surat", 2026, place, str(place)),
        paper={"layout": 1},
    )


def test_two_issues_of_one_letter_are_never_one(memory: Memory) -> None:
    first = letter(nama="AHMAD")
    memory.take(first)
    last = approved(memory, first)

    verdicts = [memory.take(printed(last, {}, place)) for place in (1, 2)]

    assert [verdict.verdict for verdict in verdicts] == ["applied", "conflict"]
    assert [dispute.kind for dispute in verdicts[1].disputes] == ["transition"]


@pytest.mark.parametrize(
    ("group", "typed", "verdict"),
    [("nama", "BUDI", "conflict"), ("nik", "1", "refused")],
)
def test_a_paper_with_a_value_that_the_record_never_took_is_put_before_a_person(
    memory: Memory, group: str, typed: str, verdict: str
) -> None:
    first = letter(nama="AHMAD")
    memory.take(first)
    last = approved(memory, first)
    before = memory.records[first.id]
    late = retyped(first, **{group: typed})  # the text of an approved letter stays as it is
    assert memory.take(late).verdict == verdict

    judgement = memory.take(printed(last, {group: late}))

    assert judgement.verdict == "conflict"
    assert [dispute.kind for dispute in judgement.disputes] == ["transition"]
    assert memory.records[first.id] == before


def test_a_paper_with_a_value_that_was_typed_twice_or_chosen_is_issued(memory: Memory) -> None:
    first = letter(nama="AHMAD", telepon="1")
    memory.take(first)
    ours, theirs = retyped(first, nama="BUDI"), retyped(first, nama="CITRA", telepon="1")
    memory.take(ours)
    assert memory.take(theirs).code == "groups:nama"  # their telephone is the one that is there
    said = Settlement(theirs.id, "nama", ours.id, theirs.id, "proposed")
    choice = act(
        LETTER,
        SETTLE,
        record=first.id,
        base={"nama": ours.id},
        answers={"nama": "CITRA"},
        extra=deciding(said),
    )
    memory.take(choice)

    judgement = memory.take(printed(approved(memory, first), {"nama": theirs, "telepon": theirs}))

    assert judgement.verdict == "applied"
    assert memory.records[first.id].head("nama") == choice.id


def test_the_same_act_without_a_number_twice_has_no_effect(memory: Memory) -> None:
    first = letter(nama="AHMAD")
    ours, theirs = (
        act(LETTER, "submit", record=first.id, base={STATE: first.id}, state="drafted")
        for _ in range(2)
    )
    memory.take(first)
    memory.take(ours)

    assert memory.take(theirs).verdict == "no_effect"


def test_a_number_that_another_paper_has_is_noted_beside_the_verdict(memory: Memory) -> None:
    memory.taken = b"x" * 16
    number = Number("surat", 2026, 1, "1")

    judgement = memory.take(act(LETTER, NEW, state="received", number=number))

    assert judgement.code == "number_taken"
    assert [d.kind for d in judgement.disputes] == ["number_taken"]


def test_a_desk_takes_over_every_group_but_those_in_conflict() -> None:
    form = CATALOGUE.form(RESIDENT)
    change = act(RESIDENT, EDIT, answers={"nama": "A", "telepon": "1", "agama": "1"})

    taken = applied_groups(form, change, "conflict", "groups:agama,telepon")

    assert taken == {"nama"}
    assert applied_groups(form, change, "refused", "role_missing") == frozenset()
    assert applied_groups(form, change, "applied", "") == {"nama", "telepon", "agama"}


edits = st.lists(
    st.tuples(st.sampled_from(FIELDS), st.sampled_from("123"), st.integers(0, 20)), max_size=12
)


def history(steps: list[tuple[str, str, int]]) -> list[Change]:
    """A record and edits, each based on any change before it that wrote the field."""
    first = new(nama="0", telepon="0", agama="0")
    made = [first]
    for field, value, back in steps:
        writers = [c for c in made if c is first or field in c.body.answers]
        made.append(edit(first, writers[back % len(writers)], **{field: value}))
    return made


@given(edits)
@settings(max_examples=150, deadline=None)
def test_no_value_goes_that_the_author_of_the_next_had_not_seen(
    steps: list[tuple[str, str, int]],
) -> None:
    memory = Memory()
    made = history(steps)
    memory.take(made[0])
    for change in made[1:]:
        [field] = change.body.answers
        before = memory.records[made[0].id]
        seen = {change.base[field]}
        while True:  # what the base stands for, by the verdicts themselves
            stand = {memory.changes[s].stands.get(field, s) for s in seen} | seen
            if stand == seen:
                break
            seen = stand
        memory.take(change)
        after = memory.records[made[0].id]
        if after.answers[field] != before.answers[field]:
            assert before.head(field) in seen


@given(edits)
@settings(max_examples=100, deadline=None)
def test_the_order_of_edits_of_different_fields_does_not_matter(
    steps: list[tuple[str, str, int]],
) -> None:
    made = history(steps)
    by_field = {field: [c for c in made[1:] if field in c.body.answers] for field in FIELDS}
    results = []
    for order in (FIELDS, FIELDS[::-1]):
        memory = Memory()
        memory.take(made[0])
        verdicts = {c.id: memory.take(c).verdict for field in order for c in by_field[field]}
        results.append((verdicts, memory.records[made[0].id].answers))

    assert results[0] == results[1]


@given(edits)
@settings(max_examples=100, deadline=None)
def test_taking_everything_twice_is_taking_it_once(steps: list[tuple[str, str, int]]) -> None:
    made = history(steps)
    memory = Memory()
    for change in made:
        memory.take(change)
    once = (dict(memory.records), dict(memory.disputes), dict(memory.changes))

    assert all(memory.take(change).repeated for change in made)
    assert (memory.records, memory.disputes, memory.changes) == once
