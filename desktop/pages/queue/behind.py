"""What stands behind the line: where somebody is passed on to, the day's figures, the set-up."""

from PySide6.QtCore import Qt, Signal, SignalInstance
from PySide6.QtWidgets import QStackedWidget, QWidget

from desktop.deed import deed
from desktop.desk import Desk
from desktop.look.parts import Button
from desktop.look.titled import TitledList
from desktop.pages.queue import rows
from desktop.pages.queue.setup import Setup
from forms.engine.region_queue import Plan
from forms.queue.tickets import Ticket
from sync.store.queue_board import Board


class Behind(QStackedWidget):
    """The line itself is the first part; `turned` says whether it is that one which is shown."""

    turned = Signal(bool)
    target_picked = Signal(object)
    adopted = Signal(object)
    trial_asked = Signal(object)
    over_asked = Signal(str)

    def __init__(self, desk: Desk, plan: Plan, owner: QWidget) -> None:
        super().__init__()
        self._targets = TitledList(desk.look, "queue.targets", "arrow-right", "queue.no_targets")
        self._targets.rows.picked.connect(lambda entry: self.target_picked.emit(entry.value))
        self._times = TitledList(desk.look, "queue.times_title", "clock", "queue.no_times")
        keep = deed(owner, "queue.keep", "Ctrl+S", "check", self._keep)
        trial = deed(owner, "queue.trial", "", "printer", self._try)
        self._setup = Setup(desk, plan, Button(keep, "primary"), Button(trial))
        self._setup.over_asked.connect(self.over_asked)

    def fill(self, line: QWidget) -> None:
        """Put the line before all that stands behind it."""
        for part in (line, self._targets, self._times, self._setup):
            self.addWidget(part)

    @property
    def is_line(self) -> bool:
        """Whether the line is shown."""
        return self.currentIndex() == 0

    def put(self, board: Board) -> None:
        """Show what is true now; what is being typed is left alone."""
        self._times.put(rows.measured(board))
        self._setup.put_overs(board)

    def show_line(self) -> None:
        """Go back to the line."""
        self.setCurrentIndex(0)
        self.turned.emit(self.is_line)

    def show_targets(self, board: Board, ticket: Ticket) -> None:
        """Ask where somebody is to go."""
        self._targets.put(rows.targets(board, ticket))
        self._turn(self._targets)
        self._targets.rows.setFocus(Qt.FocusReason.TabFocusReason)

    def show_times(self) -> None:
        """Show the day's figures."""
        self._turn(self._times)
        self._times.rows.setFocus(Qt.FocusReason.TabFocusReason)

    def show_setup(self, board: Board) -> None:
        """Ask how this desk calls."""
        self._setup.put(board)
        self._turn(self._setup)
        self._setup.begin()

    def panes(self) -> list[QWidget]:
        """List the parts between which F6 goes."""
        if self.currentWidget() is self._setup:
            return self._setup.panes()
        return [(self._targets if self.currentWidget() is self._targets else self._times).rows]

    def _turn(self, part: QWidget) -> None:
        self.setCurrentWidget(part)
        self.turned.emit(self.is_line)

    def _keep(self) -> None:
        self._say(self.adopted)

    def _try(self) -> None:
        self._say(self.trial_asked)

    def _say(self, signal: SignalInstance) -> None:
        said = self._setup.said() if self.currentWidget() is self._setup else None
        if said is not None:
            signal.emit(said)
