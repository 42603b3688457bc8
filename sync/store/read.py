"""What the window and the commands show of records: frozen values, never rows."""

from collections.abc import Collection, Iterable
from typing import Any, Literal

import msgspec

from forms.engine.problem import Problem, Refused
from sync.protocol.change import Number
from sync.protocol.rows import Row
from sync.protocol.ties import served
from sync.store import (
    erasing,
    kept,
    mirror,
    records,
    recovery,
    scope,
    search,
    settings,
    shelf,
    staff,
    starts,
)
from sync.store.case import Case, decode
from sync.store.handle import Store
from sync.store.settings import Marks
from sync.store.statements import Connection

Mark = Literal["local", "sent", "received", "durable", "to_fix", "conflict"]

_COLUMNS = "SELECT id, batch, trouble, plain FROM record"


class Record(msgspec.Struct, frozen=True):
    """A record as the clerk sees it. `sync` says where our part of it is; times are ms.

    `office` is the record's own; where that is not ours the record was put before us. `register` is
    the number of the office that signed second, `replaces` the letter that this one corrects.
    A `rewound` one shows what the city said before it was put back, until it is told again. Of an
    `erased` one a shell is left, with which nothing is done; `erased_on` is when the city entered
    that in its list, 0 where no entry here says it.
    `printed` is the provisional number on the paper, once `number` is the final one.
    """

    id: bytes
    service: str
    subject: bytes
    answers: dict[str, Any]
    state: str
    number: Number | None
    sync: Mark
    began: int
    updated: int
    author: str
    office: bytes
    register: Number | None
    replaces: bytes
    rewound: bool = False
    erased: bool = False
    printed: str = ""
    erased_on: int = 0


class Event(msgspec.Struct, frozen=True):
    """One act in a record's history; `keys` are the answers that it set.

    `day` is the ISO service day where the clock that `time` is of was in doubt, "" else.
    """

    id: bytes
    act: str
    time: int
    operator: str
    device: bytes
    state: str
    keys: tuple[str, ...]
    reason: str
    number: Number | None
    verdict: str
    code: str
    pending: bool
    day: str = ""


def record(store: Store, name: bytes) -> Record:
    """Read one record; Refused(record_unknown | not_in_scope)."""
    with store.read() as conn:
        case, _ = records.find(store, conn, name)
        return _records(conn, _rows(conn, [case.id]))[0]


def actions(store: Store, found: Record) -> tuple[str, ...]:
    """List what this operator may do with a record now, in the order of the form's machine."""
    if found.erased:
        return ()
    form = store.catalogue.form(found.service)
    rows = form.machine.allowed(found.state, store.operator.roles, store.stands(found.office))
    return tuple(dict.fromkeys(row.action for row in rows))


def may_edit(store: Store, found: Record) -> bool:
    """Tell whether this operator may change a record's answers now."""
    form = store.catalogue.form(found.service)
    ours = not store.stands(found.office) and not found.erased
    return ours and form.machine.may_edit(found.state, store.operator.roles)


def history(store: Store, name: bytes) -> tuple[Event, ...]:
    """Tell what was done with a record, in the order in which it came here."""
    with store.read() as conn:
        case, _ = records.find(store, conn, name)
        people = staff.names(conn)
        rows = conn.exec_driver_sql(
            "SELECT id, plain, verdict, code, pending FROM change WHERE record = ? ORDER BY n",
            (case.id,),
        )
        return tuple(_event(row, people) for row in rows)


def is_abridged(store: Store, name: bytes) -> bool:
    """Tell whether a record's history here may lack acts that a snapshot left out."""
    with store.read() as conn:
        return starts.covers(conn, name)


def find(store: Store, text: str, *, service: str | None = None, limit: int = 50) -> list[Record]:
    """Find records by what was typed, the best first, of services that this operator sees."""
    with store.read() as conn:
        hits = search.find(conn, text, service=_seen(store, service), limit=limit)
        hits = [hit for hit in hits if _sees(store, hit.service)]
        return _records(conn, _rows(conn, [hit.record for hit in hits]))


def listing(
    store: Store, service: str, *, after: bytes | None = None, limit: int | None = None
) -> list[Record]:
    """List a service's records behind `after`, the oldest first; all of them unless `limit`."""
    _seen(store, service)
    with store.read() as conn:
        start = 0
        if after is not None:
            query = "SELECT n FROM record WHERE id = ?"
            start = conn.exec_driver_sql(query, (after,)).scalar() or 0
            if not start:
                raise Refused(Problem("record_unknown", "after"))
        rows = conn.exec_driver_sql(
            f"{_COLUMNS} WHERE service = ? AND n > ? ORDER BY n LIMIT ?",
            (service, start, -1 if limit is None else limit),
        )
        return _records(conn, rows)


