"""The counters of the live room: the true day and hour, once, and the same when counted anew."""

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from sync.protocol.change import Change
from sync.server import erasure, live, tables
from sync.server.city import OPERATOR, City
from sync.server.live_tables import NEVER, live_cell, live_change, live_share
from tests.sync.server.conftest import ADMINISTRATOR, NOON, Enrol, Time
from tests.sync.server.laptop import LETTER, Laptop

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
MONDAY = NOON + 2 * DAY  # 2026-11-23, 12:00 in the region: the clerks go to lunch
TODAY, TUESDAY = "2026-11-23", "2026-11-24"
ISSUED, RECEIVED = "letters/issued", "letters/received"
MINUTES, WAITING = "letters/minutes", "letters/waiting"
TIMED = "letters/surat_keterangan_belum_menikah"  # its standard is 30 minutes

Cells = dict[tuple[str, str, str, int, str], int]


def cells(city: City, measure: str = "") -> Cells:
    """Count what is due and read all counters, offices by their codes."""
    while live.catch_up(city):
        pass
    return read(city, measure)


def read(city: City, measure: str = "") -> Cells:
    office = tables.office
    with city.database.read() as connection:
        codes = {row.id: row.code for row in connection.execute(select(office))}
        return {
            (row.measure, row.day, codes[row.office], row.hour, row.item): int(row[-2])
            for row in connection.execute(select(live_cell))
            if measure in {"", row.measure}
        }


def at(laptop: Laptop, hour: int, minute: int = 0, day: int = 0) -> None:
    """Let the laptop's next act be at this time of Monday, or of a day after it."""
    laptop.clock = MONDAY + day * DAY + (hour - 12) * HOUR + minute * MINUTE - laptop.seq - 1


def taken(laptop: Laptop, hour: int, minute: int = 0, service: str = LETTER) -> list[Change]:
    at(laptop, hour, minute)
    return laptop.letter({"nama": "AHMAD FAUZI"}, service)


def issue(laptop: Laptop, made: list[Change], number: int, hour: int, minute: int = 0) -> Change:
    at(laptop, hour, minute)
    return laptop.issue(made, laptop.city.catalogue.form(made[0].service), number)


@pytest.fixture
def laptop(time: Time, enrol: Enrol) -> Laptop:
    time.ms = MONDAY
    return enrol("kel-a")


def test_a_letter_counts_where_and_when_it_was_taken_and_issued(city: City, laptop: Laptop) -> None:
    made = taken(laptop, 8, 50)
    laptop.send(*made, issue(laptop, made, 1, 9, 10))

    assert cells(city) == {
        (RECEIVED, TODAY, "kel-a", 8, ""): 1,
        (ISSUED, TODAY, "kel-a", 9, ""): 1,
        (MINUTES, TODAY, "kel-a", 9, "20"): 1,
    }


def test_a_letter_that_takes_too_long_did_not_keep_its_standard(city: City, laptop: Laptop) -> None:
    quick, slow = taken(laptop, 8, service=TIMED), taken(laptop, 8, service=TIMED)
    laptop.send(*quick, *slow, issue(laptop, quick, 1, 8, 29), issue(laptop, slow, 2, 8, 31))

    assert set(cells(city, MINUTES)) == {
        (MINUTES, TODAY, "kel-a", 8, "30+"),
        (MINUTES, TODAY, "kel-a", 8, "45-"),
    }


def test_the_time_in_which_the_citizen_fetches_a_paper_is_not_ours(
    city: City, laptop: Laptop
) -> None:
    made = taken(laptop, 8, service=TIMED)[:1]
    at(laptop, 8, 5)
    made.append(laptop.move(made[0], "return", "returned", made[-1], reason="KK"))
    at(laptop, 11)
    for act, state in (("submit", "drafted"), ("check", "checked"), ("approve", "approved")):
        made.append(laptop.move(made[0], act, state, made[-1]))
    laptop.send(*made, issue(laptop, made, 1, 11, 4))

    assert set(cells(city, MINUTES)) == {(MINUTES, TODAY, "kel-a", 11, "10+")}


def test_work_that_comes_days_later_counts_on_its_true_day_and_hour(
    city: City, laptop: Laptop, time: Time
) -> None:
    made = taken(laptop, 8)
    made.append(issue(laptop, made, 1, 9))
    time.ms = MONDAY + 5 * DAY
    laptop.send(*made)

    assert cells(city, ISSUED) == {(ISSUED, TODAY, "kel-a", 9, ""): 1}


def test_a_void_letter_is_taken_out_of_the_hour_in_which_it_was_issued(
    city: City, laptop: Laptop
) -> None:
    made = taken(laptop, 8)
    issued = issue(laptop, made, 1, 9)
    laptop.send(*made, issued)
    assert len(cells(city, ISSUED)) == 1

    at(laptop, 11)
    laptop.send(laptop.move(made[0], "void", "void", issued, reason="Salah nama"))

    found = cells(city)
    assert {key[0] for key in found} == {RECEIVED}


def test_a_letter_counts_once_however_often_it_comes(city: City, laptop: Laptop) -> None:
    made = taken(laptop, 8)
    laptop.send(*made)
    for _ in range(2):
        laptop.send(*made)
        assert cells(city, RECEIVED) == {(RECEIVED, TODAY, "kel-a", 8, ""): 1}


