"""A desk joins an office that has thousands of residents: until it can be used, until it has all.

    .venv/bin/python bench/joining.py [RESIDENTS ...]

Printed are the Welcome and the trip that follows it: bytes that came down, seconds on this machine,
the same on a line of 50 kbit/s, what is there to work with after the Welcome.
"""

import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.exchange import PASSPHRASE, REGION, Counted, desk, fill
from forms.engine import example
from forms.engine.region import Office
from sync.client.trip import trip
from sync.server import administration, enrolment, offices
from sync.server.city import City
from sync.server.run import start
from sync.store import records
from sync.store.handle import Store

SIZES = (20_000, 100_000)
SLOW = 50_000 / 8  # bytes a second
LETTER = "letters/surat_keterangan_usaha"
LETTERS = 50  # not issued yet: the open work of an office


def letters(store: Store) -> None:
    """Take letters in that nobody has issued yet."""
    form = store.catalogue.form(LETTER)
    for _ in range(LETTERS):
        records.new(store, LETTER, example.fill(form.example, store.scene()))


def shown(store: Store, service: str) -> int:
    """Count the records of a service that a desk has."""
    with store.read() as conn:
        query = "SELECT count(*) FROM record WHERE service = ?"
        return int(conn.exec_driver_sql(query, (service,)).scalar_one())


def row(name: str, size: int, seconds: float, store: Store) -> None:
    """Print what one step brought."""
    print(
        f"  {name:<10} {size:>11,} B {seconds:>7.1f} s here {size / SLOW:>7.0f} s at 50 kbit/s   "
        f"{shown(store, LETTER):>3} letters {shown(store, 'residents/resident'):>8,} residents"
    )


def measure(count: int) -> None:
    """Fill an office of this many residents and let another desk join."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        administration.init(home / "city", REGION, operator="Pengelola", passphrase=PASSPHRASE)
        city = City.open(home / "city")
        area = city.region.areas.first(city.region.code, "kelurahan")
        offices.add(city, Office(b"", "KEL-1", "kelurahan", "Kelurahan Satu", area), "bench")
        running = start(city.folder)
        first = desk(home / "a", city, running.url)
        fill(first, count)
        letters(first)
        trip(first, Counted(running.url))
        sizes: list[int] = []
        enrolled = enrolment.enrol

        def counted(city: City, data: bytes) -> bytes:
            answer = enrolled(city, data)
            sizes.append(len(answer))
            return answer

        print(f"{count:,} residents, {LETTERS} letters not issued yet")
        began = time.perf_counter()
        with mock.patch.object(enrolment, "enrol", counted):
            second = desk(home / "b", city, running.url)
        row("welcome", sizes[0], time.perf_counter() - began, second)
        road = Counted(running.url)
        began = time.perf_counter()
        trip(second, road)
        row("first trip", road.down, time.perf_counter() - began, second)
        running.stop()
        for one in (first, second):
            one.close()
        city.close()


def main(arguments: Sequence[str]) -> None:
    """Measure the sizes asked for."""
    for count in [int(text) for text in arguments] or SIZES:
        measure(count)


if __name__ == "__main__":
    main(sys.argv[1:])
