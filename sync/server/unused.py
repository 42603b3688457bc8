"""What becomes of numbers that stand on no paper that is here.

    leased     a device may still use it
    awaited    its device told of using it, and the paper is still to come
    returned   of a lease that is over: the device was shut out, or the year ended
    burned     of a laptop's life before, put back or copied since, so nobody may use it
    skipped    in no lease: a restored server goes on above what it may have granted

None of the last three is ever granted again.
"""

from typing import Literal

import msgspec
from sqlalchemy import Connection, select

from forms.engine.words import say
from sync.protocol.lease import REBORN
from sync.server import tables

State = Literal["leased", "awaited", "returned", "burned", "skipped"]


class Unused(msgspec.Struct, frozen=True):
    """Numbers of one fate, both ends included; some of them may be on papers all the same."""

    low: int
    high: int
    state: State
    reason: str = ""


def skipped() -> Unused:
    """Say what becomes of a number that no lease has."""
    return Unused(0, 0, "skipped", say("number.skipped"))


def ranges(connection: Connection, place: tuple[str, bytes, str, int]) -> list[Unused]:
    """Say of region, office, series and year what becomes of each lease's numbers."""
    region, office, series, year = place
    table, device = tables.lease, tables.device
    rows = connection.execute(
        select(table, device.c.incarnation.label("now"))
        .outerjoin(device, (device.c.region == table.c.region) & (device.c.id == table.c.device))
        .where(
            table.c.region == region,
            table.c.office == office,
            table.c.series == series,
            table.c.year == year,
        )
        .order_by(table.c.low)
    )
    found = []
    for row in rows:
        begin = row.rest or max(row.low, (row.reached or 0) + 1)
        found.append(Unused(row.low, begin - 1, "awaited", say("number.awaited")))
        why = row.ended or ("" if row.now in {None, row.incarnation} else REBORN)
        found.append(Unused(begin, row.high, *fate(why)))
    return [one for one in found if one.low <= one.high]


def fate(why: str) -> tuple[State, str]:
    """Say what becomes of the rest of a lease that is over, and in words why."""
    if not why:
        return "leased", ""
    return "burned" if why == REBORN else "returned", say(f"number.ended_{why}")
