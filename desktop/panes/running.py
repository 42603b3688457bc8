"""Something long that is under way: what it is, how far it is, and a way to call it off."""

from collections.abc import Callable
from functools import partial
from threading import Event
from time import monotonic
from typing import TypeVar

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QProgressBar

from desktop.deed import deed
from desktop.desk import Desk
from desktop.look.parts import Button, line, words
from desktop.notices import Tone
from desktop.tasks import Lane
from forms.engine.words import say
from sync.store.progress import Progress, Stopped

T = TypeVar("T")

SHOWN_MS = 250  # What ends sooner needs no word.
_TOLD_S = 0.08  # Between two words of progress: more of them nobody sees.


class RunBar(QFrame):
    """Runs one thing at a time; a new one takes the place of what is still under way.

    `stopped` comes when it has ended because a person called it off; what was done by then all the
    same is told like any other.
    """

    stopped = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setProperty("role", "bare")
        self._desk = desk
        self._call: Event | None = None
        self._said = words("", "muted")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._stop = deed(self, "running.stop", "", "x", self.stop)
        inner = line(12)
        inner.addWidget(self._said)
        inner.addWidget(self._bar, 1, Qt.AlignmentFlag.AlignVCenter)
        inner.addWidget(Button(self._stop))
        self.setLayout(inner)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(SHOWN_MS)
        self._soon.timeout.connect(self.show)
        self.hide()

    @property
    def is_busy(self) -> bool:
        """Tell whether something is under way."""
        return self._call is not None

    def run(
        self,
        said: str,
        work: Callable[[Progress], T],
        then: Callable[[T], None],
        *,
        failed: Callable[[Exception], None] | None = None,
        lane: Lane = Lane.COUNT,
    ) -> None:
        """Do `work` in its lane, showing `said`; called off, neither `then` nor `failed` is called.

        Without `failed`, trouble goes to the one who tells it.
        """
        self.drop()
        call = self._call = Event()
        tell = self._desk.tasks.teller(self, partial(self._show_progress, call))
        self._said.setText(say(said))
        self._bar.setAccessibleName(say(said))
        self._bar.setRange(0, 0)
        self._stop.setEnabled(True)
        self._soon.start()

        def arrived(result: T) -> None:
            if self._end(call):
                then(result)

        def broke(trouble: Exception) -> None:
            if not self._end(call):
                return
            if isinstance(trouble, Stopped):
                self._desk.notices.say("running.stopped", Tone.CALM)
                self.stopped.emit()
            else:
                (failed or self._desk.notices.trouble)(trouble)

        self._desk.tasks.run(
            self, lambda: work(_Teller(call, tell)), arrived, failed=broke, lane=lane
        )

    def stop(self) -> None:
        """Call it off; it ends where it next says how far it is."""
        if self._call is not None:
            self._call.set()
            self._stop.setEnabled(False)

    def drop(self) -> bool:
        """Call it off and hear nothing more of it; False where nothing was under way."""
        call, self._call = self._call, None
        if call is None:
            return False
        call.set()
        self._soon.stop()
        self.hide()
        return True

    def _end(self, call: Event) -> bool:
        """Tell whether what came is still waited for, and wait no more."""
        if call is not self._call:
            return False
        self._call = None
        self._soon.stop()
        self.hide()
        return True

    def _show_progress(self, call: Event, told: tuple[int, int]) -> None:
        if call is self._call:
            done, whole = told
            self._bar.setRange(0, max(whole, 1))
            self._bar.setValue(min(done, whole))


class _Teller:
    """What work calls in its lane; raises Stopped once a person has called it off."""

    def __init__(self, call: Event, tell: Callable[[tuple[int, int]], None]) -> None:
        self._call, self._tell = call, tell
        self._last = 0.0

    def __call__(self, done: int, whole: int) -> None:
        if self._call.is_set():
            raise Stopped
        now = monotonic()
        if now - self._last >= _TOLD_S:
            self._last = now
            self._tell((done, whole))
