"""A picture of values on the screen; its words say the values to who can't see it."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.look.look import Look
from desktop.pages.reports import drawing
from forms.engine.words import say
from forms.paper.amounts import thousands
from sync.store.registers.chart import Chart

# ruff: noqa: N802 - Qt names the methods that it calls in camelCase

_EDGE = 12
_WIDE = 320  # pixels of plain text, below which bars say nothing
_READ_MAX = 40  # values that are read out; the table has the others


class Picture(QWidget):
    """Paints one picture as wide as there is room."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._chart: Chart | None = None
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self.setSizePolicy(policy)
        look.changed.connect(self.updateGeometry)
        self.hide()

    def put(self, title: str, chart: Chart | None) -> None:
        """Show a picture, or nothing where a table has none."""
        self._chart = chart
        self.setVisible(chart is not None)
        if chart is not None:
            self.setAccessibleName(say("reports.picture", title=title))
            self.setAccessibleDescription(_told(chart))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Be as high as the values need."""
        if self._chart is None:
            return QSize(0, 0)
        tokens = self._look.tokens
        high = drawing.height(self._chart, tokens) + 2 * _EDGE
        return QSize(round(_WIDE * tokens.scale), high)

    def minimumSizeHint(self) -> QSize:
        """Never be lower than it is painted."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint it in the colours of the look."""
        if self._chart is None:
            return
        place = QRectF(self.rect()).adjusted(_EDGE, _EDGE, -_EDGE, -_EDGE)
        with QPainter(self) as painter:
            drawing.paint(self._chart, drawing.Brush(painter, place, self._look.tokens))


def _told(chart: Chart) -> str:
    """Say the values as a person would read them out."""
    parts = []
    for at, name in enumerate(chart.labels[:_READ_MAX]):
        values = zip(chart.names, chart.values, strict=True)
        said = ", ".join(f"{who} {thousands(series[at])}" for who, series in values)
        parts.append(f"{name}: {said}")
    return "; ".join(parts)
