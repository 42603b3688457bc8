"""The table of a book: steered by arrows, pages and Enter, its columns as wide as they need."""

import datetime as dt
from collections.abc import Iterable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QScrollArea, QTableView

from desktop.look.fonts import font
from desktop.look.look import Look
from desktop.pages.registers.painter import CHIP_PAD, PAD, STATE, BookPainter
from desktop.pages.registers.rows import BookRows
from desktop.pages.registers.widths import fitted
from forms.engine.words import say
from sync.store.registers.page import LIMIT, Page
from sync.store.registers.table import Row, shown

# ruff: noqa: N802 - Qt names the methods that it calls in camelCase

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_KEPT = 215  # A column keeps its longest word, such as a NIK, up to so many pixels of plain text.
_MOST = 420  # What it may ask for; the rest can be read in the record.
_HEAD_PAD = 8
_ROWS_SEEN = 4  # At least, below the heading; where there is no room for them the page is scrolled.
_WHOLE = frozenset({"number", "count", "share", "date"})  # Kinds that are never cut.


class BookTable(QTableView):
    """A table of rows; `picked` comes with Enter and a double click, `moved` with another row."""

    picked = Signal(object)
    moved = Signal(object)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.rows = BookRows(self)
        self._natural: list[int] = []
        self._least: list[int] = []
        self.setModel(self.rows)
        self.setItemDelegate(BookPainter(look, self))
        self.setProperty("role", "plain")
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setSectionsClickable(False)
        head.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        head.setMinimumSectionSize(24)
        self.doubleClicked.connect(lambda _: self._pick())
        self.selectionModel().currentRowChanged.connect(lambda _now, _before: self._move())
        look.changed.connect(self._dress)
        self._dress()

    def show_page(self, page: Page, place: int, today: dt.date) -> None:
        """Show a table or the first page of a book that came, and choose the row at `place`."""
        self.rows.show(page, today)
        self.setAccessibleDescription("" if page.total else say("register.empty"))
        self._measure()
        if page.total:
            self.choose(page.total - 1 if place < 0 else min(place, page.total - 1))
        else:
            self._move()

    def choose(self, place: int) -> None:
        """Choose a row and have it be seen."""
        self.setCurrentIndex(self.rows.index(place, max(self.currentIndex().column(), 0)))

    def chosen(self) -> Row | None:
        """Give the chosen row; None where there is none or it isn't here yet."""
        return self.rows.row(self.currentIndex().row())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take Enter for picking, Home and End for the first and the last row."""
        ends = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: self.rows.rowCount() - 1}
        if event.key() in _ENTER and not event.modifiers():
            self._pick()
        elif event.key() in ends and self.rows.rowCount():
            self.choose(ends[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Come into view where the page is scrolled."""
        super().focusInEvent(event)
        around = self.parentWidget()
        while around is not None and not isinstance(around, QScrollArea):
            around = around.parentWidget()
        if around is not None:
            around.ensureWidgetVisible(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the room anew."""
        super().resizeEvent(event)
        self._place()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Say in words that there is nothing."""
        super().paintEvent(event)
        if self.rows.rowCount() or not self.rows.columns:
            return
        painter = QPainter(self.viewport())
        painter.setFont(font(self._look.tokens.measures.body))
        painter.setPen(QColor(self._look.tokens.colours.muted))
        place = self.viewport().rect().adjusted(PAD + 5, 14, -PAD, -PAD)
        painter.drawText(place, Qt.AlignmentFlag.AlignLeft, say("register.empty"))

    def sizeHint(self) -> QSize:
        """Be content with little; the page gives what is left."""
        return QSize(400, 120)

    def _pick(self) -> None:
        row = self.chosen()
        if row is not None and row.record:
            self.picked.emit(row)

    def _move(self) -> None:
        self.viewport().update()
        self.moved.emit(self.chosen())

    def _dress(self) -> None:
        size = self._look.tokens.measures
        self.verticalHeader().setMinimumSectionSize(size.control)
        self.verticalHeader().setDefaultSectionSize(size.control)
        self._measure()

    def _measure(self) -> None:
        """Find what each column needs from its heading and the rows that are here."""
        size, scale = self._look.tokens.measures, self._look.tokens.scale
        # The weight of totals and of what is wrong: whatever stands there, it fits.
        body = QFontMetrics(font(size.body, weight=QFont.Weight.DemiBold))
        head = QFontMetrics(font(size.small, weight=QFont.Weight.DemiBold))
        rows = self.rows.some(LIMIT)
        self._natural, self._least = [], []
        for at, column in enumerate(self.rows.columns):
            said = {shown(row.cells[at], column.kind) for row in rows}
            around = 2 * PAD + 2 + 2 * CHIP_PAD * (column.key == STATE)
            whole = around + max(_widest(body, said), head.horizontalAdvance(column.title))
            kept = around + max(
                _widest(body, said if column.kind in _WHOLE else _words(said)),
                _widest(head, column.title.split()),
            )
            last = at == len(self.rows.columns) - 1  # It says what is wrong.
            self._natural.append(min(whole, round(_MOST * scale)))
            self._least.append(min(whole if last else kept, round(_KEPT * scale)))
        self._place()

    def _place(self) -> None:
        if len(self._natural) != len(self.rows.columns):
            return  # Another table is being put here, and is measured when it stands.
        room = self.viewport().width()
        widths = fitted(self._natural, self._least, room)
        head = QFontMetrics(font(self._look.tokens.measures.small, weight=QFont.Weight.DemiBold))
        lines = 1
        for at, (width, column) in enumerate(zip(widths, self.rows.columns, strict=True)):
            self.setColumnWidth(at, width)
            if head.horizontalAdvance(column.title) > width - 2 * PAD:
                lines = 2
        high = lines * head.height() + 2 * _HEAD_PAD
        self.horizontalHeader().setFixedHeight(high)
        self.setMinimumHeight(high + _ROWS_SEEN * self._look.tokens.measures.control)


def _widest(metrics: QFontMetrics, texts: Iterable[str]) -> int:
    return max((metrics.horizontalAdvance(text) for text in texts), default=0)


def _words(texts: Iterable[str]) -> set[str]:
    return {word for text in texts for word in text.split()}
