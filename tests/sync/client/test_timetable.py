"""Trips start by themselves: after a save, on a network change, each quarter of an hour."""

from hypothesis import given
from hypothesis import strategies as st

from sync.client.timetable import BACKOFF_MAX_S, NEXT, ROUND_S, State, Timetable


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
    assert not timetable.start()


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

    timetable.network(2.0)

    assert timetable.due(2.0)


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
