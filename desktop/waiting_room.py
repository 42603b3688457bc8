"""The window for the waiting room: the number that is called, large, and the last few before it.

No names, numbers and counters only, in the official language whatever the operator reads. It fills
a second screen where there is one, else it is a window of its own; when its screen is unplugged it
comes back as a window beside the desk's.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFont, QGuiApplication, QKeyEvent, QPainter, QPaintEvent, QScreen
from PySide6.QtWidgets import QWidget

from desktop.look.fonts import font
from desktop.look.look import Look
from forms.engine.words import official, say

# ruff: noqa: N802 - Qt names the methods that it calls in camelCase

BEFORE_MAX = 4  # calls below the newest: more would be too small to be read from the last row
_SMALLEST = QSize(480, 320)
_START = QSize(900, 560)
_MARGIN = 0.04  # of the window's height
_MARKED = 0.12  # likewise, for a mark: it is read from wherever a number is
_FRESH_MS = 8_000  # for which a call that has just come is shown in the region's colour


@dataclass(frozen=True, slots=True)
class Called:
    """One call: the number, the counter's name, how often it was called."""

    number: str
    counter: str
    calls: int = 1

    @property
    def said(self) -> str:
        """What a screen reader says of it."""
        return say("queue.said", number=self.number, counter=self.counter)


