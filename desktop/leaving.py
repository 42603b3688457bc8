"""Asks before the window closes, when something is only here: nobody leaves it behind unawares."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication

from desktop.frame.window import Window
from desktop.notices import Notices, Tone
from desktop.tasks import Tasks

if TYPE_CHECKING:  # SQL is not loaded before it is needed
    from collections.abc import Callable

    from desktop.inside import Work
    from sync.store.status import Status


class Leaving(QObject):
    """Stands at the door of the window; `work` tells what is open, if anything is."""

    def __init__(
        self,
        app: QApplication,
        window: Window,
        tasks: Tasks,
        notices: Notices,
        work: "Callable[[], Work | None]",
    ) -> None:
        super().__init__(window)
        self._app = app
        self._window = window
        self._tasks = tasks
        self._notices = notices
        self._work = work
        self._sure = False  # whoever closes has answered, or can't be asked
        self._asking = False
        window.closing.connect(self._close)

    def _close(self, event: QCloseEvent) -> None:
        """Say first what is only here, as the store has it when all that was done is saved."""
        work = self._work()
        if work is None or self._sure or work.first_day or self._app.isSavingSession():
            return
        event.ignore()
        if self._asking:
            return
        from sync.store import status

        self._asking = True
        if not self._tasks.is_idle:
            self._notices.say("closing.finishing", Tone.CALM)
        standing = partial(status.status, work.desk.store)
        self._tasks.run(self, standing, self._ask, failed=self._close_anyway)

    def _ask(self, standing: "Status") -> None:
        from desktop.frame.closing import Answer, ClosingDialog

        self._asking = False
        work = self._work()
        if work is None:  # locked meanwhile: nothing is open that could be asked about
            self._close_anyway()
            return
        by_line = bool(work.desk.store.desk.url)
        answer = ClosingDialog(self._window, standing, by_line=by_line).exec()
        if answer == Answer.CLOSE:
            self._close_anyway()
        elif answer == Answer.SEND:
            work.send()
        elif answer == Answer.COPY:
            work.copy_out()

    def _close_anyway(self, _error: Exception | None = None) -> None:
        """Close without a word: it was said, or the store can't tell; nobody is ever kept."""
        self._sure = True
        self._window.close()
