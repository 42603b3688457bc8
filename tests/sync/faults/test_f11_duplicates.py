"""F11: the same batches and requests come again and again, by every road; each counts once."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from sync.client.trip import trip
from sync.protocol.exchange import BATCHES_MAX
from sync.server import exchange, intake, records, verify
from sync.server.city import City
from sync.store import outbox, status
from sync.store.handle import Store
from tests import scale
from tests.sync.client.road import LETTER, RESIDENT
from tests.sync.faults.carrying import back, holding, issue, lay, out, save, visit

Enrol = Callable[..., Store]
DUPLICATES = scale.of(10_000, 2_000)
BATCHES = 5


class Road:
    """Straight into the city; what went up is remembered."""

    def __init__(self, city: City) -> None:
        self.city, self.went = city, list[list[bytes]]()

    def exchange(self, envelopes: list[bytes]) -> bytes:
        self.went.append(envelopes)
        return exchange.exchange(self.city, envelopes)


@pytest.fixture
def frozen(desk: Enrol) -> tuple[Store, list[bytes]]:
    """A desk with a few batches, one with a letter, none of which is sent."""
    store = desk()
    for _ in range(BATCHES):
        save(store)
        issue(store)
        outbox.freeze(store)
    return store, outbox.unreceipted(store)


def test_thousands_of_duplicates_by_the_line_and_by_stick_at_once_have_one_effect_each(
    city: City, frozen: tuple[Store, list[bytes]], tmp_path: Path
) -> None:
    store, batches = frozen
    chance = random.Random(11)  # noqa: S311 - an order, no secret
    out(store, tmp_path / "stick")
    first, count = visit(city, tmp_path / "stick"), 0
    there = holding(city)
    assert first.taken == BATCHES

    while count < DUPLICATES:
        if count % 500 == 0:  # the stick lies in the machine all the while
            told = visit(city, tmp_path / "stick")
            assert (told.taken, told.known) == (0, BATCHES)
            count += BATCHES
        asked = outbox.ask(store, remembered=False).envelope
        again = [chance.choice(batches) for _ in range(BATCHES_MAX)]
        exchange.exchange(city, [asked, *again])
        count += len(again)
        for data in chance.sample(batches, len(batches)):
            assert intake.take(city, data).known
            count += 1

    assert holding(city) == there
    assert verify.verify(city) == ()
    assert len(records.listing(city, RESIDENT)) == len(records.listing(city, LETTER)) == BATCHES
    done = trip(store, Road(city))
    assert (done.pending, status.status(store).pending) == (0, 0)


def test_the_same_requests_again_grant_no_number_and_write_no_row_twice(
    city: City, frozen: tuple[Store, list[bytes]]
) -> None:
    store, _ = frozen
    road = Road(city)
    trip(store, road)
    there = holding(city)
    with city.database.read() as connection:
        before = connection.exec_driver_sql("SELECT count(*), sum(high) FROM lease").one()

    for envelopes in road.went * 20:
        exchange.exchange(city, envelopes)

    with city.database.read() as connection:
        after = connection.exec_driver_sql("SELECT count(*), sum(high) FROM lease").one()
    assert (tuple(after), holding(city)) == (tuple(before), there)


def test_a_batch_twice_in_one_exchange_and_on_two_sticks_is_one(
    city: City, frozen: tuple[Store, list[bytes]], tmp_path: Path
) -> None:
    store, batches = frozen
    asked = outbox.ask(store).envelope
    double = [data for data in batches for _ in range(2)]
    exchange.exchange(city, [asked, *double])
    for place in ("one", "two"):
        lay(store, tmp_path / place, *batches)
        told = visit(city, tmp_path / place)
        assert (told.taken, told.known, told.refused) == (0, BATCHES, [])

    assert len(records.listing(city, RESIDENT)) == BATCHES
    assert verify.verify(city) == ()


def test_an_answer_that_comes_twice_is_taken_once(city: City, desk: Enrol, tmp_path: Path) -> None:
    store = desk()
    save(store, 3)
    out(store, tmp_path / "stick")
    visit(city, tmp_path / "stick")
    trip(store, Road(city))

    late = [back(store, tmp_path / "stick") for _ in range(3)]

    assert [(one.sent, one.received, one.pending) for one in late] == [(0, 0, 0)] * 3
