"""The small parts that every page is made of: words, chips, buttons with their key, cards."""

from typing import TypeVar

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QColor, QKeyEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QVBoxLayout,
    QWidget,
)

from desktop.look.icons import picture

# ruff: noqa: N802 - Qt names the methods that it calls in camelCase

BoxT = TypeVar("BoxT", QVBoxLayout, QHBoxLayout)

_EDGE = 12  # From a button's edge to its icon or key, in pixels; the style sheet's padding.
_LINE = 16  # The height of a line of plain text, for which the pixels of icons are given.
_KEY_GAP = 14  # Between a button's words and its key.


def words(text: str = "", role: str = "body", *, wraps: bool = False) -> QLabel:
    """Make a label in one of the type roles of the style sheet."""
    made = QLabel(text)
    made.setProperty("role", role)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setWordWrap(wraps)
    if wraps:
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        made.setSizePolicy(policy)
    return made


def chip(text: str, tone: str = "plain") -> QLabel:
    """Make a small rounded word of state; the word says it, the colour only repeats it."""
    made = words(text, "chip")
    made.setProperty("tone", tone)
    made.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
    return made


def card(layout: QLayout | None = None, *, role: str = "card") -> QFrame:
    """Make a raised sheet that holds `layout`."""
    made = QFrame()
    made.setProperty("role", role)
    if layout is not None:
        made.setLayout(layout)
    return made


def held(layout: QLayout) -> QVBoxLayout:
    """Put a layout where it can be scrolled, for when there is less room than it needs."""
    scroll = QScrollArea()
    scroll.setWidget(card(layout, role="bare"))
    scroll.setWidgetResizable(True)
    scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    around = QVBoxLayout()
    around.setContentsMargins(1, 1, 1, 1)
    around.addWidget(scroll)
    return around


def column(gap: int, margins: tuple[int, int, int, int] = (0, 0, 0, 0)) -> QVBoxLayout:
    """Make a layout from top to bottom."""
    return _spaced(QVBoxLayout(), gap, margins)


def line(gap: int, margins: tuple[int, int, int, int] = (0, 0, 0, 0)) -> QHBoxLayout:
    """Make a layout from left to right."""
    return _spaced(QHBoxLayout(), gap, margins)


def restyle(widget: QWidget, **properties: str) -> None:
    """Set properties that the style sheet selects by, and have it look again."""
    if all(widget.property(name) == value for name, value in properties.items()):
        return
    for name, value in properties.items():
        widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    widget.update()


def plain(text: str) -> str:
    """Give the words of a button or an action as they are read, without its Alt letter."""
    return text.replace("&&", "\0").replace("&", "").replace("\0", "&")


def key_text(action: QAction) -> str:
    """Name an action's key as it stands on the keyboard."""
    return key_name(action.shortcut().toString())


def key_name(shortcut: str) -> str:
    """Name a key as it stands on the keyboard; Qt calls Enter otherwise."""
    return shortcut.replace("Return", "Enter")


def _spaced(layout: BoxT, gap: int, margins: tuple[int, int, int, int]) -> BoxT:
    layout.setSpacing(gap)
    layout.setContentsMargins(*margins)
    return layout


class Glyph(QLabel):
    """An icon in the ink that the style sheet gives to its tone; says nothing to a reader."""

    def __init__(self, name: str, pixels: int = 18, *, tone: str = "muted") -> None:
        super().__init__()
        self.setProperty("role", "glyph")
        self.setProperty("tone", tone)
        self._name = name
        self._pixels = pixels
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_as(self, name: str, tone: str) -> None:
        """Change drawing and tone together."""
        self._name = name
        restyle(self, tone=tone)
        self.update()

    def sizeHint(self) -> QSize:
        """Grow with the text beside it."""
        side = round(self._pixels * self.fontMetrics().height() / _LINE)
        return QSize(side, side)

    def minimumSizeHint(self) -> QSize:
        """Never be smaller than it is drawn."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the drawing in the ink of the tone."""
        ink = self.palette().color(QPalette.ColorRole.WindowText).name()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, picture(self._name, ink, self.width(), self.devicePixelRatioF()))


class Check(QCheckBox):
    """A box to tick; the style sheet paints the box, the tick is one of our icons."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the tick over the box of the style sheet."""
        super().paintEvent(event)
        if not self.isChecked():
            return
        option = QStyleOptionButton()
        self.initStyleOption(option)
        box = self.style().subElementRect(QStyle.SubElement.SE_CheckBoxIndicator, option, self)
        ink = self.palette().color(QPalette.ColorRole.HighlightedText).name()
        side = box.width() - 4
        QPainter(self).drawPixmap(
            box.x() + 2, box.y() + 2, picture("check", ink, side, self.devicePixelRatioF())
        )


class Button(QPushButton):
    """A button for one action: its icon, its words and, at the right edge, its key.

    The icon's name is the action's property "glyph"; it takes the ink of the words.
    """

    def __init__(self, action: QAction, role: str = "plain") -> None:
        super().__init__()
        self._action = action
        self._glyph = str(action.property("glyph") or "")
        self.setProperty("role", role)
        self.setProperty("keyed", "yes" if self._key() else "no")
        self.setProperty("pictured", "yes" if self._glyph else "no")
        self.clicked.connect(action.trigger)
        action.changed.connect(self._follow)
        self._follow()

    def sizeHint(self) -> QSize:
        """Leave room for the key beside the words."""
        hint = super().sizeHint()
        key = self._key()
        width = self.fontMetrics().horizontalAdvance(key) + _KEY_GAP if key else 0
        return QSize(hint.width() + width, hint.height())

    def minimumSizeHint(self) -> QSize:
        """Never be narrower than icon, words and key."""
        return self.sizeHint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take Enter for a press, as in every list and form here."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self.click()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the button, then its icon at the left and its key at the right."""
        super().paintEvent(event)
        painter = QPainter(self)
        group = QPalette.ColorGroup.Normal if self.isEnabled() else QPalette.ColorGroup.Disabled
        ink = QColor(self.palette().color(group, QPalette.ColorRole.ButtonText))
        if self._glyph:
            side = round(self.fontMetrics().height() * 1.08)
            drawn = picture(self._glyph, ink.name(), side, self.devicePixelRatioF())
            painter.drawPixmap(_EDGE, (self.height() - side) // 2, drawn)
        small = self.font()
        small.setPixelSize(round(small.pixelSize() * 0.88))
        painter.setFont(small)
        painter.setPen(ink)
        place = self.rect().adjusted(0, 0, -_EDGE, 0)
        painter.drawText(
            place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self._key()
        )

    def _key(self) -> str:
        return key_text(self._action)

    def _follow(self) -> None:
        self.setText(self._action.text())
        self.setEnabled(self._action.isEnabled())
        if self.parentWidget() is not None or not self._action.isVisible():
            self.setVisible(self._action.isVisible())  # Without a parent it would be a window.
        self.setAccessibleName(plain(self._action.text()))
        self.updateGeometry()
