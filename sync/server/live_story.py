"""What was done with records, as the counters of the live room read it: whole, in its order."""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import Connection, select

from sync.protocol import wire
from sync.protocol.change import Change
from sync.server import tables
from sync.server.audience import SHOWN
from sync.server.statements import chunks


class Act(NamedTuple):
    """One change that streams have told of; `office` is its author's, `received` in ms."""

    office: bytes
    verdict: str
    received: int
    change: Change

    @property
    def took_place(self) -> bool:
        """Tell whether it counts; a paper with a number is a fact under any verdict."""
        return self.verdict == "applied" or self.change.number is not None


def stories(
    connection: Connection, region: str, records: Collection[bytes]
) -> dict[bytes, list[Act]]:
    """Read the acts of records, each record's in the order in which they were judged."""
    table, found = tables.change, dict[bytes, list[Act]]()
    columns = (table.c.record, table.c.office, table.c.verdict, table.c.received, table.c.content)
    for some in chunks(sorted(records)):
        rows = connection.execute(
            select(*columns)
            .where(table.c.region == region, table.c.record.in_(some))
            .where(table.c.verdict.in_(SHOWN))
            .order_by(table.c.record, table.c.place)
        )
        for row in rows:
            change = wire.decode(row.content, Change)
            found.setdefault(row.record, []).append(
                Act(row.office, row.verdict, row.received, change)
            )
    return found
