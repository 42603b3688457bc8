"""Snapshots of offices: made when a desk is far behind, kept while near, given in portions.

| a desk is given one           | when                                                             |
|-------------------------------|------------------------------------------------------------------|
| it may be given               | it asks (nothing of its own is pending), every cursor is ours,   |
|                               | and no more records left behind them than may go in a day: how   |
|                               | many went on which day only pages tell (sync.protocol.guard)     |
| it pays                       | BEHIND_SHARE of all rows are lacking, and BEHIND_MIN: where a    |
|                               | tenth of the residents was edited three times, a snapshot takes  |
|                               | as many bytes as pages of 0.71 to 0.88 of all rows, and as much  |
|                               | of a desk's time as 0.7 (bench/joining.py)                       |
| one that is here serves       | it lacks at most NEAR_ROWS, what a Welcome brings anyway, and    |
|                               | half of what the desk lacks: or it might bring nothing           |
| it is made                    | else; while another asks for the same, that one goes by pages    |
| it stays                      | while it is one of the newest KEPT of its office and epoch: one  |
|                               | to give, one that somebody on a slow line may still be taking    |

Made in one reading transaction, which holds up no writer; each part is written by itself and the
snapshot counts once all are there. Parts of one that broke off go when the next one is made.
"""

import os
from typing import Any

from sqlalchemy import Connection, delete, distinct, func, insert, select

from sync.crypto import signed, stream
from sync.protocol import guard, snapshot, wire
from sync.protocol.exchange import Ask
from sync.protocol.snapshot import (
    BEHIND_MIN,
    KEY_BYTES,
    NAME_BYTES,
    PARTS_MAX,
    PORTION_BYTES,
    VERSION,
    Manifest,
    Part,
    Portion,
    Want,
)
from sync.protocol.stream import Cursor
from sync.server import bulk, compacting, snapshot_tables, streams, tables, turns
from sync.server.city import City
from sync.server.devices import Device
from sync.server.reading import last_erasure

NEAR_ROWS = BEHIND_MIN
BEHIND_SHARE = 0.75
KEPT = 2


