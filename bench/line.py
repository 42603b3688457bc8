"""A day of 300 changes over a bad line, to the city and back: requests, bytes, seconds.

    .venv/bin/python bench/line.py [NAME ...]

The line is a proxy of the bench's own (bench/shaping.py) on this machine: rate, delay, cuts. Loss
is what it leaves of the rate by the arithmetic of Padhye et al. 1998, no packet is dropped. Bytes
are those of the whole connection but for TLS, which a server on this machine doesn't speak.
"""

import math
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import requests

from bench.exchange import PASSPHRASE, REGION, desk, fill
from bench.shaping import Shape, Shaped
from forms.engine import example
from forms.engine.problem import Unreachable
from forms.engine.region import Office
from sync.client.https import Https
from sync.client.pace import Pace
from sync.client.timetable import Timetable
from sync.client.trip import trip
from sync.server import administration, offices
from sync.server.city import City
from sync.server.run import start
from sync.store import records, status
from sync.store.handle import Store

KBIT = 1_000 / 8
MODEM = 64 * KBIT
RTT_S = 0.6
SEGMENT, REPEAT_S = 1_460, 2 * RTT_S
LETTER = "letters/surat_keterangan_usaha"
RESIDENTS, LETTERS = 220, 16  # a letter is five changes: 300 in all
AWAY_S_MAX = 900.0


def lossy(part: float) -> float:
    """Give the bytes per second that TCP gets through where this part of the segments is lost."""
    halving = RTT_S * math.sqrt(2 * part / 3)
    waiting = REPEAT_S * min(1.0, 3 * math.sqrt(3 * part / 8)) * part * (1 + 32 * part**2)
    return min(MODEM, SEGMENT / (halving + waiting))


LINES = {
    "good": Shape(),
    "64k": Shape(rate=MODEM, delay_s=RTT_S / 2),
    "64k, 5 % lost": Shape(rate=lossy(0.05), delay_s=RTT_S / 2),
    "64k, 30 % lost": Shape(rate=lossy(0.3), delay_s=RTT_S / 2),
    "64k, cut each 20 kB": Shape(rate=MODEM, delay_s=RTT_S / 2, cut_bytes=20_000),
    "64k, 8 s on, 2 s off": Shape(rate=MODEM, delay_s=RTT_S / 2, up_s=8.0, down_s=2.0),
    "64k, 4 s on, 2 s off": Shape(rate=MODEM, delay_s=RTT_S / 2, up_s=4.0, down_s=2.0),
}


def day(store: Store) -> int:
    """Make a day's work; gives how many changes it is."""
    form = store.catalogue.form(LETTER)
    fill(store, RESIDENTS)
    for _ in range(LETTERS):
        records.new(store, LETTER, dict(example.fill(form.example, store.scene())), issue=True)
    return status.status(store).pending


def travel(store: Store, url: str) -> tuple[int, bool]:
    """Go, and go again when the timetable says so, until nothing is pending; gives the trips."""
    pace, table, trips = Pace(), Timetable(time.monotonic()), 0
    until = time.monotonic() + AWAY_S_MAX
    while time.monotonic() < until:
        if not table.due(time.monotonic()):
            time.sleep(0.05)
            continue
        trips += 1
        road = Https(url, pace)
        try:
            trip(store, road, pace)
        except Unreachable:
            table.failed(time.monotonic(), 0.5)
        else:
            return trips, True
        finally:
            road.close()
    return trips, False


def measure(name: str) -> None:
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
        store = desk(home / "a", city, running.url)
        changes = day(store)
        line = Shaped(running.url, LINES[name])
        asked = 0
        whole = requests.Session.request

        def counted(self: requests.Session, method: str, url: str, **rest: object) -> object:
            nonlocal asked
            asked += 1
            return whole(self, method, url, **rest)  # type: ignore[arg-type] # handed through

        before = time.monotonic()
        with mock.patch.object(requests.Session, "request", counted):
            trips, done = travel(store, line.url)
        seconds = time.monotonic() - before
        assert done, status.status(store)
        print(
            f"{name:<20} {changes:>4} changes  {seconds:>6.1f} s  {trips:>2} trips "
            f"{asked:>3} requests {line.connections:>3} connections "
            f"{line.up.bytes:>7,} B up {line.down.bytes:>7,} B down",
            flush=True,
        )
        line.close()
        running.stop()
        store.close()
        city.close()


def main(arguments: Sequence[str]) -> None:
    """Measure the lines asked for."""
    for name in arguments or LINES:
        measure(name)


if __name__ == "__main__":
    main(sys.argv[1:])
