"""Two kelurahan and a puskesmas of one city in one process: residents move between them."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import select

from forms.engine.region import Office
from sync.client.trip import trip
from sync.protocol import wire
from sync.server import administration, codes, exchange, offices, tables
from sync.server.city import City
from sync.store import open as door
from sync.store import read, records
from sync.store.handle import Store
from sync.store.keystore import NoKeystore
from tests.sync.client.road import ADMINISTRATOR, PASSPHRASE, REGION, RESIDENT
from tests.sync.server.laptop import Laptop

NOON = 1_795_233_600_000  # 2026-11-21T12:00 in the region
A, B, C = "99.71.01.1001", "99.71.01.1002", "99.71.01.1003"  # C has no kelurahan office
OFFICES = {
    "kel-a": ("kelurahan", A, ()),
    "kel-b": ("kelurahan", B, ()),
    "pkm": ("puskesmas", A, (A, B)),
}


class Quarter(NamedTuple):
    """The city and one desk of each office, by the office's code."""

    city: City
    desks: dict[str, Store]
    root: Path
    now: Callable[[], int]

    def join(self, office: str, operator: str) -> Store:
        """Let another desk join; `go` takes it along under its operator's name."""
        text, _ = codes.make(self.city, office, "kepala", ADMINISTRATOR)
        joined = Laptop(self.city, text, operator)
        store = self.desks[operator] = door.create(
            self.root / operator, joined.welcome, joined.keys, joined.incarnation,
            operator, PASSPHRASE, keystore=NoKeystore(), now=self.now,
        )  # fmt: skip
        return store

    def exchange(self, envelopes: list[bytes]) -> bytes:
        """Be the road: straight into the city."""
        return exchange.exchange(self.city, envelopes)

    def go(self, *codes: str) -> None:
        for code in codes or self.desks:
            trip(self.desks[code], self)

    def holders(self, record: bytes) -> set[str]:
        """Name the offices that hold a record, as the city has it."""
        table, place = tables.record, tables.office
        with self.city.database.read() as connection:
            row = connection.execute(
                select(table.c.office, table.c.guests).where(table.c.id == record)
            ).one()
            names = {one.id: one.code for one in connection.execute(select(place))}
        joined = row.guests or b""
        held = [row.office, *(joined[at : at + 16] for at in range(0, len(joined), 16))]
        return {names[one] for one in held}


@contextmanager
def founded(folder: Path) -> Iterator[Quarter]:
    """Found the city, let its desks join, and close it all at the end."""
    ticks = itertools.count(NOON)

    def now() -> int:
        return next(ticks)

    place = folder / "city"
    administration.init(place, REGION, operator=ADMINISTRATOR, passphrase=PASSPHRASE, now=now)
    city = City.open(place, now)
    quarter = Quarter(city, {}, folder, now)
    for code, (kind, area, catchment) in OFFICES.items():
        offices.add(city, Office(b"", code, kind, f"Kantor {code}", area, catchment), "test")
        quarter.desks[code] = quarter.join(code, f"Kepala {code}")
        del quarter.desks[f"Kepala {code}"]
    quarter.go()
    yield quarter
    for store in quarter.desks.values():
        store.close()
    city.close()


def register(store: Store, place: str, **answers: Any) -> bytes:
    given = {"nama": "SARI MELATI", "kelurahan": place, **answers}
    return records.new(store, RESIDENT, given).record


def move(store: Store, record: bytes, place: str) -> None:
    records.edit(store, record, {"kelurahan": place})


def names(store: Store) -> set[bytes]:
    """Name the residents that a desk shows."""
    with store.read() as conn:
        found = conn.exec_driver_sql("SELECT id FROM record WHERE service = ?", (RESIDENT,))
        return set(found.scalars())


def answers(store: Store, record: bytes) -> dict[str, Any]:
    return dict(read.record(store, record).answers)


def at_city(city: City) -> dict[bytes, dict[str, Any]]:
    """Map the city's residents to their answers."""
    table = tables.record
    with city.database.read() as connection:
        rows = connection.execute(select(table).where(table.c.service == RESIDENT)).all()
    return {row.id: wire.decode(row.answers, dict[str, Any]) for row in rows}
