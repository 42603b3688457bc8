"""The incarnations of a device, in the order in which they began here.

An ask, which is somebody alive, of

    an incarnation never met        it begins; numbers are granted to it alone from now on
    the latest one                  nothing
    an earlier one                  split: two laptops live as one device
    an earlier one, every later     that desk's own past came late (a stick, or after a restore of
      one being its own past        this server): it is the latest again

Batches of any incarnation are taken, since they are work that was done.
"""

from collections.abc import Collection

from sqlalchemy import ColumnElement, Connection, func, insert, select, update

from sync.server import audit, bulk, tables
from sync.server.city import City
from sync.server.devices import Device


def meet(city: City, device: Device, incarnation: bytes, former: Collection[bytes]) -> bool:
    """Meet the incarnation that asks; tell whether its device is split."""
    with city.database.read() as connection:
        later = _later(connection, city.code, device.id, incarnation)
    if later is not None and not later:
        return False
    with city.database.write() as connection:
        later = _later(connection, city.code, device.id, incarnation)
        if later is None:
            begin(connection, city, device, incarnation)
        elif not later <= set(former):
            return True
        elif later:
            _put_last(connection, city, device.id, incarnation)
    return False


def begin(connection: Connection, city: City, device: Device, incarnation: bytes) -> None:
    """Note that an incarnation is alive, and from when on; one that is known stays where it is."""
    table = tables.life
    life = {"region": city.code, "device": device.id, "incarnation": incarnation}
    if bulk.found(connection, table, ("number",), life).first() is not None:
        return
    number = _newest(connection, city.code, device.id) + 1
    connection.execute(
        insert(table).values(
            region=city.code,
            device=device.id,
            incarnation=incarnation,
            number=number,
            began=city.now(),
        )
    )
    _note_latest(connection, city.code, device.id, incarnation)
    if number > 1:
        facts = {"device": device.id.hex(), "incarnation": incarnation.hex()}
        audit.note(connection, city, "", "device_reborn", device.office, **facts)


def is_latest(connection: Connection, region: str, device: bytes, incarnation: bytes) -> bool:
    """Tell whether numbers may be granted to an incarnation."""
    return _later(connection, region, device, incarnation) == set()


def _later(
    connection: Connection, region: str, device: bytes, incarnation: bytes
) -> set[bytes] | None:
    """Name the incarnations that began after this one; None where it is not known."""
    place = {"region": region, "device": device}
    rows = bulk.found(connection, tables.life, ("incarnation",), place, falling="number")
    later = set[bytes]()
    for row in rows:
        if row.incarnation == incarnation:
            return later
        later.add(row.incarnation)
    return None


def _put_last(connection: Connection, city: City, device: bytes, incarnation: bytes) -> None:
    table = tables.life
    connection.execute(
        update(table)
        .where(_of(city.code, device), table.c.incarnation == incarnation)
        .values(number=_newest(connection, city.code, device) + 1)
    )
    _note_latest(connection, city.code, device, incarnation)


def _note_latest(connection: Connection, region: str, device: bytes, incarnation: bytes) -> None:
    table = tables.device
    connection.execute(
        update(table)
        .where(table.c.region == region, table.c.id == device)
        .values(incarnation=incarnation)
    )


def _newest(connection: Connection, region: str, device: bytes) -> int:
    table = tables.life
    return int(connection.scalar(select(func.max(table.c.number)).where(_of(region, device))) or 0)


def _of(region: str, device: bytes) -> ColumnElement[bool]:
    table = tables.life
    return (table.c.region == region) & (table.c.device == device)
