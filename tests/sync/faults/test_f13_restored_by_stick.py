"""F13 by stick alone: a city that was put back, told or not, hears from its desks what it lost."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sync.server import records as city_records
from sync.server.city import City, clock
from sync.server.database import Database
from sync.store import status
from sync.store.handle import Store
from tests import databases
from tests.sync.faults.carrying import RESIDENT, back, join, keeping, out, save, visit

Enrol = Callable[..., Store]
ROUNDS_MAX = 6  # ask, lineage; give back; rows; and some to spare


def round_trip(city: City, store: Store, place: Path) -> None:
    out(store, place)
    assert visit(city, place).refused == []
    assert back(store, place).refused == []


@pytest.fixture
def older(city: City, tmp_path: Path) -> Callable[[], None]:
    """Keep the city as it is now, and put it back to that."""
    url = city.database.url
    city.database.close()
    kept = databases.keep(url, tmp_path / "kept.sqlite")
    city.database = Database(url, city.code)

    def put_back() -> None:
        city.database.close()
        databases.put_back(kept, url)
        city.database = Database(url, city.code)

    return put_back


def test_a_city_from_before_a_desks_enrolment_lets_it_in_again_and_gets_everything_back(
    city: City, older: Callable[[], None], tmp_path: Path
) -> None:
    store = join(city, tmp_path / "desk", "Rina", clock)
    save(store, 3)
    round_trip(city, store, tmp_path / "stick")
    assert status.status(store).pending == 0
    before = keeping(store)
    older()
    save(store, 1)

    for number in range(ROUNDS_MAX):
        round_trip(city, store, tmp_path / f"stick{number}")

    assert status.status(store).pending == 0
    assert len(city_records.listing(city, RESIDENT)) == 4
    assert before.keys() < keeping(store).keys()
    store.close()
