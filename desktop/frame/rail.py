"""The rail at the left: one button a page, each with its key, and who works here."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import (
    QAction,
    QActionGroup,
    QColor,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QFrame, QLayout, QSizePolicy, QToolButton

from desktop.look.icons import icon
from desktop.look.look import Look
from desktop.look.parts import column, words
from forms.engine.words import say


@dataclass(frozen=True, slots=True)
class Stop:
    """One page on the rail: the code of its name, its icon, its key."""

    code: str
    glyph: str
    key: str


class Rail(QFrame):
    """Shows the pages; the chosen one is marked by ground and weight, not by colour alone."""

    def __init__(self, look: Look, stops: list[Stop], choose: Callable[[str], object]) -> None:
        super().__init__()
        self.setProperty("role", "rail")
        self.setAccessibleName(say("desk.pages"))
        self._look = look
        self._stops = stops
        self._buttons: dict[str, QToolButton] = {}
        self._group = QActionGroup(self)
        self._avatar = words("", "avatar")
        self._avatar.setParent(self)
        self._column = column(4, (6, 10, 6, 10))
        self._column.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        for stop in stops:
            self._column.addWidget(self._button(stop, choose))
        self._column.addStretch(1)
        self.setLayout(self._column)
        look.changed.connect(self._dress)
        self._dress()

    def add_at_foot(self, action: QAction, initials: str) -> None:
        """Put who is signed in at the foot, with the action that locks the desk."""
        self._avatar.setText(initials)
        self._avatar.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._column.addWidget(self._avatar, 0, Qt.AlignmentFlag.AlignHCenter)
        lock = Stop("lock", "lock", "")
        button = _tool_button(action, self._look)
        self._column.addWidget(button)
        self._buttons[lock.code] = button
        self._stops = [*self._stops, lock]
        self._dress()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Leave the names out where they would be cut; each button's tip still says its own."""
        super().resizeEvent(event)
        self._fit()

    def mark(self, code: str) -> None:
        """Show which page is open."""
        self._buttons[code].defaultAction().setChecked(True)

    def deeds(self) -> list[QAction]:
        """Give an action for every page, for the window's keys and the palette."""
        return [self._buttons[stop.code].defaultAction() for stop in self._stops if stop.key]

    def _button(self, stop: Stop, choose: Callable[[str], object]) -> QToolButton:
        action = QAction(say(f"desk.page_{stop.code}"), self)
        action.setShortcut(QKeySequence(stop.key))
        action.setProperty("glyph", stop.glyph)
        action.setCheckable(True)
        action.triggered.connect(lambda: choose(stop.code))
        button = _tool_button(action, self._look)
        self._group.addAction(action)
        self._buttons[stop.code] = button
        return button

    def _dress(self) -> None:
        shade, size = self._look.tokens.colours, self._look.tokens.measures
        self._avatar.setFixedSize(size.avatar, size.avatar)
        for stop in self._stops:
            button = self._buttons[stop.code]
            pixels = round(size.icon * 1.2)
            drawn = icon(stop.glyph, shade.rail_text, pixels, chosen=shade.rail_on_text)
            button.defaultAction().setIcon(drawn)
            button.setIconSize(QSize(pixels, pixels))
        self._fit()

    def _fit(self) -> None:
        """Be as wide as the names need, or slim where there is only height for icons."""
        size = self._look.tokens.measures
        named = Qt.ToolButtonStyle.ToolButtonTextUnderIcon
        width = size.rail
        for style in (named, Qt.ToolButtonStyle.ToolButtonIconOnly):
            width = size.rail if style is named else size.slim_rail
            for button in self._buttons.values():
                button.setToolButtonStyle(style)
            self._column.invalidate()
            if self._column.minimumSize().height() <= self.height():
                break
        if self.width() != width:
            self.setFixedWidth(width)


class _Stop(QToolButton):
    """A button with its key in its upper corner."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt calls it
        super().paintEvent(event)
        key = self.defaultAction().shortcut().toString()
        if not key.startswith("F"):
            return
        painter = QPainter(self)
        face = self.font()
        face.setPixelSize(max(9, round(face.pixelSize() * 0.86)))
        painter.setFont(face)
        shade = self._look.tokens.colours
        painter.setPen(QColor(shade.rail_on_text if self.isChecked() else shade.rail_text))
        place = self.rect().adjusted(0, 3, -3, 0)
        corner = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop
        painter.drawText(place, corner, key)


def _tool_button(action: QAction, look: Look) -> QToolButton:
    button = _Stop(look)
    button.setDefaultAction(action)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
    button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    key = action.shortcut().toString()
    button.setToolTip(f"{action.text()} ({key})" if key else action.text())
    button.setAccessibleName(action.text())
    return button
