"""The laptops that may speak to this server."""

from typing import Any

import msgspec
from sqlalchemy import Connection, select

from forms.engine.problem import Problem, Refused
from sync.protocol.rekey import ANCESTORS_MAX
from sync.server import bulk, tables
from sync.server.city import City

SPEAKER = ("id", "office", "sign", "seal", "incarnation", "seen", "revoked")
SEEN_EVERY_MS = 60_000  # a poll that brings nothing new does not write more often


class Device(msgspec.Struct, frozen=True):
    """One enrolled laptop: its office and public keys; `former` where it spoke by those of before.

    (sync.server.device_keys)
    """

    id: bytes
    office: bytes
    sign: bytes
    seal: bytes
    incarnation: bytes
    seen: int
    former: bool = False


def admitted(connection: Connection, region: str, device: bytes) -> Device:
    """Find a device that may speak; Refused(device_unknown | device_revoked)."""
    row = _row(connection, region, device)
    if row.revoked:
        raise Refused(Problem("device_revoked"))
    return _device(row)


def known(connection: Connection, region: str, device: bytes) -> Device:
    """Find a device, whether it may speak or not; Refused(device_unknown)."""
    return _device(_row(connection, region, device))


def is_revoked(connection: Connection, region: str, device: bytes) -> bool:
    """Tell whether a device may not speak any more; Refused(device_unknown)."""
    return bool(_row(connection, region, device).revoked)


def _row(connection: Connection, region: str, device: bytes) -> Any:
    row = bulk.found(connection, tables.device, SPEAKER, {"region": region, "id": device}).first()
    if row is None:
        raise Refused(Problem("device_unknown"))
    return row


def _device(row: Any) -> Device:
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


def ancestors(connection: Connection, region: str, device: bytes) -> list[bytes]:
    """Name a device and those that it split off from, nearest first."""
    found = [device]
    while len(found) <= ANCESTORS_MAX:
        place = {"region": region, "id": found[-1]}
        parent = bulk.found(connection, tables.device, ("parent",), place).scalar()
        if not parent or parent in found:
            break
        found.append(parent)
    return found
