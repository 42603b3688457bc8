"""Trips of a signed-in desk: what a trip found decides when the next one is, and what is shown."""

import time
from collections.abc import Callable, Iterator

import pytest
from pytestqt.qtbot import QtBot

from desktop.tasks import Tasks
from desktop.trips import Trips
from forms.engine.problem import Problem, Refused, Unreachable
from sync.client.carrier import Busy
from sync.client.timetable import MORNING_S, State

Make = Callable[[Callable[[], int]], Trips]


@pytest.fixture
def make(qtbot: QtBot) -> Iterator[Make]:
    tasks = Tasks(lambda _: None)
    made: list[Trips] = []

    def new(go: Callable[[], int]) -> Trips:
        made.append(Trips(tasks, go, lambda: 0))
        return made[-1]

    yield new
    for trips in made:
        trips.stop()
    tasks.close(finish=True)


def raising(error: Exception) -> Callable[[], int]:
    def go() -> int:
        raise error

    return go


def travelled(qtbot: QtBot, trips: Trips) -> Trips:
    trips.now()
    qtbot.waitUntil(lambda: trips.total is None)
    return trips


def test_a_busy_server_is_left_alone_as_long_as_it_asked(qtbot: QtBot, make: Make) -> None:
    trips = travelled(qtbot, make(raising(Busy(500.0))))

    assert trips._table.wait(time.monotonic()) > 400


def test_the_first_trip_of_a_day_may_wait(make: Make) -> None:
    trips = make(lambda: 0)

    trips.start(MORNING_S)

    assert trips._table.wait(time.monotonic()) > MORNING_S / 2
    assert trips._table.state is State.RESTING


def test_a_trip_that_arrived_or_was_refused_shows_that_there_is_a_network(
    qtbot: QtBot, make: Make
) -> None:
    assert travelled(qtbot, make(lambda: 0)).online
    assert travelled(qtbot, make(raising(Refused(Problem("device_revoked"))))).online
    assert not travelled(qtbot, make(raising(Unreachable())))._arrived
