"""Grants ranges of numbers: of one series none overlap, each begins where the last ended.

None goes past the ceiling of the newest verified backup (sync.server.ceilings). How many:

    at enrolment                      the region's block, at least FIRST_MIN
    a device of less than WINDOW      the region's block, or as below if that is more
    any other                         twice what it used in the last WINDOW, at least LEAST and at
                                      most half the reserve: a series that is seldom used wastes
                                      few numbers, and one office takes no other's

With one device in an office its ranges follow each other, and the register stays gapless and in
order. A grant is a row of the office's own stream, so every desk of the office knows who may use
what; so is the end of a lease (sync.protocol.lease), when a device is shut out or lives another
life, or the year is over. What was granted once is never granted again.
"""

import os
from collections.abc import Iterable
from typing import Any

import msgspec
from sqlalchemy import Connection, func, insert, or_, select, update

from forms.engine.region import Office
from sync.protocol.change import ID_BYTES
from sync.protocol.lease import LEAST, REBORN, REVOKED, YEAR_OVER, Lease
from sync.server import ceilings, streams, tables
from sync.server.city import OFFICE_GROUP, City
from sync.server.streams import Entry

FIRST_MIN = ceilings.BLOCK_MIN  # numbers of each series that a desk has before its first trip
WANTED_MAX = 200  # series of one ask; an office has fewer letters than that, of two years
DAY_MS = 86_400_000
WINDOW_MS = 56 * DAY_MS  # by which a device's use is measured
GRACE_MS = 7 * DAY_MS  # of a year that is over, and of a lease granted since
LATE_MONTH = 6  # the last one in which numbers of the year before are granted, for late letters

SeriesYear = tuple[str, int]


class Holder(msgspec.Struct, frozen=True):
    """Who may use a lease: one incarnation of one device of an office, who asked by this nonce."""

    office: Office
    device: bytes
    incarnation: bytes
    asked: bytes = b""


def every(city: City, kind: str) -> list[SeriesYear]:
    """List the series and years from which an office of a kind may take numbers now."""
    return [(code, year) for year in city.years() for code in city.series(kind)]


def due(
    connection: Connection, city: City, holder: Holder, wanted: Iterable[SeriesYear]
) -> list[SeriesYear]:
    """Keep of what a desk wants what it may have: series of its office, unless it has plenty.

    A grant unused is plenty, so a lost laptop takes less than two of them with it. The year before
    is possible until LATE_MONTH, and who wants it has letters that wait for a number.
    """
    possible = set(every(city, holder.office.kind))
    today = city.day(city.now())
    if today.month <= LATE_MONTH:
        possible |= {(code, today.year - 1) for code in city.series(holder.office.kind)}
    return [
        series
        for series in list(dict.fromkeys(wanted))[:WANTED_MAX]
        if series in possible and _is_short(connection, city, holder, series)
    ]


def grant(
    connection: Connection,
    city: City,
    holder: Holder,
    series: Iterable[SeriesYear],
    *,
    at_least: int = 0,
) -> list[Lease]:
    """Grant one range of each series and year; what is left below a ceiling, or none at it."""
    office = holder.office.id
    leases = []
    for code, year in series:
        bounds = ceilings.bounds(connection, city.code, (office, code, year))
        low = max(bounds.floor, _highest(connection, city.code, office, (code, year))) + 1
        high = low + max(_size(connection, city, holder, code), at_least) - 1
        if bounds.ceiling is not None:
            high = min(high, bounds.ceiling)
        if high < low:
            continue
        name = os.urandom(ID_BYTES)
        lease = Lease(
            name, office, code, year, low, high, holder.device, holder.incarnation, holder.asked
        )
        add(connection, city, lease)
        leases.append(lease)
    _tell(connection, city, leases)
    return leases


def add(connection: Connection, city: City, lease: Lease) -> None:
    """Write a lease; telling the office is the caller's."""
    said = {**msgspec.structs.asdict(lease), "region": city.code, "granted": city.now()}
    said |= {"ended": lease.ended or None, "rest": lease.rest or None}
    connection.execute(insert(tables.lease), [said])


def give_back(connection: Connection, city: City, holder: Holder, clock: int) -> None:
    """End the leases of a device's lives before, and those of a year that is over.

    Over is a year that both the server and the desk, by its `clock` in ms, have left behind.
    """
    now, table = city.now(), tables.lease
    year = min(city.day(now - GRACE_MS).year, city.author_day(clock).year)
    former = table.c.incarnation != holder.incarnation
    over = (table.c.year < year) & (table.c.granted < now - GRACE_MS)
    place = (holder.office.id, holder.device)
    for row in _living(connection, city, place, or_(former, over)):
        why = REBORN if row.incarnation != holder.incarnation else YEAR_OVER
        _end(connection, city, row, why)


def shut_out(connection: Connection, city: City, office: bytes, device: bytes) -> None:
    """End every lease of an office's device that is let in no more."""
    for row in _living(connection, city, (office, device)):
        _end(connection, city, row, REVOKED)


def reached(
    connection: Connection,
    city: City,
    place: tuple[bytes, bytes],
    told: Iterable[tuple[bytes, int]],
) -> None:
    """Note how far an office's device says that it has used its leases, each by its id."""
    table, said = tables.lease, dict(told)
    for row in _living(connection, city, place) if said else ():
        number = said.get(row.id, 0)
        if max(row.low - 1, row.reached or 0) < number <= row.high:
            connection.execute(
                update(table)
                .where(_of(table, city.code, row), table.c.low == row.low)
                .values(reached=number)
            )


