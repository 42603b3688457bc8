"""What would take too much from a desk at once waits for its head, and loses nothing meanwhile."""

from collections.abc import Iterator

import msgspec
import pytest

from forms.engine.problem import Refused
from sync.client import trip
from sync.protocol import guard
from sync.server import offices
from sync.server import removals as city_removals
from sync.server import verify as city_verify
from sync.store import read, records, removals, status
from sync.store.handle import Store
from sync.store.verify import verify
from tests.sync.client.joining import began, small
from tests.sync.client.quarter import (
    A,
    B,
    Quarter,
    answers,
    at_city,
    founded,
    move,
    names,
    register,
)

Many = list[bytes]
DAY_MS = 24 * 3_600_000


@pytest.fixture
def quarter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Quarter]:
    with founded(tmp_path_factory.mktemp("quarter")) as made:
        yield made
        assert city_verify.verify(made.city) == ()
        assert [problem for store in made.desks.values() for problem in verify(store)] == []


def people(store: Store, count: int, place: str = A) -> Many:
    return [register(store, place, nama=f"WARGA {chr(65 + n)}") for n in range(count)]


def away(quarter: Quarter, found: Many, code: str = "kel-a") -> None:
    """Move people to the other kelurahan, ten a laptop, so that the city takes each batch."""
    for at in range(0, len(found), 10):
        mover = f"Petugas {code} {quarter.now()}"
        store = quarter.join(code, mover)
        quarter.go(mover)
        for name in found[at : at + 10]:
            move(store, name, B)
        quarter.go(mover)
        quarter.desks.pop(mover).close()


def stopped(store: Store) -> int:
    return status.status(store).removals


def test_a_page_that_would_take_too_much_is_not_applied_and_the_line_names_it(
    quarter: Quarter,
) -> None:
    one = quarter.desks["kel-a"]
    found = people(one, 14)
    quarter.go()
    away(quarter, found[:11])

    quarter.go("kel-a")

    assert names(one) == set(found)
    assert stopped(one) == 11
    assert status.state(status.status(one), 0).code == "removals"
    [waiting] = removals.listing(one)
    assert set(waiting.records) == set(found[:11])


def test_ten_of_a_day_go_without_a_question(quarter: Quarter) -> None:
    one = quarter.desks["kel-a"]
    found = people(one, 14)
    quarter.go()
    away(quarter, found[:10])

    quarter.go("kel-a")

    assert names(one) == set(found[10:])
    assert stopped(one) == 0


def test_the_eleventh_of_a_day_waits_though_it_comes_by_a_later_trip(quarter: Quarter) -> None:
    one = quarter.desks["kel-a"]
    found = people(one, 14)
    quarter.go()
    away(quarter, found[:10])
    quarter.go("kel-a")
    away(quarter, found[10:11])

    quarter.go("kel-a")

    assert names(one) == set(found[10:])
    assert stopped(one) == 1


def test_the_head_lets_them_go_and_the_next_trip_goes_on(quarter: Quarter) -> None:
    one = quarter.desks["kel-a"]
    found = people(one, 14)
    quarter.go()
    away(quarter, found[:11])
    quarter.go("kel-a")

    assert removals.confirm(one) == 11

    assert names(one) == set(found[11:])
    assert stopped(one) == 0
    assert removals.listing(one) == []
    away(quarter, found[11:12])
    quarter.go("kel-a")
    assert names(one) == set(found[12:])


def test_while_a_page_waits_what_is_done_here_still_arrives(quarter: Quarter) -> None:
    one = quarter.desks["kel-a"]
    found = people(one, 14)
    quarter.go()
    away(quarter, found[:11])
    quarter.go("kel-a")

    records.edit(one, found[0], {"telepon": "081200000001"})
    records.edit(one, found[13], {"telepon": "081200000002"})
    letter = register(one, A)
    quarter.go("kel-a")

    assert status.status(one).pending == 0
    city = at_city(quarter.city)
    assert city[found[0]]["telepon"] == "081200000001"
    assert city[found[13]]["telepon"] == "081200000002"
    assert letter in city
    removals.confirm(one)
    quarter.go("kel-a")
    assert names(one) == {*found[11:], letter}
    assert answers(one, found[13])["telepon"] == "081200000002"


def test_who_comes_back_by_the_same_page_was_never_taken_away(quarter: Quarter) -> None:
    one = quarter.desks["kel-a"]
    found = people(one, 14)
    quarter.go()
    away(quarter, found[:11])
    quarter.go("kel-a")
    assert stopped(one) == 11

    other = quarter.desks["kel-b"]
    quarter.go("kel-b")
    for name in found[:4]:
        move(other, name, A)
    quarter.go("kel-b", "kel-a")

    assert stopped(one) == 0
    assert names(one) == {*found[:4], *found[11:]}


