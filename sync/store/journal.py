"""What one transaction saves: acts of this desk, each a change, and what they leave.

Acts are collected and written together at the end, so that one letter and an import of 18,000 rows
go the same way; a record that is touched several times is written once.
"""

import os
from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec

from forms.engine.form import Form
from sync.crypto.authorship import OperatorKeys, signed
from sync.protocol import authorship
from sync.protocol.change import EDIT, NEW, NOBODY, SALT_BYTES, STATE, Body, Change, Number, named
from sync.protocol.ties import correcting, renaming, serving
from sync.store import kept, settings, shelf
from sync.store.case import Case, apply, begin, touched
from sync.store.handle import Store
from sync.store.registers import lines
from sync.store.statements import Connection

_CHANGE = (
    "INSERT INTO change "
    "(id, record, seq, time, batch, pending, verdict, code, stream, row, plain) "
    "VALUES (?, ?, ?, ?, NULL, 1, '', '', '', 0, ?)"
)
_MIRROR = "INSERT OR IGNORE INTO mirror (id, plain) VALUES (?, ?)"
_EMPTY = Body()


class Act(msgspec.Struct, frozen=True):
    """One act: whole groups of answers, the base of each, the state where it leads."""

    name: str
    answers: dict[str, Any] = {}
    base: dict[str, bytes] = {}
    state: str = ""
    reason: str = ""
    number: Number | None = None
    paper: dict[str, Any] | None = None
    extra: dict[str, Any] = {}


