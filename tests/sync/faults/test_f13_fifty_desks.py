"""F13 at a city's size: many desks of several offices heal a restored city by their trips alone.

TERAS_DESKS says how many; the full figure is 50.
"""

import os
import random
from collections import Counter

import pytest
from sqlalchemy import select

from forms.engine.region import Office
from sync.server import offices, tables
from sync.server import verify as city_verify
from sync.store import records, settings, status
from sync.store import verify as store_verify
from sync.store.handle import Store
from tests.sync.client.road import LETTER, RESIDENT
from tests.sync.faults.carrying import issue, keeping, save
from tests.sync.faults.cloning import printed
from tests.sync.faults.restoring import Town, own

DESKS = int(os.environ.get("TERAS_DESKS", "10"))
OFFICE_DESKS = 5
NEWCOMERS = 0.1  # enrolled after the backup
HOME = 0.2  # did not travel between the backup and the restore
ROUNDS = 3  # the first tells the city what it lost, the second tells the desks, the third all


class Crowd:
    """Desks of a town, an office for every few of them, and chance to draw from."""

    def __init__(self, town: Town, seed: int) -> None:
        self.town = town
        self.chance = random.Random(seed)  # noqa: S311 - a shuffle, no secret
        self.desks: list[Store] = []
        self.shared: dict[str, bytes] = {}  # a resident of each office whom all its desks edit
        self._offices = max(1, DESKS // OFFICE_DESKS)
        areas = [one.code for one in town.city.region.areas if one.level == "kelurahan"]
        for place in range(1, self._offices):  # the town has the first
            area = areas[place % len(areas)]
            office = Office(b"", _code(place), "kelurahan", f"Kelurahan {place}", area)
            offices.add(town.city, office, "test")

    def join(self) -> None:
        """Enrol one more desk, of each office in turn."""
        place = len(self.desks)
        self.desks.append(self.town.desk(f"Petugas {place}", _code(place % self._offices)))

    def meet(self) -> None:
        """Let each office have a resident whom all its desks know."""
        for store in self.desks:
            code = store.office.code
            if code not in self.shared:
                self.shared[code] = records.new(store, RESIDENT, {"nama": "SARI MELATI"}).record
        self.travel(self.desks)
        self.travel(self.desks)

    def work(self) -> None:
        """Let every desk register somebody and issue a letter, and some edit the same resident."""
        for store in self.desks:
            save(store)
            issue(store)
            if self.chance.random() < 0.4:
                phone = f"0812{self.chance.randrange(10**8):08}"
                records.edit(store, self.shared[store.office.code], {"telepon": phone})

    def travel(self, some: list[Store]) -> None:
        """Let desks travel once, in any order."""
        self.town.go(*self.chance.sample(some, len(some)))


def _code(place: int) -> str:
    return f"KEL-{place + 1}"


@pytest.fixture
def crowd(town: Town) -> Crowd:
    return Crowd(town, DESKS)


def test_all_desks_heal_a_restored_city_by_ordinary_trips_alone(crowd: Crowd) -> None:
    town, newcomers = crowd.town, max(1, int(DESKS * NEWCOMERS))
    for _ in range(DESKS - newcomers):
        crowd.join()
    crowd.meet()
    crowd.work()
    crowd.travel(crowd.desks)
    file = town.back_up("kota.bak")
    for _ in range(newcomers):
        crowd.join()
    crowd.travel(crowd.desks)  # who came late hears of the resident whom all edit
    crowd.work()
    crowd.travel(crowd.desks[round(DESKS * HOME) :])
    made = Counter(change.id for store in crowd.desks for change in own(store))
    told = {name for store in crowd.desks for name in _acknowledged(store)}
    letters = town.held(LETTER)

    town.restore(file)
    assert len(town.held(LETTER)) < len(letters)
    crowd.work()  # nobody waits for the city
    for _ in range(ROUNDS):
        crowd.travel(crowd.desks)

    there = _history(town)
    made |= Counter(change.id for store in crowd.desks for change in own(store))
    assert set(made.values()) == {1}
    assert told <= set(there)
    assert set(made) <= set(there)
    assert letters < town.held(LETTER)
    assert [store.office.code for store in crowd.desks if status.status(store).pending] == []
    _are_equal(crowd)
    _have_numbers_of_their_own(crowd, there)
    assert city_verify.verify(town.city) == ()
    assert {status.status(store).epoch for store in crowd.desks} == {town.city.epoch}


def _acknowledged(store: Store) -> set[bytes]:
    """Name the acts of a desk that the city has signed for."""
    with store.read() as conn:
        rows = conn.exec_driver_sql(
            "SELECT id FROM change WHERE seq IS NOT NULL AND batch <= ?",
            (settings.marks(conn).received,),
        )
        return {row.id for row in rows}


def _history(town: Town) -> dict[bytes, str]:
    """Give the verdict's code of every change that the city has."""
    table = tables.change
    with town.city.database.read() as connection:
        rows = connection.execute(select(table.c.id, table.c.code)).all()
    found = {row.id: row.code for row in rows}
    assert len(found) == len(rows)
    return found


def _are_equal(crowd: Crowd) -> None:
    """Check that all desks of an office show the same, and none is under way to it."""
    shown: dict[str, dict[bytes, tuple[str, bytes]]] = {}
    for store in crowd.desks:
        kept = keeping(store)
        assert shown.setdefault(store.office.code, kept) == kept, store.office.code
        assert store_verify.verify(store) == []
        with store.read() as conn:
            for query in (
                "SELECT count(*) FROM rewound",
                "SELECT count(*) FROM change WHERE row < 0",
            ):
                assert conn.exec_driver_sql(query).scalar() == 0


def _have_numbers_of_their_own(crowd: Crowd, there: dict[bytes, str]) -> None:
    """Check that no two papers of an office bear one number."""
    used = Counter(
        (store.office.code, number) for store in crowd.desks for number in printed(store).values()
    )
    assert len(used) == len(crowd.desks) * 2 + len(crowd.desks) - max(1, int(DESKS * NEWCOMERS))
    assert set(used.values()) == {1}
    assert "number_taken" not in there.values()
