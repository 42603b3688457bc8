"""A real window of a desk, offscreen, and hands that type in it and watch what is painted."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from desktop.app import Application
from desktop.demo import PaperDrawer
from desktop.tasks import Tasks

LAPTOP = QSize(1366, 728)  # a cheap laptop's screen less the system's bar
REST_S = 0.3  # longer than any timer that waits for the next key
GIVEN_UP_S = 900.0
TICK_MS = 5


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
        act()
        while time.perf_counter() - moved < REST_S:
            self.app.processEvents()
            now = time.perf_counter()
            if self._paints.count != before:
                first = now if before == seen else first
                before, last, moved = self._paints.count, now, now
            elif not self._idle():
                moved = now
            if now - begun > GIVEN_UP_S:
                raise TimeoutError(act)
            time.sleep(0.0002)  # the lanes need the interpreter too
        return Painted((first - begun) * 1e3, (last - begun) * 1e3)

    def briefly(self, key: Qt.Key) -> None:
        """Press one key and wait only until the lanes are idle and nothing is left to draw."""
        before = -1
        QTest.keyClick(self._target(), key)
        while not self._idle() or before != self._paints.count:
            before = self._paints.count
            self.app.processEvents()
            time.sleep(0.001)

    def stall(self, act: Callable[[], object], until: Callable[[], bool]) -> float:
        """Do something long; milliseconds of the longest time in which the window stood still."""
        longest = 0.0
        before = begun = time.perf_counter()

        def tick() -> None:
            nonlocal longest, before
            now = time.perf_counter()
            longest, before = max(longest, now - before), now

        timer = QTimer(self.window)
        timer.timeout.connect(tick)
        timer.start(TICK_MS)
        act()
        while not (until() and self._idle()):
            self.app.processEvents()
            if time.perf_counter() - begun > GIVEN_UP_S:
                raise TimeoutError(act)
            time.sleep(0.0002)
        tick()
        timer.stop()
        timer.deleteLater()
        return longest * 1e3 - TICK_MS

    def _idle(self) -> bool:
        return self._tasks is None or self._tasks.is_idle

    def _target(self) -> QWidget:
        return QApplication.activePopupWidget() or QApplication.focusWidget() or self.window


@contextmanager
def signed_in(folder: Path, operator: str, passphrase: str) -> Iterator[tuple[Application, Hands]]:
    """Open the desk of a folder and sign in by the keys; no trip begins by itself."""
    running = QApplication.instance()
    app = running if isinstance(running, QApplication) else QApplication(sys.argv[:1])
    desk = Application(app, folder, printer=PaperDrawer(), keystore=_NoKeystore(), travels=False)
    desk.window.resize(LAPTOP)
    desk.open()
    hands = Hands(app, desk.window, desk.tasks)
    hands.watch(lambda: None)  # the window is there and has the keyboard
    for text in (operator, passphrase):
        hands.write(text)
        hands.press(Qt.Key.Key_Return)
    deadline = time.monotonic() + GIVEN_UP_S
    while desk.work is None:
        app.processEvents()
        if time.monotonic() > deadline:
            raise TimeoutError(folder)
    hands.watch(lambda: None)
    yield desk, hands
    desk.finish()


class _NoKeystore:
    def available(self) -> bool:
        return False

    def get(self, name: str) -> bytes | None:
        raise LookupError(name)

    def put(self, name: str, secret: bytes) -> None:
        raise LookupError(name, len(secret))
