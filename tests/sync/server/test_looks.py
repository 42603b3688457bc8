"""Looks that desks told: chained, shown to who may ask, taken along signed, never shortened."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from forms.engine.problem import Refused
from sync.protocol import looks as said
from sync.protocol.looks import Look, Looks
from sync.server import erasure, looked_at, looks, looks_file, trail, verify
from sync.server.city import City
from sync.server.looks import Asked, Seen
from tests import databases
from tests.sync.server.conftest import ADMINISTRATOR, NOON, Time
from tests.sync.server.laptop import RESIDENT, Laptop

Enrol = Callable[..., Laptop]
NIK = "9971010101900001"


def tell(laptop: Laptop, *rows: Look, last: int = 0) -> int:
    told = said.encode(Looks(list(rows), last or len(rows)))
    return laptop.exchange(looks=told).looks


def look(laptop: Laptop, record: bytes, minute: int = 0, **parts: Any) -> Look:
    plain = {"how": said.RECORD, "what": RESIDENT, **parts}
    return Look(NOON + 60_000 * minute, laptop.operator, record, **plain)


def read(city: City, asked: Asked | None = None, limit: int = 100) -> list[Seen]:
    return looks.read(city, asked or Asked(), limit, ADMINISTRATOR)


@pytest.fixture
def laptop(enrol: Enrol) -> Laptop:
    return enrol()


@pytest.fixture
def siti(laptop: Laptop) -> bytes:
    change = laptop.resident("SITI RAHMA", nik=NIK)
    laptop.send(change)
    return change.id


@pytest.fixture
def looked(laptop: Laptop, siti: bytes) -> City:
    """A city that was told of three looks, two of them at one person."""
    letter = b"L" * 16
    tell(laptop, look(laptop, siti), look(laptop, b"B" * 16, 1), look(
        laptop, letter, 2, how=said.LETTER, subject=siti))  # fmt: skip
    return laptop.city


def test_the_city_says_how_far_it_has_them(laptop: Laptop, siti: bytes) -> None:
    assert tell(laptop, look(laptop, siti), look(laptop, siti, 20), last=77) == 77
    assert laptop.exchange().looks == 0


def test_what_comes_twice_is_chained_once_whoever_brings_it(
    laptop: Laptop, siti: bytes, enrol: Enrol
) -> None:
    first, second = look(laptop, siti), look(laptop, siti, 20)
    tell(laptop, first, second, second)
    tell(laptop, first, second, look(laptop, siti, 40))
    tell(enrol(), second)

    assert [one.at for one in read(laptop.city)] == [NOON + 60_000 * at for at in (40, 20, 0)]
    assert verify.verify(laptop.city) == ()


def test_what_cannot_be_read_is_not_acknowledged(laptop: Laptop) -> None:
    assert laptop.exchange(looks=b"\xc1").looks == 0
    assert laptop.exchange(looks=said.encode(Looks([], 3))[:-1]).looks == 0


def test_who_looked_at_a_person_is_found_by_id_by_nik_and_by_a_letter_about_them(
    looked: City, laptop: Laptop, siti: bytes
) -> None:
    assert looked_at.person(looked, NIK) == looked_at.person(looked, siti.hex()) == siti
    found = read(looked, Asked(subject=siti))
    assert [(one.how, one.subject) for one in found] == [("letter", siti), ("record", siti)]
    assert looked_at.names(looked, found) == {siti: "SITI RAHMA", laptop.operator: "Siti Rahma"}
    assert len(read(looked, Asked(operator=laptop.operator))) == 3
    assert read(looked, Asked(operator=siti)) == []
    with pytest.raises(Refused):
        looked_at.person(looked, "9971010101900002")


def test_a_list_goes_on_where_it_ended(looked: City) -> None:
    first = read(looked, limit=2)
    place = first[-1].at, first[-1].office, first[-1].number

    assert [*first, *read(looked, Asked(beyond=place))] == read(looked)


def test_reading_is_itself_noted(looked: City, siti: bytes) -> None:
    read(looked, Asked(subject=siti))

    part = trail.look(looked, trail.Asked(act="looks_read"), 1, ADMINISTRATOR)
    assert part.events[0].facts == {"record": siti.hex()}


@pytest.mark.parametrize(
    "alteration",
    [
        "DELETE FROM look WHERE number = 2",
        "DELETE FROM look WHERE number = 3",
        "DELETE FROM look",
        "UPDATE look SET operator = record WHERE number = 1",
        "UPDATE look SET at = at + 1 WHERE number = 3",
        "UPDATE look_head SET number = 2",
        "DELETE FROM look_head",
    ],
)
def test_whoever_takes_a_look_out_or_mends_one_is_found_out(looked: City, alteration: str) -> None:
    assert verify.verify(looked) == ()
    with databases.unguarded(looked.database.url) as connection:
        connection.execute(text(alteration))

    assert "verify_look" in {problem.code for problem in verify.verify(looked)}


def keys(city: City) -> dict[str, list[bytes]]:
    return {city.code: [city.public.sign]}


def test_an_export_says_what_was_asked_for_and_proves_that_nothing_is_missing(
    looked: City, siti: bytes, enrol: Enrol
) -> None:
    other = enrol("kel-b")
    tell(other, look(other, b"C" * 16))
    made = looks_file.export(looked, ADMINISTRATOR, looks_file.Asked(subject=siti))
    file = json.loads(made.content)

    assert looks_file.check(made.content, keys(looked)) == made.events == 4
    told = [
        entry["look"] for chain in file["chains"] for entry in chain["looks"] if "look" in entry
    ]
    assert [(one[0], one[5]) for one in told] == [(1, siti.hex()), (3, (b"L" * 16).hex())]
    one = looks_file.export(looked, ADMINISTRATOR, looks_file.Asked(office="kel-b"))
    assert looks_file.check(one.content, keys(looked)) == 1


@pytest.mark.parametrize("altered", ["look", "missing", "chain", "head"])
def test_an_altered_export_is_found_out(looked: City, altered: str) -> None:
    file = json.loads(looks_file.export(looked, ADMINISTRATOR, looks_file.Asked()).content)
    [chain] = file["chains"]
    if altered == "look":
        chain["looks"][0]["look"][4] = "00" * 16
    elif altered == "missing":
        del chain["looks"][2]
    elif altered == "chain":
        file["chains"] = []
    else:
        chain["head"] = "00" * 32

    with pytest.raises(Refused):
        looks_file.check(json.dumps(file).encode(), keys(looked))


def test_erasing_a_person_leaves_who_looked_and_the_chain(
    looked: City, siti: bytes, time: Time
) -> None:
    time.ms += 1
    erasure.erase(looked, erasure.Asked(siti, "permintaan", "pasal 8"), ADMINISTRATOR)

    found = read(looked, Asked(subject=siti))
    assert len(found) == 2
    assert siti not in looked_at.names(looked, found)
    assert verify.verify(looked) == ()
    with pytest.raises(Refused):
        looked_at.person(looked, NIK)