def told(city: City, device: Device, ask: Ask) -> Portion | None:
    """Give what an ask wants of a snapshot; None where the desk goes by pages."""
    want = ask.snapshot
    if want is None:
        return None
    if want.name:
        with city.database.read() as connection:
            row = _row(connection, city, device.office, want.name)
            if row is None:
                return Portion(want.name, want.place)
            return _portion(connection, city, row, want, ask.rows_max)
    with city.database.read() as connection:
        ends = compacting.ends(connection, city.code, device.office)
        if not _pays(connection, city, device.office, ask.cursors, ends):
            return None
        most = min(NEAR_ROWS, snapshot.behind(ask.cursors, ends) // 2)
        row = _near(connection, city, device.office, ends, most)
    name = row.name if row is not None else _made(city, device.office)
    if name is None:
        return None
    with city.database.read() as connection:
        row = _row(connection, city, device.office, name)
        return None if row is None else _portion(connection, city, row, want, ask.rows_max)


def manifest(city: City, office: bytes, name: bytes) -> Manifest | None:
    """Read what a snapshot of an office is; None where it is gone."""
    with city.database.read() as connection:
        row = _row(connection, city, office, name)
    return None if row is None else snapshot.read(row.manifest)


def drop(connection: Connection, region: str, office: bytes | None = None) -> None:
    """Let all snapshots go that hold what must be held no longer, of one office or of all.

    Desks that are taking one begin anew from their cursors.
    """
    for table in (snapshot_tables.snapshot, snapshot_tables.part):
        query = delete(table).where(table.c.region == region)
        connection.execute(query if office is None else query.where(table.c.office == office))


def _pays(
    connection: Connection,
    city: City,
    office: bytes,
    cursors: list[Cursor],
    ends: list[Cursor],
) -> bool:
    lacking = snapshot.behind(cursors, ends)
    if lacking < BEHIND_MIN or lacking < BEHIND_SHARE * sum(end.row for end in ends):
        return False
    home = streams.name(office, "")
    places = [(cursor.stream.removeprefix(home), cursor) for cursor in cursors]
    return all(
        streams.is_ours(connection, city.code, (office, group), cursor) for group, cursor in places
    ) and not any(
        cursor.row and _takes_much(connection, city.code, (office, group), cursor.row)
        for group, cursor in places
    )


def _takes_much(connection: Connection, region: str, place: tuple[bytes, str], row: int) -> bool:
    """Tell whether more left an office's stream behind a row than goes without a question."""
    office, group = place
    table, record = tables.stream_row, tables.record
    gone = connection.scalar(
        select(func.count(distinct(table.c.left))).where(
            table.c.region == region,
            table.c.office == office,
            table.c.service_group == group,
            table.c.number > row,
            table.c.left.is_not(None),
        )
    )
    if not gone or gone <= guard.FLOOR:
        return False
    here = select(record.c.id).where(record.c.region == region, record.c.office == office)
    scope = connection.scalar(
        select(func.count()).select_from(here.limit(guard.SCOPE_MAX).subquery())
    )
    return guard.trips(gone, scope or 0)


def _row(connection: Connection, city: City, office: bytes, name: bytes) -> Any:
    table = snapshot_tables.snapshot
    return connection.execute(
        select(table).where(
            table.c.region == city.code,
            table.c.name == name,
            table.c.office == office,
            table.c.epoch == city.epoch,
        )
    ).first()


def _near(connection: Connection, city: City, office: bytes, ends: list[Cursor], most: int) -> Any:
    """Find the newest snapshot of an office, if it lacks no more rows than this."""
    table = snapshot_tables.snapshot
    row = connection.execute(
        select(table.c.name, table.c.ends)
        .where(table.c.region == city.code, table.c.office == office, table.c.epoch == city.epoch)
        .order_by(table.c.made.desc(), table.c.name)
        .limit(1)
    ).first()
    if row is None:
        return None
    return row if snapshot.behind(wire.decode(row.ends, list[Cursor]), ends) <= most else None


def _portion(connection: Connection, city: City, row: Any, want: Want, rows_max: int) -> Portion:
    """Give as many parts as an answer has room for, and as the desk asks rows for; one at least."""
    table = snapshot_tables.part
    query = (
        select(table.c.rows, table.c.content)
        .where(table.c.region == city.code, table.c.name == row.name, table.c.place >= want.place)
        .order_by(table.c.place)
    )
    given: list[bytes] = []
    rows = size = 0
    with connection.execute(query.execution_options(yield_per=1)) as parts:
        for found in parts:
            rows, size = rows + found.rows, size + len(found.content)
            if given and (rows > rows_max or size > PORTION_BYTES):
                break
            given.append(found.content)
    if want.name:
        return Portion(row.name, want.place, given)
    shown = signed.sign(row.manifest, city.keys.sign, "snapshot")
    return Portion(row.name, 0, given, shown, row.key)


def _made(city: City, office: bytes) -> bytes | None:
    """Make a snapshot and give its name; None while it is being made for another."""
    turn = turns.attempt(city.folder, f"snapshot-{office.hex()}")
    if turn is None:
        return None
    with turn:
        return _make(city, office)


def _make(city: City, office: bytes) -> bytes | None:
    name, key = os.urandom(NAME_BYTES), os.urandom(KEY_BYTES)
    with city.database.write() as connection:
        _sweep(connection, city, office)
    digests: list[bytes] = []
    rows = 0
    with city.database.read() as reading:
        erased = last_erasure(reading, city.code)
        ends = compacting.ends(reading, city.code, office)
        before: Part | None = None
        for part in compacting.parts(reading, city, office):
            if before is not None:
                digests.append(_keep(city, office, (name, key, len(digests)), before, last=False))
            before = part
            rows += len(part.rows)
        assert before is not None, "there is one part at least"
        digests.append(_keep(city, office, (name, key, len(digests)), before, last=True))
    if len(digests) > PARTS_MAX:
        return None
    return _publish(
        city,
        Manifest(VERSION, name, office, city.epoch, city.now(), city.policy, rows, ends, digests),
        key,
        erased,
    )


def _keep(
    city: City, office: bytes, where: tuple[bytes, bytes, int], part: Part, *, last: bool
) -> bytes:
    """Seal one part and write it; return its digest."""
    name, key, place = where
    sealed = stream.seal_part(part.encode(), key, place, last=last)
    with city.database.write() as connection:
        connection.execute(
            insert(snapshot_tables.part).values(
                region=city.code,
                name=name,
                place=place,
                office=office,
                rows=len(part.rows),
                content=sealed,
            )
        )
    return snapshot.digest(sealed)


def _publish(city: City, made: Manifest, key: bytes, erased: int) -> bytes | None:
    """Let a snapshot count whose parts are all there; None where they were let go meanwhile.

    Nor does one count that was read before the newest erasure.
    """
    table, part = snapshot_tables.snapshot, snapshot_tables.part
    with city.database.write() as connection:
        here = connection.scalar(
            select(func.count())
            .select_from(part)
            .where(part.c.region == city.code, part.c.name == made.name)
        )
        stale = made.epoch != city.epoch or erased != last_erasure(connection, city.code)
        if here != len(made.parts) or stale:
            return None
        row = {
            "region": city.code,
            "name": made.name,
            "office": made.office,
            "epoch": made.epoch,
            "made": made.made,
            "ends": wire.encode(made.ends),
            "rows": made.rows,
            "manifest": wire.encode(made),
            "key": key,
        }
        bulk.add(connection, table, [row])
    return made.name


def _sweep(connection: Connection, city: City, office: bytes) -> None:
    """Make room for a new one: the newest of this epoch stay, parts of no snapshot go."""
    table, part = snapshot_tables.snapshot, snapshot_tables.part
    here = (table.c.region == city.code) & (table.c.office == office)
    newest = list(
        connection.scalars(
            select(table.c.name)
            .where(here, table.c.epoch == city.epoch)
            .order_by(table.c.made.desc(), table.c.name)
            .limit(KEPT - 1)
        )
    )
    connection.execute(delete(table).where(here, table.c.name.not_in(newest)))
    connection.execute(
        delete(part).where(
            part.c.region == city.code, part.c.office == office, part.c.name.not_in(newest)
        )
    )
