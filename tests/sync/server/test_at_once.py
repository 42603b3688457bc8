"""Many at once, each by connections of its own as a process has them: streams stay gapless."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import func, select

from forms.engine.region import Office
from sync.protocol import wire
from sync.protocol.standing import Standing
from sync.protocol.stream import CHAIN_START, Cursor, Page
from sync.server import (
    codes,
    exchange,
    offices,
    records,
    standings,
    streams,
    tables,
    throttle,
    verify,
)
from sync.server.city import City
from sync.server.database import Database
from sync.server.sqlite import READERS_MAX
from sync.server.streams import Entry
from tests.sync.server.conftest import ADMINISTRATOR, Time
from tests.sync.server.laptop import RESIDENT, Laptop

Enrol = Callable[..., Laptop]
WRITERS, BATCHES, RESIDENTS = 4, 6, 3
PATIENCE_S = 60
KEYS = [(office * 16, group) for office in (b"a", b"b", b"c") for group in ("letters", "residents")]


@pytest.fixture
def servers(city: City, folder: Path, time: Time) -> Iterator[Callable[[], City]]:
    """Open the city once more, as another process would."""
    opened: list[City] = []

    def another() -> City:
        opened.append(City.open(folder, time))
        return opened[-1]

    yield another
    for one in opened:
        one.close()


class Reader:
    """A desk that goes on reading from where it is; it asserts that nothing was skipped."""

    def __init__(self, laptop: Laptop) -> None:
        self.laptop = laptop
        self.cursors: dict[str, Cursor] = {}
        self.heard: list[bytes] = []

    def read(self) -> None:
        answer = self.laptop.exchange(cursors=list(self.cursors.values()))
        assert answer.lost == []
        for page in self.laptop.pages(answer):
            self._take(page)

    def _take(self, page: Page) -> None:
        at = self.cursors.get(page.stream, Cursor(page.stream, 0, CHAIN_START))
        assert page.first == at.row + 1
        self.cursors[page.stream] = Cursor(page.stream, page.last, page.chain)
        self.heard += [fate.change for fate in page.fates]


def together(works: list[Callable[[], None]]) -> None:
    """Begin all at one moment, each in a thread; raise what the first one of them raised."""
    gate = threading.Barrier(len(works), timeout=PATIENCE_S)

    def begun(work: Callable[[], None]) -> None:
        gate.wait()
        work()

    with ThreadPoolExecutor(len(works)) as pool:
        running: list[Future[None]] = [pool.submit(begun, work) for work in works]
        assert wait(running, PATIENCE_S).not_done == set()
        for one in running:
            one.result()


def test_servers_that_write_at_once_lose_nothing_and_a_reader_skips_nothing(
    city: City, enrol: Enrol, servers: Callable[[], City]
) -> None:
    desks = [enrol(office) for office in ("kel-a", "kel-b") * (WRITERS // 2)]
    reader = Reader(enrol("kel-a"))
    sent: list[list[bytes]] = [[] for _ in desks]
    left = threading.Semaphore(0)
    for desk in (*desks, reader.laptop):
        desk.city = servers()
    reader.read()
    reader.heard.clear()  # that they were enrolled

    def write(place: int) -> None:
        try:
            for number in range(BATCHES):
                made = [desks[place].resident(f"WARGA {number} {at}") for at in range(RESIDENTS)]
                verdicts = desks[place].send(*made)
                assert {verdict.verdict for verdict in verdicts} == {"applied"}
                sent[place] += [change.id for change in made]
        finally:
            left.release()

    def read() -> None:
        ended = 0
        while ended < WRITERS:
            ended += left.acquire(blocking=False)
            reader.read()

    together([read, *(partial(write, place) for place in range(WRITERS))])

    reader.read()
    ours = [name for place in range(0, WRITERS, 2) for name in sent[place]]
    assert sorted(reader.heard) == sorted(ours)
    assert len(records.listing(city, RESIDENT)) == WRITERS * BATCHES * RESIDENTS
    assert verify.verify(city) == ()


def test_one_batch_that_comes_by_four_roads_at_once_is_taken_once(
    city: City, enrol: Enrol, servers: Callable[[], City]
) -> None:
    laptop = enrol()
    batch = laptop.batch(laptop.resident())
    roads = [servers() for _ in range(WRITERS)]
    heads: list[bytes] = []

    def send(road: City) -> None:
        answer = laptop.open(exchange.exchange(road, [laptop.ask(), batch]))
        heads.append(laptop.receipt(answer).head)

    together([partial(send, road) for road in roads])

    assert len(set(heads)) == 1
    assert len(records.listing(city, RESIDENT)) == 1
    assert verify.verify(city) == ()


def test_leases_that_are_granted_at_once_never_overlap(
    city: City, servers: Callable[[], City]
) -> None:
    given = [codes.make(city, "kel-a", "kepala", ADMINISTRATOR)[0] for _ in range(WRITERS)]
    granted: list[tuple[str, int, int, int]] = []

    def enrol(code: str, road: City) -> None:
        leases = Laptop(road, code).welcome.leases
        granted.extend((one.series, one.year, one.low, one.high) for one in leases)

    together([partial(enrol, code, servers()) for code in given])

    numbers = [(*key, at) for *key, low, high in granted for at in range(low, high + 1)]
    assert len(granted) >= WRITERS
    assert len(numbers) == len(set(numbers))
    assert verify.verify(city) == ()


def test_streams_are_numbered_without_a_ring_of_waiting_also_out_of_turn(city: City) -> None:
    """Who takes another turn is held up by nothing but the streams' heads themselves."""
    bases = [Database(city.database.url, f"turn-{place}") for place in range(WRITERS)]
    rounds = 12
    with city.database.write() as connection:
        streams.append(connection, city.code, [Entry(*key, b"first") for key in KEYS])

    def add(place: int) -> None:
        order = KEYS if place % 2 else KEYS[::-1]
        for number in range(rounds):
            change = wire.encode([place, number]).rjust(16, b"\0")
            with bases[place].write() as connection:
                streams.append(connection, city.code, [Entry(*key, change) for key in order])

    together([partial(add, place) for place in range(WRITERS)])

    row, last = tables.stream_row, 1 + WRITERS * rounds
    with city.database.read() as connection:
        for office, group in KEYS:
            here = (row.c.region == city.code, row.c.office == office, row.c.service_group == group)
            found = connection.execute(
                select(func.count(), func.min(row.c.number), func.max(row.c.number)).where(*here)
            ).one()
            assert tuple(found) == (last, 1, last)
            assert streams.heads(connection, city.code, office)[group] == last
    for base in bases:
        base.close()