def test_a_desk_that_joins_later_is_asked_about_nothing(quarter: Quarter) -> None:
    found = people(quarter.desks["kel-a"], 14)
    quarter.go()
    away(quarter, found[:12])

    late = quarter.join("kel-a", "Petugas baru")
    quarter.go("Petugas baru")

    assert names(late) == set(found[12:])
    assert stopped(late) == 0


def test_a_desk_that_began_by_a_snapshot_is_asked_like_any_other(quarter: Quarter) -> None:
    found = people(quarter.desks["kel-a"], 14)
    quarter.go()
    with small():
        store = quarter.join("kel-a", "Baru")
        quarter.go("Baru")
    assert began(store)
    away(quarter, found[:11])

    quarter.go("Baru")

    assert (names(store), stopped(store)) == (set(found), 11)


def test_a_snapshot_takes_nobody_away_past_the_guard(
    quarter: Quarter, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = quarter.desks["kel-a"]
    found = people(one, 20)
    quarter.go()
    other = quarter.join("kel-a", "Lain")
    for name in found[16:]:
        for digit in range(30):
            records.edit(other, name, {"telepon": f"0812000000{digit:02}"})
    quarter.go("Lain")
    away(quarter, found[:16])

    monkeypatch.setattr(trip, "ROWS_MAX", 5)
    with small():  # the desk is far behind, and hears so before it hears who left
        quarter.go("kel-a")

    assert not began(one)
    assert stopped(one) > 0
    assert len(names(one)) >= 20 - guard.FLOOR - 1  # one may stand at the end of a page


def test_weeks_of_ordinary_days_come_in_one_trip_without_a_question(quarter: Quarter) -> None:
    one = quarter.desks["kel-a"]
    found = people(one, 20)
    quarter.go()
    started = quarter.city.now

    for day in range(4):
        quarter.city.now = lambda day=day: started() + day * DAY_MS  # type: ignore[misc] # a clock
        away(quarter, found[4 * day : 4 * day + 4])
    quarter.go("kel-a")

    assert names(one) == set(found[16:])
    assert stopped(one) == 0


def test_another_catchment_asks_no_desk(quarter: Quarter) -> None:
    found = people(quarter.desks["kel-b"], 14, B)
    quarter.go()
    pkm = quarter.desks["pkm"]
    assert names(pkm) == set(found)

    offices.cover(quarter.city, "pkm", [A], "test")
    quarter.go("pkm")

    assert names(pkm) == set()
    assert stopped(pkm) == 0


def test_what_an_administrator_released_asks_no_desk(quarter: Quarter) -> None:
    one = quarter.desks["kel-a"]
    found = people(one, 14)
    quarter.go()
    second = quarter.join("kel-a", "Petugas dua")
    quarter.go("Petugas dua")
    for name in found[:12]:
        move(second, name, B)
    quarter.go("Petugas dua")
    assert names(second) == set(found)  # the city holds them
    waiting = [event for event in read.history(second, found[0]) if event.pending]
    assert [(event.verdict, event.code) for event in waiting] == [("held", "mass_removal")]

    city_removals.release(quarter.city, (), "test")
    quarter.go("Petugas dua", "kel-a")

    for store in (second, one):
        assert names(store) == set(found[12:])
        assert stopped(store) == 0


def test_what_an_administrator_sends_back_is_to_be_mended(quarter: Quarter) -> None:
    one = quarter.desks["kel-a"]
    found = people(one, 14)
    quarter.go()
    for name in found[:12]:
        move(one, name, B)
    quarter.go("kel-a")
    assert (status.status(one).pending, status.status(one).to_fix) == (0, 0)

    city_removals.refuse(quarter.city, (), "test")
    quarter.go("kel-a")

    assert status.status(one).to_fix == 12
    assert quarter.holders(found[0]) == {"kel-a", "pkm"}


def test_only_the_head_or_an_admin_may_decide(quarter: Quarter) -> None:
    one = quarter.desks["kel-a"]
    found = people(one, 14)
    quarter.go()
    away(quarter, found[:11])
    quarter.go("kel-a")
    head = one.operator
    one.operator = msgspec.structs.replace(head, roles=("petugas", "verifikator"))

    with pytest.raises(Refused) as error:
        removals.confirm(one)

    one.operator = head
    assert [problem.code for problem in error.value.problems] == ["role_missing"]
    assert stopped(one) == 11


def test_where_nothing_waits_nothing_is_decided(quarter: Quarter) -> None:
    with pytest.raises(Refused) as error:
        removals.confirm(quarter.desks["kel-a"])

    assert [problem.code for problem in error.value.problems] == ["removals_none"]
