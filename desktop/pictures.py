"""Goes through the window as a person with a keyboard does, and takes a picture where it is told.

Used by the demo, the documents and the journeys: nothing in here calls a page, it only types.
"""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from desktop.tasks import Tasks

LOOK_MS = 10  # How often it is looked whether all is done.
QUIET_LOOKS = 25  # So many quiet looks in a row, longer than any timer that waits for the next key.
LOOKS_MAX = 6_000  # A minute: what takes longer will not come.


class NothingCame(RuntimeError):  # noqa: N818 - it says what happened
    """What was waited for did not come within a minute."""


class Visitor:
    """One person at one window, who looks `quiet` times before believing that all is done."""

    def __init__(
        self, window: QWidget, tasks: Tasks, folder: Path, *, quiet: int = QUIET_LOOKS
    ) -> None:
        self.pictures: list[Path] = []
        self._window = window
        self._tasks = tasks
        self._folder = folder
        self._quiet = quiet
        folder.mkdir(parents=True, exist_ok=True)
        window.activateWindow()

    def type(self, text: str) -> None:
        """Type a text where the keyboard is."""
        QTest.keyClicks(self._target(), text)
        if QApplication.activePopupWidget() is not None:
            self.rest()  # A list that opened must have its window before the key that closes it.

    def press(
        self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    ) -> None:
        """Press one key where the keyboard is, and wait until all that follows is done."""
        QTest.keyClick(self._target(), key, modifier)
        self.rest()

    def rest(self, until: Callable[[], bool] = lambda: True) -> None:
        """Wait until `until` holds and nothing is under way; NothingCame after a minute."""
        loop = QEventLoop()
        looks = quiet = 0

        def look() -> None:
            nonlocal looks, quiet
            looks += 1
            quiet = quiet + 1 if self._tasks.is_idle and until() else 0
            if quiet >= self._quiet or looks >= LOOKS_MAX:
                loop.quit()

        timer = QTimer()
        timer.setInterval(LOOK_MS)
        timer.timeout.connect(look)
        timer.start()
        loop.exec()
        # Left running in a circle of references, it is collected in whichever thread comes by, and
        # Qt goes on waking what is gone.
        timer.stop()
        timer.deleteLater()
        if quiet < self._quiet:
            raise NothingCame

    def take(self, name: str) -> Path:
        """Keep a picture of the window as it is now, as `name.png`."""
        self.rest()
        file = self._folder / f"{name}.png"
        if not self._window.grab().save(str(file)):
            raise OSError(file)
        self.pictures.append(file)
        return file

    def _target(self) -> QWidget:
        popup = QApplication.activePopupWidget()
        return popup or QApplication.focusWidget() or self._window