def test_what_is_counted_or_told_for_the_first_time_at_two_servers_at_once_is_kept(
    city: City, enrol: Enrol, servers: Callable[[], City]
) -> None:
    said, device = Standing(2, 0, "2026.11", "Linux 6.1", True, "sealed"), enrol().device
    processes = [servers() for _ in range(WRITERS)]

    def begin(process: City) -> None:
        with process.database.write() as connection:
            throttle.begin(connection, process, throttle.ACCOUNT, "rina")
            standings.note(connection, process.code, device, process.now(), said)

    together([partial(begin, process) for process in processes])

    with city.database.write() as connection:
        assert throttle.failures(connection, city, throttle.ACCOUNT, "rina") == WRITERS
        assert standings.told(connection, city, [device])[device].version == "2026.11"


def test_more_readers_than_there_are_connections_wait_for_one(city: City) -> None:
    together_at_once = threading.Barrier(READERS_MAX, timeout=PATIENCE_S)
    seen: list[str] = []

    def read() -> None:
        with city.database.read() as connection:
            together_at_once.wait()
            seen.append(str(connection.scalar(select(tables.region.c.region))))

    together([read] * (2 * READERS_MAX))

    assert seen == [city.code] * (2 * READERS_MAX)


def test_an_administrator_and_desks_at_once_leave_a_sound_city(
    city: City, enrol: Enrol, servers: Callable[[], City]
) -> None:
    desk, command = enrol(), servers()
    desk.city = servers()

    def administer() -> None:
        for number in range(6):
            code = f"kel-{number + 10}"
            office = Office(b"", code, "kelurahan", f"Kelurahan {number}", "99.71.01.1001")
            offices.add(command, office, ADMINISTRATOR)

    def work() -> None:
        for number in range(6):
            desk.send(desk.resident(f"WARGA {number}"))

    together([administer, work])

    assert len(records.listing(city, RESIDENT)) == 6
    assert verify.verify(city) == ()
