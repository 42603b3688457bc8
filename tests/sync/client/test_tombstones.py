"""What left or was made void stays known; a laptop that was away reads on and loses nothing.

The city forgets no row of a stream and no record, so a desk of any age goes on from its cursor, and
what it did meanwhile is judged by its bases: never a resurrection, never silent loss.
"""

from collections.abc import Iterator

import pytest

from sync.server import verify as city_verify
from sync.store import inbox, read, records, status
from sync.store.handle import Store
from sync.store.verify import verify
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

AWAY_MS = 16 * 31 * 24 * 3_600_000  # longer than the fifteen months of the promise


@pytest.fixture
def quarter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Quarter]:
    with founded(tmp_path_factory.mktemp("quarter")) as made:
        yield made
        assert city_verify.verify(made.city) == ()
        assert [problem for store in made.desks.values() for problem in verify(store)] == []


@pytest.fixture
def late(quarter: Quarter) -> Store:
    """A second laptop of the first kelurahan, which will be away."""
    store = quarter.join("kel-a", "Petugas keliling")
    quarter.go()
    return store


def pass_time(quarter: Quarter) -> None:
    """Let sixteen months go by for everybody."""

    def later() -> int:
        return quarter.now() + AWAY_MS

    quarter.city.now = later
    for store in quarter.desks.values():
        store.now = later


def known(quarter: Quarter, late: Store, place: str = A) -> bytes:
    """Register somebody whom both laptops then know."""
    name = register(quarter.desks["kel-a"], place, telepon="081200000001")
    quarter.go()
    assert name in names(late)
    return name


def test_an_edit_of_a_record_that_was_made_invalid_is_put_before_a_person(
    quarter: Quarter, late: Store
) -> None:
    one = quarter.desks["kel-a"]
    name = known(quarter, late)
    records.move(one, name, "invalidate", reason="Tercatat dua kali")
    quarter.go("kel-a")
    records.edit(late, name, {"telepon": "081200000009"})
    pass_time(quarter)

    quarter.go("Petugas keliling", "kel-a")

    assert status.status(late).pending == 0
    for store in (late, one):
        assert read.record(store, name).state == "invalid"
        [entry] = [entry for entry in inbox.listing(store) if entry.record == name]
        assert entry.present == {"telepon": "081200000001"}
        assert entry.proposed == {"telepon": "081200000009"}
    assert at_city(quarter.city)[name]["telepon"] == "081200000001"


def test_an_act_on_a_record_that_ended_meanwhile_changes_no_state(
    quarter: Quarter, late: Store
) -> None:
    one = quarter.desks["kel-a"]
    name = known(quarter, late)
    records.move(one, name, "invalidate", reason="Tercatat dua kali")
    quarter.go("kel-a")
    records.move(late, name, "report_missing", reason="Tidak ditemukan")
    pass_time(quarter)

    quarter.go("Petugas keliling", "kel-a")

    for store in (late, one):
        assert read.record(store, name).state == "invalid"
        [entry] = [entry for entry in inbox.listing(store) if entry.record == name]
        assert (entry.kind, entry.proposed) == ("transition", {"state": "missing"})


def test_what_was_done_before_the_leave_could_be_known_counts_where_the_record_is_now(
    quarter: Quarter, late: Store
) -> None:
    one, other = quarter.desks["kel-a"], quarter.desks["kel-b"]
    name = known(quarter, late)
    move(one, name, B)
    quarter.go("kel-a", "kel-b", "pkm")
    records.edit(late, name, {"telepon": "081200000009"})
    pass_time(quarter)

    quarter.go("Petugas keliling", "kel-b")

    assert status.status(late).pending == 0
    assert name not in names(late)
    assert answers(other, name)["telepon"] == "081200000009"
    assert quarter.holders(name) == {"kel-b", "pkm"}


def test_a_stale_edit_of_a_record_that_left_is_a_conflict_where_it_is_now(
    quarter: Quarter, late: Store
) -> None:
    one, other = quarter.desks["kel-a"], quarter.desks["kel-b"]
    name = known(quarter, late)
    move(one, name, B)
    quarter.go("kel-a", "kel-b")
    records.edit(other, name, {"telepon": "081200000002"})
    quarter.go("kel-b")
    records.edit(late, name, {"telepon": "081200000009"})
    pass_time(quarter)

    quarter.go("Petugas keliling", "kel-b")

    assert name not in names(late)
    assert answers(other, name)["telepon"] == "081200000002"
    [entry] = [entry for entry in inbox.listing(other) if entry.record == name]
    assert entry.proposed == {"telepon": "081200000009"}


def test_a_laptop_that_was_away_reads_on_where_it_stopped(quarter: Quarter, late: Store) -> None:
    one = quarter.desks["kel-a"]
    stays, leaves = known(quarter, late), known(quarter, late)
    move(one, leaves, B)
    fresh = register(one, A)
    quarter.go("kel-a")
    pass_time(quarter)

    quarter.go("Petugas keliling")

    assert names(late) == {stays, fresh}
    assert status.status(late).removals == 0
