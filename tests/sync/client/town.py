"""A city and desks of two offices in one process: the real server and store, no network."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import select

from forms.engine.region import Office
from sync.client.trip import trip
from sync.server import administration, codes, exchange, offices, reading, tables
from sync.server.city import City
from sync.store import inbox, read, records
from sync.store import open as door
from sync.store.handle import Store
from sync.store.inbox import Entry
from sync.store.keystore import NoKeystore
from sync.store.verify import verify
from tests.sync.client.road import ADMINISTRATOR, PASSPHRASE, REGION
from tests.sync.server.laptop import Laptop

NOON = 1_795_233_600_000  # 2026-11-21T12:00 in the region


class Road:
    """The way to the city without a network between."""

    def __init__(self, city: City) -> None:
        self.city = city

    def exchange(self, envelopes: list[bytes]) -> bytes:
        return exchange.exchange(self.city, envelopes)


class Town(NamedTuple):
    """A city, the three desks of one kelurahan and the one of its kecamatan."""

    city: City
    desks: list[Store]
    guest: Store

    def go(self, *stores: Store) -> None:
        for store in stores or (*self.desks, self.guest):
            trip(store, Road(self.city))


@contextmanager
def founded(folder: Path) -> Iterator[Town]:
    """Found a city, let its desks join, and close it all at the end."""
    ticks = itertools.count(NOON)

    def now() -> int:
        return next(ticks)

    administration.init(
        folder / "city", REGION, operator=ADMINISTRATOR, passphrase=PASSPHRASE, now=now
    )
    city = City.open(folder / "city", now)
    areas = city.region.areas
    for code, kind in (("KEL-1", "kelurahan"), ("KEC-1", "kecamatan")):
        area = areas.first(city.region.code, kind)
        offices.add(city, Office(b"", code, kind, f"Kantor {code}", area), ADMINISTRATOR)

    def desk(operator: str, office: str) -> Store:
        text, _ = codes.make(city, office, "kepala", ADMINISTRATOR)
        joined = Laptop(city, text, operator)
        return door.create(
            folder / operator, joined.welcome, joined.keys, joined.incarnation,
            operator, PASSPHRASE, keystore=NoKeystore(), now=now,
        )  # fmt: skip

    desks = [desk(name, "KEL-1") for name in ("Rina", "Budi", "Tari")]
    town = Town(city, desks, desk("Camat Hadi", "KEC-1"))
    town.go()
    yield town
    for store in (*town.desks, town.guest):
        store.close()
    city.close()


def phone(store: Store, record: bytes, number: int) -> None:
    records.edit(store, record, {"telepon": f"0812{number:08}"})


def seen(store: Store, record: bytes) -> Any:
    return read.record(store, record).answers.get("telepon")


def entries(store: Store, record: bytes) -> list[Entry]:
    return [entry for entry in inbox.listing(store) if entry.record == record]


def shapes(store: Store, record: bytes) -> set[tuple[bytes, str, bytes, bytes]]:
    return {(e.conflict, e.group, e.present_by, e.proposed_by) for e in entries(store, record)}


def differing(store: Store) -> list[str]:
    """Find records that are not what the server said with pending changes on them."""
    return [problem.code for problem in verify(store) if problem.code == "record_differs"]


def at_city(city: City, record: bytes) -> set[tuple[bytes, str, bytes, bytes]]:
    """The open disputes as the server has them, with the change whose value stands now."""
    table = tables.conflict
    with city.database.read() as connection:
        present = reading.records(connection, city.code, {record})[record]
        rows = connection.execute(
            select(table).where(table.c.record == record, table.c.closed == 0)
        ).all()
    return {(row.id, row.group, present.head(row.group), row.proposed) for row in rows}
