"""One record as it is known: the sum of its changes, in the order in which they count. Pure."""

from typing import Any

import msgspec

from forms.engine.form import Form
from sync.protocol import merge, settle, wire
from sync.protocol.branch import NUMBER
from sync.protocol.change import NEW, NOBODY, NUMBERING, SETTLE, STATE, Change, Number
from sync.protocol.ties import corrected, is_second

ORIGIN = ""  # in `heads`: the change that began the record, and so wrote every other group


class Case(msgspec.Struct, frozen=True, array_like=True):
    """A record. `heads` names the change that last wrote a group, as protocol.view.Present has it.

    `paper` is the change that carries the printed letter, "" before it is issued. `began` and
    `updated` are the authors' clocks in ms, `author` the operator of the newest change. `second` is
    the change by which another office signed too, `register` its number there, `replaces` the
    record whose letter this one corrects. `printed` is the provisional number that stands on the
    paper, once `number` is the final one. `erased`: the person is; what is left is a shell.
    """

    id: bytes
    service: str
    version: int
    subject: bytes
    office: bytes
    state: str
    answers: dict[str, Any]
    heads: dict[str, bytes]
    number: Number | None
    paper: bytes
    began: int
    updated: int
    author: bytes
    second: bytes = NOBODY
    register: Number | None = None
    replaces: bytes = NOBODY
    printed: str = ""
    erased: bool = False

    def head(self, group: str) -> bytes:
        """Name the change that last wrote a group."""
        return self.heads.get(group) or self.heads[ORIGIN]

    def encode(self) -> bytes:
        """Return the bytes to keep."""
        return wire.encode(self)


_decoder = msgspec.msgpack.Decoder(Case)


def decode(plain: bytes) -> Case:
    """Undo `Case.encode`."""
    return _decoder.decode(plain)


def begin(change: Change, office: bytes) -> Case:
    """Return the record that a change begins."""
    body = change.body
    begun = Case(
        change.target,
        change.service,
        change.version,
        change.subject,
        office,
        change.state,
        {key: value for key, value in body.answers.items() if value is not None},
        {ORIGIN: change.id},
        change.number,
        change.id if body.paper else b"",
        change.time,
        change.time,
        change.operator,
        replaces=corrected(change),
    )
    return shell(begun) if change.erased else begun


def shell(case: Case) -> Case:
    """Return what is left of an erased record, the same whether its history was told or erased."""
    heads = {group: name for group, name in case.heads.items() if group in {ORIGIN, STATE}}
    return msgspec.structs.replace(
        case,
        version=1,
        answers={},
        heads=heads,
        paper=NOBODY,
        updated=case.began,
        author=NOBODY,
        erased=True,
    )


def apply(case: Case, change: Change, groups: frozenset[str], form: Form | None) -> Case:
    """Return the record with these groups of a change taken over; a shell stays one."""
    after = _applied(case, change, groups, form)
    return shell(after) if case.erased else after


def _applied(case: Case, change: Change, groups: frozenset[str], form: Form | None) -> Case:
    if change.act == NUMBERING:
        return _numbered(case, change) if groups else case
    body = change.body
    answers, heads = dict(case.answers), dict(case.heads)
    for key, value in body.answers.items():
        if (form.group_of(key) if form else key) in groups:
            if value is None:
                answers.pop(key, None)
            else:
                answers[key] = value
    moved = STATE in groups and change.act != NEW
    for group in groups:
        if group != STATE or moved:
            heads[group] = change.id
    second = moved and is_second(change.number)
    own = moved and not second
    return Case(
        case.id,
        case.service,
        max(case.version, change.version),
        case.subject,
        case.office,
        change.state if moved else case.state,
        answers,
        heads,
        change.number or case.number if own else case.number,
        change.id if own and body.paper else case.paper,
        case.began,
        max(case.updated, change.time),
        change.operator,
        change.id if second else case.second,
        change.number if second else case.register,
        case.replaces,
        case.printed,
    )


def _numbered(case: Case, change: Change) -> Case:
    """Return the record with its final number, or that of the office that signed second."""
    if is_second(change.number):
        return msgspec.structs.replace(case, register=change.number)
    printed = case.number.text if case.number is not None else ""
    return msgspec.structs.replace(case, number=change.number, printed=printed)


def touched(
    change: Change, form: Form | None, verdict: str = "applied", code: str = ""
) -> frozenset[str]:
    """Tell which groups of a change count, given what the server said of it."""
    if form is not None:
        return merge.applied_groups(form, change, verdict, code)
    if change.act == SETTLE and not settle.writes(change, verdict, code):
        return frozenset()
    if verdict != "applied":
        return (
            frozenset()
        )  # a later version's form: which of its groups are in dispute can't be told
    if change.act == NUMBERING:
        return frozenset({NUMBER})
    return frozenset(change.body.answers) | ({STATE} if change.state else frozenset())
