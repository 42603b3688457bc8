"""The morning herd: all devices of all regions make a trip within five minutes, by HTTP.

    python -m bench.herd [--postgres] [--regions N ...] [--devices N] [--seconds S]

Each region has a server process of its own, as in operation: on a SQLite file, or all on one
PostgreSQL that the bench starts and ends (fsync on). Devices enrol beforehand and make their
messages by the shipped protocol: an ask with cursors and a batch of what was left of the evening.
Arrivals are drawn evenly over the window; a trip's time counts from its arrival, whether or not the
machine was busy, and a device that is refused with 503 or hears nothing comes again, as the
timetable does. Afterwards every change must be there.
"""

import argparse
import http.client
import os
import random
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.intake import REGION, Desk
from bench.served import TICKS, Watched, served
from forms.engine.region import Office
from sync.protocol import wire
from sync.protocol.exchange import CONTENT_TYPE, PATH_EXCHANGE, Ask
from sync.protocol.stream import Cursor, Page
from sync.server import administration, codes, offices
from sync.server.city import City
from tests import cluster

CODE = "99.71"  # of the region that the others are made from
OFFICE_DEVICES = 4
CHANGES = 10  # that a counter saved after its last trip of the day before
RETRY_S, TRIES, TIMEOUT_S = 5.0, 5, 60.0
THREADS = 64
ANSWER_OK = 200
MINUTES_5 = 300.0
WHOLE = 16  # regions


class Arrival(NamedTuple):
    """When a device comes (s from the beginning), to which server, with what."""

    at: float
    url: str
    body: bytes


class Went(NamedTuple):
    """How long a trip took (s), how often it had to come, and whether it was answered."""

    seconds: float
    tries: int
    is_answered: bool


class Spent(NamedTuple):
    """CPU seconds and MB of a database server's processes."""

    cpu: float
    memory: int


class Base:
    """A PostgreSQL whose processes can be asked what they took."""

    def __init__(self) -> None:
        # Here its plug counts.
        cluster.HASTE = (
            "fsync = on",
            "full_page_writes = on",
            "autovacuum = on",
            "max_connections = 400",
        )
        self._cluster = cluster.Cluster()
        self.url = self._cluster.empty()
        with self._cluster.connected() as connection:
            row = connection.execute("SELECT pg_backend_pid()").fetchone()
            assert row is not None
            self._master = _parent(row[0])

    def spent(self) -> Spent:
        """Sum up what all its processes took, those that ended included; shared memory once."""
        processes = [self._master, *_children(self._master)]
        ended = _stat(self._master)[13:15]
        ticks = sum(int(one) for process in processes for one in _stat(process)[11:13])
        return Spent((ticks + sum(map(int, ended))) / TICKS, sum(map(_share, processes)))

    def close(self) -> None:
        """End it."""
        self._cluster.close()


def _stat(process: int) -> list[str]:
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()


def _parent(process: int) -> int:
    return int(_stat(process)[1])


def _children(process: int) -> list[int]:
    return [
        int(one) for one in Path(f"/proc/{process}/task/{process}/children").read_text().split()
    ]


def _share(process: int) -> int:
    for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) // 1024
    return 0


def region_file(home: Path, place: int) -> Path:
    """Write the example region with a code of its own."""
    code, source = f"99.{place + 1:02}", REGION.with_suffix("")
    folder = home / f"wilayah_{place}"
    folder.mkdir()
    for file in source.iterdir():
        if file.is_file():
            (folder / file.name).write_bytes(
                file.read_bytes().replace(CODE.encode(), code.encode())
            )
    path = folder.with_suffix(".toml")
    path.write_text(REGION.read_text("utf-8").replace(CODE, code), "utf-8")
    return path


def prepare(home: Path, place: int, devices: int, database: str) -> tuple[Path, list[bytes]]:
    """Make a region with its devices; give its folder and each device's message."""
    folder = home / f"server_{place}"
    administration.init(
        folder, region_file(home, place), operator="Bench", passphrase=os.urandom(8).hex(),
        database=database,
    )  # fmt: skip
    city = City.open(folder)
    area = city.region.areas.first(city.region.code, "kelurahan")
    desks = []
    for at in range(devices):
        code = f"kel-{at // OFFICE_DEVICES}"
        if at % OFFICE_DEVICES == 0:
            offices.add(city, Office(b"", code, "kelurahan", f"Kelurahan {at}", area), "Bench")
        desks.append(Desk(city, codes.make(city, code, "kepala", "Bench")[0]))
    bodies = [body(desk) for desk in desks]
    city.close()
    return folder, bodies


def body(desk: Desk) -> bytes:
    """Make what a device brings: its ask, by the cursors of its enrolment, and one batch."""
    pages = [wire.decode(page.plain, Page) for page in desk.welcome.pages]
    cursors = [Cursor(page.stream, page.last, page.chain) for page in pages]
    device = desk.welcome.device
    ask = Ask(os.urandom(16), device, desk.incarnation, cursors, [], desk.city.now())
    sealed = desk.seal("ask", device, bytes(32), wire.encode(ask))
    return wire.encode([sealed, desk.batch(list(desk.changes(CHANGES)))])


