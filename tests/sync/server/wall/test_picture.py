"""What the screen shows: today, by area and hour, and nothing that is about few."""

from typing import TypeVar

from sync.server.city import City
from sync.server.wall import picture
from sync.server.wall.picture import Count, Open, Times
from tests.sync.server.conftest import Enrol, Time
from tests.sync.server.laptop import Laptop
from tests.sync.server.wall.conftest import DAY, HOUR, MONDAY, Issue

A, B = "99.71.01.1001", "99.71.01.1002"
TIMED = "letters/surat_keterangan_belum_menikah"
T = TypeVar("T")


def shown(city: City, name: str, kind: type[T]) -> T:
    [figures] = [one.figures for one in picture.take(city).tiles if one.tile.name == name]
    assert isinstance(figures, kind)
    return figures


def test_letters_of_today_are_counted_by_area_and_hour(city: City, issue: Issue) -> None:
    issue("kel-a", 6, hour=9)
    issue("kel-b", 5, hour=10)
    issue("kel-a", 7, hour=9, day=-1)

    found = shown(city, "letters/issued", Count)

    assert (found.areas.shown, found.areas.total) == ({A: 6, B: 5}, 11)
    assert {hour: n for hour, n in found.hours.shown.items() if n} == {"09": 6, "10": 5}


def test_few_letters_of_one_area_hide_it_and_what_would_give_it_away(
    city: City, issue: Issue
) -> None:
    issue("kel-a", 12)
    issue("kel-b", 2)

    found = shown(city, "letters/issued", Count)

    assert (found.areas.total, found.areas.hidden) == (14, frozenset({A, B}))


def test_few_letters_in_all_hide_every_sum(city: City, issue: Issue) -> None:
    issue("kel-a", 3)

    found = shown(city, "letters/issued", Count)

    assert (found.areas.total, found.hours.total) == (None, None)
    assert found.areas.shown == {B: 0}
    assert shown(city, "letters/minutes", Times) == Times(None, None, None, None, {})


def test_what_is_usual_is_the_mean_of_the_same_days_before(city: City, issue: Issue) -> None:
    for week, count in ((1, 5), (2, 6), (3, 10)):
        issue("kel-a", count, hour=9, day=-7 * week)
    issue("kel-a", 9, hour=9, day=-3)

    assert shown(city, "letters/issued", Count).usual == {9: 7}


def test_two_weeks_are_too_few_to_call_anything_usual(city: City, issue: Issue) -> None:
    for week in (1, 2):
        issue("kel-a", 6, day=-7 * week)

    assert shown(city, "letters/issued", Count).usual == {}


def test_working_times_are_told_against_the_standard(city: City, issue: Issue) -> None:
    issue("kel-a", 8, service=TIMED, took=14)
    issue("kel-b", 2, service=TIMED, took=50)

    found = shown(city, "letters/minutes", Times)

    assert (found.median, found.nine_in_ten, found.within, found.count) == (15, 60, 80, 10)
    assert found.areas == {A: 15}


def test_what_waits_past_its_standard_is_late(
    city: City, desks: dict[str, Laptop], time: Time, issue: Issue
) -> None:
    laptop = desks["kel-a"]
    laptop.clock = MONDAY - 4 * HOUR
    laptop.send(*(change for _ in range(6) for change in laptop.letter({"nama": "ANI"}, TIMED)))
    issue("kel-a", 1)

    found = shown(city, "letters/waiting", Open)
    assert (found.total, found.late.total, found.late.shown[A]) == (6, 6, 6)

    time.ms = MONDAY - 4 * HOUR
    assert shown(city, "letters/waiting", Open).late.total == 0


def test_a_laptop_that_has_not_spoken_for_a_day_is_silent(
    city: City, desks: dict[str, Laptop], time: Time
) -> None:
    time.ms += DAY + 1
    desks["kel-b"].exchange()

    found = picture.take(city).devices

    assert (found.count, found.silent, found.by_area) == (2, 1, {A: 1})


def test_a_weekend_makes_no_laptop_silent(city: City, desks: dict[str, Laptop], time: Time) -> None:
    time.ms = MONDAY + 4 * DAY
    desks["kel-b"].exchange()
    time.ms = MONDAY + 7 * DAY - HOUR

    assert picture.take(city).devices.by_area == {A: 1}


def test_the_tiles_stand_in_the_order_of_the_region_file(city: City, enrol: Enrol) -> None:
    names = [tile.name for tile in picture.tiles(city)]

    assert tuple(names[: len(city.region.live.order)]) == city.region.live.order
    assert len(names) == len(set(names))
