"""How far a series may be granted, so that no restore ever grants a number twice (sync-rules 4a).

A backup holds, per series, a ceiling: the highest number granted, and a reserve above it. From then
on nothing is granted past it until the next backup is verified. So whatever was granted after a
backup lies below its ceiling, and a restore goes on above it; for every later backup that is lost,
one reserve higher, since each raised the ceiling by no more than that: unless that backup's own
ceilings can still be read. A series that a backup
doesn't list had nothing granted: its ceiling is the reserve.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, func, insert, select, update

from forms.engine.problem import Problem, Refused
from sync.server import backup_tables, bulk, tables
from sync.server.city import City

RESERVE_BLOCKS = 4  # grants of one series between two backups
BLOCK_MIN = 500  # what a newly enrolled desk gets at least

MONTH_MS = 32 * 86_400_000  # December and a day of time zones

Series = tuple[bytes, str, int]  # office, series, year


class Bounds(msgspec.Struct, frozen=True):
    """Grants begin above `floor` and end at `ceiling`, None where the city makes no backups."""

    floor: int
    ceiling: int | None


class Told(msgspec.Struct, frozen=True):
    """What is known of a backup: its number, its ceilings, and that of series it doesn't list.

    `numbers` is None where only the number is known.
    """

    generation: int = 0
    numbers: dict[Series, int] | None = None
    unlisted: int = 0


def reserve(city: City) -> int:
    """Tell how many numbers of a series may be granted between two backups."""
    return RESERVE_BLOCKS * max(city.region.numbers.block, BLOCK_MIN)


def bounds(connection: Connection, region: str, series: Series) -> Bounds:
    """Tell within which numbers a series may be granted now."""
    newest = _newest(connection, region)
    place = dict(zip(("region", "office", "series", "year"), (region, *series), strict=True))
    row = bulk.found(connection, backup_tables.ceiling, ("number", "floor"), place).first()
    floor = row.floor if row is not None else _unlisted(connection, region, series)
    if newest is None:
        return Bounds(floor, None)
    return Bounds(floor, row.number if row is not None else floor + newest.reserve)


def write_own(connection: Connection, city: City) -> None:
    """Give every series its ceiling as of now; done in the copy that becomes a backup."""
    table, more = backup_tables.ceiling, reserve(city)
    listed = {series: row.floor for series, row in _listed(connection, city.code).items()}
    highest = _granted(connection, city.code)
    rows = []
    for series in sorted({*listed, *highest}):
        floor = listed.get(series)
        if floor is None:
            floor = _unlisted(connection, city.code, series)
        number = max(highest.get(series, 0), floor) + more
        rows.append(_row(city.code, series, number, floor))
    connection.execute(delete(table).where(table.c.region == city.code))
    bulk.add(connection, table, rows)


def adopt(connection: Connection, region: str, listed: Iterable[Any]) -> None:
    """Let the ceilings of a verified backup hold from now on.

    Refused(backup_overtaken) where more was granted meanwhile than it allows for: only while there
    was no backup before it.
    """
    table = backup_tables.ceiling
    fresh = {(row.office, row.series, row.year): row for row in listed}
    highest = _granted(connection, region)
    newest = _newest(connection, region)
    for series, high in highest.items():
        # One that it doesn't list was begun since, below the ceiling that held.
        listed_one = fresh.get(series)
        if newest is None if listed_one is None else high > listed_one.number:
            raise Refused(Problem("backup_overtaken"))
    connection.execute(delete(table).where(table.c.region == region))
    rows = [_row(region, series, row.number, row.floor) for series, row in fresh.items()]
    bulk.add(connection, table, rows)


def told(connection: Connection, region: str) -> Told:
    """Read how far a database, or a backup, lets its series go."""
    recovery = backup_tables.recovery
    newest = _newest(connection, region)
    floor = connection.scalar(select(func.max(recovery.c.floor)).where(recovery.c.region == region))
    numbers = {series: row.number for series, row in _listed(connection, region).items()}
    return Told(
        generation(connection, region),
        numbers,
        (floor or 0) + (newest.reserve if newest is not None else 0),
    )


def begin_above(connection: Connection, city: City, epoch: int, last: Told) -> None:
    """Raise every floor for a restore; `last` is what is known of the newest backup ever made.

    Where its ceilings are known the floors are those. Where only its number is, one reserve is
    added for each lost backup, and as many numbers of backups are left out: the ceilings of this
    restore are that much higher, and whoever restores one of those between must skip them too. Of
    a server without backups only what was granted is known: one reserve is skipped.
    """
    newest, more = _newest(connection, city.code), reserve(city)
    if newest is None:
        write_own(connection, city)
        year = city.day(city.now()).year
    else:
        year, more = city.day(newest.made).year, max(more, newest.reserve)
    here = told(connection, city.code)
    reached, lost = max(here.generation, last.generation), 0
    if last.numbers is None and last.generation > here.generation:
        lost = last.generation - here.generation
        reached += lost
    floors = dict(here.numbers or {})
    for series, number in (last.numbers or {}).items():
        floors[series] = max(floors.get(series, 0), number)
    _write_floors(connection, city.code, floors, lost * more)
    connection.execute(
        insert(backup_tables.recovery).values(
            region=city.code,
            epoch=epoch,
            made=city.now(),
            generation=reached,
            reserve=more,
            year=year,
            floor=max(here.unlisted, last.unlisted, more) + lost * more,
        )
    )


def heard_of(connection: Connection, city: City, generation: int) -> None:
    """Raise the floors again when a desk knows of a later backup than the restore allowed for."""
    table = backup_tables.recovery
    last = connection.execute(
        select(table).where(table.c.region == city.code).order_by(table.c.epoch.desc()).limit(1)
    ).one_or_none()
    if last is None or generation <= last.generation:
        return
    more = (generation - last.generation) * last.reserve
    ceiling = backup_tables.ceiling
    connection.execute(
        update(ceiling).where(ceiling.c.region == city.code).values(floor=ceiling.c.floor + more)
    )
    connection.execute(
        update(table)
        .where(table.c.region == city.code, table.c.epoch == last.epoch)
        # Those between may have reached as far as this: their numbers are left out.
        .values(generation=2 * generation, floor=table.c.floor + more)
    )


def generation(connection: Connection, region: str) -> int:
    """Number the newest backup that is known to have been made, 0 without one."""
    newest = _newest(connection, region)
    told = bulk.found(connection, backup_tables.recovery, ("generation",), {"region": region})
    return int(max(0, *told.scalars(), newest.number if newest else 0))


def _write_floors(
    connection: Connection, region: str, floors: dict[Series, int], more: int
) -> None:
    """Let every series go on above its ceiling; both may have been raised before."""
    table = backup_tables.ceiling
    numbers = {series: row.number for series, row in _listed(connection, region).items()}
    rows = [
        _row(region, series, numbers.get(series, floor), floor + more)
        for series, floor in sorted(floors.items())
    ]
    connection.execute(delete(table).where(table.c.region == region))
    bulk.add(connection, table, rows)


def _newest(connection: Connection, region: str) -> Any:
    columns = ("number", "made", "reserve")
    return bulk.highest(connection, backup_tables.backup, columns, {"region": region}, "number")


def _unlisted(connection: Connection, region: str, series: Series) -> int:
    """Tell the floor of a series that no backup lists: of its year's restores, its office's."""
    recovery = backup_tables.recovery
    here = {"region": region, "id": series[0]}
    made = bulk.found(connection, tables.office, ("made",), here).scalar()
    rows = connection.execute(
        select(recovery.c.floor, recovery.c.made, recovery.c.year).where(
            recovery.c.region == region,
            recovery.c.made >= (made or 0),
            recovery.c.year <= series[2],
        )
    )
    # From December on a server grants the next year's numbers too.
    reached = (row.floor for row in rows if series[2] <= _last_year(row.made))
    return max(reached, default=0)


def _last_year(moment: int) -> int:
    """Tell the last year whose numbers a server may have granted by then, time zones allowed."""
    return dt.datetime.fromtimestamp((moment + MONTH_MS) / 1000, dt.UTC).year


def _granted(connection: Connection, region: str) -> dict[Series, int]:
    table = tables.lease
    rows = connection.execute(
        select(table.c.office, table.c.series, table.c.year, func.max(table.c.high))
        .where(table.c.region == region)
        .group_by(table.c.office, table.c.series, table.c.year)
    )
    return {(office, series, year): int(high) for office, series, year, high in rows}


def _listed(connection: Connection, region: str) -> dict[Series, Any]:
    table = backup_tables.ceiling
    rows = connection.execute(select(table).where(table.c.region == region))
    return {(row.office, row.series, row.year): row for row in rows}


def _row(region: str, series: Series, number: int, floor: int) -> dict[str, Any]:
    office, name, year = series
    place = {"region": region, "office": office, "series": name, "year": year}
    return place | {"number": number, "floor": floor}
