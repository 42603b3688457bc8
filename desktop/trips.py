"""Has trips start by themselves: asks the timetable, goes in the line's lane, tells what is true.

It decides nothing: when to go is the timetable's, what to send the store's, what a line says
follows from the store alone.
"""

import random
import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtNetwork import QNetworkInformation

from desktop.tasks import Lane, Tasks
from forms.engine.problem import Unreachable
from sync.client.carrier import Busy
from sync.client.timetable import State, Timetable

LOOK_MS = 1_000  # How often the timetable is asked; a comparison of two numbers.


class Trips(QObject):
    """The trips of one signed-in desk.

    `changed` comes when a trip begins and ends, `came` when it brought something, `failed` with the
    trouble of a trip that somebody asked for. `total` is how much was pending when the trip under
    way began, None while there is none.
    """

    changed = Signal()
    came = Signal()
    failed = Signal(Exception)
    arrived = Signal()

    def __init__(self, tasks: Tasks, go: Callable[[], int], pending: Callable[[], int]) -> None:
        super().__init__()
        self._tasks = tasks
        self._go = go
        self._pending = pending
        self._table = Timetable(time.monotonic())
        self._asked = False
        self._arrived = False
        self.total: int | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._look)

    def sending(self, pending: int) -> tuple[int, int] | None:
        """Tell how many of how many changes have been answered, None while no trip is under way."""
        if self.total is None:
            return None
        whole = max(self.total, pending)
        return whole - pending, whole

    @property
    def online(self) -> bool:
        """Whether there is a network, by what the last trip found or the system says.

        Only an alarm asks: no trip is ever held back by it.
        """
        if self._arrived:
            return True
        around = QNetworkInformation.instance()
        online = QNetworkInformation.Reachability.Online
        return around is not None and around.reachability() == online

    def start(self, first: float = 0.0) -> None:
        """Begin to look after trips, the first in so many seconds.

        A network that comes, goes or is another one is worth one soon.
        """
        if self._table.state is State.RESTING:  # nobody has asked for a trip before
            self._table = Timetable(time.monotonic(), first)
        self._timer.start()
        if QNetworkInformation.loadDefaultBackend():
            around = QNetworkInformation.instance()
            around.reachabilityChanged.connect(self.network)
            around.transportMediumChanged.connect(self.network)

    def stop(self) -> None:
        """Begin no more trips; one under way ends by itself."""
        self._timer.stop()

    def saved(self) -> None:
        """Tell that there is something new to send."""
        self._table.saved(time.monotonic())

    @Slot()
    def network(self) -> None:
        """Tell that the network has changed."""
        self._table.network(time.monotonic(), _chance())

    def now(self) -> None:
        """Go at once because somebody asked; trouble is told then, not kept for later."""
        self._asked = True
        if self._table.start(time.monotonic()):
            self._leave()

    def _look(self) -> None:
        self._table.looked(time.monotonic(), time.time(), _chance())
        if self._table.due(time.monotonic()):
            self._leave()

    def _leave(self) -> None:
        self.total = self._pending()
        self.changed.emit()
        self._tasks.run(self, self._go, self._back, failed=self._broke, lane=Lane.LINE)

    def _back(self, brought: int) -> None:
        self._table.arrived(time.monotonic())
        self._arrived = True
        asked, self._asked = self._asked, False
        self.total = None
        self.changed.emit()
        if brought:
            self.came.emit()
        if asked:
            self.arrived.emit()

    def _broke(self, error: Exception) -> None:
        rest = error.seconds if isinstance(error, Busy) else 0.0
        self._table.failed(time.monotonic(), _chance(), rest)
        self._arrived = not isinstance(error, Unreachable)  # a refusal came from somebody
        asked, self._asked = self._asked, False
        self.total = None
        self.changed.emit()
        # Nobody is told that the network is away; of a refusal or a fault everybody is.
        if asked or not isinstance(error, Unreachable):
            self.failed.emit(error)


def _chance() -> float:
    return random.random()  # noqa: S311 - jitter, not a secret
