"""Writes drafts, and goes on trying where the disk has no room: what was typed is never let go.

Of each draft only the newest is kept in mind; a form may be gone from the screen meanwhile.
"""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.notices import Notices
from desktop.tasks import Tasks

AGAIN_MS = 5_000  # long enough to empty a folder, short enough to be forgotten


class Drafting(QObject):
    """`kept` comes with the id of a draft that is on the disk, `held` with one that isn't yet.

    Trouble is told once, until something could be written again.
    """

    kept = Signal(str)
    held = Signal(str)

    def __init__(
        self, tasks: Tasks, notices: Notices, parent: QObject, *, again_ms: int = AGAIN_MS
    ) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._notices = notices
        self._waiting: dict[str, Callable[[], Any]] = {}  # a form's newest; a person opens few
        self._writing: set[str] = set()
        self._well = True
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(again_ms)
        self._again.timeout.connect(self._try_all)

    def put(self, draft: str, work: Callable[[], Any]) -> None:
        """Have a draft written in place of what waits of it."""
        self._waiting[draft] = work
        self._write(draft)

    def forget(self, draft: str) -> None:
        """Write no more of a draft: what it held is saved."""
        self._waiting.pop(draft, None)

    def flush(self) -> None:
        """Hand all that waits to the lane, which finishes it though this object goes."""
        self._again.stop()
        while self._waiting:
            _, work = self._waiting.popitem()
            self._tasks.run(self._notices, work, failed=self._notices.trouble)

    def _try_all(self) -> None:
        for draft in tuple(self._waiting):
            self._write(draft)

    def _write(self, draft: str) -> None:
        work = self._waiting.get(draft)
        if work is None or draft in self._writing:
            return
        self._writing.add(draft)

        def done(_result: object) -> None:
            self._done(draft, work)

        def broke(error: Exception) -> None:
            self._broke(draft, error)

        self._tasks.run(self, work, done, failed=broke)

    def _done(self, draft: str, work: Callable[[], Any]) -> None:
        self._writing.discard(draft)
        self._well = True
        if self._waiting.get(draft) is work:
            del self._waiting[draft]
            self.kept.emit(draft)
        self._try_all()

    def _broke(self, draft: str, error: Exception) -> None:
        self._writing.discard(draft)
        if draft not in self._waiting:
            return
        if self._well:
            self._well = False
            self._notices.trouble(error)
        self.held.emit(draft)
        self._again.start()
