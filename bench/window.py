"""A real window of a desk, offscreen, and hands that type in it and watch what is painted."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QEvent, QEventLoop, QObject, QSize, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from desktop.app import Application
from desktop.demo import PaperDrawer
from desktop.tasks import Tasks
from sync.store.keystore import NoKeystore

LAPTOP = QSize(1366, 728)  # a cheap laptop's screen less the system's bar
REST_S = 0.3  # longer than any timer that waits for the next key
GIVEN_UP_S = 900.0
TICK_MS = 1


class Painted(NamedTuple):
    """Milliseconds from a key to the first paint, and to the last one before all is at rest."""

    first: float
    last: float


class Paints(QObject):
    """Counts the paints of one window."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.count = 0
        window.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Note each time that the window draws what has changed."""
        if event.type() in {QEvent.Type.UpdateRequest, QEvent.Type.Paint}:
            self.count += 1
        return False


class Hands:
    """Types in a window and waits as a person does: until nothing moves any more."""

    def __init__(self, app: QApplication, window: QWidget, tasks: Tasks | None = None) -> None:
        self.app, self.window, self._tasks = app, window, tasks
        self._paints = Paints(window)
        app.setCursorFlashTime(0)  # a cursor that blinks is no answer to a key
        window.activateWindow()

    def press(
        self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    ) -> Painted:
        """Press one key."""
        return self.watch(lambda: QTest.keyClick(self._target(), key, modifier))

    def type(self, text: str) -> list[Painted]:
        """Type a text, each letter after what the one before it began has been painted."""
        return [self.watch(partial(self.write, one)) for one in text]

    def write(self, text: str) -> None:
        """Type a text at once."""
        QTest.keyClicks(self._target(), text)

    def watch(self, act: Callable[[], object]) -> Painted:
        """Do something and tell when it was painted; both are 0 where nothing was."""
        begun = moved = time.perf_counter()
        seen = before = self._paints.count
        first = last = begun

        def look() -> bool:
            nonlocal first, last, before, moved
            now = time.perf_counter()
            if self._paints.count != before:
                first = now if before == seen else first
                before, last, moved = self._paints.count, now, now
            elif not self._idle():
                moved = now
            return now - moved >= REST_S

        act()
        self._until(look)
        return Painted((first - begun) * 1e3, (last - begun) * 1e3)

    def briefly(self, key: Qt.Key) -> None:
        """Press one key and wait only until the lanes are idle and nothing is left to draw."""
        before = -1

        def look() -> bool:
            nonlocal before
            rests = self._idle() and before == self._paints.count
            before = self._paints.count
            return rests

        QTest.keyClick(self._target(), key)
        self._until(look)

    def stall(self, act: Callable[[], object], until: Callable[[], bool]) -> float:
        """Do something long; milliseconds of the longest time in which the window stood still."""
        longest = 0.0
        before = time.perf_counter()

        def look() -> bool:
            nonlocal longest, before
            now = time.perf_counter()
            longest, before = max(longest, now - before), now
            return until() and self._idle()

        act()
        self._until(look)
        return longest * 1e3 - TICK_MS

    def wait(self, until: Callable[[], bool]) -> None:
        """Wait for something, and then until nothing moves any more."""
        self._until(until)
        self.watch(lambda: None)

    def _until(self, look: Callable[[], bool]) -> None:
        """Let the window live until a look at every beat says that it is done."""
        loop, deadline = QEventLoop(), time.monotonic() + GIVEN_UP_S
        timer = QTimer(self.window)
        timer.setTimerType(Qt.TimerType.PreciseTimer)
        timer.timeout.connect(lambda: loop.quit() if look() else None)
        timer.timeout.connect(lambda: loop.quit() if time.monotonic() > deadline else None)
        timer.start(TICK_MS)
        loop.exec()
        timer.stop()
        timer.deleteLater()
        if time.monotonic() > deadline:
            raise TimeoutError

    def _idle(self) -> bool:
        return self._tasks is None or self._tasks.is_idle

    def _target(self) -> QWidget:
        return QApplication.activePopupWidget() or QApplication.focusWidget() or self.window


@contextmanager
def signed_in(folder: Path, operator: str, passphrase: str) -> Iterator[tuple[Application, Hands]]:
    """Open the desk of a folder and sign in by the keys; no trip begins by itself."""
    running = QApplication.instance()
    app = running if isinstance(running, QApplication) else QApplication(sys.argv[:1])
    desk = Application(app, folder, printer=PaperDrawer(), keystore=NoKeystore(), travels=False)
    desk.window.resize(LAPTOP)
    desk.open()
    hands = Hands(app, desk.window, desk.tasks)
    hands.watch(lambda: None)  # the window is there and has the keyboard
    for text in (operator, passphrase):
        hands.write(text)
        hands.press(Qt.Key.Key_Return)
    hands.wait(lambda: desk.work is not None)
    yield desk, hands
    desk.finish()
