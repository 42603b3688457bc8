"""What an administrator sees of one laptop beyond its line in the list."""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, func, insert, literal, select, tuple_

from forms.engine.problem import Problem, Refused
from sync.crypto.keys import fingerprint
from sync.protocol.lease import REVOKED as REVOKED_LEASE
from sync.server import audit, operators, reading, standings, tables
from sync.server.account_tables import device_confirmed
from sync.server.city import City
from sync.server.device_tables import evidence
from sync.server.standings import Told

SILENT_MS = 3 * 86_400_000  # a counter that works speaks every day; a week-end is two
EVERY, SILENT, REVOKED, UNCONFIRMED, EVIDENCE = "", "silent", "revoked", "unconfirmed", "evidence"
STATES = (SILENT, REVOKED, UNCONFIRMED, EVIDENCE)


class Device(msgspec.Struct, frozen=True):
    """One laptop in the list; times are ms, 0 for never.

    `sent` is when its last batch came, `lives` how many incarnations began, `lease_left` how many
    numbers of all series it has left by its own word, `waits` the batches of evidence it brought.
    """

    id: bytes
    office: bytes
    operator: str
    enrolled: int
    seen: int
    sent: int
    revoked: int
    confirmed: int
    lives: int
    incarnation: bytes
    lease_left: int
    waits: int
    parent: bytes
    fingerprint: str
    told: Told | None  # its last word of itself

    @property
    def place(self) -> tuple[int, bytes]:
        """Where it stands in the order of all."""
        return self.enrolled, self.id


class Lease(msgspec.Struct, frozen=True):
    """One range of numbers that a laptop may use; `left` by its own word."""

    series: str
    year: int
    low: int
    high: int
    left: int
    granted: int


class Asked(msgspec.Struct, frozen=True):
    """Which laptops: of an office, in a state, after a place in the order of enrolment."""

    office: bytes = b""
    state: str = EVERY
    after: tuple[int, bytes] | None = None
    id: bytes = b""


def listing(city: City, asked: Asked, limit: int) -> list[Device]:
    """List laptops, the oldest enrolment first."""
    table = tables.device
    query = select(table, device_confirmed.c.at.label("confirmed")).where(
        table.c.region == city.code
    )
    joined = (device_confirmed.c.region == table.c.region) & (
        device_confirmed.c.device == table.c.id
    )
    query = query.outerjoin(device_confirmed, joined)
    order = (table.c.enrolled, table.c.id)
    if asked.id:
        query = query.where(table.c.id == asked.id)
    if asked.office:
        query = query.where(table.c.office == asked.office)
    if asked.state:
        query = query.where(_in(city, asked.state))
    if asked.after is not None:
        query = query.where(tuple_(*order) > tuple_(*map(literal, asked.after)))
    with city.database.read() as connection:
        rows = connection.execute(query.order_by(*order).limit(limit)).all()
        return _devices(connection, city, rows)


def find(city: City, device: bytes) -> Device:
    """Find one laptop; Refused(device_unknown)."""
    found = listing(city, Asked(id=device), 1)
    if not found:
        raise Refused(Problem("device_unknown"))
    return found[0]


def leases(city: City, device: bytes, *, revoked: bool = False) -> list[Lease]:
    """List the ranges that a laptop has left; with `revoked` those too that it lost by that."""
    table = tables.lease
    living = table.c.ended.is_(None)
    query = (
        select(table)
        .where(
            table.c.region == city.code,
            table.c.device == device,
            living | (table.c.ended == REVOKED_LEASE) if revoked else living,
        )
        .order_by(table.c.series, table.c.year, table.c.low)
    )
    with city.database.read() as connection:
        return [
            Lease(row.series, row.year, row.low, row.high, _left(row), row.granted)
            for row in connection.execute(query)
        ]


def confirm(city: City, device: bytes, by: str) -> None:
    """Note that somebody compared a laptop's fingerprint by voice; Refused(device_unknown)."""
    found = find(city, device)
    if found.confirmed:
        return
    with city.database.write() as connection:
        connection.execute(
            insert(device_confirmed).values(region=city.code, device=device, at=city.now(), by=by)
        )
        audit.note(connection, city, by, "device_confirmed", found.office, device=device.hex())


def count_silent(city: City) -> int:
    """Count the laptops that have not spoken for days."""
    table = tables.device
    query = select(func.count()).where(table.c.region == city.code, _in(city, SILENT))
    with city.database.read() as connection:
        return int(connection.scalar(query) or 0)


def _in(city: City, state: str) -> Any:
    """Say which laptops are in a state; Refused(page_unknown)."""
    table = tables.device
    match state:
        case "silent":
            return (table.c.revoked == 0) & (table.c.seen < city.now() - SILENT_MS)
        case "revoked":
            return table.c.revoked > 0
        case "unconfirmed":
            return (table.c.revoked == 0) & device_confirmed.c.at.is_(None)
        case "evidence":
            waiting = select(evidence.c.device).where(
                evidence.c.region == city.code, evidence.c.verdict == ""
            )
            return table.c.id.in_(waiting)
    raise Refused(Problem("page_unknown"))


def _devices(connection: Connection, city: City, rows: Sequence[Any]) -> list[Device]:
    names = [row.id for row in rows]
    said = standings.told(connection, city, names)
    people = reading.records(connection, city.code, {row.operator for row in rows})
    batch, life, lease = tables.batch, tables.life, tables.lease
    sent = _by_device(connection, city, batch, names, func.max(batch.c.received))
    lives = _by_device(connection, city, life, names, func.count())
    waits = _by_device(connection, city, evidence, names, func.count(), evidence.c.verdict == "")
    used = func.coalesce(lease.c.reached, lease.c.low - 1)
    left = _by_device(
        connection, city, lease, names, func.sum(lease.c.high - used), lease.c.ended.is_(None)
    )
    return [
        Device(
            row.id,
            row.office,
            str(people[row.operator].answers.get(operators.NAME, ""))
            if row.operator in people
            else "",
            row.enrolled,
            row.seen,
            sent.get(row.id, 0),
            row.revoked,
            row.confirmed or 0,
            lives.get(row.id, 0),
            row.incarnation,
            left.get(row.id, 0),
            waits.get(row.id, 0),
            row.parent or b"",
            fingerprint(row.sign),
            said.get(row.id),
        )
        for row in rows
    ]


def _by_device(
    connection: Connection, city: City, table: Any, names: list[bytes], what: Any, *more: Any
) -> dict[bytes, int]:
    """Reckon something for each laptop of one part of the list."""
    query = (
        select(table.c.device, what)
        .where(table.c.region == city.code, table.c.device.in_(names), *more)
        .group_by(table.c.device)
    )
    return {row[0]: int(row[1] or 0) for row in connection.execute(query)}


def _left(row: Any) -> int:
    used = row.low - 1 if row.reached is None else row.reached
    return int(row.high - used)
