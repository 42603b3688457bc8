"""Where numbers are taken: a group's letter is its key, a digit before it says who goes first."""

from functools import partial

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QGridLayout, QWidget

from desktop.deed import deed
from desktop.look.look import Look
from desktop.look.parts import Button, column, words
from desktop.pages.queue.present import columns
from forms.engine.region_queue import Plan
from forms.engine.words import say
from forms.queue.tickets import Ticket


class Taking(QFrame):
    """One button a group, one a reason; `asked` comes with a letter and the reason or ""."""

    asked = Signal(str, str)

    def __init__(self, owner: QWidget, plan: Plan, look: Look) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._look = look
        self._plan = plan
        self._reasons: dict[str, QAction] = {}
        self._keys: list[QAction] = []
        self._grid = QGridLayout()
        self._grid.setSpacing(6)
        self._reason_grid = QGridLayout()
        self._reason_grid.setSpacing(6)
        self._groups: list[Button] = []
        self._why: list[Button] = []
        for group in plan.groups:
            take = partial(self._take, group.letter)
            action = deed(owner, "queue.take", group.letter, "plus", take)
            action.setText(say("queue.take", letter=group.letter, name=group.name))
            self._groups.append(Button(action))
            self._keys.append(action)
        for digit, priority in enumerate(plan.priorities, 1):
            action = deed(owner, "queue.first", str(digit), "", partial(self._arm, priority.code))
            action.setText(priority.name)
            action.setCheckable(True)
            self._reasons[priority.code] = action
            self._why.append(_Reason(action))
            self._keys.append(action)
        inner = column(8, (14, 11, 14, 12))
        inner.addWidget(words(say("queue.taking"), "section"))
        inner.addLayout(self._grid)
        inner.addWidget(words(say("queue.first"), "caption"))
        inner.addLayout(self._reason_grid)
        self.setLayout(inner)
        look.changed.connect(self._lay)
        self._lay()

    @property
    def armed(self) -> str:
        """Give the reason that the next number is taken with."""
        return next((code for code, action in self._reasons.items() if action.isChecked()), "")

    def disarm(self) -> bool:
        """Take the next number without a reason; False where there was none."""
        armed = self.armed
        if armed:
            self._check("")
        return bool(armed)

    def offer(self, offers: bool) -> None:  # noqa: FBT001 - a signal hands it in
        """Take numbers by keys, or leave the letters to what else is shown."""
        for action in self._keys:
            action.setEnabled(offers)

    def count(self, tickets: list[Ticket]) -> None:
        """Say at each group how many wait."""
        for button, group in zip(self._groups, self._plan.groups, strict=True):
            waiting = sum(t.group == group.letter and t.state == "waiting" for t in tickets)
            name = say("queue.take", letter=group.letter, name=group.name)
            button.setAccessibleDescription(say("queue.holds", count=waiting))
            button.setToolTip(f"{name}: {say('queue.holds', count=waiting)}")

    def _take(self, letter: str) -> None:
        why = self.armed
        self._check("")
        self.asked.emit(letter, why)

    def _arm(self, code: str) -> None:
        """A second press of the same key takes the reason back."""
        self._check(code if self._reasons[code].isChecked() else "")

    def _check(self, code: str) -> None:
        for known, action in self._reasons.items():
            action.setChecked(known == code)

    def _lay(self) -> None:
        across = columns(self._look)
        for grid, buttons in ((self._grid, self._groups), (self._reason_grid, self._why)):
            for at, button in enumerate(buttons):
                grid.addWidget(button, at // across, at % across)


class _Reason(Button):
    """A reason stays pressed until the next number is taken."""

    def __init__(self, action: QAction) -> None:
        super().__init__(action)
        self.setCheckable(True)
        self._held = action
        action.toggled.connect(self._show)
        self._show(on=False)

    def _show(self, on: bool) -> None:  # noqa: FBT001 - Qt's signal hands it in
        with QSignalBlocker(self):
            self.setChecked(on)
        self.setProperty("glyph", "check" if on else "")
        self.setAccessibleDescription(say("queue.armed") if on else "")
        self.setProperty("role", "primary" if on else "plain")
        self.style().unpolish(self)
        self.style().polish(self)
