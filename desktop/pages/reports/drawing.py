"""How a picture of values is painted: bars, lines and a pyramid, every value written beside it.

What is told apart is told apart by place, dash and mark as well as by colour.
"""

from dataclasses import dataclass

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from desktop.look.fonts import font
from desktop.look.tokens import Tokens
from forms.paper.amounts import thousands
from sync.store.registers.chart import Chart

_BAR = 0.62  # of a row's height
_LABELS_MOST = 0.42  # of the width, for the names of bars
_LINES_HIGH = 11  # rows of text that lines are high
_GRID = 4  # parts of the height of lines
_MARK = 3.2
_LEFT, _RIGHT = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
_MIDDLE = Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True)
class Brush:
    """A painter on a place, in the look's own sizes and colours."""

    painter: QPainter
    place: QRectF
    tokens: Tokens

    @property
    def metrics(self) -> QFontMetricsF:
        """Measure the text as it is painted."""
        return QFontMetricsF(font(self.tokens.measures.small))

    def shade(self, name: str) -> QColor:
        """Give a colour of the look."""
        return QColor(getattr(self.tokens.colours, name))

    def text(self, place: QRectF, said: str, side: Qt.AlignmentFlag, shade: str = "text") -> None:
        """Write a word; a longer one ends with dots."""
        self.painter.setPen(self.shade(shade))
        shown = self.metrics.elidedText(said, Qt.TextElideMode.ElideRight, place.width())
        self.painter.drawText(place, side | _MIDDLE, shown)

    def bar(self, place: QRectF, shade: str) -> None:
        """Fill a bar and give it an edge, so that two tints stay apart without their colour."""
        self.painter.setPen(QPen(self.shade("accent"), 1))
        self.painter.setBrush(self.shade(shade))
        self.painter.drawRoundedRect(place, 2, 2)


def height(chart: Chart, tokens: Tokens) -> int:
    """Give the height that a picture needs, in pixels."""
    row = _row(tokens)
    if chart.kind == "lines":
        return round(row * _LINES_HIGH)
    heads = 1 if chart.kind == "pyramid" else 0
    return round(row * (len(chart.labels) + heads))


def paint(chart: Chart, brush: Brush) -> None:
    """Paint a picture into its place."""
    brush.painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    brush.painter.setFont(font(brush.tokens.measures.small))
    _PAINTERS[chart.kind](chart, brush)


def _row(tokens: Tokens) -> float:
    return tokens.measures.small * 1.75


def _bars(chart: Chart, brush: Brush) -> None:
    row, place, metrics = _row(brush.tokens), brush.place, brush.metrics
    widest = max(map(metrics.horizontalAdvance, chart.labels)) + 2
    names = min(widest, place.width() * _LABELS_MOST)
    said = [thousands(value) for value in chart.values[0]]
    room = place.width() - names - 8 - max(map(metrics.horizontalAdvance, said)) - 8
    for at, (name, value) in enumerate(zip(chart.labels, chart.values[0], strict=True)):
        top = place.top() + at * row
        brush.text(QRectF(place.left(), top, names, row), name, _RIGHT)
        start = place.left() + names + 8
        long = max(room * value / chart.most, 1.0)
        brush.bar(QRectF(start, top + row * (1 - _BAR) / 2, long, row * _BAR), "accent")
        beside = QRectF(start + long + 6, top, place.right() - start - long - 6, row)
        brush.text(beside, said[at], _LEFT)


def _pyramid(chart: Chart, brush: Brush) -> None:
    """Paint the first group below, as everybody reads the ages of a people."""
    row, place, metrics = _row(brush.tokens), brush.place, brush.metrics
    middle = max(map(metrics.horizontalAdvance, chart.labels)) + 18
    side = (place.width() - middle) / 2
    said = [[thousands(value) for value in series] for series in chart.values]
    figures = max(metrics.horizontalAdvance(one) for series in said for one in series) + 8
    room = side - figures
    left, right = place.left(), place.left() + side + middle
    for where, name, align in ((left, chart.names[0], _RIGHT), (right, chart.names[1], _LEFT)):
        brush.text(QRectF(where, place.top(), side, row), name, align, "muted")
    for at, name in enumerate(chart.labels):
        top = place.top() + (len(chart.labels) - at) * row
        centre = QRectF(place.left() + side, top, middle, row)
        brush.text(centre, name, Qt.AlignmentFlag.AlignHCenter)
        high, down = row * _BAR, top + row * (1 - _BAR) / 2
        one, two = (max(room * series[at] / chart.most, 1.0) for series in chart.values)
        brush.bar(QRectF(left + side - one, down, one, high), "accent")
        brush.bar(QRectF(right, down, two, high), "accent_soft")
        brush.text(QRectF(left, top, side - one - 6, row), said[0][at], _RIGHT)
        brush.text(QRectF(right + two + 6, top, side - two - 6, row), said[1][at], _LEFT)


