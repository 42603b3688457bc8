"""F9: a day's work over a line that breaks again and again: all arrives, little of it twice.

That the next trip goes on where the last one was, tests/sync/client/test_pieces.py shows; how long
a day takes at 64 kbit/s, bench/line.py prints.
"""

import time
from collections.abc import Callable, Iterator

import pytest

from bench.shaping import Shape, Shaped
from forms.engine.problem import Unreachable
from sync.client.https import Https
from sync.client.pace import Pace
from sync.client.trip import trip
from sync.server import records as city_records
from sync.server import verify
from sync.server.city import City
from sync.server.run import Running, start
from sync.store import status
from sync.store import verify as store_verify
from sync.store.handle import Store
from tests.sync.faults.carrying import LETTER, RESIDENT, issue, keeping, save

Enrol = Callable[..., Store]
Lining = Callable[..., Shaped]
RESIDENTS, LETTERS = 240, 16  # a letter is five changes: 320 in all
TRIPS_MAX = 100
# 16,000 bytes are two seconds at 64 kbit/s.
CUTS = [(6_000, 4), (12_000, 3), (16_000, 2)]  # after so many bytes: how often the whole may go
PAUSE_S = 0.05  # between two trips
RATE = 256_000.0  # bytes a second: whoever sends more waits, and so little is lost with a cut


@pytest.fixture
def server(city: City) -> Iterator[Running]:
    running = start(city.folder)
    yield running
    running.stop()


@pytest.fixture
def lining(server: Running) -> Iterator[Lining]:
    lines: list[Shaped] = []

    def begin(shape: Shape) -> Shaped:
        lines.append(Shaped(server.url, shape))
        return lines[-1]

    yield begin
    for line in lines:
        line.close()


def day(store: Store) -> None:
    for _ in range(RESIDENTS):
        save(store)
    for _ in range(LETTERS):
        issue(store)


def travel(store: Store, begin: Callable[[], Shaped], pace: Pace) -> list[Shaped]:
    """Go again and again, as the timetable would, until nothing is pending; give the lines."""
    lines: list[Shaped] = []
    while len(lines) < TRIPS_MAX:
        lines.append(begin())
        road = Https(lines[-1].url, pace, pause=lambda seconds: time.sleep(seconds / 50))
        try:
            trip(store, road, pace)
        except Unreachable:
            time.sleep(PAUSE_S)
            continue
        finally:
            road.close()
        return lines
    raise AssertionError(status.status(store))


def went(lines: list[Shaped]) -> int:
    return sum(line.up.bytes + line.down.bytes for line in lines)


def arrived(city: City, store: Store) -> None:
    """Check that the city has the whole day, once."""
    assert status.status(store).pending == 0
    assert len(city_records.listing(city, RESIDENT)) == RESIDENTS
    letters = city_records.listing(city, LETTER)
    assert len({letter.number for letter in letters}) == len(letters) == LETTERS
    assert verify.verify(city) == ()
    assert store_verify.verify(store) == []


@pytest.mark.parametrize(("cut_bytes", "most"), CUTS)
def test_a_day_over_a_line_that_breaks_again_and_again_arrives_and_little_of_it_goes_twice(
    desk: Enrol, city: City, lining: Lining, cut_bytes: int, most: int
) -> None:
    rina, budi = desk("Rina"), desk("Budi")
    day(rina)
    bad, good = lining(Shape(RATE, cut_bytes=cut_bytes)), lining(Shape(RATE))

    travel(rina, lambda: bad, Pace())
    travel(budi, lambda: good, Pace())  # what the day is on a line that holds, down

    arrived(city, rina)
    with rina.read() as conn:
        up = sum(conn.exec_driver_sql("SELECT length(envelope) FROM batch").scalars())
    assert went([bad]) <= most * (up + went([good]))
    assert bad.connections > 1
    assert keeping(budi) == keeping(rina)


def test_a_day_over_a_line_that_is_there_and_away_in_turn_arrives(
    desk: Enrol, city: City, lining: Lining
) -> None:
    store = desk("Rina")
    day(store)
    line = lining(Shape(RATE / 8, up_s=1.0, down_s=0.3))

    travel(store, lambda: line, Pace())

    arrived(city, store)
