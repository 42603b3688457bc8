"""What a region and its offices are is changed by administrators, and told to who has another."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from forms.engine.problem import Refused
from sync.crypto import signed
from sync.protocol import policy, wire
from sync.protocol.exchange import Answer
from sync.protocol.policy import Policy
from sync.server import offices, policies, trail, verify
from sync.server.city import City
from sync.server.trail import Asked
from tests.sync.server.conftest import ADMINISTRATOR, REGION
from tests.sync.server.laptop import Laptop

Enrol = Callable[..., Laptop]
NEW_NAME = "Kota Contoh Baru"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The region's own files, to be changed."""
    path = tmp_path / "wilayah" / REGION.name
    shutil.copytree(REGION.with_suffix(""), path.with_suffix(""))
    shutil.copy(REGION, path)
    return path


def rename(file: Path) -> Path:
    text = file.read_text("utf-8")
    assert 'name = "Kota Contoh"' in text
    file.write_text(text.replace('name = "Kota Contoh"', f'name = "{NEW_NAME}"'), "utf-8")
    return file


def refusal(work: Callable[[], object]) -> list[tuple[str, dict[str, object]]]:
    with pytest.raises(Refused) as error:
        work()
    return [(problem.code, dict(problem.facts)) for problem in error.value.problems]


def told(city: City, answer: Answer) -> Policy | None:
    if answer.policy is None:
        return None
    return wire.decode(signed.check(answer.policy, city.public.sign, "policy"), Policy)


def named(laptop: Laptop) -> bytes:
    """Name what a laptop was given when it joined."""
    return policy.named(policy.digest(laptop.welcome.pack), laptop.welcome.office)


def test_a_region_file_counts_from_now_on_and_another_process_hears_of_it(
    city: City, folder: Path, file: Path, enrol: Enrol
) -> None:
    laptop = enrol()
    other = City.open(folder, city.now)
    done = policies.apply(other, rename(file), ADMINISTRATOR)
    other.close()
    assert (city.region.name, done.is_new) == ("Kota Contoh", True)

    laptop.exchange()

    assert (city.region.name, city.policy) == (NEW_NAME, done.number)
    event = trail.look(city, Asked(), 2, ADMINISTRATOR).events[1]
    assert (event.act, event.by) == ("region_applied", ADMINISTRATOR)
    assert verify.verify(city) == ()


def test_the_same_file_again_changes_nothing(city: City, file: Path) -> None:
    before = city.policy

    again = policies.apply(city, file, ADMINISTRATOR)

    assert (again.number, again.is_new, city.policy) == (before, False, before)


def test_a_file_of_another_region_is_refused(city: City) -> None:
    other = REGION.with_name("kota_tangerang.toml")

    [(code, facts)] = refusal(lambda: policies.apply(city, other, ADMINISTRATOR))

    assert (code, facts["here"]) == ("region_other", city.code)
    assert city.region.name == "Kota Contoh"


def test_a_broken_file_is_refused_and_the_present_one_stays(city: City, file: Path) -> None:
    file.write_text(file.read_text("utf-8").replace('"#', '"?'), "utf-8")

    assert "colour" in [code for code, _ in refusal(lambda: policies.apply(city, file, "x"))]
    assert city.policy == 1


def test_an_area_that_an_office_needs_cannot_be_left_out(city: City, file: Path) -> None:
    offices.cover(city, "kel-b", ["99.71.01.1003"], ADMINISTRATOR)
    table = file.with_suffix("") / "wilayah.csv"
    rows = table.read_text("utf-8").splitlines(keepends=True)
    gone = ("99.71.01.1001", "99.71.01.1003")
    table.write_text("".join(row for row in rows if not row.startswith(gone)), "utf-8")

    found = refusal(lambda: policies.apply(city, file, ADMINISTRATOR))

    assert found == [
        ("area_needed", {"office": "kel-a", "region": gone[0]}),
        ("area_needed", {"office": "kel-b", "region": gone[1]}),
    ]


def test_only_who_names_something_else_is_told(city: City, file: Path, enrol: Enrol) -> None:
    laptop = enrol()
    known = named(laptop)
    assert told(city, laptop.exchange(policy=known)) is None

    policies.apply(city, rename(file), ADMINISTRATOR)
    news = told(city, laptop.exchange(policy=known))

    assert news is not None
    assert (news.number, news.epoch) == (city.policy, city.epoch)
    assert news.pack == city.region.pack()
    assert told(city, laptop.exchange(policy=news.name)) is None
    assert told(city, laptop.exchange()) is None  # of a version that could not read it


def test_an_office_that_is_called_otherwise_tells_its_own_desks_only(
    city: City, enrol: Enrol
) -> None:
    ours, theirs = enrol("kel-a"), enrol("kel-b")

    office = offices.edit(
        city, "kel-a", ADMINISTRATOR, name=" Kelurahan Melati ", address="Jalan Melati 1"
    )
    news = told(city, ours.exchange(policy=named(ours)))

    assert news is not None
    assert (news.office.name, news.office.address) == ("Kelurahan Melati", "Jalan Melati 1")
    assert news.office.code == "kel-a"
    assert told(city, theirs.exchange(policy=named(theirs))) is None
    with city.database.read() as connection:
        assert offices.by_id(connection, city.code, office.id) == office


def test_an_office_keeps_a_name_and_is_one_that_exists(city: City) -> None:
    def edit(code: str, name: str) -> list[str]:
        return [one for one, _ in refusal(lambda: offices.edit(city, code, "x", name=name))]

    assert edit("kel-a", " ") == ["office_name"]
    assert edit("kel-a", "A" * 121) == ["office_name"]
    assert edit("kel-z", "Z") == ["office_unknown"]


def test_what_is_the_same_is_no_news(city: City) -> None:
    before = city.policy

    offices.edit(city, "kel-a", ADMINISTRATOR, name="Kelurahan A", phone="")

    assert city.policy == before
    assert trail.look(city, Asked(), 2, "x").events[1].act == "office_added"


def test_offices_are_listed_with_their_devices(city: City, enrol: Enrol) -> None:
    enrol("kel-b")

    found = [(office.code, count) for office, count in offices.listing(city)]

    assert found == [("kel-a", 0), ("kel-b", 1)]
