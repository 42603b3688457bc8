"""A server in a folder of the test's own, with two offices, and laptops that enrol there."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from forms.engine.region import Office
from sync.server import administration, codes, offices, run
from sync.server.city import City
from sync.server.run import Address, Running
from tests import databases
from tests.sync.server.laptop import Laptop

REGION = Path(__file__).parents[3] / "resources" / "regions" / "kota_contoh.toml"
ADMINISTRATOR = "Dewi Lestari"
PASSPHRASE = "pohon mangga di halaman kami"
NOON = 1_795_233_600_000  # 2026-11-21T12:00 in the region


class Time:
    """A clock that stands until the test moves it."""

    def __init__(self) -> None:
        self.ms = NOON

    def __call__(self) -> int:
        return self.ms


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A server made once; stretching a passphrase takes its time."""
    folder = tmp_path_factory.mktemp("made") / "server"
    administration.init(
        folder, REGION, operator=ADMINISTRATOR, passphrase=PASSPHRASE, now=lambda: NOON
    )
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """The same server in the test's own folder, its database copied and named anew."""
    folder = tmp_path / "server"
    databases.copy_city(made, folder)
    return folder


@pytest.fixture
def city(folder: Path, time: Time) -> Iterator[City]:
    city = City.open(folder, time)
    for code, name, area in (("kel-a", "Kelurahan A", "1001"), ("kel-b", "Kelurahan B", "1002")):
        office = Office(b"", code, "kelurahan", name, f"99.71.01.{area}")
        offices.add(city, office, ADMINISTRATOR)
    yield city
    city.close()


@pytest.fixture
def running(folder: Path, city: City) -> Iterator[Running]:
    """The city, served on this machine."""
    running = run.start(folder, Address(), city.now)
    yield running
    running.stop()


Enrol = Callable[..., Laptop]


@pytest.fixture
def enrol(city: City) -> Enrol:
    """Enrol a laptop: office code, role of its operator."""

    def new(office: str = "kel-a", role: str = "kepala") -> Laptop:
        code, _ = codes.make(city, office, role, ADMINISTRATOR)
        return Laptop(city, code)

    return new
