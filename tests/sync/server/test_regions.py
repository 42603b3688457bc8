"""Whoever looks after a database sees how each of its regions stands, and nothing of a person."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import make_url

from forms.engine.region import Office, Region
from sync.server import administration, backup, codes, offices, regions
from sync.server.city import City, settings_of
from tests import databases
from tests.sync.server.conftest import ADMINISTRATOR, NOON, PASSPHRASE, REGION
from tests.sync.server.laptop import Laptop

Enrol = Callable[..., Laptop]
OTHER = REGION.with_name("kota_tangerang.toml")


def make(folder: Path, region: Path, url: str, residents: int) -> Path:
    """Make a region with one desk that registered somebody."""
    administration.init(
        folder, region, operator=ADMINISTRATOR, passphrase=PASSPHRASE, database=url,
        now=lambda: NOON,
    )  # fmt: skip
    city = City.open(folder, lambda: NOON)
    area = city.region.areas.first(city.region.code, "kelurahan")
    offices.add(city, Office(b"", "kel-a", "kelurahan", "Kelurahan A", area), ADMINISTRATOR)
    laptop = Laptop(city, codes.make(city, "kel-a", "kepala", ADMINISTRATOR)[0])
    laptop.send(*(laptop.resident(f"WARGA {number}") for number in range(residents)))
    city.close()
    return folder


@pytest.fixture
def owner() -> str:
    """An owner who may make roles and is no superuser."""
    cluster = databases.cluster()
    place = make_url(cluster.empty())
    role = f"teras_{place.database}_owner"
    with cluster.connected(str(place.database)) as connection:
        connection.execute(f"CREATE ROLE {role} LOGIN CREATEROLE")
        connection.execute(f"GRANT CREATE, USAGE ON SCHEMA public TO {role}")
    url = place.update_query_dict({"options": f"-c role={role}"})
    return url.render_as_string(hide_password=False)


def test_a_servers_own_region_is_listed(city: City, enrol: Enrol, tmp_path: Path) -> None:
    laptop = enrol()
    enrol("kel-b")
    laptop.send(laptop.resident())
    backup.backup(city, tmp_path / "kota.bak", PASSPHRASE, ADMINISTRATOR)

    [found] = regions.listing(city.database.url)

    assert (found.region, found.name, found.epoch) == (city.code, city.region.name, 1)
    assert (found.offices, found.devices, found.changes) == (2, 2, 3)  # with two operators
    assert (found.seen, found.generation, found.backed_up) == (NOON, 1, NOON)
    assert found.bytes > 100_000


def test_a_region_that_nobody_has_come_to_has_no_times(city: City) -> None:
    [found] = regions.listing(city.database.url)

    assert (found.devices, found.seen, found.generation, found.backed_up) == (0, 0, 0, 0)


@pytest.mark.postgres
def test_regions_of_one_database_are_listed_for_its_superuser(tmp_path: Path) -> None:
    url = databases.cluster().empty()
    make(tmp_path / "ours", REGION, url, 40)
    make(tmp_path / "theirs", OTHER, url, 4)

    theirs, ours = regions.listing(url)

    names = [Region.read(file).name for file in (REGION, OTHER)]
    assert [one.name for one in (ours, theirs)] == names
    assert [one.changes for one in (ours, theirs)] == [41, 5]
    assert ours.bytes > theirs.bytes > 0


@pytest.mark.postgres
def test_an_owner_sees_all_and_a_regions_role_sees_its_own(owner: str, tmp_path: Path) -> None:
    make(tmp_path / "ours", REGION, owner, 2)
    make(tmp_path / "theirs", OTHER, owner, 1)
    lent = settings_of(tmp_path / "ours").database
    assert lent != owner

    def told(url: str) -> list[int]:
        return [one.changes for one in regions.listing(url)]

    assert told(owner) == [2, 3]
    assert told(lent) == [3]


@pytest.mark.postgres
def test_an_empty_database_has_no_region() -> None:
    assert regions.listing(databases.cluster().empty()) == []
