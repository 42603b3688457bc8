"""A server in a folder of the test's own, with two offices, and laptops that enrol there."""

import shutil
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


STRANGER = "Tamu Jauh"  # who administers the region next door


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


@pytest.fixture
def neighbour(city: City, time: Time, tmp_path: Path) -> Iterator[City]:
    """Another region in the same database, with an administrator and an office of its own."""
    file = tmp_path / "kota_lain.toml"
    file.write_text(REGION.read_text("utf-8").replace("99.71", "99.72"), "utf-8")
    shutil.copytree(REGION.with_suffix(""), file.with_suffix(""))
    for table in file.with_suffix("").glob("*.csv"):
        table.write_text(table.read_text("utf-8").replace("99.71", "99.72"), "utf-8")
    folder, url = tmp_path / "neighbour", databases.owners(city.database.url)
    administration.init(
        folder, file, operator=STRANGER, passphrase=PASSPHRASE, database=url, now=time
    )
    opened = City.open(folder, time)
    office = Office(b"", "kel-x", "kelurahan", "Kelurahan Seberang", "99.72.01.1001")
    offices.add(opened, office, STRANGER)
    yield opened
    opened.close()


Enrol = Callable[..., Laptop]


@pytest.fixture
def enrol(city: City) -> Enrol:
    """Enrol a laptop: office code, role of its operator."""

    def new(office: str = "kel-a", role: str = "kepala") -> Laptop:
        code, _ = codes.make(city, office, role, ADMINISTRATOR)
        return Laptop(city, code)

    return new