def end_again(connection: Connection, city: City, lease: Lease) -> None:
    """End a lease as this server once did, before it was restored; twice is the same as once."""
    table = tables.lease
    done = connection.execute(
        update(table)
        .where(_of(table, city.code, lease), table.c.id == lease.id, table.c.ended.is_(None))
        .values(ended=lease.ended, rest=lease.rest)
    )
    if done.rowcount:
        _tell(connection, city, [lease])


def held(
    connection: Connection, region: str, device: bytes, incarnation: bytes | None = None
) -> list[Lease]:
    """Read the leases of a device that are not over, or of one incarnation of it."""
    table = tables.lease
    query = (
        select(table)
        .where(table.c.region == region, table.c.device == device, table.c.ended.is_(None))
        .order_by(table.c.series, table.c.year, table.c.low)
    )
    if incarnation is not None:
        query = query.where(table.c.incarnation == incarnation)
    return [_lease(row) for row in connection.execute(query)]


def _size(connection: Connection, city: City, holder: Holder, code: str) -> int:
    """Tell how many numbers of a series a device is granted at once."""
    now, block, table = city.now(), city.region.numbers.block, tables.device
    enrolled = connection.scalar(
        select(table.c.enrolled).where(table.c.region == city.code, table.c.id == holder.device)
    )
    used = 0
    for year in sorted({city.day(now - WINDOW_MS).year, city.day(now).year}):
        used += _lately(connection, city, holder, (code, year))
    supply = min(2 * used, ceilings.reserve(city) // 2)
    is_new = enrolled is None or enrolled > now - WINDOW_MS
    return max(block if is_new else min(block, LEAST), supply)


def _lately(connection: Connection, city: City, holder: Holder, series: SeriesYear) -> int:
    """Count the numbers of a series that came on papers of a device within the window."""
    table, change = tables.number, tables.change
    # Behind these are more than can count: a supply is half a reserve at most.
    behind = _highest(connection, city.code, holder.office.id, series) - 4 * ceilings.reserve(city)
    return int(
        connection.scalar(
            select(func.count())
            .select_from(table)
            .join(change, (change.c.region == table.c.region) & (change.c.id == table.c.change))
            .where(
                table.c.region == city.code,
                table.c.office == holder.office.id,
                table.c.series == series[0],
                table.c.year == series[1],
                table.c.position > behind,
                table.c.device == holder.device,
                change.c.received > city.now() - WINDOW_MS,
            )
        )
        or 0
    )


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


def _is_short(connection: Connection, city: City, holder: Holder, series: SeriesYear) -> bool:
    """Tell whether a holder's living leases have fewer numbers left than one grant has.

    Left are those behind the last that is on a paper that we have met, or told of as used.
    """
    lease, number = tables.lease, tables.number
    ranges = connection.execute(
        select(lease.c.low, lease.c.high, func.coalesce(lease.c.reached, 0).label("reached"))
        .where(
            lease.c.region == city.code,
            lease.c.office == holder.office.id,
            lease.c.series == series[0],
            lease.c.year == series[1],
            lease.c.device == holder.device,
            lease.c.incarnation == holder.incarnation,
            lease.c.ended.is_(None),
        )
        .order_by(lease.c.low)
    ).all()
    if not ranges:
        return True
    top = connection.scalar(
        select(func.max(number.c.position)).where(
            number.c.region == city.code,
            number.c.office == holder.office.id,
            number.c.series == series[0],
            number.c.year == series[1],
            number.c.device == holder.device,
            number.c.incarnation == holder.incarnation,
        )
    )
    unused = sum(max(0, row.high - max(row.low - 1, row.reached, int(top or 0))) for row in ranges)
    newest = ranges[-1].high - ranges[-1].low + 1
    return bool(unused < max(newest, _size(connection, city, holder, series[0])))


def _living(
    connection: Connection, city: City, place: tuple[bytes, bytes], *conditions: Any
) -> list[Any]:
    """Read the leases of an office's device that are not over."""
    table = tables.lease
    query = select(table).where(
        table.c.region == city.code,
        table.c.office == place[0],
        table.c.device == place[1],
        table.c.ended.is_(None),
        *conditions,
    )
    return list(connection.execute(query.order_by(table.c.series, table.c.year, table.c.low)))


def _end(connection: Connection, city: City, row: Any, why: str) -> None:
    """Let a lease be over; one that was used to its end is not worth telling of."""
    number, table = tables.number, tables.lease
    used = connection.scalar(
        select(func.max(number.c.position)).where(
            _of(number, city.code, row), number.c.position.between(row.low, row.high)
        )
    )
    rest = max(row.low, (used or 0) + 1, (row.reached or 0) + 1)
    connection.execute(
        update(table)
        .where(_of(table, city.code, row), table.c.low == row.low)
        .values(ended=why, rest=rest)
    )
    if rest <= row.high:
        _tell(connection, city, [msgspec.structs.replace(_lease(row), ended=why, rest=rest)])


def _tell(connection: Connection, city: City, leases: Iterable[Lease]) -> None:
    entries = [Entry(lease.office, OFFICE_GROUP, lease=lease) for lease in leases]
    streams.append(connection, city.code, entries)


def _of(table: Any, region: str, place: Any) -> Any:
    """Say which rows are of a lease's office, series and year."""
    return (
        (table.c.region == region)
        & (table.c.office == place.office)
        & (table.c.series == place.series)
        & (table.c.year == place.year)
    )


def _lease(row: Any) -> Lease:
    said = {name: getattr(row, name) for name in Lease.__struct_fields__}
    return Lease(
        **{
            **said,
            "asked": row.asked or b"",
            "ended": row.ended or "",
            "rest": row.rest or 0,
        }
    )
