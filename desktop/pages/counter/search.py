"""The one search box: what is typed goes out, arrows and Enter steer the list below."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont, QKeyEvent, QPainter, QPaintEvent, QPalette

from desktop.form_view.editors.editor import Line
from desktop.look.icons import picture
from forms.engine.words import say

# ruff: noqa: N802 - Qt names the methods that it calls in camelCase

_STEPS = {
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_PageDown: 8,
    Qt.Key.Key_PageUp: -8,
}
_INSET = 12
_KEY_SIZE = 0.74  # Of the box's own letters: as small as the keys on buttons.


class SearchBox(Line):
    """A line that never loses the keyboard while its results are walked through."""

    stepped = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "search")
        self.setPlaceholderText(say("counter.search"))
        self.setAccessibleName(say("counter.search_name"))
        self.setClearButtonEnabled(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Send arrows to the list."""
        step = _STEPS.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self.stepped.emit(step)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the glass at the left and the key at the right."""
        super().paintEvent(event)
        painter = QPainter(self)
        ink = self.palette().color(QPalette.ColorRole.PlaceholderText)
        side = round(self.fontMetrics().height() * 1.05)
        glass = picture("magnifying-glass", ink.name(), side, self.devicePixelRatioF())
        painter.drawPixmap(_INSET, (self.height() - side) // 2, glass)
        painter.setPen(ink)
        small = self.font()
        small.setPixelSize(round(small.pixelSize() * _KEY_SIZE))
        small.setWeight(QFont.Weight.DemiBold)
        painter.setFont(small)
        place = self.rect().adjusted(0, 0, -_INSET - 2, 0)
        painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, "F3")
