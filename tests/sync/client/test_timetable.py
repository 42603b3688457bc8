"""Trips start by themselves: after a save, on a network change, each quarter of an hour."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from sync.client.timetable import (
    BACKOFF_MAX_S,
    EVERY_S,
    MORNING_S,
    NETWORK_WITHIN_S,
    NEXT,
    ROUND_S,
    State,
    Timetable,
    morning,
)


def rested(now: float = 0.0) -> Timetable:
    timetable = Timetable(now)
    assert timetable.due(now)
    timetable.arrived(now)
    return timetable


def test_the_first_trip_goes_at_sign_in() -> None:
    assert Timetable(100.0).due(100.0)


def test_a_save_is_on_its_way_seconds_later() -> None:
    timetable = rested()

    timetable.saved(10.0)

    assert not timetable.due(12.0)
    assert timetable.due(13.0)


def test_without_anything_to_do_a_trip_goes_each_quarter_of_an_hour() -> None:
    timetable = rested()

    assert not timetable.due(ROUND_S - 1)
    assert timetable.due(ROUND_S)


def test_one_trip_at_a_time() -> None:
    timetable = Timetable(0.0)
    timetable.due(0.0)

    assert not timetable.due(1.0)
    assert not timetable.start(1.0)


def test_a_save_during_a_trip_starts_the_next_one_soon_after() -> None:
    timetable = Timetable(0.0)
    timetable.due(0.0)

    timetable.saved(1.0)
    timetable.arrived(2.0)

    assert timetable.due(5.0)


def test_a_changed_network_ends_the_waiting() -> None:
    timetable = Timetable(0.0)
    timetable.due(0.0)
    timetable.failed(1.0, 1.0)
    timetable.due(6.0)
    timetable.failed(6.5, 1.0)

    timetable.network(12.0, 0.3)

    assert not timetable.due(14.9)
    assert timetable.due(15.0)


def test_a_network_that_comes_and_goes_starts_no_more_than_one_trip_in_five_seconds() -> None:
    timetable = Timetable(0.0)
    left = []
    for tick in range(10_000):
        now = tick / 100
        timetable.network(now, 0.0)
        if timetable.due(now):
            left.append(now)
            timetable.failed(now, 0.0)

    assert all(b - a >= EVERY_S for a, b in pairwise(left[1:]))


def test_a_busy_server_is_left_alone_whatever_the_network_says() -> None:
    timetable = Timetable(0.0)
    timetable.due(0.0)
    timetable.failed(1.0, 0.0, 30.0)

    timetable.network(2.0, 0.0)
    timetable.saved(3.0)

    assert not timetable.due(30.9)
    assert timetable.due(31.0)


@given(st.binary(min_size=16, max_size=16))
def test_a_desk_has_its_own_place_in_the_morning(device: bytes) -> None:
    assert 0 <= morning(device) < MORNING_S
    assert morning(device) == morning(device)


def test_a_thousand_desks_are_spread_over_five_minutes() -> None:
    places = [int(morning(number.to_bytes(16, "big")) // 30) for number in range(1_000)]

    assert {places.count(half_minute) > 60 for half_minute in range(10)} == {True}


def test_a_save_ends_the_wait_of_the_morning() -> None:
    timetable = Timetable(0.0, 200.0)

    timetable.saved(10.0)

    assert timetable.due(13.0)


def test_a_laptop_that_slept_goes_soon_after_it_woke() -> None:
    timetable = rested()
    timetable.looked(1.0, 1_000.0, 1.0)

    timetable.looked(2.0, 1_000.0 + 8 * 3_600, 1.0)

    assert timetable.due(2.0 + NETWORK_WITHIN_S)


def test_a_wall_clock_that_is_set_back_starts_nothing() -> None:
    timetable = rested()
    timetable.looked(1.0, 1_000.0, 0.0)

    timetable.looked(2.0, 10.0, 0.0)

    assert not timetable.due(ROUND_S - 1)


def test_a_save_does_not_shorten_the_waiting_after_a_failure() -> None:
    timetable = Timetable(0.0)
    timetable.due(0.0)
    timetable.failed(0.0, 1.0)

    timetable.saved(0.5)

    assert not timetable.due(4.0)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_the_waiting_grows_and_never_passes_its_ceiling(chances: list[float]) -> None:
    timetable = Timetable(0.0)
    now = 0.0
    for chance in chances:
        assert timetable.due(now)
        timetable.failed(now, chance)
        wait = timetable.wait(now)
        assert wait <= BACKOFF_MAX_S
        now += wait

    assert timetable.due(now)


def test_every_state_has_a_way_on() -> None:
    assert {state for state, _ in NEXT} == set(State)
