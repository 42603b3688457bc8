"""A server is made once, opened by those who may, and tells what it holds."""

import json
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from forms.engine.problem import Locked, Refused
from forms.engine.region import Office
from sync.server import administration, offices, records
from sync.server.city import City
from tests import databases
from tests.sync.server.conftest import ADMINISTRATOR, NOON, PASSPHRASE, REGION
from tests.sync.server.laptop import RESIDENT, Laptop

Enrol = Callable[..., Laptop]


def refusal(work: Callable[[], object]) -> list[str]:
    with pytest.raises(Refused) as error:
        work()
    return [problem.code for problem in error.value.problems]


def init(folder: Path, operator: str = ADMINISTRATOR, passphrase: str = PASSPHRASE) -> object:
    return administration.init(
        folder, REGION, operator=operator, passphrase=passphrase, now=lambda: NOON
    )


def test_a_folder_holds_one_server(folder: Path) -> None:
    assert refusal(lambda: init(folder)) == ["server_exists"]


def test_one_database_holds_a_region_once(folder: Path, tmp_path: Path) -> None:
    settings = json.loads((folder / "server.json").read_text("utf-8"))

    again = refusal(
        lambda: administration.init(
            tmp_path / "other",
            REGION,
            operator=ADMINISTRATOR,
            passphrase=PASSPHRASE,
            database=settings["database"],
        )
    )

    assert again == ["region_exists"]
    assert list((tmp_path / "other").iterdir()) == []


def test_a_weak_passphrase_or_no_name_leaves_nothing_behind(tmp_path: Path) -> None:
    found = refusal(lambda: init(tmp_path / "server", operator=" ", passphrase="kata"))

    assert found == ["administrator_name", "passphrase_short"]
    assert not (tmp_path / "server").exists()


def test_the_secret_is_for_its_owner_alone_and_the_database_has_no_key_in_clear(
    folder: Path, city: City
) -> None:
    for name in ("secret", "server.json"):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600
    stored = databases.stored(city.database.url)
    assert all(key not in stored for key in (city.keys.sign, city.keys.seal, city.keys.root))


def test_a_copied_database_opens_nothing_without_the_secret(folder: Path) -> None:
    (folder / "secret").write_bytes(b"x" * 32)

    with pytest.raises(Locked):
        City.open(folder)


def test_a_folder_without_a_server_is_refused(tmp_path: Path) -> None:
    assert refusal(lambda: City.open(tmp_path)) == ["server_missing"]


def test_only_the_right_name_and_passphrase_sign_in(city: City) -> None:
    assert administration.sign_in(city, ADMINISTRATOR, PASSPHRASE) == ADMINISTRATOR
    for name, passphrase in ((ADMINISTRATOR, "salah"), ("Orang Lain", PASSPHRASE)):
        with pytest.raises(Locked):
            administration.sign_in(city, name, passphrase)


def test_an_office_is_refused_with_all_that_is_wrong(city: City) -> None:
    wrong = Office(b"", "", "istana", " ", "99.71.99")

    found = refusal(lambda: offices.add(city, wrong, ADMINISTRATOR))

    assert found == ["office_kind", "office_code", "office_name", "region_unknown"]


def test_an_offices_code_is_its_own(city: City) -> None:
    again = Office(b"", "kel-a", "kelurahan", "Lain", "99.71.01.1003")

    assert refusal(lambda: offices.add(city, again, ADMINISTRATOR)) == ["office_code_taken"]


def test_records_are_listed_oldest_first_and_page_by_page(city: City, enrol: Enrol) -> None:
    ours, theirs = enrol("kel-a"), enrol("kel-b")
    ours.send(*[ours.resident(f"WARGA {n}") for n in range(5)])
    theirs.send(theirs.resident("TETANGGA"))

    every = records.listing(city, RESIDENT)
    first = records.listing(city, RESIDENT, limit=4)
    rest = records.listing(city, RESIDENT, after=first[-1].id)

    assert [r.answers["nama"] for r in every] == [*(f"WARGA {n}" for n in range(5)), "TETANGGA"]
    assert first + rest == every
    assert [r.office for r in records.listing(city, RESIDENT, office="kel-b")] == ["kel-b"]


def test_a_listing_names_a_service_and_a_record_that_exist(city: City) -> None:
    assert refusal(lambda: records.listing(city, "letters/x")) == ["service_unknown"]
    unknown = refusal(lambda: records.listing(city, RESIDENT, after=b"?" * 16))
    assert unknown == ["record_unknown"]


def test_the_status_counts(city: City, enrol: Enrol) -> None:
    laptop = enrol()
    laptop.send(laptop.resident(), laptop.resident(nik="1"))

    status = administration.status(city)

    assert (status.records, status.changes, status.devices) == (2, 3, 1)  # with the operator's
    assert (status.conflicts, status.quarantined) == (0, 0)


def test_the_exported_keys_are_the_public_ones(city: City, enrol: Enrol) -> None:
    laptop = enrol()

    keys = json.loads(administration.export_keys(city))["regions"][city.code]

    assert bytes.fromhex(keys["root"]) == city.public.root
    assert bytes.fromhex(keys["sign"]) == city.public.sign
    assert keys["devices"] == {laptop.device.hex(): laptop.keys.public().sign.hex()}