def test_what_waits_stands_at_the_hour_in_which_its_standard_runs_out(
    city: City, laptop: Laptop
) -> None:
    laptop.send(*taken(laptop, 11, 50, TIMED), *taken(laptop, 9))

    assert cells(city, WAITING) == {
        (WAITING, TODAY, "kel-a", 13, ""): 1,  # ten minutes, lunch, twenty minutes
        (WAITING, NEVER, "kel-a", 0, ""): 1,  # no standard is published
    }


def test_what_was_returned_waits_for_the_citizen(city: City, laptop: Laptop) -> None:
    made = taken(laptop, 9)[:1]
    laptop.send(*made, laptop.move(made[0], "return", "returned", made[0], reason="KK"))

    assert cells(city, WAITING) == {}


def test_a_refused_change_counts_for_nothing(city: City, laptop: Laptop) -> None:
    at(laptop, 9)
    wrong = laptop.change(LETTER, "new", answers={"tidak_ada": "1"}, state="received")
    [verdict] = laptop.send(wrong)

    assert verdict.verdict == "refused"
    assert cells(city) == {}


def test_an_erased_letter_stays_counted_and_leaves_no_answer(city: City, laptop: Laptop) -> None:
    made = taken(laptop, 8)
    laptop.send(*made, issue(laptop, made, 1, 9))
    before = cells(city)
    asked = erasure.Asked(made[0].id, "Atas permintaan", "UU 27/2022 pasal 8", despite=True)
    erasure.erase(city, asked, ADMINISTRATOR)

    assert cells(city) == before


def test_the_counters_know_no_person(city: City, laptop: Laptop) -> None:
    made = taken(laptop, 8)
    laptop.send(*made, issue(laptop, made, 1, 9))
    cells(city)

    with city.database.read() as connection:
        for table in (live_cell, live_change, live_share):
            told = repr(connection.execute(select(table)).all())
            assert "FAUZI" not in told
            assert "0001/X" not in told
    assert "record" not in live_cell.c


def test_a_service_that_shows_nothing_is_not_even_noted(city: City, laptop: Laptop) -> None:
    cells(city)
    new = {"nama": "ani", "peran": ["petugas"]}
    [verdict] = laptop.send(laptop.change(OPERATOR, "new", answers=new, state="active"))

    assert verdict.verdict == "applied"
    assert live.catch_up(city) == 0


def test_another_standard_of_the_region_counts_everything_anew(
    city: City, laptop: Laptop, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = taken(laptop, 8, service=TIMED)
    laptop.send(*made, issue(laptop, made, 1, 8, 20))
    assert set(cells(city, MINUTES)) == {(MINUTES, TODAY, "kel-a", 8, "20+")}

    monkeypatch.setattr(type(city.region), "standard_minutes", lambda *_: 10)

    assert set(cells(city, MINUTES)) == {(MINUTES, TODAY, "kel-a", 8, "20-")}


Act = tuple[str, int, int]
ACTS = st.tuples(
    st.sampled_from(["take", "return", "issue", "void", "resident", "edit", "count", "late"]),
    st.integers(0, 1),
    st.integers(0, 540),
)


class Day:
    """Two laptops that do as they are told, whatever comes of it, and bring it when they like."""

    def __init__(self, city: City, laptops: list[Laptop]) -> None:
        self.city = city
        self.laptops = laptops
        self.letters: list[list[Change]] = []
        self.people: list[Change] = []
        self.kept: list[list[Change]] = [[] for _ in laptops]
        self.number = 0

    def do(self, act: str, who: int, minute: int) -> None:
        laptop = self.laptops[who]
        at(laptop, 7, minute)
        if act == "count":
            live.catch_up(self.city, most=3)
        elif act == "take":
            self.letters.append(taken(laptop, 7, minute))
            self._bring(who, self.letters[-1])
        elif act == "resident":
            self.people.append(laptop.resident("ANI"))
            self._bring(who, self.people[-1:])
        elif act == "edit":
            if not self.people:
                self.do("resident", who, minute)
            self._bring(who, [laptop.edit(self.people[-1], telepon=f"0812{minute:06}")])
        elif act == "late":
            self.kept[who], late = [], self.kept[who]
            if late:
                laptop.send(*late)
        elif self.letters:
            self._further(act, who, minute)

    def _further(self, act: str, who: int, minute: int) -> None:
        laptop, made = self.laptops[who], self.letters[minute % len(self.letters)]
        if act == "issue":
            self.number += 1
            change = issue(laptop, made, self.number, 7, minute)
        else:
            state = {"return": "returned", "void": "void"}[act]
            change = laptop.move(made[0], act, state, made[-1], reason="Salah")
        made.append(change)
        self._bring(who, [change])

    def _bring(self, who: int, changes: list[Change]) -> None:
        """Send now, or keep for later: every third time, as lines go."""
        self.kept[who] += changes
        if self.laptops[who].seq % 3:
            kept, self.kept[who] = self.kept[who], []
            self.laptops[who].send(*kept)


def everything(city: City) -> tuple[Any, ...]:
    with city.database.read() as connection:
        return tuple(
            sorted(connection.execute(select(table)).all()) for table in (live_cell, live_share)
        )


@given(acts=st.lists(ACTS, min_size=4, max_size=30))
@settings(
    max_examples=12,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # the city grows: no case is told twice
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_counting_as_it_comes_is_counting_all_of_it_anew(
    city: City, laptop: Laptop, enrol: Enrol, acts: list[Act]
) -> None:
    day = Day(city, [laptop, enrol("kel-a")])
    for act in acts:
        day.do(*act)
    cells(city)
    found = everything(city)

    live.count_all_anew(city)

    assert everything(city) == found
