"""The one list of the desk: rows of two lines with an icon, a word of state and a remark."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QElapsedTimer,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from desktop.look.fonts import font
from desktop.look.icons import picture
from desktop.look.look import Look

# ruff: noqa: N802 - Qt names the methods that it calls in camelCase

_ROW = Qt.ItemDataRole.UserRole
_PAD, _GAP, _BAR = 12, 10, 3
_CHIP_PAD = 8
_LEAST = 24  # Pixels of a list without rows.


@dataclass(frozen=True, slots=True)
class Entry:
    """One row; `value` is what the page knows it by, everything else is shown.

    At the right stand the chip, then `mark` (an icon) and `aside` (its words).
    """

    value: Any
    title: str
    detail: str = ""
    glyph: str = ""
    chip: str = ""
    tone: str = "plain"
    aside: str = ""
    mark: str = ""
    mark_tone: str = "muted"

    @property
    def said(self) -> str:
        """What a screen reader says of the row."""
        return ", ".join(part for part in (self.title, self.detail, self.chip, self.aside) if part)


class Entries(QAbstractListModel):
    """Rows as they were fetched; replaced as a whole, never fetched by the list itself."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[Entry, ...] = ()
        self.has_details = False  # all rows are as high as the highest

    def put(self, rows: Sequence[Entry]) -> None:
        """Show these rows in place of all before."""
        self.beginResetModel()
        self._rows = tuple(rows)
        self.has_details = any(row.detail for row in rows)
        self.endResetModel()

    def entry(self, row: int) -> Entry | None:
        """Give a row, None for a place outside."""
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """Count the rows."""
        return 0 if parent.isValid() else len(self._rows)

    def data(
        self,
        index: QModelIndex | QPersistentModelIndex,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        """Give the title, what is said of the row, or the row itself."""
        entry = self.entry(index.row())
        if entry is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return entry.said
        return entry if role == _ROW else None


class EntryList(QListView):
    """A list of entries; `picked` comes with Enter and a click, `moved` with the arrows."""

    picked = Signal(object)
    moved = Signal(object)

    def __init__(self, look: Look, name: str) -> None:
        super().__init__()
        self._typed = ""
        self._typing = QElapsedTimer()
        self._typing.start()
        self.is_steered = False  # From a search box that keeps the keyboard.
        self.entries = Entries(self)
        self.setModel(self.entries)
        self.setItemDelegate(_Painter(look, self))
        self.setAccessibleName(name)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setUniformItemSizes(True)
        self.clicked.connect(lambda _: self.pick())
        self.selectionModel().currentChanged.connect(lambda _now, _before: self._move())
        look.changed.connect(self._fit)
        look.changed.connect(self.scheduleDelayedItemsLayout)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show whole rows alone: the last one is never cut through."""
        super().resizeEvent(event)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        """Have room for one whole row, where there is one."""
        hint = super().minimumSizeHint()
        return QSize(hint.width(), max(self.sizeHintForRow(0), _LEAST))

    def put(self, rows: Sequence[Entry]) -> None:
        """Show rows; the row of the same value stays chosen, else the first is."""
        before = self.chosen()
        self.entries.put(rows)
        self._fit()
        values = [row.value for row in rows]
        again = values.index(before.value) if before and before.value in values else 0
        self.choose(again)

    def chosen(self) -> Entry | None:
        """Give the row that is chosen."""
        return self.entries.entry(self.currentIndex().row())

    def choose(self, row: int) -> None:
        """Choose a row, the first or last for a place outside; nothing where there are none."""
        last = self.entries.rowCount() - 1
        if last >= 0:
            self.setCurrentIndex(self.entries.index(max(0, min(row, last)), 0))

    def step(self, rows: int) -> None:
        """Choose another row so many below (above, if negative)."""
        self.choose(self.currentIndex().row() + rows)

    def pick(self) -> None:
        """Take the chosen row."""
        entry = self.chosen()
        if entry is not None:
            self.picked.emit(entry)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take Enter for picking."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.pick()
            return
        super().keyPressEvent(event)

    def keyboardSearch(self, text: str) -> None:
        """Go to the next row with a word that begins like what is typed in one go."""
        if not self._typing.hasExpired(QApplication.keyboardInputInterval()):
            text = self._typed + text
        self._typed = text
        self._typing.restart()
        wanted = text.casefold()
        count = self.entries.rowCount()
        first = self.currentIndex().row() + (1 if len(wanted) == 1 else 0)
        for row in (at % count for at in range(first, first + count)):
            entry = self.entries.entry(row)
            words = f"{entry.title} {entry.detail}".casefold().split() if entry else []
            if any(word.startswith(wanted) for word in words):
                self.choose(row)
                return

    def _move(self) -> None:
        entry = self.chosen()
        if entry is not None:
            self.moved.emit(entry)

    def _fit(self) -> None:
        room, high = self.contentsRect().height(), self.sizeHintForRow(0)
        more = high > 0 and high * self.entries.rowCount() > room >= high
        self.setViewportMargins(0, 0, 0, room % high if more else 0)
        self.updateGeometry()


class _Painter(QStyledItemDelegate):
    def __init__(self, look: Look, shown: EntryList) -> None:
        super().__init__(shown)
        self._look = look
        self._list = shown

    def sizeHint(
        self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        size = self._look.tokens.measures
        lines = size.body + (size.small + 5 if self._list.entries.has_details else 0)
        return QSize(120, round(lines * 1.25) + 16)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        entry: Entry | None = index.data(_ROW)
        if entry is None:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        place = QRect(option.rect)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        chosen = chosen and (self._list.hasFocus() or self._list.is_steered)
        self._ground(painter, place, chosen=chosen)
        left = self._glyph(painter, entry, place)
        right = self._right(painter, entry, place)
        self._words(painter, entry, QRect(left, place.y(), right - left, place.height()))
        painter.restore()

    def _ground(self, painter: QPainter, place: QRect, *, chosen: bool) -> None:
        shade = self._look.tokens.colours
        if chosen:
            painter.fillRect(place, QColor(shade.select))
            painter.fillRect(
                QRect(place.topLeft(), QSize(_BAR, place.height())), QColor(shade.ring)
            )
        else:
            painter.fillRect(
                QRect(place.x() + _PAD, place.bottom(), place.width() - 2 * _PAD, 1),
                QColor(shade.line),
            )

    def _glyph(self, painter: QPainter, entry: Entry, place: QRect) -> int:
        left = place.x() + _PAD
        if not entry.glyph:
            return left
        side = self._look.tokens.measures.icon
        ratio = painter.device().devicePixelRatioF()
        drawn = picture(entry.glyph, self._look.tokens.colours.muted, side, ratio)
        painter.drawPixmap(left, place.y() + (place.height() - side) // 2, drawn)
        return left + side + _GAP

    def _right(self, painter: QPainter, entry: Entry, place: QRect) -> int:
        shade, size = self._look.tokens.colours, self._look.tokens.measures
        right = place.right() - _PAD
        if entry.aside:
            painter.setFont(font(size.small))
            painter.setPen(QColor(shade.muted))
            wide = painter.fontMetrics().horizontalAdvance(entry.aside)
            box = QRect(right - wide, place.y(), wide + 1, place.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, entry.aside)
            right -= wide + _GAP
        if entry.mark:
            side = size.icon
            ink = getattr(shade, entry.mark_tone, shade.muted)
            drawn = picture(entry.mark, ink, side, painter.device().devicePixelRatioF())
            painter.drawPixmap(right - side, place.center().y() - side // 2 + 1, drawn)
            right -= side + _GAP
        if entry.chip:
            painter.setFont(font(size.small, weight=QFont.Weight.DemiBold))
            wide = painter.fontMetrics().horizontalAdvance(entry.chip) + 2 * _CHIP_PAD
            high = round(size.small * 1.6)
            box = QRect(right - wide, place.center().y() - high // 2, wide, high)
            painter.setPen(QColor(self._look.tokens.edge_of(entry.tone)))
            painter.setBrush(QColor(getattr(shade, f"{entry.tone}_soft", shade.sunken)))
            painter.drawRoundedRect(box, high / 2, high / 2)
            painter.setPen(QColor(getattr(shade, entry.tone, shade.muted)))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, entry.chip)
            right -= wide + _GAP
        return right

    def _words(self, painter: QPainter, entry: Entry, place: QRect) -> None:
        shade, size = self._look.tokens.colours, self._look.tokens.measures
        first = place
        if entry.detail:
            middle = place.y() + round(place.height() * 0.5)
            first = QRect(place.x(), place.y() + 6, place.width(), middle - place.y() - 5)
            below = QRect(place.x(), middle, place.width(), place.bottom() - middle - 5)
            self._line(painter, entry.detail, below, font(size.small), shade.muted)
        weight = QFont.Weight.DemiBold if entry.detail else QFont.Weight.Medium
        self._line(painter, entry.title, first, font(size.body, weight=weight), shade.text)

    def _line(self, painter: QPainter, text: str, place: QRect, face: QFont, ink: str) -> None:
        painter.setFont(face)
        painter.setPen(QColor(ink))
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
