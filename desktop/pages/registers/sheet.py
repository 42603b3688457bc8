"""The sheet on which a table stands: its name, its period, how much there is, which part of it."""

import datetime as dt
from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame

from desktop.form_view.editors.choice import SegmentsEditor
from desktop.form_view.matching import Option
from desktop.look.look import Look
from desktop.look.parts import Glyph, column, line, words
from desktop.pages.registers.reading import Asked, Leaf
from desktop.pages.registers.table import BookTable
from forms.engine import written
from forms.engine.words import say
from forms.engine.written import long_day

# ruff: noqa: N802 - Qt names the methods that it calls in camelCase

_GAPS = 110  # What stands between and around the parts of the head, its icon included, in pixels.


class BookSheet(QFrame):
    """A titled table; a report of several tables shows one of them, chosen at the right."""

    chosen = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.table = BookTable(look)
        self._leaves: Sequence[Leaf] = ()
        self._at = 0
        self._today = dt.date.max
        self._title = words("", "section")
        self._period = words("", "muted")
        self._count = words("", "caption")
        self._choice: SegmentsEditor | None = None
        self._head = line(8, (14, 8, 14, 6))
        self._head.addWidget(Glyph("list-bullets", tone="accent"))
        self._head.addWidget(self._title)
        self._head.addWidget(self._period)
        self._head.addStretch(1)
        self._head.addWidget(self._count)
        inner = column(0, (1, 1, 1, 6))
        inner.addLayout(self._head)
        inner.addWidget(self.table, 1)
        self.setLayout(inner)
        self.setFocusProxy(self.table)

    @property
    def parts(self) -> list[SegmentsEditor]:
        """List the choice among tables, where there is one."""
        return [self._choice] if self._choice is not None else []

    def put(self, asked: Asked, leaves: Sequence[Leaf], place: int, today: dt.date) -> None:
        """Show what came, and choose the row at `place`, from the end if negative."""
        titles = [leaf.title for leaf in leaves]
        if titles != [leaf.title for leaf in self._leaves]:
            self._at = 0
            self._offer(titles)
        self._leaves, self._today = leaves, today
        first, last = asked.period.first, asked.period.last
        self._title.setText(asked.title)
        self._period.setText(say("register.period", first=long_day(first), last=long_day(last)))
        self.table.setAccessibleName(asked.title)
        self._show(place)
        self._fit_period()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out the period where there is no room: it is asked for above; then the count."""
        super().resizeEvent(event)
        self._fit_period()

    def _fit_period(self) -> None:
        parts = [self._title, self._period, self._count, *self.parts]
        room = self.width() - _GAPS - sum(part.sizeHint().width() for part in parts)
        self._period.setVisible(room >= 0)
        self._count.setVisible(room + self._period.sizeHint().width() >= 0)

    def _show(self, place: int) -> None:
        page = self._leaves[self._at].page
        grouped = written.grouped(page.total)
        self._count.setText(say("registers.count", count=grouped))
        self.table.show_page(page, place, self._today)

    def _offer(self, titles: Sequence[str]) -> None:
        before, self._choice = self._choice, None
        if before is not None:
            before.hide()
            before.deleteLater()
        if len(titles) < len("ab"):
            return
        made = SegmentsEditor([Option(str(at), title) for at, title in enumerate(titles)])
        made.name(say("registers.part"), "")
        made.put("0")
        made.edited.connect(self._choose)
        made.onward.connect(self.table.setFocus)
        self._head.insertWidget(self._head.count() - 1, made)
        self._choice = made

    def _choose(self) -> None:
        if self._choice is not None:
            self._at = int(str(self._choice.value()))
            self._show(0)
            self.chosen.emit()
