"""Changes at which the program itself failed, and a new try once it is mended.

They stand in history with their place; whoever made them is told so. A new try judges a change now,
as if it had come now; one at which the program fails again stays where it is.
"""

from collections.abc import Collection
from typing import Any

import msgspec
from sqlalchemy import Connection, literal, select, tuple_

from forms.engine.problem import Problem, Refused
from sync.protocol import wire
from sync.protocol.change import Change
from sync.server import audit, offices, tables, writing
from sync.server.city import City
from sync.server.judging import Judging
from sync.server.scope import QUARANTINED, Doorkeeper
from sync.server.view import BatchView

AT_ONCE = 500  # changes that one press tries: each is a transaction of its own


class Kept(msgspec.Struct, frozen=True):
    """One change in quarantine; `office` is its author's."""

    change: bytes
    record: bytes
    service: str
    act: str
    office: bytes
    device: bytes
    received: int

    @property
    def place(self) -> tuple[int, bytes]:
        """Where it stands in the order of all."""
        return self.received, self.change


def listing(city: City, *, after: tuple[int, bytes] | None = None, limit: int) -> list[Kept]:
    """List what is in quarantine, in the order in which it came."""
    table = tables.change
    order = (table.c.received, table.c.id)
    query = select(table).where(table.c.region == city.code, table.c.verdict == QUARANTINED)
    if after is not None:
        query = query.where(tuple_(*order) > tuple_(*map(literal, after)))
    with city.database.read() as connection:
        rows = connection.execute(query.order_by(*order).limit(limit)).all()
    found = []
    for row in rows:
        change = wire.decode(row.content, Change)
        found.append(
            Kept(
                row.id,
                row.record,
                change.service,
                change.act,
                row.office,
                change.device,
                row.received,
            )
        )
    return found


def retry(city: City, changes: Collection[bytes], who: str) -> tuple[int, int]:
    """Judge these changes anew, all of them where none is named; count the done and the kept.

    Refused(quarantine_none).
    """
    found = [one.change for one in listing(city, limit=AT_ONCE)]
    chosen = [name for name in found if name in changes] if changes else found
    if not chosen:
        raise Refused(Problem("quarantine_none"))
    done = 0
    for name in chosen:
        with city.database.write() as connection:
            if _again(connection, city, name):
                done += 1
                audit.note(connection, city, who, "quarantine_ended", change=name.hex())
    return done, len(chosen) - done


def _again(connection: Connection, city: City, name: bytes) -> bool:
    """Judge one change; tell whether it is judged now."""
    row = _row(connection, city, name)
    if row is None:
        return False
    change = wire.decode(row.content, Change)
    office = offices.by_id(connection, city.code, row.office)
    # Its author was checked against its batch when it came; what failed can only be its content.
    faults = Doorkeeper(city, office, {change.device}).faults([change])
    view = BatchView(connection, city, faults)
    judging = Judging(view)
    judging.run([change], woken={change.id})
    if judging.outcomes[0].judgement.verdict == QUARANTINED:
        return False
    writing.write(view, judging.outcomes, city.now())
    return True


def _row(connection: Connection, city: City, name: bytes) -> Any:
    table = tables.change
    query = select(table.c.content, table.c.office).where(
        table.c.region == city.code, table.c.id == name, table.c.verdict == QUARANTINED
    )
    return connection.execute(query).one_or_none()
