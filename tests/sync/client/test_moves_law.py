"""Whoever moves whom and in whatever order: each desk ends with its own residents, none lost."""

from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from forms.engine.problem import Refused
from sync.protocol import guard
from sync.server import guard as city_guard
from sync.server import offices, tables
from sync.server import verify as city_verify
from sync.store import inbox, records
from sync.store.verify import verify
from tests import scale
from tests.sync.client.quarter import (
    OFFICES,
    A,
    B,
    C,
    Quarter,
    answers,
    at_city,
    founded,
    names,
    register,
)

CODES = tuple(OFFICES)
CATCHMENTS = ((A, B), (B,), ("99.71.01",))
Step = tuple[str, int, int, int]
steps = st.lists(
    st.tuples(
        st.sampled_from(["new", "edit", "edit", "move", "move", "trip", "trip", "trip", "cover"]),
        st.integers(0, 2),
        st.integers(0, 2),
        st.integers(0, 2),
    ),
    min_size=4,
    max_size=24,
)


@pytest.fixture(scope="module")
def quarter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Quarter]:
    """Whoever takes much away at once is asked first: not in here, where many move many times."""
    with founded(tmp_path_factory.mktemp("quarter")) as made, pytest.MonkeyPatch.context() as patch:
        for module in (guard, city_guard):
            patch.setattr(module, "FLOOR", 10_000)
        yield made


def play(quarter: Quarter, told: list[Step]) -> set[bytes]:
    """Do what is told; give the records that it is about."""
    made: list[bytes] = []
    for count, (what, who, which, where) in enumerate(told):
        store, place = quarter.desks[CODES[who]], (A, B, C)[where]
        if what == "trip":
            quarter.go(CODES[who])
        elif what == "cover":
            offices.cover(quarter.city, "pkm", CATCHMENTS[where], "test")
        elif what == "new" or not made:
            made.append(register(store, place))
        elif (record := made[which % len(made)]) in names(store):
            given = {"telepon": f"0812{count:08}"} if what == "edit" else {"kelurahan": place}
            with suppress(Refused):  # it left, and something is pending on it still
                records.edit(store, record, given)
    return set(made)


def own(quarter: Quarter) -> set[bytes]:
    """Name every act of all desks."""
    found = set[bytes]()
    for store in quarter.desks.values():
        with store.read() as conn:
            query = "SELECT id FROM change WHERE seq IS NOT NULL"
            found |= set(conn.exec_driver_sql(query).scalars())
    return found


@given(steps)
@settings(max_examples=scale.of(60, 12), deadline=None)
def test_at_rest_each_desk_holds_what_its_office_holds_and_no_act_is_lost(
    quarter: Quarter, told: list[Step]
) -> None:
    made = play(quarter, told)
    for _ in range(2):
        quarter.go()

    city = at_city(quarter.city)
    assert made <= city.keys()
    for code, store in quarter.desks.items():
        assert names(store) == {name for name in city if code in quarter.holders(name)}
        for name in made & names(store):
            assert answers(store, name) == city[name]
        assert verify(store) == []
        with store.read() as conn:
            waiting = "SELECT count(*) FROM change WHERE pending = 1"
            assert conn.exec_driver_sql(waiting).scalar() == 0
        assert {entry.record for entry in inbox.listing(store)} <= names(store)
    table = tables.change
    with quarter.city.database.read() as connection:
        assert own(quarter) <= set(connection.scalars(select(table.c.id)))
    assert city_verify.verify(quarter.city) == ()
