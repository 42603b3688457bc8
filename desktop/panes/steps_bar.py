"""The steps that may be taken with a record now, as a row of buttons; the next one stands last."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from desktop.acts import Shown
from desktop.deed import deed
from desktop.look.parts import Button, line
from forms.engine.machine import Action
from forms.engine.words import label

if TYPE_CHECKING:
    from PySide6.QtGui import QAction

_GLYPHS = {
    "return": "arrow-counter-clockwise",
    "refuse": "prohibit",
    "void": "x-circle",
    "ready": "tray",
    "hand_over": "users",
    "countersign": "signature",
    "finish": "check",
    "archive": "archive",
    "deliver": "check",
    "come_back": "arrow-counter-clockwise",
}


class StepsBar(QWidget):
    """Makes a deed of every step and calls `take` with the row that was chosen."""

    def __init__(self, owner: QWidget, take: Callable[[Action], None]) -> None:
        super().__init__()
        self._owner = owner
        self._take = take
        self._made: list[QAction] = []
        self._line = line(8)
        self.setLayout(self._line)

    def put(self, view: Shown) -> None:
        """Show the steps of a record in place of all before."""
        for action in self._made:
            self._owner.removeAction(action)
            action.deleteLater()
        while (item := self._line.takeAt(0)) is not None:
            button = item.widget()
            if button is not None:
                button.hide()
                button.deleteLater()
        self._made = []
        for row in sorted(view.actions, key=lambda row: _is_next(row, view)):
            self._add(row, view)

    def _add(self, row: Action, view: Shown) -> None:
        following = _is_next(row, view)
        glyph = _GLYPHS.get(row.action, "check" if following else "")
        key = "Ctrl+Return" if following else ""
        made = deed(self._owner, f"action.{row.action}", key, glyph, partial(self._take, row))
        made.setText(label("action", row.action))
        self._made.append(made)
        first = following and (bool(view.stands) or not view.is_issued)
        button = Button(made, "primary" if first else "plain")
        self._line.addWidget(button)
        button.show()  # At once, not with the next event: `begin` looks for what is visible.


def _is_next(row: Action, view: Shown) -> bool:
    return view.onward is not None and row.action == view.onward.action
