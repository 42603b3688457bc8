"""What waits since it would take too much away (sync.server.guard), and the word of a person on it.

A released change is judged now, in the order in which all of them came; a refused one goes back to
its author as something to mend. Neither has a day by which it decides itself.
"""

from collections.abc import Collection, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Integer, bindparam, func, select

from forms.engine.problem import Problem, Refused
from sync.protocol import wire
from sync.protocol.change import Change
from sync.server import audit, guard, reading, tables, writing
from sync.server.city import City
from sync.server.judging import Judging
from sync.server.removal_tables import removal
from sync.server.statements import Statement, chunks
from sync.server.view import BatchView

REFUSED = "removal_refused"
NAME = "nama"
EVERY = 2**31 - 1  # rows: more than wait anywhere


class Waiting(msgspec.Struct, frozen=True):
    """One change that waits: `act` on a record, by whom, of which office's code, when it came."""

    change: bytes
    record: bytes
    service: str
    act: str
    reason: str
    operator: str
    office: str
    device: bytes
    received: int
    place: int  # in the order in which all came


def count(connection: Connection, city: City) -> int:
    """Count what waits."""
    query = select(func.count()).where(
        removal.c.region == city.code, removal.c.state == guard.WAITING
    )
    return int(connection.scalar(query) or 0)


def listing(city: City, after: int = 0, limit: int = 0) -> list[Waiting]:
    """List what waits in the order in which it came, after a place; all of it without a limit."""
    with city.database.read() as connection:
        changes = dict(_changes(connection, city, after, limit))
        if not changes:
            return []
        codes = dict(
            tuple(row)
            for row in connection.execute(
                select(tables.office.c.id, tables.office.c.code).where(
                    tables.office.c.region == city.code
                )
            )
        )
        names = {change.operator for change, _ in changes.values()}
        people = reading.records(connection, city.code, names)
    return [
        Waiting(
            name,
            change.target,
            change.service,
            change.act,
            change.body.reason,
            str(person.answers.get(NAME, "")) if (person := people.get(change.operator)) else "",
            codes.get(row.office, ""),
            change.device,
            row.received,
            row.added,
        )
        for name, (change, row) in changes.items()
    ]


def release(city: City, changes: Collection[bytes], who: str) -> int:
    """Let these changes be judged, all of them where none is named; give how many they were.

    Refused(removal_unknown | removals_none).
    """
    return _decide(city, changes, who, allowed=True)


def refuse(city: City, changes: Collection[bytes], who: str) -> int:
    """Send these changes back to their authors, all of them where none is named.

    Refused(removal_unknown | removals_none).
    """
    return _decide(city, changes, who, allowed=False)


def _decide(city: City, changes: Collection[bytes], who: str, *, allowed: bool) -> int:
    with city.database.read() as connection:
        found = dict(_changes(connection, city))
    if not found:
        raise Refused(Problem("removals_none"))
    if set(changes) - found.keys():
        raise Refused(Problem("removal_unknown"))
    chosen = [change for name, (change, _) in found.items() if not changes or name in changes]
    for part in chunks(chosen):
        with city.database.write() as connection:
            here = guard.waiting(connection, city, [change.id for change in part])
            _judge(
                connection, city, [change for change in part if change.id in here], allowed=allowed
            )
            state = guard.RELEASED if allowed else guard.REFUSED
            guard.decided(connection, city, sorted(here), state, who)
            act = "removals_released" if allowed else "removals_refused"
            names = ",".join(sorted(name.hex() for name in here))
            audit.note(connection, city, who, act, changes=names)
    return len(chosen)


def _judge(connection: Connection, city: City, changes: list[Change], *, allowed: bool) -> None:
    faults = {} if allowed else {change.id: REFUSED for change in changes}
    names = frozenset(change.id for change in changes)
    view = BatchView(connection, city, faults)
    view.holding.released = names if allowed else frozenset()
    judging = Judging(view)
    judging.run(changes, woken=names)
    writing.write(view, judging.outcomes, city.now())


_CHANGES = Statement(
    select(removal, tables.change.c.content, tables.held.c.added)
    .join(
        tables.change,
        (tables.change.c.region == removal.c.region) & (tables.change.c.id == removal.c.change),
    )
    .join(
        tables.held,
        (tables.held.c.region == removal.c.region) & (tables.held.c.change == removal.c.change),
    )
    .where(
        removal.c.region == bindparam("region"),
        removal.c.state == guard.WAITING,
        tables.held.c.added > bindparam("after"),
    )
    .order_by(tables.held.c.added)
    .limit(bindparam("most", type_=Integer))
)


def _changes(
    connection: Connection, city: City, after: int = 0, limit: int = 0
) -> Sequence[tuple[bytes, tuple[Change, Any]]]:
    """Read what waits, each with its row, in the order in which it came."""
    rows = _CHANGES.run(connection, region=city.code, after=after, most=limit or EVERY)
    return [(row.change, (wire.decode(row.content, Change), row)) for row in rows]
