"""What is too long for a line goes up in pieces and comes down in parts, and goes on after cuts."""

from collections.abc import Callable, Iterator

import pytest
import requests

from bench.shaping import Shape, Shaped
from forms.engine.problem import Unreachable
from sync.client import journey
from sync.client.https import Https
from sync.client.pace import BAD, Pace
from sync.client.trip import Trip, trip
from sync.server import records as city_records
from sync.server.city import City
from sync.server.run import Running
from sync.store import outbox, records, settings, status
from sync.store.handle import Store
from sync.store.records import Item
from tests.sync.client.road import RESIDENT, go

Enrol = Callable[..., Store]
Cutting = Callable[[int], Shaped]
COUNT = 900  # Their batch is some 36 kB, their rows as much.


@pytest.fixture
def cutting(server: Running) -> Iterator[Cutting]:
    """Start lines to the server, each connection of which breaks after so many bytes."""
    lines: list[Shaped] = []

    def start(cut_bytes: int) -> Shaped:
        lines.append(Shaped(server.url, Shape(cut_bytes=cut_bytes)))
        return lines[-1]

    yield start
    for line in lines:
        line.close()


def fill(store: Store, count: int = COUNT) -> None:
    items = [
        Item(answers={"nama": f"WARGA {number:x}".translate(LETTERS), "alamat": f"Jalan {number}"})
        for number in range(count)
    ]
    with store.write() as conn:
        records.save_many(store, conn, RESIDENT, items)


LETTERS = str.maketrans("0123456789", "GHIJKLMNOP")


def travel(store: Store, url: str, pace: Pace) -> Trip:
    road = Https(url, pace, pause=lambda _: None)
    try:
        return trip(store, road, pace)
    finally:
        road.close()


def test_a_long_batch_goes_up_in_pieces_and_its_rows_come_back(
    desk: Enrol, city: City, server: Running
) -> None:
    store = desk("Rina")
    fill(store)
    pace = Pace(BAD)

    done = travel(store, server.url, pace)

    assert done.pending == 0
    assert len(city_records.listing(city, RESIDENT)) == COUNT
    assert pace.size > BAD


def test_a_line_that_breaks_every_twelve_thousand_bytes_brings_all_there_and_back(
    desk: Enrol, city: City, cutting: Cutting
) -> None:
    first, second = desk("Rina"), desk("Budi")
    fill(first)
    line = cutting(12_000)

    there = travel(first, line.url, Pace())
    back = travel(second, line.url, Pace())

    assert (there.pending, back.received >= COUNT) == (0, True)
    assert len(city_records.listing(city, RESIDENT)) == COUNT
    assert line.connections > 10


def test_the_next_trip_goes_on_where_the_last_one_was(desk: Enrol, cutting: Cutting) -> None:
    store = desk("Rina")
    fill(store)
    dead = cutting(14_000)
    road = Https(dead.url, Pace(BAD), pause=lambda _: dead.close())
    with pytest.raises(Unreachable):
        trip(store, road)
    road.close()
    assert status.status(store).pending == COUNT
    whole = cutting(0)

    travel(store, whole.url, Pace(BAD))

    went = sum(len(batch) for batch in _envelopes(store))
    assert status.status(store).pending == 0
    assert whole.up.bytes < went - 4_000


def _envelopes(store: Store) -> list[bytes]:
    with store.read() as conn:
        return [row[0] for row in conn.exec_driver_sql("SELECT envelope FROM batch")]


def test_batches_that_do_not_fit_together_go_one_after_the_other(
    desk: Enrol, server: Running
) -> None:
    store = desk("Rina")
    for _ in range(4):
        fill(store, 100)
        outbox.freeze(store)

    done = travel(store, server.url, Pace(BAD))

    assert done.pending == 0


def test_a_desk_remembers_how_its_line_was(desk: Enrol) -> None:
    store = desk("Rina")
    with store.write() as conn:
        settings.write(conn, "pace", BAD)
    fill(store)

    journey.go(store)

    with store.read() as conn:
        assert (settings.read(conn, "pace", int) or 0) > BAD


def test_a_good_line_takes_four_requests_or_fewer_for_a_day_of_300_changes(
    desk: Enrol, server: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    whole = requests.Session.request

    def counted(self: requests.Session, method: str, url: str, **rest: object) -> object:
        asked.append(f"{method} {url}")
        return whole(self, method, url, **rest)  # type: ignore[arg-type] # handed through as it came

    store = desk("Rina")
    fill(store, 300)
    monkeypatch.setattr(requests.Session, "request", counted)

    assert go(store).pending == 0

    assert len(asked) <= 4