def travel(arrival: Arrival, begun: float) -> Went:
    """Make one trip when its time has come."""
    due = begun + arrival.at
    time.sleep(max(0.0, due - time.monotonic()))
    for tries in range(1, TRIES + 1):
        if _post(arrival):
            return Went(time.monotonic() - due, tries, is_answered=True)
        time.sleep(RETRY_S)
    return Went(time.monotonic() - due, TRIES, is_answered=False)


def _post(arrival: Arrival) -> bool:
    place = urlsplit(arrival.url)
    line = http.client.HTTPConnection(place.hostname or "", place.port, timeout=TIMEOUT_S)
    try:
        line.request("POST", PATH_EXCHANGE, arrival.body, {"Content-Type": CONTENT_TYPE})
        answer = line.getresponse()
        answer.read()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        line.close()
    return answer.status == ANSWER_OK


@contextmanager
def database(*, postgres: bool) -> Iterator[Base | None]:
    """Start a PostgreSQL where one is wanted."""
    base = Base() if postgres else None
    try:
        yield base
    finally:
        if base is not None:
            base.close()


def measure(regions: int, devices: int, seconds: float, *, postgres: bool) -> None:
    """Let one herd come, and print how it went."""
    with tempfile.TemporaryDirectory() as name, database(postgres=postgres) as base:
        url = base.url if base else ""
        made = [prepare(Path(name), place, devices, url) for place in range(regions)]
        with ExitStack() as running:
            servers = [(running.enter_context(served(folder)), bodies) for folder, bodies in made]
            chance = random.Random(regions)
            herd = [
                Arrival(chance.random() * seconds, url, body)
                for (url, _), bodies in servers
                for body in bodies
            ]
            watched = [process for (_, process), _ in servers]
            time.sleep(2.0)  # what a start does beside is over
            for process in watched:
                process.begin()
            before, load = base.spent() if base else Spent(0.0, 0), os.getloadavg()[0]
            went = come(sorted(herd))
            after, loaded = base.spent() if base else Spent(0.0, 0), os.getloadavg()[0]
            show(f"{regions} x {devices} in {seconds:.0f} s", went, load, loaded)
            cost(watched, Spent(after.cpu - before.cpu, after.memory), len(herd))
        for folder, bodies in made:
            check(folder, len(bodies))


def come(herd: Sequence[Arrival]) -> list[Went]:
    """Let all arrive in their order; more threads wait than trips are ever under way."""
    begun = time.monotonic() + 1.0
    turn, rest = threading.Lock(), iter(herd)
    went: list[Went] = []

    def travellers() -> None:
        while True:
            with turn:
                arrival = next(rest, None)
            if arrival is None:
                return
            went.append(travel(arrival, begun))

    with ThreadPoolExecutor(THREADS) as pool:
        for one in [pool.submit(travellers) for _ in range(THREADS)]:
            one.result()
    return went


def show(what: str, went: Sequence[Went], load: float, loaded: float) -> None:
    """Print what the devices saw."""
    times = sorted(one.seconds * 1000 for one in went)
    shares = {percent: times[len(times) * percent // 100] for percent in (50, 95, 99)}
    told = ", ".join(f"p{percent} {ms:,.0f}" for percent, ms in shares.items())
    again = sum(one.tries > 1 for one in went)
    lost = sum(not one.is_answered for one in went)
    print(f"{what}, load {load:.1f} to {loaded:.1f}")
    print(f"  trips: {told}, worst {times[-1]:,.0f} ms; came again {again}, never answered {lost}")


def cost(watched: Sequence[Watched], base: Spent, trips: int) -> None:
    """Print what the servers took."""
    took = [process.took() for process in watched]
    cpu = sum(one.cpu for one in took)
    print(
        f"  servers: {cpu * 1000 / trips:.1f} ms of CPU a trip, "
        f"{max(one.peak for one in took)} MB at most each, {sum(one.peak for one in took)} in all; "
        f"PostgreSQL: {base.cpu * 1000 / trips:.1f} ms a trip, {base.memory} MB",
        flush=True,
    )


def check(folder: Path, devices: int) -> None:
    """Every change is there, and those of enrolment."""
    city = City.open(folder)
    count = administration.status(city).changes
    city.close()
    assert count == devices * (CHANGES + 1), (folder, count)


def main() -> None:
    """Let the herd of all sizes come, or the one asked for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--regions", type=int, nargs="*", default=[1, 4, 16])
    parser.add_argument("--devices", type=int, default=300)
    parser.add_argument("--seconds", type=float, default=0.0)
    given = parser.parse_args()
    for regions in given.regions:
        window = given.seconds or MINUTES_5 * regions / WHOLE  # as many trips a second as of all
        measure(regions, given.devices, window, postgres=given.postgres)


if __name__ == "__main__":
    main()
