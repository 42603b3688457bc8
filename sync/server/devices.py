"""The laptops that may speak to this server."""

import msgspec
from sqlalchemy import Connection, select, update

from forms.engine.problem import Problem, Refused
from sync.server import audit, bulk, leases, tables
from sync.server.city import City

SPEAKER = ("id", "office", "sign", "seal", "incarnation", "seen", "revoked")
SEEN_EVERY_MS = 60_000  # a poll that brings nothing new does not write more often


class Device(msgspec.Struct, frozen=True):
    """One enrolled laptop: its office and public keys."""

    id: bytes
    office: bytes
    sign: bytes
    seal: bytes
    incarnation: bytes
    seen: int


def admitted(connection: Connection, region: str, device: bytes) -> Device:
    """Find a device that may speak; Refused(device_unknown | device_revoked)."""
    row = bulk.found(
        connection, tables.device, SPEAKER, {"region": region, "id": device}
    ).one_or_none()
    if row is None:
        raise Refused(Problem("device_unknown"))
    if row.revoked:
        raise Refused(Problem("device_revoked"))
    return Device(row.id, row.office, row.sign, row.seal, row.incarnation, row.seen)


def note_seen(connection: Connection, region: str, device: bytes, now: int) -> None:
    """Remember when a device last spoke."""
    row = {"region": region, "id": device, "seen": now}
    bulk.change(connection, tables.device, ("region", "id"), [row])


class Listed(msgspec.Struct, frozen=True):
    """A device as administrators see it; `office` is the office's code, times are ms.

    `incarnation` is the latest that began, `parent` the device whose copy it is, empty for none.
    """

    id: bytes
    office: str
    incarnation: bytes
    enrolled: int
    last_seen: int
    revoked: bool
    parent: bytes


def listing(city: City) -> list[Listed]:
    """List every device that was ever enrolled, oldest first."""
    table, office = tables.device, tables.office
    with city.database.read() as connection:
        rows = connection.execute(
            select(table, office.c.code)
            .join(office, (office.c.region == table.c.region) & (office.c.id == table.c.office))
            .where(table.c.region == city.code)
            .order_by(table.c.enrolled, table.c.id)
        )
        return [
            Listed(
                row.id,
                row.code,
                row.incarnation,
                row.enrolled,
                row.seen,
                row.revoked > 0,
                row.parent or b"",
            )
            for row in rows
        ]


def revoke(city: City, device: bytes, by: str) -> None:
    """Let a device in no more; Refused(device_unknown). Twice is the same as once."""
    table = tables.device
    with city.database.write() as connection:
        row = connection.execute(
            select(table.c.revoked, table.c.office).where(
                table.c.region == city.code, table.c.id == device
            )
        ).one_or_none()
        if row is None:
            raise Refused(Problem("device_unknown"))
        if row.revoked:
            return
        connection.execute(
            update(table)
            .where(table.c.region == city.code, table.c.id == device)
            .values(revoked=city.now())
        )
        leases.shut_out(connection, city, row.office, device)
        audit.note(connection, city, by, "device_revoked", row.office, device=device.hex())