class WaitingRoom(QWidget):
    """Shows calls; `unplugged` comes when its screen went away and it had to come back.

    With a `mark` nobody is called in earnest: it stands above all at any time, in the accent.
    """

    unplugged = Signal()
    closed = Signal()

    def __init__(self, look: Look, office: str, beside: QWidget, mark: str = "") -> None:
        super().__init__(beside, Qt.WindowType.Window)
        self._look = look
        self._office = office
        self._mark = mark
        self._beside = beside
        self._calls: tuple[Called, ...] = ()
        self._is_fresh = False
        self._screen: QScreen | None = None
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_FRESH_MS)
        self._rest.timeout.connect(self._settle)
        self.setMinimumSize(_SMALLEST)
        self.resize(_START)
        title = " · ".join(part for part in (mark, say("queue.room")) if part)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        look.changed.connect(self.update)
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.screenRemoved.connect(self._screen_gone)
            app.screenAdded.connect(lambda _: self.place())

    def place(self) -> None:
        """Fill the screen that the desk's window is not on; without one be a window."""
        if not self.isVisible():
            return
        here = self._beside.screen()
        other = next((screen for screen in QGuiApplication.screens() if screen is not here), None)
        self._screen = other
        if other is None:
            self.showNormal()
            return
        self.setGeometry(other.geometry())
        self.showFullScreen()

    def put(self, calls: Sequence[Called]) -> None:
        """Show these calls, the newest first; one that is new is marked for a moment."""
        shown = tuple(calls[: BEFORE_MAX + 1])
        if shown == self._calls:
            return
        if shown and shown[:1] != self._calls[:1]:
            self._is_fresh = True
            self._rest.start()
        self._calls = shown
        self.setAccessibleDescription("; ".join(call.said for call in shown))
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close with Esc, whichever window has the keyboard."""
        if event.key() == Qt.Key.Key_Escape:
            self.close()
            return
        super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Tell when it was closed, by whom ever."""
        if event.type() == QEvent.Type.Close:
            self.closed.emit()
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint everything in parts of the window's size, so that it fills any screen."""
        shade = self._look.tokens.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(shade.canvas))
        margin = round(self.height() * _MARGIN)
        whole = self.rect().adjusted(0, self._marked(painter), 0, 0)
        room = whole.adjusted(margin, margin, -margin, -margin)
        head = round(room.height() * 0.09)
        self._text(
            painter, QRect(room.x(), room.y(), room.width(), head), self._office, shade.muted, 0.8
        )
        below = room.adjusted(0, head + margin // 2, 0, 0)
        before = self._calls[1:]
        share = 0.62 if before else 1.0
        large = QRect(below.x(), below.y(), below.width(), round(below.height() * share))
        self._newest(painter, large)
        if before:
            left = QRect(below)
            left.setTop(large.bottom() + margin)
            self._former(painter, left, before)

    def _marked(self, painter: QPainter) -> int:
        """Paint the mark across the top, and tell how high that is; 0 without one."""
        if not self._mark:
            return 0
        shade = self._look.tokens.colours
        band = QRect(0, 0, self.width(), round(self.height() * _MARKED))
        painter.fillRect(band, QColor(shade.accent))
        self._text(painter, band, self._mark, shade.on_accent, 0.8, QFont.Weight.Bold)
        return band.height()

    @official
    def _newest(self, painter: QPainter, place: QRect) -> None:
        shade = self._look.tokens.colours
        ground, ink = (shade.accent, shade.on_accent) if self._is_fresh else (
            shade.surface, shade.text,
        )  # fmt: skip
        painter.setPen(QColor(shade.edge))
        painter.setBrush(QColor(ground))
        painter.drawRoundedRect(place, 16, 16)
        inner = place.adjusted(place.height() // 12, 0, -(place.height() // 12), 0)
        if not self._calls:
            self._text(painter, inner, say("queue.room_empty"), shade.muted, 0.16)
            return
        call = self._calls[0]
        upper = QRect(inner.x(), inner.y(), inner.width(), round(inner.height() * 0.68))
        lower = QRect(
            inner.x(), upper.bottom(), inner.width(), inner.height() - upper.height()
        ).adjusted(0, 0, 0, -(place.height() // 14))
        self._text(painter, upper, call.number, ink, 0.9, QFont.Weight.Bold)
        counter = call.counter or say("queue.room_counter")
        self._text(painter, lower, counter, ink, 0.72, QFont.Weight.DemiBold)

    def _former(self, painter: QPainter, place: QRect, calls: Sequence[Called]) -> None:
        shade = self._look.tokens.colours
        gap = place.height() // 14
        wide = (place.width() - gap * (BEFORE_MAX - 1)) // BEFORE_MAX
        for at, call in enumerate(calls):
            box = QRect(place.x() + at * (wide + gap), place.y(), wide, place.height())
            painter.setPen(QColor(shade.line))
            painter.setBrush(QColor(shade.surface))
            painter.drawRoundedRect(box, 10, 10)
            inner = box.adjusted(gap, gap, -gap, -gap)
            upper = QRect(inner.x(), inner.y(), inner.width(), round(inner.height() * 0.6))
            lower = QRect(inner.x(), upper.bottom(), inner.width(), inner.height() - upper.height())
            self._text(painter, upper, call.number, shade.text, 0.8, QFont.Weight.Bold)
            self._text(painter, lower, call.counter, shade.muted, 0.7)

    def _text(
        self,
        painter: QPainter,
        place: QRect,
        text: str,
        ink: str,
        share: float,
        weight: QFont.Weight = QFont.Weight.Normal,
    ) -> None:
        """Write in a share of the height, smaller where the width asks for it."""
        pixels = max(8, round(place.height() * share))
        painter.setFont(font(pixels, weight=weight))
        wide = painter.fontMetrics().horizontalAdvance(text)
        if wide > place.width():
            painter.setFont(font(max(8, pixels * place.width() // wide), weight=weight))
        painter.setPen(QColor(ink))
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)

    def _settle(self) -> None:
        self._is_fresh = False
        self.update()

    def _screen_gone(self, screen: QScreen) -> None:
        """Come back beside the desk's window, no larger than what is left."""
        if screen is not self._screen or not self.isVisible():
            return
        self._screen = None
        self.showNormal()
        left = self._beside.screen().availableGeometry()
        self.setGeometry(QRect(left.topLeft(), _START.boundedTo(left.size())))
        self.unplugged.emit()
