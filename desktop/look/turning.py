"""Parts beside each other that stand below each other where large letters leave no room."""

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QLayout, QWidget

# ruff: noqa: N802 - Qt names the methods that it calls in camelCase

_ROW, _COLUMN = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom


class Turning(QFrame):
    """A row that turns into a column when its parts no longer fit."""

    def __init__(self, gap: int) -> None:
        super().__init__()
        self.setProperty("role", "bare")
        self._box = QBoxLayout(_ROW, self)
        self._box.setSpacing(gap)
        self._box.setContentsMargins(0, 0, 0, 0)

    def add(self, part: QWidget | QLayout, stretch: int = 0) -> None:
        """Add a part at the end."""
        if isinstance(part, QLayout):
            self._box.addLayout(part, stretch)
        else:
            self._box.addWidget(part, stretch)

    def minimumSizeHint(self) -> QSize:
        """Need no more width than the widest part."""
        wide = max(self._widths(), default=0)
        return QSize(wide, self._box.minimumSize().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Stand as there is room."""
        super().resizeEvent(event)
        self._turn()

    def event(self, event: QEvent) -> bool:
        """Stand anew when a part comes, goes or grows."""
        if event.type() is QEvent.Type.LayoutRequest:
            self._turn()
        return super().event(event)

    def _turn(self) -> None:
        widths = self._widths()
        needed = sum(widths) + self._box.spacing() * (len(widths) - 1)
        self._box.setDirection(_ROW if needed <= self.width() else _COLUMN)

    def _widths(self) -> list[int]:
        items = (self._box.itemAt(at) for at in range(self._box.count()))
        return [item.minimumSize().width() for item in items if item and not item.isEmpty()]
