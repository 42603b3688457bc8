"""A city that is put back, and desks that heal it: by its own commands, or by an old disk."""

import os
from collections.abc import Iterator
from pathlib import Path

from forms.engine.region import Office
from sync.client.trip import Trip, trip
from sync.protocol.change import Change
from sync.server import administration, backup, exchange, offices, records, restore, verify
from sync.server.city import City
from sync.store import kept
from sync.store import verify as store_verify
from sync.store.handle import Store
from tests import databases
from tests.sync.client.road import ADMINISTRATOR, PASSPHRASE, REGION
from tests.sync.faults.carrying import join, keeping

NOON = 1_795_233_600_000  # 2026-11-21T12:00 in the region
DAY_MS = 86_400_000


class Town:
    """One city with its backups, its desks, and a clock that the test moves."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.now = NOON
        self.folder, self.backups = root / "city", root / "backups"
        self.backups.mkdir()
        administration.init(
            self.folder, REGION, operator=ADMINISTRATOR, passphrase=PASSPHRASE, now=self.clock
        )
        self.city = City.open(self.folder, self.clock)
        area = self.city.region.areas.first(self.city.region.code, "kelurahan")
        office = Office(b"", "KEL-1", "kelurahan", "Kelurahan Satu", area, (area,))
        offices.add(self.city, office, "test")
        self.desks: list[Store] = []

    def clock(self) -> int:
        self.now += 1
        return self.now

    def desk(self, operator: str, office: str = "KEL-1") -> Store:
        store = join(self.city, self.root / f"d{len(self.desks)}", operator, self.clock, office)
        self.desks.append(store)
        return store

    def exchange(self, envelopes: list[bytes]) -> bytes:
        """Be the road: straight into the city."""
        return exchange.exchange(self.city, envelopes)

    def go(self, *stores: Store) -> list[Trip]:
        return [trip(store, self) for store in stores]

    def back_up(self, name: str) -> Path:
        file = self.backups / name
        backup.backup(self.city, file, PASSPHRASE, ADMINISTRATOR)
        return file

    def restore(self, file: Path) -> restore.Restored:
        self.now += DAY_MS // 24
        self.city.close()
        try:
            return restore.restore(self.folder, file, ADMINISTRATOR, PASSPHRASE, now=self.clock)
        finally:
            self.city = City.open(self.folder, self.clock)

    def image(self) -> str:
        """Copy the server's disk as it is."""
        self.city.close()
        kept = databases.keep(self.city.database.url, self.root / f"image-{os.urandom(4).hex()}")
        self.city = City.open(self.folder, self.clock)
        return kept

    def put_back(self, image: str) -> None:
        """Put a copy of the disk back, and tell nobody."""
        self.city.close()
        databases.put_back(image, self.city.database.url)
        self.city = City.open(self.folder, self.clock)

    def settled(self, *stores: Store) -> None:
        """Let desks travel until all have heard of each other; then check that all is one."""
        for _ in range(2):
            self.go(*stores)
        fresh = self.desk("Pemeriksa")
        self.go(fresh, *stores)
        shown = keeping(fresh)
        for store in stores:
            assert keeping(store) == shown
            assert store_verify.verify(store) == []
            with store.read() as conn:
                waiting = (
                    "SELECT count(*) FROM rewound",
                    "SELECT count(*) FROM change WHERE row < 0",
                )
                assert [conn.exec_driver_sql(query).scalar() for query in waiting] == [0, 0]
        assert verify.verify(self.city) == ()

    def close(self) -> None:
        for store in self.desks:
            store.close()
        self.city.close()

    def held(self, service: str) -> set[bytes]:
        """Name the city's records of a service."""
        return {row.id for row in records.listing(self.city, service)}


def own(store: Store) -> Iterator[Change]:
    """Give every act of a desk's own."""
    with store.read() as conn:
        rows = conn.exec_driver_sql("SELECT id, plain FROM change WHERE seq IS NOT NULL").all()
    return (kept.unpack(row.plain, row.id) for row in rows)
