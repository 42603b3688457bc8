"""A city and desks of one office that have never seen a network."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from forms.engine.region import Office
from sync.server import administration, offices
from sync.server.city import City, clock
from sync.store.handle import Store
from tests.sync.client.road import ADMINISTRATOR, PASSPHRASE, REGION
from tests.sync.faults.carrying import join
from tests.sync.faults.restoring import Town


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    folder = tmp_path / "city"
    administration.init(folder, REGION, operator=ADMINISTRATOR, passphrase=PASSPHRASE)
    opened = City.open(folder)
    area = opened.region.areas.first(opened.region.code, "kelurahan")
    offices.add(opened, Office(b"", "KEL-1", "kelurahan", "Kelurahan Satu", area, (area,)), "test")
    yield opened
    opened.close()


Enrol = Callable[..., Store]


@pytest.fixture
def desk(tmp_path: Path, city: City) -> Iterator[Enrol]:
    opened: list[Store] = []

    def make(operator: str = "Rina") -> Store:
        store = join(city, tmp_path / f"desk{len(opened)}", operator, clock)
        opened.append(store)
        return store

    yield make
    for store in opened:
        store.close()


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    made = Town(tmp_path)
    yield made
    made.close()
