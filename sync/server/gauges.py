"""What the city's tables say of its own health: ages, and counts of what waits for a person.

One reading transaction, nothing but counts and office codes. What a laptop has not sent is its own
word (sync.server.standings).
"""

from collections.abc import Iterator
from typing import Any

import msgspec
from sqlalchemy import Connection, case, distinct, func, select

from sync.server import backup_tables, edge_queue, standings, tables
from sync.server.account_tables import device_standing
from sync.server.city import City

SILENT_MS = 86_400_000
STANDINGS_AT_ONCE = 500
LOW = 4  # a series is low with less than a quarter of its largest lease left; desks ask at half


class Value(msgspec.Struct, frozen=True):
    """One value of a metric; `office` is a code, "" for the whole city."""

    metric: str
    value: float
    office: str = ""


def read(city: City) -> list[Value]:
    """Read all of them."""
    with city.database.read() as connection:
        return [value for look in LOOKS for value in look(connection, city)]


def _unacked(connection: Connection, city: City) -> Iterator[Value]:
    """How long the oldest change has waited that a laptop says only it has."""
    table, after, oldest = device_standing, (0, b""), 0
    order = (table.c.oldest, table.c.device)
    shut = select(tables.device.c.id).where(
        tables.device.c.region == city.code, tables.device.c.revoked > 0
    )
    while not oldest:
        rows = connection.execute(
            select(*order)
            .where(
                table.c.region == city.code,
                table.c.oldest > 0,
                table.c.device.not_in(shut),
                (order[0] > after[0]) | ((order[0] == after[0]) & (order[1] > after[1])),
            )
            .order_by(*order)
            .limit(STANDINGS_AT_ONCE)
        ).all()
        if not rows:
            break
        told = standings.told(connection, city, [row.device for row in rows])
        oldest = min((one.since for one in told.values() if one.since), default=0)
        after = (rows[-1].oldest, rows[-1].device)
    yield Value("oldest_unacked_age", _age(city, oldest) if oldest else 0)


def _devices(connection: Connection, city: City) -> Iterator[Value]:
    device, office = tables.device, tables.office
    seen = case((device.c.seen > 0, device.c.seen), else_=device.c.enrolled)
    silent = case((seen < city.now() - SILENT_MS, 1), else_=0)
    rows = connection.execute(
        select(office.c.code, func.count(), func.sum(silent))
        .join(office, (office.c.region == device.c.region) & (office.c.id == device.c.office))
        .where(device.c.region == city.code, device.c.revoked == 0)
        .group_by(office.c.code)
        .order_by(office.c.code)
    ).all()
    yield from (Value("devices", count, code) for code, count, _ in rows)
    yield from (Value("devices_silent_24h", int(quiet), code) for code, _, quiet in rows)


def _forks(connection: Connection, city: City) -> Iterator[Value]:
    """Lives that a laptop began anew, and copies that became laptops of their own."""
    life, device = tables.life, tables.device
    begun, met = connection.execute(
        select(func.count(), func.count(distinct(life.c.device))).where(life.c.region == city.code)
    ).one()
    copies = _count(connection, city, device, device.c.parent.is_not(None))
    yield Value("forks_total", begun - met + copies)


def _waiting(connection: Connection, city: City) -> Iterator[Value]:
    held, change, conflict = tables.held, tables.change, tables.conflict
    gaps = connection.scalar(
        select(func.count(distinct(held.c.waits_for))).where(held.c.region == city.code)
    )
    yield Value("gaps_open", gaps or 0)
    quarantined = _count(connection, city, change, change.c.verdict == "quarantined")
    yield Value("quarantine_open", quarantined)
    yield Value("conflicts_open", _count(connection, city, conflict, conflict.c.closed == 0))


def _leases(connection: Connection, city: City) -> Iterator[Value]:
    """Series of laptops with few numbers left, by office."""
    lease, office, device = tables.lease, tables.office, tables.device
    used = func.coalesce(lease.c.reached, lease.c.low - 1)
    left, largest = func.sum(lease.c.high - used), func.max(lease.c.high - lease.c.low + 1)
    low = (
        select(lease.c.office.label("office"))
        .join(device, (device.c.region == lease.c.region) & (device.c.id == lease.c.device))
        .where(
            lease.c.region == city.code,
            lease.c.ended.is_(None),
            lease.c.year.in_(city.years()),
            device.c.revoked == 0,
        )
        .group_by(lease.c.office, lease.c.series, lease.c.year, lease.c.device)
        .having(left * LOW < largest)
        .subquery()
    )
    rows = connection.execute(
        select(office.c.code, func.count(low.c.office))
        .outerjoin(low, low.c.office == office.c.id)
        .where(office.c.region == city.code)
        .group_by(office.c.code)
        .order_by(office.c.code)
    )
    yield from (Value("lease_low", count, code) for code, count in rows)


def _backups(connection: Connection, city: City) -> Iterator[Value]:
    """Ages of the newest verified backup and of the newest rehearsal; since the city's making."""
    table, region = backup_tables.backup, tables.region
    own = table.c.region == city.code
    made, tested = connection.execute(
        select(func.max(table.c.made), func.max(table.c.tested)).where(own)
    ).one()
    begun = connection.scalar(select(region.c.made).where(region.c.region == city.code)) or 0
    yield Value("backup_age", _age(city, made or begun))
    yield Value("restore_test_age", _age(city, tested or begun))


def _edges(connection: Connection, city: City) -> Iterator[Value]:
    """How long the oldest item has waited for another system, and what was given up."""
    oldest = edge_queue.oldest(connection, city)
    yield Value("edge_oldest_age", _age(city, oldest) if oldest else 0)
    given_up = edge_queue.counts(connection, city).get(edge_queue.GIVEN_UP, 0)
    yield Value("edges_given_up", given_up)


def _count(connection: Connection, city: City, table: Any, *conditions: Any) -> int:
    query = select(func.count()).select_from(table)
    return connection.scalar(query.where(table.c.region == city.code, *conditions)) or 0


def _age(city: City, since: int) -> float:
    """Give seconds; a clock that was put back makes nothing younger than new."""
    return max(0, city.now() - since) / 1000


LOOKS = (_unacked, _devices, _forks, _waiting, _leases, _backups, _edges)
