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
from sqlalchemy import Connection, and_, bindparam, func, select, update

from forms.engine.region import Office
from sync.protocol.change import ID_BYTES
from sync.protocol.lease import LEAST, REBORN, REVOKED, YEAR_OVER, Lease
from sync.server import bulk, ceilings, streams, tables
from sync.server.city import OFFICE_GROUP, City
from sync.server.statements import Statement
from sync.server.streams import Entry

FIRST_MIN = ceilings.BLOCK_MIN  # numbers of each series that a desk has before its first trip
WANTED_MAX = 200  # series of one ask; an office has fewer letters than that, of two years
DAY_MS = 86_400_000
WINDOW_MS = 56 * DAY_MS  # by which a device's use is measured
GRACE_MS = 7 * DAY_MS  # of a year that is over, and of a lease granted since
LATE_MONTH = 6  # the last one in which numbers of the year before are granted, for late letters

SeriesYear = tuple[str, int]

_LEASE, _NUMBER = tables.lease, tables.number


def _at(table: Any, *columns: str) -> Any:
    """Say which rows have in these columns what is given by their names."""
    return and_(*(table.c[name] == bindparam(name) for name in columns))


_SERIES = ("region", "office", "series", "year")
_LIFE = (*_SERIES, "device", "incarnation")
_HIGHEST = Statement(select(func.max(_LEASE.c.high)).where(_at(_LEASE, *_SERIES)))
_RANGES = Statement(
    select(_LEASE.c.low, _LEASE.c.high, func.coalesce(_LEASE.c.reached, 0).label("reached"))
    .where(_at(_LEASE, *_LIFE), _LEASE.c.ended.is_(None))
    .order_by(_LEASE.c.low)
)
_TOP = Statement(select(func.max(_NUMBER.c.position)).where(_at(_NUMBER, *_LIFE)))
_TOP_OF_RANGE = Statement(
    select(func.max(_NUMBER.c.position)).where(
        _at(_NUMBER, *_SERIES), _NUMBER.c.position.between(bindparam("low"), bindparam("high"))
    )
)
_LATELY = Statement(
    select(func.count())
    .select_from(_NUMBER)
    .join(
        tables.change,
        (tables.change.c.region == _NUMBER.c.region) & (tables.change.c.id == _NUMBER.c.change),
    )
    .where(
        _at(_NUMBER, *_SERIES, "device"),
        _NUMBER.c.position > bindparam("behind"),
        tables.change.c.received > bindparam("since"),
    )
)
_LIVING = Statement(
    select(_LEASE)
    .where(_at(_LEASE, "region", "office", "device"), _LEASE.c.ended.is_(None))
    .order_by(_LEASE.c.series, _LEASE.c.year, _LEASE.c.low)
)
_ROW = ("region", "office", "series", "year", "low")


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
    bulk.add(connection, tables.lease, [{"reached": None, **said}])


def give_back(connection: Connection, city: City, holder: Holder, clock: int) -> None:
    """End the leases of a device's lives before, and those of a year that is over.

    Over is a year that both the server and the desk, by its `clock` in ms, have left behind.
    """
    now = city.now()
    year = min(city.day(now - GRACE_MS).year, city.author_day(clock).year)
    for row in _living(connection, city, (holder.office.id, holder.device)):
        if row.incarnation != holder.incarnation:
            _end(connection, city, row, REBORN)
        elif row.year < year and row.granted < now - GRACE_MS:
            _end(connection, city, row, YEAR_OVER)


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
    said = dict(told)
    further = [
        {**_key(city, row), "reached": number}
        for row in (_living(connection, city, place) if said else ())
        if max(row.low - 1, row.reached or 0) < (number := said.get(row.id, 0)) <= row.high
    ]
    bulk.change(connection, tables.lease, _ROW, further)


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
    now, block = city.now(), city.region.numbers.block
    place = {"region": city.code, "id": holder.device}
    enrolled = bulk.found(connection, tables.device, ("enrolled",), place).scalar()
    used = 0
    for year in sorted({city.day(now - WINDOW_MS).year, city.day(now).year}):
        used += _lately(connection, city, holder, (code, year))
    supply = min(2 * used, ceilings.reserve(city) // 2)
    is_new = enrolled is None or enrolled > now - WINDOW_MS
    return max(block if is_new else min(block, LEAST), supply)


def _lately(connection: Connection, city: City, holder: Holder, series: SeriesYear) -> int:
    """Count the numbers of a series that came on papers of a device within the window."""
    # Behind these are more than can count: a supply is half a reserve at most.
    behind = _highest(connection, city.code, holder.office.id, series) - 4 * ceilings.reserve(city)
    since = city.now() - WINDOW_MS
    place = {**_place(city.code, holder.office.id, series), "device": holder.device}
    return int(_LATELY.run(connection, **place, behind=behind, since=since).scalar())


def _highest(connection: Connection, region: str, office: bytes, series: SeriesYear) -> int:
    return int(_HIGHEST.run(connection, **_place(region, office, series)).scalar() or 0)


def _is_short(connection: Connection, city: City, holder: Holder, series: SeriesYear) -> bool:
    """Tell whether a holder's living leases have fewer numbers left than one grant has.

    Left are those behind the last that is on a paper that we have met, or told of as used.
    """
    place = _place(city.code, holder.office.id, series)
    life = {**place, "device": holder.device, "incarnation": holder.incarnation}
    ranges = _RANGES.run(connection, **life)
    if not ranges:
        return True
    top = _TOP.run(connection, **life).scalar()
    unused = sum(max(0, row.high - max(row.low - 1, row.reached, int(top or 0))) for row in ranges)
    newest = ranges[-1].high - ranges[-1].low + 1
    return bool(unused < max(newest, _size(connection, city, holder, series[0])))


def _living(connection: Connection, city: City, place: tuple[bytes, bytes]) -> list[Any]:
    """Read the leases of an office's device that are not over."""
    return _LIVING.run(connection, region=city.code, office=place[0], device=place[1])


def _end(connection: Connection, city: City, row: Any, why: str) -> None:
    """Let a lease be over; one that was used to its end is not worth telling of."""
    place = _place(city.code, row.office, (row.series, row.year))
    used = _TOP_OF_RANGE.run(connection, **place, low=row.low, high=row.high).scalar()
    rest = max(row.low, (used or 0) + 1, (row.reached or 0) + 1)
    ended = {**_key(city, row), "ended": why, "rest": rest}
    bulk.change(connection, tables.lease, _ROW, [ended])
    if rest <= row.high:
        _tell(connection, city, [msgspec.structs.replace(_lease(row), ended=why, rest=rest)])


def _tell(connection: Connection, city: City, leases: Iterable[Lease]) -> None:
    entries = [Entry(lease.office, OFFICE_GROUP, lease=lease) for lease in leases]
    streams.append(connection, city.code, entries)


def _place(region: str, office: bytes, series: SeriesYear) -> dict[str, Any]:
    return {"region": region, "office": office, "series": series[0], "year": series[1]}


def _key(city: City, row: Any) -> dict[str, Any]:
    return {**_place(city.code, row.office, (row.series, row.year)), "low": row.low}


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
