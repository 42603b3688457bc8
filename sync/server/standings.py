"""What laptops say of themselves (sync.protocol.standing), the last word of each with its time."""

from typing import Any

import msgspec
from sqlalchemy import Connection, func, insert, select

from sync.protocol.standing import Standing
from sync.server import bulk, tables
from sync.server.account_tables import device_standing
from sync.server.city import City

KEY = ("region", "device")


class Told(msgspec.Struct, frozen=True):
    """A laptop's last word, at a time in ms, and how much of it has come since.

    `unsent` are changes that were only there and have not come; `since` is when the oldest was
    made, by this server's clock, 0 where none is known to be left.
    """

    at: int
    unsent: int
    since: int
    version: str
    system: str
    keystore: bool
    disk: str


def note(connection: Connection, region: str, device: bytes, now: int, said: Standing) -> None:
    """Keep what a laptop said of itself."""
    place = {"region": region, "device": device}
    row: dict[str, Any] = {
        **place,
        "at": now,
        "pending": said.pending,
        "oldest": now - said.age if said.pending else 0,
        "version": said.version,
        "system": said.system,
        "keystore": int(said.keystore),
        "disk": said.disk,
    }
    if bulk.found(connection, device_standing, ("at",), place).first() is None:
        connection.execute(insert(device_standing).values(**row))
    else:
        bulk.change(connection, device_standing, KEY, [row])


def told(connection: Connection, city: City, devices: list[bytes]) -> dict[bytes, Told]:
    """Give the last words of some laptops; one that never said anything is left out."""
    table, batch = device_standing, tables.batch
    query = select(table).where(table.c.region == city.code, table.c.device.in_(devices))
    came = (
        select(table.c.device, func.sum(batch.c.changes))
        .join(batch, (batch.c.region == table.c.region) & (batch.c.device == table.c.device))
        .where(
            table.c.region == city.code,
            table.c.device.in_(devices),
            batch.c.received >= table.c.at,
        )
        .group_by(table.c.device)
    )
    since = {row[0]: int(row[1]) for row in connection.execute(came)}
    return {row.device: _told(row, since.get(row.device, 0)) for row in connection.execute(query)}


def _told(row: Any, came: int) -> Told:
    unsent = max(0, row.pending - came)
    return Told(
        row.at,
        unsent,
        row.oldest if unsent else 0,
        row.version,
        row.system,
        row.keystore > 0,
        row.disk,
    )
