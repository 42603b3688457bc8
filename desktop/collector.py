"""Collects circles of references on the interface's thread only.

Python collects in whichever thread happens to allocate; a widget or timer of Qt that is freed in a
lane's thread crashes the desk, now and then, without a trace of who left it there.
"""

import gc

from PySide6.QtCore import QObject, QTimer

LOOK_MS = 500
YOUNG = 7_000  # Objects since the last look that are worth a sweep: ten of Python's own sweeps.
OLD_SWEEPS = 40  # Young sweeps between two of everything: the whole heap takes a moment's pause.


class Collector(QObject):
    """Takes the collector over from Python until `stop`."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._sweeps = 0
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._look)
        gc.disable()
        self._timer.start()

    def stop(self) -> None:
        """Give the collector back to Python."""
        self._timer.stop()
        gc.enable()

    def _look(self) -> None:
        if gc.get_count()[0] < YOUNG:
            return
        self._sweeps += 1
        gc.collect(2 if self._sweeps % OLD_SWEEPS == 0 else 1)