def _lines(chart: Chart, brush: Brush) -> None:
    row, place, metrics = _row(brush.tokens), brush.place, brush.metrics
    top = _step(chart.most)
    scale = metrics.horizontalAdvance(thousands(top * _GRID)) + 8
    field = QRectF(
        place.left() + scale,
        place.top() + row * 1.5,
        place.width() - scale - 4,
        place.height() - row * 3,
    )
    for part in range(_GRID + 1):
        y = field.bottom() - field.height() * part / _GRID
        brush.painter.setPen(QPen(brush.shade("line"), 1))
        brush.painter.drawLine(QLineF(field.left(), y, field.right(), y))
        brush.text(QRectF(place.left(), y - row / 2, scale - 8, row), thousands(top * part), _RIGHT)
    step = field.width() / len(chart.labels)
    _below(chart, brush, field, step)
    most = top * _GRID
    for number, series in enumerate(chart.values):
        points = [
            QPointF(
                field.left() + step * (at + 0.5), field.bottom() - field.height() * value / most
            )
            for at, value in enumerate(series)
        ]
        brush.painter.setPen(_pen(brush, number))
        brush.painter.drawPolyline(points)
        for point in points:
            _mark(brush, number, point)
    _legend(chart, brush)


def _below(chart: Chart, brush: Brush, field: QRectF, step: float) -> None:
    """Write as many labels below the lines as there is room for."""
    widest = max(map(brush.metrics.horizontalAdvance, chart.labels)) + 10
    every = max(1, -(-round(widest) // max(1, round(step))))
    for at in range(0, len(chart.labels), every):
        centre = field.left() + step * (at + 0.5)
        low = QRectF(centre - widest / 2, field.bottom() + 2, widest, _row(brush.tokens))
        brush.text(low, chart.labels[at], Qt.AlignmentFlag.AlignHCenter, "muted")


def _legend(chart: Chart, brush: Brush) -> None:
    row, x = _row(brush.tokens), brush.place.left() + 4
    for number, name in enumerate(chart.names):
        y = brush.place.top() + row / 2
        brush.painter.setPen(_pen(brush, number))
        brush.painter.drawLine(QLineF(x, y, x + 30, y))
        _mark(brush, number, QPointF(x + 15, y))
        wide = brush.metrics.horizontalAdvance(name) + 4
        brush.text(QRectF(x + 36, y - row / 2, wide, row), name, _LEFT)
        x += 36 + wide + 24


def _pen(brush: Brush, number: int) -> QPen:
    pen = QPen(brush.shade("accent" if number == 0 else "warn"), 2)
    if number:
        pen.setStyle(Qt.PenStyle.DashLine)
    return pen


def _mark(brush: Brush, number: int, point: QPointF) -> None:
    """Put a dot on the first line and a box on the second."""
    pen = QPen(_pen(brush, number).color(), 1.6)
    brush.painter.setPen(pen)
    brush.painter.setBrush(brush.shade("surface") if number else pen.color())
    if number:
        side = 2 * _MARK
        brush.painter.drawRect(QRectF(point.x() - _MARK, point.y() - _MARK, side, side))
    else:
        brush.painter.drawEllipse(point, _MARK, _MARK)
    brush.painter.setBrush(Qt.BrushStyle.NoBrush)


def _step(most: int) -> int:
    """Give the round number between two lines of the grid, so that all of it fits."""
    least = -(-most // _GRID)
    power = 1
    while True:
        for base in (1, 2, 5):
            if base * power >= least:
                return base * power
        power *= 10


_PAINTERS = {"bars": _bars, "lines": _lines, "pyramid": _pyramid}
