"""The reports page: what was done and who lives here, in tables with their pictures."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QLayout, QScrollArea, QWidget

from desktop.deed import deed
from desktop.desk import Desk
from desktop.look.lists import Entry
from desktop.look.parts import Button, column, held, line, words
from desktop.look.titled import TitledList
from desktop.pages.head import Head
from desktop.pages.page import Page
from desktop.pages.registers import mail, reading
from desktop.pages.registers.asked import AskedBar
from desktop.pages.registers.paper import BookPaper
from desktop.pages.registers.period import WITH_TODAY
from desktop.pages.registers.reading import Asked
from desktop.pages.registers.table import BookTable
from desktop.pages.reports.picture import Picture
from desktop.panes.running import RunBar
from forms.engine.words import carried, say
from forms.engine.written import long_day
from sync.store.registers import report
from sync.store.registers.table import Table

# ruff: noqa: N802 - Qt names the methods that it calls in camelCase

NAMES = (report.SERVICES, report.RESIDENTS)
_BESIDE = 930  # Pixels of plain text: with less room the picture stands above its table.
_PARTS = 222  # The width of the list of parts.


class _Seen(QObject):
    """Brings a part of a scrolled page into view when it gets the keyboard."""

    def __init__(self, part: QWidget, scrolled: QLayout, parent: QObject) -> None:
        super().__init__(parent)
        self._part, self._scrolled = part, scrolled

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look for the keyboard, and let everything pass."""
        item = self._scrolled.itemAt(0)
        area = item.widget() if item is not None else None
        if event.type() == QEvent.Type.FocusIn and isinstance(area, QScrollArea):
            area.ensureWidgetVisible(self._part)
        return super().eventFilter(watched, event)


class ReportsPage(Page):
    """Asks for a report and a period; counting holds up nothing else, and can be called off."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._asked: Asked | None = None
        self._tables: Sequence[Table] = ()
        self._bar = AskedBar(desk, mail.books(desk.store, NAMES), WITH_TODAY)
        self._run = RunBar(desk)
        self._paper = BookPaper(desk, self)
        self._parts = TitledList(desk.look, "reports.parts", "list-bullets", "reports.none")
        self._title, self._period = words("", "section"), words("", "muted", wraps=True)
        self._picture = Picture(desk.look)
        self.table = BookTable(desk.look)
        self._head = line(8)
        self._beside = line(8)
        self._save = deed(self, "registers.save", "Ctrl+E", "file-pdf", self._save_it)
        self._print = deed(self, "registers.print", "Ctrl+P", "printer", self._print_it)
        self._again = deed(self, "reports.again", "Ctrl+Return", "arrows-clockwise", self._count)
        self._build()
        self._bar.changed.connect(self._ask)
        self._bar.onward.connect(self._parts.setFocus)
        self._parts.rows.moved.connect(self._show)
        self._parts.rows.picked.connect(lambda _: self.table.setFocus())
        desk.look.changed.connect(self._place)

    def begin(self) -> None:
        """Count what is asked for anew; the keyboard goes to the parts."""
        self._count()
        self._parts.rows.setFocus(Qt.FocusReason.TabFocusReason)

    def back(self) -> bool:
        """Call off what is under way; it is the only step back."""
        for run in (self._run, self._paper.run):
            if run.is_busy:
                run.stop()
                return True
        return False

    def leave(self) -> None:
        """Let go of what is under way: the desk is locked."""
        self._run.drop()
        self._paper.run.drop()

    def panes(self) -> list[QWidget]:
        """List the parts between which F6 goes."""
        return [self._parts.rows, self.table, *self._bar.parts()]

    def hints(self) -> list[tuple[str, str]]:
        """Name the keys of this page."""
        return [
            ("↑ ↓", say("hint.choose")),
            ("F6", say("hint.pane")),
            ("Ctrl+Enter", say("reports.again")),
            ("Esc", say("running.stop")),
        ]

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the picture beside its table where there is room."""
        super().resizeEvent(event)
        self._place()

    def _build(self) -> None:
        self._head.addWidget(Head("reports.title", "reports.lead"), 1)
        does = line(8)
        for action in (self._again, self._save, self._print):
            does.addWidget(Button(action))
        self._head.addLayout(does)
        told = line(10)
        told.addWidget(self._title)
        told.addWidget(self._period, 1)
        self._beside.addWidget(self._picture, 5, Qt.AlignmentFlag.AlignTop)
        self._beside.addWidget(self.table, 6)
        inside = column(6, (14, 10, 8, 8))
        inside.addLayout(told)
        inside.addLayout(self._beside, 1)
        sheet = QFrame()
        sheet.setProperty("role", "card")
        sheet.setLayout(inside)
        body = line(12)
        body.addWidget(self._parts)
        body.addWidget(sheet, 1)
        inner = column(10)
        inner.addLayout(self._head)
        inner.addWidget(self._bar)
        inner.addWidget(self._run)
        inner.addWidget(self._paper.run)
        inner.addLayout(body, 1)
        around = column(0, (18, 14, 18, 12))
        scrolled = held(inner)
        around.addLayout(scrolled)
        self._parts.rows.installEventFilter(_Seen(self._parts, scrolled, self))
        self.setLayout(around)

    def _ask(self) -> None:
        asked = self._bar.asked()
        if asked is not None and asked != self._asked:
            self._count()

    def _count(self) -> None:
        asked = self._bar.asked()
        if asked is None:
            return
        self._asked = asked
        work = partial(
            report.lists,
            self._desk.store,
            asked.name,
            asked.period,
            service=asked.service,
            place=asked.place,
        )
        spoken = carried(lambda told: work(progress=told))
        self._run.run("reports.counting", spoken, partial(self._put, asked))

    def _put(self, asked: Asked, tables: Sequence[Table]) -> None:
        self._tables = tables
        first, last = asked.period.first, asked.period.last
        said = say("register.period", first=long_day(first), last=long_day(last))
        self._period.setText(f"{asked.title} · {said}")
        self._parts.put([Entry(table.title, table.title) for table in tables])
        self._show(self._parts.rows.chosen())

    def _show(self, entry: Entry | None) -> None:
        table = next((one for one in self._tables if entry and one.title == entry.value), None)
        if table is None:
            return
        self._title.setText(table.title)
        self._picture.put(table.title, table.chart)
        self.table.setAccessibleName(table.title)
        self.table.show_page(reading.whole(table).page, 0, self._desk.store.scene().today)

    def _place(self) -> None:
        scale = self._desk.look.tokens.scale
        wide = self.width() >= _BESIDE * scale
        way = QBoxLayout.Direction
        for box in (self._head, self._beside):
            box.setDirection(way.LeftToRight if wide else way.TopToBottom)
        self._parts.setFixedWidth(round(_PARTS * min(scale, 1.5)))

    def _save_it(self) -> None:
        if self._asked is not None:
            self._paper.save(self._asked)

    def _print_it(self) -> None:
        if self._asked is not None:
            self._paper.put(self._asked)
