"""Which devices are revoked, as the city's list says it to all."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, insert, select, update

from sync.protocol import wire
from sync.protocol.trust import Revoked
from sync.server import leases, tables
from sync.server.city import City
from sync.server.device_tables import revocation


def listed(connection: Connection, region: str) -> list[Revoked]:
    """Read every revocation, by device."""
    query = select(revocation.c.content).where(revocation.c.region == region)
    rows = connection.execute(query.order_by(revocation.c.device)).scalars()
    return [wire.decode(row, Revoked) for row in rows]


def entry(connection: Connection, region: str, device: bytes) -> Revoked | None:
    """Read the revocation of a device; None for one that may speak."""
    query = select(revocation.c.content).where(_of(region, device))
    content = connection.execute(query).scalar_one_or_none()
    return None if content is None else wire.decode(content, Revoked)


def write(connection: Connection, city: City, said: Revoked) -> None:
    """Write a revocation, new or in the place of the one before, and let the device in no more."""
    content = wire.encode(said)
    place = _of(city.code, said.device)
    if connection.execute(update(revocation).where(place).values(content=content)).rowcount:
        return
    connection.execute(
        insert(revocation).values(region=city.code, device=said.device, content=content)
    )
    table = tables.device
    here = (table.c.region == city.code) & (table.c.id == said.device)
    office = connection.execute(select(table.c.office).where(here)).scalar_one_or_none()
    if office is not None:
        connection.execute(update(table).where(here).values(revoked=said.at))
        leases.shut_out(connection, city, office, said.device)


def adopt(connection: Connection, city: City, shown: Sequence[Revoked]) -> None:
    """Take over from a forgotten list of our own whom we had revoked."""
    for said in shown:
        before = entry(connection, city.code, said.device)
        if before is None or (said.compromised and not before.compromised):
            write(connection, city, said)


def _of(region: str, device: bytes) -> Any:
    return (revocation.c.region == region) & (revocation.c.device == device)
