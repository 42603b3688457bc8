"""Rows of a book as the table takes them: pages that were fetched, and a word for what is missing.

Nothing is read in here. A row that is looked at and isn't here yet is named by `wanted`; whoever
reads brings its page. So a book of 60,000 letters is as quick as one of six.
"""

import datetime as dt
from collections import OrderedDict
from itertools import islice
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from forms.engine.words import say
from sync.store.registers.page import LIMIT, Page
from sync.store.registers.table import Column, Row, shown

# ruff: noqa: N802 - Qt names the methods that it calls in camelCase

ROW = Qt.ItemDataRole.UserRole
COLUMN = Qt.ItemDataRole.UserRole + 1
LATE = Qt.ItemDataRole.UserRole + 2  # Whether the day in this cell is one that has passed undone.
_DUE = frozenset({"due", "answer_by"})  # The columns with a day by which something is to be done.
KEPT_MAX = 60  # Pages; 3,000 rows that somebody has scrolled over are a few megabytes.
_Place = QModelIndex | QPersistentModelIndex


class BookRows(QAbstractTableModel):
    """A table of which some pages are here; `wanted` names the place of one that is looked at."""

    wanted = Signal(int)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.columns: tuple[Column, ...] = ()
        self._pages: OrderedDict[int, tuple[Row, ...]] = OrderedDict()
        self._total = 0
        self._asked = -1
        self._today = dt.date.max

    def show(self, page: Page, today: dt.date) -> None:
        """Show a table in place of the one before; it may be whole, or one page of a book."""
        self.beginResetModel()
        self._today = today
        self.columns = page.columns
        self._total = page.total
        self._asked = -1
        self._pages.clear()
        first = page.first // LIMIT
        for at in range(0, len(page.rows), LIMIT):
            self._pages[first + at // LIMIT] = page.rows[at : at + LIMIT]
        self.endResetModel()

    def add(self, page: Page) -> bool:
        """Take another page of the same book; False when the book has changed since."""
        if page.total != self._total:
            return False
        self._asked = -1
        self._pages[page.first // LIMIT] = page.rows
        while len(self._pages) > KEPT_MAX:
            self._pages.popitem(last=False)
        last = page.first + len(page.rows) - 1
        self.dataChanged.emit(
            self.index(page.first, 0), self.index(last, max(len(self.columns) - 1, 0))
        )
        return True

    def row(self, place: int) -> Row | None:
        """Give a row; None where it isn't here."""
        rows = self._pages.get(place // LIMIT, ())
        within = place % LIMIT
        return rows[within] if 0 <= place < self._total and within < len(rows) else None

    def place_of(self, record: bytes) -> int:
        """Find the row of a record among those that are here, the last one; -1 where it is none."""
        for number, rows in reversed(self._pages.items()):
            for within in range(len(rows) - 1, -1, -1):
                if rows[within].record == record:
                    return number * LIMIT + within
        return -1

    def some(self, count: int) -> list[Row]:
        """Give some of the rows that are here."""
        return list(islice((row for rows in self._pages.values() for row in rows), count))

    def rowCount(self, parent: _Place = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """Count all rows, those that aren't here as well."""
        return 0 if parent.isValid() else self._total

    def columnCount(self, parent: _Place = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """Count the columns."""
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: _Place, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Give what stands in a cell, what is said of it, its whole row or its column."""
        if not index.isValid() or role not in _ROLES:
            return None
        row, column = self.row(index.row()), self.columns[index.column()]
        if role == COLUMN:
            return column
        if row is None:
            self._ask(index.row())
            return None if role in (ROW, LATE) else say("registers.coming")
        if role == ROW:
            return row
        cell = row.cells[index.column()]
        if role == LATE:
            late = isinstance(cell, dt.date) and cell < self._today
            return late and column.key in _DUE and "overdue" in row.marks
        text = shown(cell, column.kind)
        return f"{column.title}: {text}" if role == Qt.ItemDataRole.AccessibleTextRole else text

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Give the heading of a column; numbers stand at the right."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        column = self.columns[section]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return column.title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if is_figure(column) else Qt.AlignmentFlag.AlignLeft
            wraps = Qt.TextFlag.TextWordWrap.value
            return side.value | Qt.AlignmentFlag.AlignVCenter.value | wraps
        return None

    def _ask(self, place: int) -> None:
        if place // LIMIT != self._asked:
            self._asked = place // LIMIT
            self.wanted.emit(place)


_ROLES = frozenset(
    {
        Qt.ItemDataRole.DisplayRole,
        Qt.ItemDataRole.ToolTipRole,
        Qt.ItemDataRole.AccessibleTextRole,
        ROW,
        COLUMN,
        LATE,
    }
)


def is_figure(column: Column) -> bool:
    """Tell whether a column holds numbers, which stand below each other at the right."""
    return column.kind in ("number", "count", "share")
