"""Circles of references are freed on the interface's thread, wherever they were made."""

import gc
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from desktop import collector
from desktop.collector import Collector


class Circle:
    def __init__(self, freed: list[str]) -> None:
        self.me = self
        self.freed = freed

    def __del__(self) -> None:
        self.freed.append(threading.current_thread().name)


@pytest.fixture
def owner() -> Iterator[QObject]:
    made = QObject()
    yield made
    gc.enable()


def test_what_a_lane_left_in_a_circle_is_freed_on_the_interface_s_thread(
    qtbot: QtBot, owner: QObject
) -> None:
    running = Collector(owner)
    freed: list[str] = []

    def lane() -> None:
        for _ in range(collector.YOUNG):
            Circle(freed)

    thread = threading.Thread(target=lane, name="lane")
    thread.start()
    thread.join()

    assert not freed
    qtbot.waitUntil(lambda: len(freed) == collector.YOUNG)
    assert set(freed) == {threading.main_thread().name}
    running.stop()


def test_python_collects_by_itself_again_when_the_desk_is_left(owner: QObject) -> None:
    running = Collector(owner)
    assert not gc.isenabled()

    running.stop()

    assert gc.isenabled()
