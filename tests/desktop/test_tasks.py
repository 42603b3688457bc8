import threading
from collections.abc import Callable

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from desktop.notices import Notice
from desktop.tasks import WAITING_MAX, Lane, Latest, Tasks, TooMuchAsked
from forms.engine.problem import Problem, Refused


def _raise(error: Exception) -> Callable[[], None]:
    def work() -> None:
        raise error

    return work


def test_a_result_comes_back_on_the_threads_of_the_interface(qtbot: QtBot, tasks: Tasks) -> None:
    came: list[tuple[int, int]] = []

    tasks.run(tasks, threading.get_ident, lambda at: came.append((at, threading.get_ident())))

    qtbot.waitUntil(lambda: bool(came))
    worked, delivered = came[0]
    assert worked != delivered
    assert delivered == threading.get_ident()


def test_work_of_one_lane_keeps_its_order(qtbot: QtBot, tasks: Tasks) -> None:
    came: list[int] = []

    for number in range(20):
        tasks.run(tasks, lambda number=number: number, came.append)  # type: ignore[misc] # mypy can't infer a lambda's default

    qtbot.waitUntil(lambda: len(came) == 20)
    assert came == list(range(20))


def test_lanes_do_not_wait_for_each_other(qtbot: QtBot, tasks: Tasks) -> None:
    gate = threading.Event()
    came: list[str] = []

    tasks.run(tasks, gate.wait, lambda _: came.append("line"), lane=Lane.LINE)
    tasks.run(tasks, lambda: "store", came.append, lane=Lane.STORE)

    qtbot.waitUntil(lambda: bool(came))
    gate.set()
    assert came == ["store"]


def test_the_result_for_an_owner_that_is_gone_is_dropped(qtbot: QtBot, tasks: Tasks) -> None:
    from shiboken6 import delete

    gate = threading.Event()
    owner = QObject()
    came: list[object] = []

    tasks.run(owner, gate.wait, came.append)
    delete(owner)
    gate.set()
    tasks.run(tasks, lambda: "after", came.append)

    qtbot.waitUntil(lambda: bool(came))
    assert came == ["after"]


def test_trouble_goes_to_who_asked_to_hear_it(
    qtbot: QtBot, tasks: Tasks, told: list[Notice]
) -> None:
    heard: list[Exception] = []

    tasks.run(tasks, _raise(ValueError("x")), failed=heard.append)

    qtbot.waitUntil(lambda: bool(heard))
    assert isinstance(heard[0], ValueError)
    assert told == []


def test_trouble_that_nobody_waits_for_is_told_by_the_notices(
    qtbot: QtBot, tasks: Tasks, told: list[Notice]
) -> None:
    tasks.run(tasks, _raise(Refused(Problem("store_busy"))))

    qtbot.waitUntil(lambda: bool(told))
    assert told[0].text


def test_more_work_than_a_person_can_ask_for_is_refused(qtbot: QtBot, tasks: Tasks) -> None:
    gate = threading.Event()
    heard: list[Exception] = []

    for _ in range(WAITING_MAX + 1):
        tasks.run(tasks, gate.wait, failed=heard.append)
    qtbot.waitUntil(lambda: bool(heard))
    gate.set()

    assert isinstance(heard[0], TooMuchAsked)


def test_closed_tasks_deliver_nothing_and_leave_no_thread(qtbot: QtBot, tasks: Tasks) -> None:
    came: list[object] = []

    tasks.run(tasks, lambda: 1, came.append)
    tasks.close()
    tasks.run(tasks, lambda: 2, came.append)

    assert came == []
    lanes = tuple(f"teras-{lane.value}" for lane in Lane)
    assert not [t for t in threading.enumerate() if t.name.startswith(lanes)]


def test_of_many_asked_only_the_first_and_the_newest_are_done(qtbot: QtBot, tasks: Tasks) -> None:
    gate = threading.Event()
    latest = Latest(tasks, tasks)
    came: list[str] = []

    latest.ask(lambda: str(gate.wait()), came.append)
    for text in "abc":
        latest.ask(lambda text=text: text, came.append)  # type: ignore[misc] # mypy can't infer a lambda's default
    gate.set()

    qtbot.waitUntil(lambda: len(came) == 2)
    assert came == ["True", "c"]


def test_what_was_dropped_is_not_delivered_later(qtbot: QtBot, tasks: Tasks) -> None:
    gate = threading.Event()
    latest = Latest(tasks, tasks)
    came: list[object] = []

    latest.ask(gate.wait, came.append)
    latest.drop()
    gate.set()
    latest.ask(lambda: "new", came.append)

    qtbot.waitUntil(lambda: bool(came))
    assert came == ["new"]


@pytest.mark.parametrize("lane", Lane)
def test_every_lane_has_one_thread(qtbot: QtBot, tasks: Tasks, lane: Lane) -> None:
    came: list[int] = []

    for _ in range(8):
        tasks.run(tasks, threading.get_ident, came.append, lane=lane)

    qtbot.waitUntil(lambda: len(came) == 8)
    assert len(set(came)) == 1
