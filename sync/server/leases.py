"""Grants blocks of numbers: ranges of one series never overlap, each begins where the last ended.

A grant is a row of the office's own stream, so every desk of the office knows who may use what.
With one device in an office its blocks follow each other, and the register stays gapless and in
order.
"""

import os
from collections.abc import Iterable

import msgspec
from sqlalchemy import Connection, func, insert, select

from forms.engine.region import Office
from sync.protocol.change import ID_BYTES
from sync.protocol.lease import Lease
from sync.server import streams, tables
from sync.server.city import OFFICE_GROUP, City
from sync.server.streams import Entry

FIRST_MIN = 500  # numbers of each series that a desk has before its first trip, whatever the block
WANTED_MAX = 100  # series of one ask; an office has fewer letters than that

SeriesYear = tuple[str, int]


class Holder(msgspec.Struct, frozen=True):
    """Who may use a lease: one incarnation of one device of an office."""

    office: Office
    device: bytes
    incarnation: bytes


def every(city: City, kind: str) -> list[SeriesYear]:
    """List the series and years from which an office of a kind may take numbers now."""
    return [(code, year) for year in city.years() for code in city.series(kind)]


def due(
    connection: Connection, city: City, holder: Holder, wanted: Iterable[SeriesYear]
) -> list[SeriesYear]:
    """Keep of what a desk wants what it may have: series of its office, unless it has plenty.

    A block unused is plenty, so a lost laptop takes less than two blocks with it.
    """
    possible = set(every(city, holder.office.kind))
    return [
        series
        for series in list(dict.fromkeys(wanted))[:WANTED_MAX]
        if series in possible and _unused(connection, city.code, holder, series) < _block(city)
    ]


def grant(
    connection: Connection,
    city: City,
    holder: Holder,
    series: Iterable[SeriesYear],
    *,
    at_least: int = 0,
) -> list[Lease]:
    """Grant one block of each series and year."""
    office = holder.office.id
    leases = []
    for code, year in series:
        low = _highest(connection, city.code, office, (code, year)) + 1
        high = low + max(_block(city), at_least) - 1
        name = os.urandom(ID_BYTES)
        lease = Lease(name, office, code, year, low, high, holder.device, holder.incarnation)
        row = msgspec.structs.asdict(lease) | {"region": city.code, "granted": city.now()}
        connection.execute(insert(tables.lease), [row])
        leases.append(lease)
    entries = [Entry(office, OFFICE_GROUP, lease=lease) for lease in leases]
    streams.append(connection, city.code, entries)
    return leases


def _block(city: City) -> int:
    return city.region.numbers.block


def _highest(connection: Connection, region: str, office: bytes, series: SeriesYear) -> int:
    table = tables.lease
    found = connection.scalar(
        select(func.max(table.c.high)).where(
            table.c.region == region,
            table.c.office == office,
            table.c.series == series[0],
            table.c.year == series[1],
        )
    )
    return int(found or 0)


def _unused(connection: Connection, region: str, holder: Holder, series: SeriesYear) -> int:
    """Count the numbers of a holder's leases that are on no paper that we have met."""
    lease, number = tables.lease, tables.number
    granted, used = (
        connection.scalar(
            select(amount).where(
                table.c.region == region,
                table.c.office == holder.office.id,
                table.c.series == series[0],
                table.c.year == series[1],
                table.c.device == holder.device,
                table.c.incarnation == holder.incarnation,
            )
        )
        for table, amount in (
            (lease, func.sum(lease.c.high - lease.c.low + 1)),
            (number, func.count()),
        )
    )
    return int(granted or 0) - int(used or 0)