class Journal:
    """The acts of one transaction on one connection, until `flush`.

    `own` are the keys that sign them, else those of who is signed in.
    """

    def __init__(self, store: Store, conn: Connection, own: OperatorKeys | None = None) -> None:
        self._store = store
        self._own = own or store.own
        self._conn = conn
        self._seq = settings.read(conn, "seq", int) or 0
        today = store.day()
        self._beside = serving(today.date) if today.odd else {}
        self._changes: list[tuple[bytes, bytes, int, int, bytes]] = []
        self._before: dict[bytes, Case | None] = {}
        self._now: dict[bytes, Case] = {}
        self._numbered: list[Change] = []

    def start(
        self,
        form: Form,
        answers: dict[str, Any],
        *,
        subject: bytes = NOBODY,
        record: bytes = NOBODY,
        reason: str = "",
        replaces: bytes = NOBODY,
        number: Number | None = None,
    ) -> Case:
        """Begin a record; `record` gives it a derived id, else its id is that of the change.

        `replaces` is the record whose letter this one corrects; `number` one that is taken at once.
        """
        extra = correcting(replaces)
        act = Act(NEW, answers, state=form.machine.start, reason=reason, number=number, extra=extra)
        change = self._change(form, act, record=record, subject=subject)
        case = begin(change, self._store.desk.office.id)
        self._before[case.id] = None
        self._now[case.id] = case
        return case

    def add(self, form: Form, case: Case, act: Act) -> Case:
        """Do a further act on a record as it is now, and return what it has become."""
        change = self._change(form, act, record=case.id, subject=NOBODY)
        after = apply(case, change, touched(change, form), form)
        self._before.setdefault(case.id, case)
        self._now[case.id] = after
        return after

    def again(
        self, change: Change, case: Case | None, base: dict[str, bytes]
    ) -> tuple[Case, bytes]:
        """Do an act of ours again on another record: the same words, author and time.

        Without a `case` it begins one. Gives what the record has become, and the change's id. No
        signature under it holds for the other id, and its operator may be away.
        """
        self._seq += 1
        extra = authorship.unsigned(change)
        made = named(
            msgspec.structs.replace(
                change,
                device=self._store.desk.device,
                incarnation=self._store.desk.incarnation,
                seq=self._seq,
                record=case.id if case else NOBODY,
                base=base,
                extra=extra if case else extra | renaming(change.target),
            )
        )
        self._changes.append((made.id, made.target, self._seq, made.time, kept.pack(made)))
        if case is None:
            after = begin(made, self._store.desk.office.id)
        else:
            form = self._store.form(case.service)
            after = apply(case, made, touched(made, form), form)
        self._before.setdefault(after.id, case)
        self._now[after.id] = after
        return after, made.id

    def bring(self, form: Form, owner: bytes, keys: OperatorKeys) -> None:
        """Make an operator's key known; `form` is that of keys."""
        said = authorship.brought(owner, keys.public, self._store.desk.device)
        self.start(form, said, record=keys.name)

    def now(self, record: bytes) -> Case | None:
        """Give a record as the acts so far leave it; None where none touched it."""
        return self._now.get(record)

    def flush(self) -> None:
        """Write everything; afterwards the journal is empty and may be used again."""
        if not self._changes:
            return
        settings.write(self._conn, "seq", self._seq)
        self._conn.exec_driver_sql(_CHANGE, self._changes)
        before = self._before
        self._conn.exec_driver_sql(
            _MIRROR,
            [(name, case.encode() if case else None) for name, case in before.items()],
        )
        records = [shelf.Put(case, before[name]) for name, case in self._now.items()]
        shelf.put(self._conn, self._store.form, records, ours=True)
        used = [used for change in self._numbered for used in shelf.numbers_of(change)]
        shelf.note_numbers(self._conn, used)
        lines.note(self._conn, self._numbered)
        self._changes, self._before, self._now, self._numbered = [], {}, {}, []

    def _change(self, form: Form, act: Act, *, record: bytes, subject: bytes) -> Change:
        signs = self._signs(form, act, record)
        self._seq += 1
        body = Body(act.answers, act.reason, act.paper)
        change = signs(
            Change(
                device=self._store.desk.device,
                incarnation=self._store.desk.incarnation,
                seq=self._seq,
                operator=self._store.operator.id,
                time=self._store.now(),
                service=form.code,
                version=form.version,
                act=act.name,
                record=record,
                subject=subject,
                base=act.base,
                state=act.state,
                number=act.number,
                salt=NOBODY if body == _EMPTY else os.urandom(SALT_BYTES),
                body=body,
                extra=act.extra | self._beside,
            )
        )
        if change.number is not None:
            self._numbered.append(change)
        plain = kept.pack(change)
        self._changes.append((change.id, change.target, self._seq, change.time, plain))
        return change

    def _signs(self, form: Form, act: Act, record: bytes) -> Callable[[Change], Change]:
        """Say what makes a change of an act: its name, after the operator's signature if need be.

        The first that an operator signs brings their key before it.
        """
        own, keys = self._own, self._store.form(authorship.SERVICE)
        if own is None or keys is None or not authorship.is_signed(form, act.name):
            return named
        if record != own.name and own.name not in self._now and not _is_here(self._conn, own.name):
            self.bring(keys, self._store.operator.id, own)
        return partial(signed, keys=own)


def _is_here(conn: Connection, record: bytes) -> bool:
    query = "SELECT 1 FROM record WHERE id = ?"
    return conn.exec_driver_sql(query, (record,)).first() is not None


def parted(form: Form, case: Case) -> tuple[dict[str, Any], dict[str, Any]]:
    """Part a record's answers: what this form asks, and what only a later version of it does.

    The later part is no business of ours: it is not judged, and stays as it is.
    """
    ours = {key: value for key, value in case.answers.items() if key in form.fields}
    return ours, {key: value for key, value in case.answers.items() if key not in form.fields}


def edited(form: Form, case: Case, answers: dict[str, Any], reason: str = "") -> Act | None:
    """Make the act that gives a record these answers, whole groups with their bases.

    None where they are what the record has already.
    """
    said: dict[str, Any] = {}
    base: dict[str, bytes] = {}
    for group, keys in form.groups.items():
        if any(answers.get(key) != case.answers.get(key) for key in keys):
            base[group] = case.head(group)
            said |= {key: answers.get(key) for key in keys}
    return Act(EDIT, said, base, reason=reason) if said else None


def vouched(form: Form, case: Case) -> dict[str, bytes]:
    """List the base of all that an issue vouches for: the state and what may be printed."""
    return {group: case.head(group) for group in (*form.groups, STATE)}
