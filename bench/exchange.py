"""Push and pull of records between one desk, a server on this machine and a second desk.

    .venv/bin/python bench/exchange.py [1000 10000 100000]

Of each size, and then of 100 edits: changes per second, bytes on the wire each way, CPU time a
change of both sides, and memory of both: before, and how much more at most. The server is a process
of its own; the desks share one, and all share this machine's cores.
"""

import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from sync.store.keystore import NoKeystore

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.people import people
from bench.served import Watched, served
from forms.engine.region import Office
from sync.client.enrol import enrol
from sync.client.https import Https
from sync.client.trip import trip
from sync.server import administration, codes, offices
from sync.server.city import City, clock
from sync.store import records
from sync.store.handle import Store
from sync.store.records import Item

ROOT = Path(__file__).resolve().parents[1]
REGION = ROOT / "resources" / "regions" / "kota_contoh.toml"
PASSPHRASE = "perahu layar putih"
SIZES = (1_000, 10_000, 100_000)
EDITS = 100


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


def edit(store: Store) -> None:
    """Change the telephone number of so many residents, each a change of its own."""
    with store.read() as conn:
        query = "SELECT id FROM record WHERE service = 'residents/resident' ORDER BY id LIMIT ?"
        names = list(conn.exec_driver_sql(query, (EDITS,)).scalars())
    for place, name in enumerate(names):
        records.edit(store, name, {"telepon": f"0857{place:08}"})


def go(what: str, store: Store, url: str, server: Watched, count: int) -> None:
    """Do one trip and print what it took on both sides."""
    road, here = Counted(url), Watched(os.getpid())
    server.begin()
    before = time.perf_counter()
    done = trip(store, road)
    seconds = time.perf_counter() - before
    mine, theirs = here.took(), server.took()
    assert done.pending == 0
    carried = max(road.up, road.down)
    print(
        f"{count:>8,}  {what:<14} {count / seconds:>8,.0f}/s  {road.up:>11,} B up "
        f"{road.down:>11,} B down {carried / count:>6.1f} B each {road.rounds:>4} rounds  "
        f"CPU {mine.cpu / count * 1e6:>5.0f} us each at the desk {theirs.cpu / count * 1e6:>5.0f} "
        f"at the server  {mine.before}+{mine.peak - mine.before} MB, "
        f"{theirs.before}+{theirs.peak - theirs.before} MB",
        flush=True,
    )
    road.road.close()


def measure(count: int) -> None:
    """Print the lines of one size: all there and back, then so many edits."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        administration.init(home / "city", REGION, operator="Pengelola", passphrase=PASSPHRASE)
        city = City.open(home / "city")
        area = city.region.areas.first(city.region.code, "kelurahan")
        offices.add(
            city, Office(b"", "KEL-1", "kelurahan", "Kelurahan Satu", area, (area,)), "bench"
        )
        with served(city.folder) as (url, server):
            first, second = desk(home / "a", city, url), desk(home / "b", city, url)
            fill(first, count)
            go("push", first, url, server, count)
            go("pull", second, url, server, count)
            edit(first)
            go("push of edits", first, url, server, min(EDITS, count))
            go("pull of edits", second, url, server, min(EDITS, count))
            first.close()
            second.close()
        city.close()


def main(arguments: Sequence[str]) -> None:
    """Measure the sizes asked for."""
    for count in [int(text) for text in arguments] or SIZES:
        measure(count)


if __name__ == "__main__":
    main(sys.argv[1:])
