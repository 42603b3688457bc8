"""A book on the screen: what is asked for, the table, what follows from its chosen row."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.deed import deed
from desktop.desk import Desk
from desktop.look.parts import Button, column, held, line
from desktop.pages.head import Head
from desktop.pages.registers import mail, reading
from desktop.pages.registers.asked import AskedBar
from desktop.pages.registers.chain import Chain
from desktop.pages.registers.paper import BookPaper
from desktop.pages.registers.reading import END, Asked, Leaf
from desktop.pages.registers.sheet import BookSheet
from desktop.panes.pane import Pane
from desktop.tasks import Latest
from forms.engine.words import carried, say
from sync.protocol.change import NOBODY
from sync.store.registers import report
from sync.store.registers.disposition import Link
from sync.store.registers.page import Page
from sync.store.registers.table import Row

# ruff: noqa: N802 - Qt names the methods that it calls in camelCase


class BookPane(Pane):
    """Shows a book; `picked` comes with a record, `begun` with a service and what it is about."""

    picked = Signal(object)
    edit_asked = Signal(object)
    begun = Signal(str, object)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._reading = Latest(desk.tasks, self)
        self._paging = Latest(desk.tasks, self)
        self._linking = Latest(desk.tasks, self)
        self._paper = BookPaper(desk, self)
        self._asked: Asked | None = None
        self._writes = mail.Writes()
        self._bar = AskedBar(desk, mail.books(desk.store))
        self._sheet = BookSheet(desk.look)
        self.table = self._sheet.table
        self._chain = Chain(desk.look)
        self._chain.hide()
        self._deeds = self._make_deeds()
        self._build()
        desk.look.changed.connect(self._fit)  # a method's connection ends with the pane
        self._bar.changed.connect(self._ask)
        self._bar.onward.connect(self.begin)
        self._sheet.chosen.connect(self._follow)
        self.table.moved.connect(lambda _: self._follow())
        self.table.picked.connect(lambda row: self.picked.emit(row.record))
        self.table.rows.wanted.connect(self._fetch)
        self._chain.picked.connect(self.picked)

    def _fit(self) -> None:
        self._chain.fit(self.height())

    def begin(self) -> None:
        """Put the keyboard on the table."""
        self.table.setFocus(Qt.FocusReason.TabFocusReason)

    def refresh(self) -> None:
        """Read again what is shown; the chosen row keeps its place."""
        self.read(self.table.currentIndex().row() if self._asked is not None else END)

    def read(self, place: int = END, record: bytes = NOBODY) -> None:
        """Read what is asked for and choose a row: that of a record, else the one at `place`."""
        asked = self._bar.asked()
        if asked is None:
            return
        if asked != self._asked:
            place = END if asked.is_book else 0
        work = carried(partial(reading.leaves, self._desk.store, asked, place))
        self._reading.ask(work, partial(self._put, asked, place, record))

    def put_away(self) -> bool:
        """Call off what is being printed or saved; False where nothing is."""
        if not self._paper.run.is_busy:
            return False
        self._paper.run.stop()
        return True

    def leave(self) -> None:
        """Let go of what is being printed or saved: the desk is locked."""
        self._paper.run.drop()

    def panes(self) -> list[QWidget]:
        """List the parts between which F6 goes."""
        return [self.table, *self._sheet.parts, self._chain.rows, *self._bar.parts()]

    def hints(self) -> list[tuple[str, str]]:
        """Name the keys of a book."""
        return [
            ("↑ ↓", say("hint.choose")),
            ("Enter", say("hint.open")),
            ("F2", say("registers.change")),
            ("F6", say("hint.pane")),
        ]

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave most of the height to the table."""
        super().resizeEvent(event)
        self._chain.fit(self.height())

    def _make_deeds(self) -> dict[str, QAction]:
        rows = (
            ("edit", "registers.edit", "F2", "pencil-simple", self._edit),
            ("sheet", "registers.sheet", "F9", "printer", self._print_sheet),
            ("save", "registers.save", "Ctrl+E", "file-pdf", self._save),
            ("print", "registers.print", "Ctrl+P", "printer", self._print),
            ("follow", "registers.follow_disposition", "Ctrl+Return", "paper-plane-right",
             self._begin_following),
            ("new", "registers.new_incoming", "Ctrl+N", "plus", self._begin_new),
        )  # fmt: skip
        made = {code: deed(self, said, key, glyph, do) for code, said, key, glyph, do in rows}
        for code in ("edit", "sheet", "follow", "new"):
            made[code].setVisible(False)
        return made

    def _build(self) -> None:
        head = line(8)
        head.addWidget(Head("registers.title", "registers.lead"), 1)
        head.addWidget(Button(self._deeds["save"]))
        head.addWidget(Button(self._deeds["print"]))
        inner = column(12)
        inner.addLayout(head)
        inner.addWidget(self._bar)
        inner.addWidget(self._paper.run)
        inner.addWidget(self._sheet, 1)
        inner.addWidget(self._chain)
        around = column(12)
        around.addLayout(held(inner), 1)
        around.addLayout(self._foot())
        self.setLayout(around)

    def _foot(self) -> QHBoxLayout:
        foot = line(8)
        foot.addWidget(Button(self._deeds["sheet"]))
        foot.addStretch(1)
        foot.addWidget(Button(self._deeds["follow"]))
        foot.addWidget(Button(self._deeds["new"], "primary"))
        return foot

    def _ask(self) -> None:
        asked = self._bar.asked()
        if asked is not None and asked != self._asked:
            self.read()

    def _put(self, asked: Asked, place: int, record: bytes, leaves: list[Leaf]) -> None:
        self._paging.drop()
        other = self._asked is None or asked.name != self._asked.name
        self._asked = asked
        if other:
            self._offer(asked)
        self._sheet.put(asked, leaves, place, self._desk.store.scene().today)
        found = self.table.rows.place_of(record) if record else -1
        if found >= 0:
            self.table.choose(found)
        self._follow()

    def _offer(self, asked: Asked) -> None:
        """Show what can be begun from this book."""
        self._writes = mail.writes(self._desk.store, asked.name)
        for code, service in (("new", self._writes.new), ("follow", self._writes.follow)):
            self._deeds[code].setVisible(bool(service))
            if service:
                said = say(f"registers.{code}_{service.rpartition('/')[2]}")
                self._deeds[code].setText(said.replace("&", "&&"))
        incoming = asked.name == mail.INCOMING
        self._deeds["sheet"].setVisible(incoming)
        self._deeds["edit"].setVisible(asked.name not in report.COUNTS)
        self._chain.setVisible(incoming)

    def _fetch(self, place: int) -> None:
        if self._asked is not None:
            work = carried(partial(reading.part, self._desk.store, self._asked, place))
            self._paging.ask(work, self._add)

    def _add(self, page: Page) -> None:
        if self.table.rows.add(page):
            self._follow()
        else:
            self.refresh()

    def _follow(self) -> None:
        """Show what belongs to the chosen row, and offer what can be done with it."""
        row = self._row()
        for code in ("edit", "sheet", "follow"):
            self._deeds[code].setEnabled(row is not None)
        if self._asked is None or self._asked.name != mail.INCOMING:
            return
        if row is None:
            self._linking.drop()
            self._link(())
        else:
            work = partial(reading.chain, self._desk.store, row.record)
            self._linking.ask(work, self._link)

    def _link(self, links: tuple[Link, ...]) -> None:
        self._chain.put(links, self._desk.store.scene().today)

    def _row(self) -> Row | None:
        row = self.table.chosen()
        return row if row is not None and row.record else None

    def _edit(self) -> None:
        link = self._chain.rows.chosen() if self._chain.rows.hasFocus() else None
        row = self._row()
        if link is not None:
            self.edit_asked.emit(link.value)
        elif row is not None:
            self.edit_asked.emit(row.record)

    def _begin_new(self) -> None:
        if self._writes.new:
            self.begun.emit(self._writes.new, NOBODY)

    def _begin_following(self) -> None:
        row = self._row()
        if row is not None and self._writes.follow:
            self.begun.emit(self._writes.follow, row.record)

    def _print(self) -> None:
        if self._asked is not None:
            self._paper.put(self._asked)

    def _save(self) -> None:
        if self._asked is not None:
            self._paper.save(self._asked)

    def _print_sheet(self) -> None:
        row = self._row()
        if row is not None:
            self._paper.put_sheet(row.record)
