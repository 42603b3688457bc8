"""How a row of a book is painted: figures in columns, states as chips, trouble in its colour."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QTableView

from desktop.look.fonts import font
from desktop.look.look import Look
from desktop.pages.registers.rows import COLUMN, LATE, ROW, is_figure
from desktop.tones import tone_of
from forms.engine.words import say
from sync.store.registers.table import Column, Mark, Row, shown

# ruff: noqa: N802 - Qt names the methods that it calls in camelCase

PAD = 9
CHIP_PAD = 8
_BAR = 3
STATE = "state"  # The column that is painted as a chip.
# How serious a remark is; the words of the remark say it, the colour only repeats it.
_TONES: dict[Mark, str] = {
    "void": "danger",
    "overdue": "danger",
    "conflict": "danger",
    "double": "danger",
    "provisional": "warn",
    "reserved": "warn",
    "late_date": "warn",
    "odd_clock": "warn",
    "inserted": "warn",
    "replaced": "wait",
    "corrects": "wait",
}


def tone(row: Row) -> str:
    """Give the tone of a row's most serious mark; "plain" without any."""
    found = {_TONES[mark] for mark in row.marks}
    return next((name for name in ("danger", "warn", "wait") if name in found), "plain")


class BookPainter(QStyledItemDelegate):
    """Paints the cells of one table in the colours of the look."""

    def __init__(self, look: Look, table: QTableView) -> None:
        super().__init__(table)
        self._look = look
        self._table = table

    def sizeHint(
        self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Have every row be as high as a field: dense, and still easy to hit."""
        return QSize(60, self._look.tokens.measures.control)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint one cell."""
        row: Row | None = index.data(ROW)
        column: Column = index.data(COLUMN)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        place = QRect(option.rect)
        self._ground(painter, place, index, strong=row is not None and row.strong)
        inner = place.adjusted(PAD, 0, -PAD, -1)
        if row is None:
            self._text(painter, inner, say("registers.coming"), column, self._shade("muted"))
        else:
            self._cell(painter, inner, index, row, column)
        painter.restore()

    def _ground(
        self,
        painter: QPainter,
        place: QRect,
        index: QModelIndex | QPersistentModelIndex,
        *,
        strong: bool,
    ) -> None:
        shade = self._look.tokens.colours
        chosen = index.row() == self._table.currentIndex().row()
        if chosen:
            painter.fillRect(
                place, QColor(shade.select if self._table.hasFocus() else shade.sunken)
            )
        elif strong:
            painter.fillRect(place, QColor(shade.canvas))
        painter.fillRect(QRect(place.x(), place.bottom(), place.width(), 1), QColor(shade.line))
        if chosen and not self._table.columnViewportPosition(index.column()):
            bar = QRect(place.topLeft(), QSize(_BAR, place.height()))
            painter.fillRect(bar, QColor(shade.ring))

    def _cell(
        self,
        painter: QPainter,
        place: QRect,
        index: QModelIndex | QPersistentModelIndex,
        row: Row,
        column: Column,
    ) -> None:
        at = index.column()
        text = shown(row.cells[at], column.kind)
        if not text:
            return
        if column.key == STATE and not row.strong:
            self._chip(painter, place, text)
            return
        last = at == len(row.cells) - 1
        ink, face = self._shade("text"), font(self._look.tokens.measures.body)
        if row.strong:
            face.setWeight(QFont.Weight.DemiBold)
        if (last and row.marks) or index.data(LATE):
            ink = self._shade(tone(row))
            face.setWeight(QFont.Weight.DemiBold)
        elif row.struck:
            ink = self._shade("muted")
            face.setStrikeOut(not is_figure(column))
        painter.setFont(face)
        self._text(painter, place, text, column, ink)

    def _text(
        self, painter: QPainter, place: QRect, text: str, column: Column, ink: QColor
    ) -> None:
        painter.setPen(ink)
        side = Qt.AlignmentFlag.AlignRight if is_figure(column) else Qt.AlignmentFlag.AlignLeft
        said = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(place, side | Qt.AlignmentFlag.AlignVCenter, said)

    def _chip(self, painter: QPainter, place: QRect, text: str) -> None:
        small = self._look.tokens.measures.small
        painter.setFont(font(small, weight=QFont.Weight.DemiBold))
        metrics = painter.fontMetrics()
        wide = min(metrics.horizontalAdvance(text) + 2 * CHIP_PAD, place.width())
        high = round(small * 1.6)
        box = QRect(place.x(), place.center().y() - high // 2, wide, high)
        worn = tone_of(text)
        painter.setPen(QColor(self._look.tokens.edge_of(worn)))
        painter.setBrush(self._shade(f"{worn}_soft", "sunken"))
        painter.drawRoundedRect(box, high / 2, high / 2)
        painter.setPen(self._shade(worn, "muted"))
        said = metrics.elidedText(text, Qt.TextElideMode.ElideRight, wide - CHIP_PAD)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, said)

    def _shade(self, name: str, otherwise: str = "text") -> QColor:
        colours = self._look.tokens.colours
        return QColor(getattr(colours, name, getattr(colours, otherwise)))
