"""Push and pull of records between one desk, a server on this machine and a second desk.

    .venv/bin/python bench/exchange.py [1000 10000 100000]

Prints records per second each way, bytes on the wire each way, bytes a record, and peak memory.
Server and desks share this machine's cores.
"""

import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.people import people
from forms.engine.region import Office
from sync.client.enrol import enrol
from sync.client.https import Https
from sync.client.trip import trip
from sync.server import administration, codes, offices
from sync.server.city import City, clock
from sync.server.run import start
from sync.store import records
from sync.store.handle import Store
from sync.store.records import Item

ROOT = Path(__file__).resolve().parents[1]
REGION = ROOT / "resources" / "regions" / "kota_contoh.toml"
PASSPHRASE = "perahu layar putih"
SIZES = (1_000, 10_000, 100_000)


class NoKeystore:
    """A machine without a keystore."""

    def available(self) -> bool:
        """There is none."""
        return False

    def get(self, name: str) -> bytes | None:
        """Give nothing."""
        raise KeyError(name)

    def put(self, name: str, secret: bytes) -> None:
        """Keep nothing."""
        raise KeyError(name, len(secret))


class Counted:
    """The road over HTTP, counting what it carries."""

    def __init__(self, url: str) -> None:
        self.road = Https(url)
        self.up = self.down = self.rounds = 0

    def exchange(self, envelopes: list[bytes]) -> bytes:
        """Carry, and count."""
        answer = self.road.exchange(envelopes)
        self.up += sum(map(len, envelopes))
        self.down += len(answer)
        self.rounds += 1
        return answer


def desk(folder: Path, city: City, url: str) -> Store:
    """Enrol a desk of the one office."""
    text, _ = codes.make(city, "KEL-1", "kepala", "bench")
    return enrol(
        folder,
        url=url,
        code=text,
        operator=folder.name,
        phrase=PASSPHRASE,
        keystore=NoKeystore(),
        now=clock,
    )


def fill(store: Store, count: int) -> None:
    """Save residents in one transaction, as an import does."""
    area = store.office.area
    items = [
        Item(
            answers={
                "nik": entry.numbers[0],
                "nomor_kk": entry.numbers[1],
                "nama": entry.title,
                "alamat": entry.text,
                "rt": f"{place % 12 + 1:03}",
                "rw": f"{place % 9 + 1:03}",
                "kelurahan": area,
                "jenis_kelamin": "LP"[place % 2],
                "agama": "1",
                "status_kawin": str(place % 4 + 1),
                "pekerjaan": str(place % 88 + 1),
                "telepon": entry.numbers[2],
            }
        )
        for place, entry in enumerate(people(count))
    ]
    with store.write() as conn:
        records.save_many(store, conn, "residents/resident", items)


def measure(count: int) -> None:
    """Print one row of the table."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        administration.init(home / "city", REGION, operator="Pengelola", passphrase=PASSPHRASE)
        city = City.open(home / "city")
        area = city.region.areas.first(city.region.code, "kelurahan")
        offices.add(
            city, Office(b"", "KEL-1", "kelurahan", "Kelurahan Satu", area, (area,)), "bench"
        )
        running = start(city.folder)
        first, second = desk(home / "a", city, running.url), desk(home / "b", city, running.url)
        fill(first, count)
        push, pull = Counted(running.url), Counted(running.url)
        before = time.perf_counter()
        gone = trip(first, push)
        pushed = time.perf_counter()
        came = trip(second, pull)
        pulled = time.perf_counter()
        assert gone.pending == 0
        assert came.received >= count
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(
            f"{count:>8,}  push {count / (pushed - before):>8,.0f}/s {push.up:>11,} B up "
            f"{push.up / count:>5.1f} B each {push.rounds:>4} rounds   "
            f"pull {count / (pulled - pushed):>8,.0f}/s {pull.down:>11,} B down "
            f"{pull.down / count:>5.1f} B each {pull.rounds:>4} rounds   {memory} MB"
        )
        running.stop()
        first.close()
        second.close()
        city.close()


def main(arguments: Sequence[str]) -> None:
    """Measure the sizes asked for."""
    for count in [int(text) for text in arguments] or SIZES:
        measure(count)


if __name__ == "__main__":
    main(sys.argv[1:])
