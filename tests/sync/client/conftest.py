"""A real server on a port of its own and real desks of one office, in a folder of the test's."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from forms.engine.region import Office
from sync.client.enrol import enrol
from sync.server import administration, codes, offices
from sync.server.city import City, clock
from sync.server.run import Running, start
from sync.store.handle import Store
from sync.store.keystore import NoKeystore
from tests.sync.client.road import ADMINISTRATOR, PASSPHRASE, REGION
from tests.sync.client.town import Town, founded


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    folder = tmp_path / "city"
    administration.init(folder, REGION, operator=ADMINISTRATOR, passphrase=PASSPHRASE)
    opened = City.open(folder)
    area = opened.region.areas.first(opened.region.code, "kelurahan")
    offices.add(opened, Office(b"", "KEL-1", "kelurahan", "Kelurahan Satu", area, (area,)), "test")
    yield opened
    opened.close()


@pytest.fixture
def server(city: City) -> Iterator[Running]:
    running = start(city.folder)
    yield running
    running.stop()


Enrol = Callable[..., Store]


@pytest.fixture
def desk(tmp_path: Path, city: City, server: Running) -> Iterator[Enrol]:
    opened: list[Store] = []

    def make(operator: str, role: str = "kepala", office: str = "KEL-1") -> Store:
        text, _ = codes.make(city, office, role, "test")
        store = enrol(
            tmp_path / f"desk{len(opened)}",
            url=server.url,
            code=text,
            operator=operator,
            phrase=PASSPHRASE,
            keystore=NoKeystore(),
            now=clock,
        )
        opened.append(store)
        return store

    yield make
    for store in opened:
        store.close()


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with founded(tmp_path_factory.mktemp("town")) as made:
        yield made
