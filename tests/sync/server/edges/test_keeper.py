"""A serving process sends what is due by itself, and of several processes one does."""

import logging
from threading import Event

import pytest

from sync.server import turns
from sync.server.city import City
from sync.server.edges import courier, keeper
from sync.server.edges.keeper import Keeper
from tests.sync.server.edges.conftest import Counter, Run, items, point
from tests.sync.server.edges.lapor import Lapor

PATIENCE_S = 30.0


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper, "EVERY_S", 0.01)


@pytest.fixture
def went(monkeypatch: pytest.MonkeyPatch) -> Event:
    """Set after every run, whatever came of it."""
    once, run = Event(), courier.run

    def told(city: City) -> int:
        try:
            return run(city)
        finally:
            once.set()

    monkeypatch.setattr(courier, "run", told)
    return once


def test_a_serving_process_sends_by_itself_while_nobody_else_has_the_turn(
    city: City, counter: Counter, lapor: Lapor, run: Run, went: Event
) -> None:
    counter.complain()
    turn = turns.attempt(city.folder, keeper.TURN)
    assert turn is not None
    second = Keeper(city)
    assert not went.wait(0.2)
    assert lapor.asked == []

    turn.release()

    assert went.wait(PATIENCE_S)
    second.stop()
    assert [one.state for one in items(city)] == ["delivered"]
    free = turns.attempt(city.folder, keeper.TURN)
    assert free is not None
    free.release()


def test_a_wrong_file_is_told_once_and_stops_nothing(
    city: City, counter: Counter, went: Event, caplog: pytest.LogCaptureFixture
) -> None:
    counter.complain()
    point(city.folder, "[lapor")
    one = Keeper(city)
    for _ in range(3):
        assert went.wait(PATIENCE_S)
        went.clear()
    one.stop()

    said = [line for line in caplog.records if line.levelno >= logging.WARNING]
    assert [line.__dict__["reason"] for line in said] == ["edges_malformed"]
    assert [one.state for one in items(city)] == ["waiting"]
