"""What is shown before anybody is signed in: the house's sign at the left, a card at the right."""

from PySide6.QtCore import QPointF, QSize, Qt, QTimer
from PySide6.QtGui import QAction, QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from desktop.look.look import Look
from desktop.look.parts import Button, card, column, line, words
from forms.engine.words import say

# ruff: noqa: N802 - Qt names the methods that it calls in camelCase

_CARD = 380  # As wide as a passphrase of five words.


class Gate(QWidget):
    """A page without a rail; `body` takes what is asked."""

    def __init__(self, look: Look, title: str, lead: str) -> None:
        super().__init__()
        self.setProperty("role", "page")
        self._look = look
        sign = _Sign(look)
        sheet = card()
        sheet.setFixedWidth(round(_CARD * min(look.tokens.scale, 1.5)))
        self.body = QVBoxLayout(sheet)
        self.body.setContentsMargins(28, 24, 28, 24)
        self.body.setSpacing(12)
        self.body.addWidget(words(say(title), "title", wraps=True))
        self.body.addWidget(words(say(lead), "muted", wraps=True))
        middle = column(0, (24, 24, 24, 24))
        middle.addStretch(1)
        # Between two stretches: an alignment would ask for the height of another width.
        row = line(0)
        row.addStretch(1)
        row.addWidget(sheet)
        row.addStretch(1)
        middle.addLayout(row)
        middle.addStretch(1)
        inside = QFrame()
        inside.setProperty("role", "bare")
        inside.setLayout(middle)
        self._scroll = scroll = QScrollArea()
        scroll.setWidget(inside)
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        around = line(0)
        around.addWidget(sign, 2)
        around.addWidget(scroll, 3)
        self.setLayout(around)

    def begin(self) -> None:
        """Take the keyboard."""

    def back(self) -> None:
        """Go one step back, with Esc; most gates have only one."""

    def reveal(self, widget: QWidget) -> None:
        """Scroll to a part of the card, as soon as it has its place."""
        QTimer.singleShot(0, widget, lambda: self._scroll.ensureWidgetVisible(widget))

    def offer(self, action: QAction) -> None:
        """Let something else be done from here than what is asked, below all of that."""
        self.body.addWidget(Button(action, "quiet"))


class _Sign(QFrame):
    """The porch: a roof, two posts, a step; drawn, so that it takes the region's colour."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setProperty("role", "rail")
        self._look = look
        inner = column(4, (32, 32, 32, 28))
        self._name = words(say("desk.name"), "sign")
        lead = words(say("desk.lead"), "sign_lead", wraps=True)
        inner.addStretch(3)
        inner.addSpacing(120)
        inner.addWidget(self._name)
        inner.addWidget(lead)
        inner.addStretch(2)
        inner.addWidget(words(say("desk.promise"), "sign_small", wraps=True))
        self.setLayout(inner)

    def minimumSizeHint(self) -> QSize:
        return QSize(220, 300)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        shade = self._look.tokens.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        name = self._name.geometry()
        left, base = float(name.left()), float(name.top() - 22)
        pen = QPen(QColor(shade.rail_text), 5)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        roof = [(2, -52), (46, -84), (90, -52)]
        painter.drawPolyline(QPolygonF([QPointF(left + x, base + y) for x, y in roof]))
        for post in (18, 74):
            painter.drawLine(QPointF(left + post, base - 44), QPointF(left + post, base - 8))
        painter.drawLine(QPointF(left + 4, base), QPointF(left + 88, base))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(shade.rail_on))
        painter.drawRoundedRect(round(left + 36), round(base - 36), 20, 30, 3, 3)