def of_subject(store: Store, subject: bytes) -> list[Record]:
    """List the records that concern a resident or patient, the newest first."""
    with store.read() as conn:
        names = shelf.former(conn, subject)
        query = f"{_COLUMNS} WHERE subject IN ({mirror.marks(names)}) ORDER BY n DESC"
        rows = conn.exec_driver_sql(query, tuple(names))
        return [one for one in _records(conn, rows) if _sees(store, one.service)]


def corrections(store: Store, name: bytes) -> list[Record]:
    """List the letters that were begun to correct one, in the order in which they were begun."""
    with store.read() as conn:
        records.find(store, conn, name)
        found = _records(conn, _rows(conn, shelf.corrections(conn, name)))
        return sorted(found, key=lambda one: one.began)


def used(store: Store, services: Collection[str], newest: int) -> dict[str, int]:
    """Count among the newest records of these services how many each has; none is left out."""
    with store.read() as conn:
        rows = conn.exec_driver_sql(
            f"""SELECT service, COUNT(*) FROM (
                SELECT service FROM record WHERE service IN ({mirror.marks(services)})
                ORDER BY n DESC LIMIT ?) GROUP BY service""",  # noqa: S608 - question marks only
            (*services, newest),
        )
        return {service: count for service, count in rows}  # noqa: C416 - rows are no pairs to mypy


def troubled(store: Store) -> list[Record]:
    """List the records that wait for a person, conflicts first."""
    with store.read() as conn:
        rows = conn.exec_driver_sql(f"{_COLUMNS} WHERE trouble <> '' ORDER BY trouble, n")
        return _records(conn, rows)


def named(store: Store, names: list[bytes]) -> list[Record]:
    """Read those of these records that are here and of services that this operator sees."""
    with store.read() as conn:
        return [one for one in _records(conn, _rows(conn, names)) if _sees(store, one.service)]


def sync_mark(batch: int | None, trouble: str, marks: Marks) -> Mark:
    """Say where our part of a record is; what only others wrote has been received by its nature."""
    if trouble:
        return "conflict" if trouble == "conflict" else "to_fix"
    if batch is None or batch > max(marks.sent, marks.received):
        return "local"
    if batch > marks.received:
        return "sent"
    return "durable" if 0 < batch <= marks.durable else "received"


def _rows(conn: Connection, names: list[bytes]) -> list[Row]:
    """Read records in the order of their names."""
    query = f"{_COLUMNS} WHERE id IN ({mirror.marks(names)})"
    place = {name: at for at, name in enumerate(names)}
    rows = conn.exec_driver_sql(query, tuple(names)).all()
    return sorted(rows, key=lambda row: place[row.id])


def _records(conn: Connection, rows: Iterable[Any]) -> list[Record]:
    marks, people, old = settings.marks(conn), staff.names(conn), recovery.rewound(conn)
    found = [
        _record(decode(plain), sync_mark(batch, trouble, marks), people)
        for _, batch, trouble, plain in rows
    ]
    gone = [(one.id, one.subject) for one in found if one.erased]
    days = erasing.entered(conn, gone) if gone else {}
    return [
        msgspec.structs.replace(one, rewound=one.id in old, erased_on=days.get(one.id, 0))
        if one.id in old or one.erased
        else one
        for one in found
    ]


def _record(case: Case, sync: Mark, people: dict[bytes, str]) -> Record:
    return Record(
        case.id,
        case.service,
        case.subject,
        case.answers,
        case.state,
        case.number,
        sync,
        case.began,
        case.updated,
        people.get(case.author, ""),
        case.office,
        case.register,
        case.replaces,
        printed=case.printed,
        erased=case.erased,
    )


def _event(row: Row, people: dict[bytes, str]) -> Event:
    change = kept.unpack(row.plain, row.id)
    day = served(change)
    return Event(
        change.id,
        change.act,
        change.time,
        people.get(change.operator, ""),
        change.device,
        change.state,
        tuple(change.body.answers),
        change.body.reason,
        change.number,
        row.verdict,
        row.code,
        bool(row.pending),
        day.isoformat() if day is not None else "",
    )


def _seen(store: Store, service: str | None) -> str | None:
    if service is not None:
        form = store.catalogue.form(service)
        scope.require(store.sees(form), form)
    return service


def _sees(store: Store, service: str) -> bool:
    form = store.form(service)
    return form is not None and store.sees(form)
