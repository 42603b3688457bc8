"""Desks of one office that save, issue and go to a server at once, and what must hold then."""

import threading
import time
from contextlib import suppress
from pathlib import Path

from sqlalchemy import func, select

from forms.engine.problem import Unreachable
from sync.client.https import Https
from sync.client.trip import trip
from sync.server import records as city_records
from sync.server import tables
from sync.server import verify as city_verify
from sync.server.city import City, clock
from sync.store import read, settings
from sync.store.handle import Store
from sync.store.verify import verify
from tests.sync.client.road import LETTER, RESIDENT
from tests.sync.faults.carrying import issue, join, save

QUIET_S = 0.02  # between two trips of a desk
AWAY_S = 0.5  # before it tries again while nobody is there
SOON = 0.1  # how much of a pause of the line's own is waited
TRIES = 60  # of the last trip, while a server is still coming up


class Load:
    """So many desks, each in a thread of its own from `begin` to `end`."""

    def __init__(self, city: City, folder: Path, office: str, desks: int) -> None:
        self.city = city
        names = [f"Petugas {letter}" for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[:desks]]
        self.stores = [join(city, folder / name[-1], name, clock, office) for name in names]
        self.residents = self.letters = 0
        self.trips = self.broken = 0
        self.faults: list[BaseException] = []
        self._url = ""
        self._over = threading.Event()
        self._count = threading.Lock()
        self._threads: list[threading.Thread] = []

    def begin(self, url: str) -> None:
        """Let all desks work with the server there."""
        self._url = url
        self._over.clear()
        self._threads = [
            threading.Thread(target=self._work, args=(store,)) for store in self.stores
        ]
        for thread in self._threads:
            thread.start()

    def await_trips(self, count: int, seconds: float) -> None:
        """Wait until so many more trips came through, for so many seconds at most."""
        reached, began = self.trips + count, time.monotonic()
        while self.trips < reached and not self.faults and time.monotonic() - began < seconds:
            time.sleep(0.005)

    def end(self) -> None:
        """Let desks stop where they are."""
        self._over.set()
        for thread in self._threads:
            thread.join()

    def settle(self) -> None:
        """Bring everything there, and to every desk; what one of them could not heal is raised."""
        for fault in self.faults:
            raise fault
        for _ in range(2):
            for store in self.stores:
                self._bring(store)

    def close(self) -> None:
        """Let the stores go."""
        for store in self.stores:
            store.close()

    def lost(self) -> int:
        """Count the changes that a signed receipt covers and that the city has not.

        To be asked before desks meet a server that was killed: afterwards they would heal it.
        """
        said = set[bytes]().union(*(_acknowledged(store) for store in self.stores))
        with self.city.database.read() as connection:
            table = tables.change
            query = select(table.c.id).where(table.c.region == self.city.code)
            return len(said - set(connection.scalars(query)))

    def faulty(self) -> list[str]:
        """Name what is not as it must be once all is settled; empty if nothing is."""
        numbers = [one.number for one in city_records.listing(self.city, LETTER)]
        expected = (self.residents, self.letters)
        here = (len(city_records.listing(self.city, RESIDENT)), len(numbers))
        found = [f"city: {problem}" for problem in city_verify.verify(self.city)]
        if here != expected:
            found.append(f"records at the city: {here}, saved: {expected}")
        if len(set(numbers)) != len(numbers) or None in numbers:
            found.append("a number stands twice, or is missing")
        if twice := self._told_twice():
            found.append(f"{twice} changes stand twice in a stream")
        for store in self.stores:
            listed = {r.number.text for r in read.listing(store, LETTER) if r.number}
            if listed != set(numbers):
                found.append(f"{store.desk.device.hex()} has {len(listed)} letters")
            found += [f"desk: {problem}" for problem in verify(store)]
            if lacking := self._pending(store):
                found.append(f"{lacking} changes without a receipt")
        return found

    def _work(self, store: Store) -> None:
        road = self._road()
        try:
            while not self._over.is_set():
                save(store, 2)
                issue(store)
                with self._count:
                    self.residents += 2
                    self.letters += 1
                while not self._goes(store, road) and not self._over.wait(AWAY_S):
                    pass
                time.sleep(QUIET_S)
        except BaseException as fault:  # noqa: BLE001 - told to whoever waits for the desks
            self.faults.append(fault)
        finally:
            road.close()

    def _goes(self, store: Store, road: Https) -> bool:
        """Go once; a line that breaks is what the next trip is for, and nothing else is."""
        try:
            trip(store, road)
        except Unreachable:
            with self._count:
                self.broken += 1
            return False
        with self._count:
            self.trips += 1
        return True

    def _bring(self, store: Store) -> None:
        road = self._road()
        try:
            for _ in range(TRIES):
                with suppress(Unreachable):
                    trip(store, road)
                    return
                time.sleep(1)
        finally:
            road.close()
        raise AssertionError("no server came up")

    def _road(self) -> Https:
        return Https(self._url, pause=lambda seconds: time.sleep(seconds * SOON))

    def _told_twice(self) -> int:
        table = tables.stream_row
        twice = (
            select(table.c.change)
            .where(table.c.region == self.city.code, table.c.left.is_(None))
            .where(table.c.change.is_not(None))
            .group_by(table.c.office, table.c.service_group, table.c.change)
            .having(func.count() > 1)
        )
        with self.city.database.read() as connection:
            return len(connection.execute(twice).all())

    @staticmethod
    def _pending(store: Store) -> int:
        with store.read() as conn:
            return int(
                conn.exec_driver_sql(
                    "SELECT count(*) FROM change WHERE seq IS NOT NULL AND pending = 1"
                ).scalar_one()
            )


def _acknowledged(store: Store) -> set[bytes]:
    with store.read() as conn:
        received = settings.marks(conn).received
        rows = conn.exec_driver_sql(
            "SELECT id FROM change WHERE seq IS NOT NULL AND batch <= ?", (received,)
        )
        return {row.id for row in rows}
