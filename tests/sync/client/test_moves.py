"""A resident who moves leaves one office's desks and comes whole to another's."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from forms.engine.problem import Refused
from forms.engine.region import Office
from sync.client.trip import trip
from sync.server import offices, tables
from sync.server import verify as city_verify
from sync.store import inbox, read, records
from sync.store.verify import verify
from tests.sync.client.quarter import (
    A,
    B,
    C,
    Quarter,
    answers,
    at_city,
    founded,
    move,
    names,
    register,
)


@pytest.fixture
def quarter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Quarter]:
    with founded(tmp_path_factory.mktemp("quarter")) as made:
        yield made
        assert city_verify.verify(made.city) == ()
        assert [problem for store in made.desks.values() for problem in verify(store)] == []


def codes(error: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [problem.code for problem in error.value.problems]


def test_a_resident_is_held_by_the_kelurahan_of_the_address_and_by_whose_catchment_has_it(
    quarter: Quarter,
) -> None:
    name = register(quarter.desks["kel-a"], A)
    quarter.go()

    assert quarter.holders(name) == {"kel-a", "pkm"}
    assert names(quarter.desks["pkm"]) == {name}
    assert names(quarter.desks["kel-b"]) == set()


def test_who_holds_a_resident_by_catchment_may_change_what_is_said(quarter: Quarter) -> None:
    name = register(quarter.desks["kel-a"], A)
    quarter.go()

    records.edit(quarter.desks["pkm"], name, {"telepon": "081200000004"})
    quarter.go("pkm", "kel-a")

    assert answers(quarter.desks["kel-a"], name)["telepon"] == "081200000004"


def test_who_registers_somebody_from_elsewhere_keeps_them_beside_their_kelurahan(
    quarter: Quarter,
) -> None:
    name = register(quarter.desks["kel-a"], B)
    quarter.go()

    assert quarter.holders(name) == {"kel-b", "pkm", "kel-a"}
    assert names(quarter.desks["kel-a"]) == names(quarter.desks["kel-b"]) == {name}


def test_who_moves_leaves_the_one_office_and_comes_to_the_other_with_all_that_was_before(
    quarter: Quarter,
) -> None:
    one, other = quarter.desks["kel-a"], quarter.desks["kel-b"]
    name = register(one, A, telepon="081200000001")
    records.edit(one, name, {"telepon": "081200000002"})
    quarter.go()

    move(one, name, B)
    quarter.go("kel-a", "kel-b", "pkm")

    assert quarter.holders(name) == {"kel-b", "pkm"}
    assert names(one) == set()
    assert read.find(one, "sari") == []
    assert answers(other, name) == at_city(quarter.city)[name]
    records.edit(other, name, {"telepon": "081200000003"})
    quarter.go("kel-b", "pkm")
    assert answers(quarter.desks["pkm"], name)["telepon"] == "081200000003"


def test_who_comes_back_is_told_again_from_the_beginning(quarter: Quarter) -> None:
    one, other = quarter.desks["kel-a"], quarter.desks["kel-b"]
    name = register(one, A)
    quarter.go()
    move(one, name, B)
    quarter.go()
    records.edit(other, name, {"telepon": "081200000009"})
    move(other, name, A)

    quarter.go("kel-b", "kel-a")

    assert names(one) == {name}
    assert names(other) == set()
    assert answers(one, name)["telepon"] == "081200000009"
    records.edit(one, name, {"telepon": "081200000010"})
    quarter.go("kel-a")
    assert at_city(quarter.city)[name]["telepon"] == "081200000010"


def test_what_the_old_office_did_before_it_knew_counts(quarter: Quarter) -> None:
    one = quarter.desks["kel-a"]
    name = register(one, A)
    quarter.go()
    move(quarter.desks["pkm"], name, B)
    quarter.go("pkm")

    records.edit(one, name, {"telepon": "081200000005"})
    quarter.go("kel-a", "kel-b")

    assert at_city(quarter.city)[name]["telepon"] == "081200000005"
    assert answers(quarter.desks["kel-b"], name)["telepon"] == "081200000005"
    assert names(one) == set()


def test_what_is_pending_when_the_record_leaves_is_sealed_with_the_cursor_from_before(
    quarter: Quarter, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = quarter.desks["kel-a"]
    name = register(one, A)
    quarter.go()
    move(quarter.desks["pkm"], name, B)
    quarter.go("pkm")

    class Slow:
        """A clerk saves while the exchange is under way."""

        def exchange(self, envelopes: list[bytes]) -> bytes:
            answer = quarter.exchange(envelopes)
            if "telepon" not in answers(one, name):
                records.edit(one, name, {"telepon": "081200000006"})
            return answer

    trip(one, Slow())
    quarter.go("kel-a")

    assert at_city(quarter.city)[name]["telepon"] == "081200000006"
    assert names(one) == set()


def test_two_values_for_one_group_wait_in_the_new_offices_inbox(quarter: Quarter) -> None:
    one, other = quarter.desks["kel-a"], quarter.desks["kel-b"]
    name = register(one, A, telepon="081200000001")
    quarter.go()
    move(quarter.desks["pkm"], name, B)
    quarter.go("pkm", "kel-b")
    records.edit(other, name, {"telepon": "081200000007"})
    quarter.go("kel-b")

    records.edit(one, name, {"telepon": "081200000008"})
    quarter.go("kel-a", "kel-b")

    [entry] = inbox.listing(other)
    assert (entry.record, entry.proposed) == (name, {"telepon": "081200000008"})
    assert inbox.listing(one) == []
    assert names(one) == set()


def test_an_open_conflict_goes_along(quarter: Quarter) -> None:
    one, other = quarter.desks["kel-a"], quarter.desks["kel-b"]
    name = register(one, A, telepon="081200000001")
    quarter.go()
    records.edit(one, name, {"telepon": "081200000002"})
    records.edit(quarter.desks["pkm"], name, {"telepon": "081200000003"})
    quarter.go("kel-a", "pkm", "kel-a")
    assert len(inbox.listing(one)) == 1

    move(one, name, B)
    quarter.go("kel-a", "kel-b")

    assert inbox.listing(one) == []
    [entry] = inbox.listing(other)
    inbox.settle(other, entry.id, "proposed")
    quarter.go("kel-b")
    assert at_city(quarter.city)[name]["telepon"] == "081200000003"


def test_nothing_new_is_done_on_who_left_while_something_is_still_pending(
    quarter: Quarter,
) -> None:
    one = quarter.desks["kel-a"]
    name = register(one, A)
    quarter.go()
    move(quarter.desks["pkm"], name, B)
    quarter.go("pkm")

    class Broken:
        """The line breaks off behind the answer that brought the leave."""

        asked = 0

        def exchange(self, envelopes: list[bytes]) -> bytes:
            self.asked += 1
            if self.asked == 1:
                answer = quarter.exchange(envelopes)
                records.edit(one, name, {"telepon": "081200000006"})
                return answer
            raise ConnectionError

    with pytest.raises(ConnectionError):
        trip(one, Broken())

    assert names(one) == {name}
    with pytest.raises(Refused) as error:
        records.edit(one, name, {"telepon": "081200000007"})
    assert codes(error) == ["not_in_scope"]
    quarter.go("kel-a")
    assert names(one) == set()


def test_without_an_office_of_the_new_area_the_old_one_keeps_the_record(quarter: Quarter) -> None:
    name = register(quarter.desks["kel-a"], A)
    quarter.go()

    move(quarter.desks["kel-a"], name, C)
    quarter.go()

    assert quarter.holders(name) == {"kel-a"}
    assert names(quarter.desks["pkm"]) == set()


def test_another_catchment_gives_and_takes(quarter: Quarter) -> None:
    here = register(quarter.desks["kel-a"], A)
    there = register(quarter.desks["kel-b"], B)
    quarter.go()

    assert offices.cover(quarter.city, "pkm", [B], "test") == (0, 1)
    quarter.go("pkm")
    assert names(quarter.desks["pkm"]) == {there}
    assert offices.cover(quarter.city, "pkm", ["99.71.01"], "test") == (1, 0)
    quarter.go("pkm")
    assert names(quarter.desks["pkm"]) == {here, there}


def test_a_new_office_gets_the_residents_of_its_area(quarter: Quarter) -> None:
    name = register(quarter.desks["kel-a"], C)
    quarter.go()

    offices.add(quarter.city, Office(b"", "kel-c", "kelurahan", "Kantor C", C), "test")

    assert quarter.holders(name) == {"kel-c", "kel-a"}
    with quarter.city.database.read() as connection:
        head = connection.scalar(
            select(tables.stream.c.head)
            .join(tables.office, tables.office.c.id == tables.stream.c.office)
            .where(tables.office.c.code == "kel-c", tables.stream.c.service_group == "residents")
        )
    assert head == 1


def test_an_area_that_is_not_known_is_no_catchment(quarter: Quarter) -> None:
    with pytest.raises(Refused) as error:
        offices.cover(quarter.city, "pkm", ["99.99"], "test")

    assert codes(error) == ["region_unknown"]


def test_a_desk_that_joins_later_has_nobody_who_left(quarter: Quarter) -> None:
    one = quarter.desks["kel-a"]
    gone, here = register(one, A), register(one, A)
    quarter.go()
    move(one, gone, B)
    quarter.go()

    fresh = quarter.join("kel-a", "Petugas baru")
    quarter.go()

    assert names(fresh) == names(one) == {here}
