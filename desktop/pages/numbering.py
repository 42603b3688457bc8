"""Every number of a series and year explained: on which paper it stands, or why on none."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QWidget

from desktop import numbered
from desktop.deed import deed
from desktop.desk import Desk
from desktop.form_view.editors.choice import ChoiceEditor
from desktop.form_view.matching import Option
from desktop.look.ask import Ask
from desktop.look.lists import Entry
from desktop.look.parts import Button, card, column, line, words
from desktop.look.titled import TitledList
from desktop.numbered import Place, Series
from desktop.pages.head import Head
from desktop.pages.page import Page
from desktop.tasks import Latest
from forms.engine import written
from forms.engine.words import carried, say


class NumbersPage(Page):
    """Asks for series and year; runs of numbers with one state and no paper stand in one row.

    `record_picked` opens the record of a number, `void_asked` begins to make it void, and
    `form_asked` comes with the form by which a number is reserved or inserted.
    """

    record_picked = Signal(object)
    void_asked = Signal(object)
    form_asked = Signal(object)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._reading = Latest(desk.tasks, self)
        self._known = numbered.series(desk.store)
        self._series = ChoiceEditor(
            tuple(Option(one.series, one.title) for one in self._known.values())
        )
        self._series.name(say("numbers.series"), "")
        self._series.put(next(iter(self._known), None))
        self._year = Ask("numbers.year")
        self._year.edit.setText(str(desk.store.scene().today.year))
        self._figures: dict[str, QLabel] = {}
        self._rows = TitledList(desk.look, "numbers.explained", "hash", "numbers.none")
        self._rows.rows.picked.connect(self._pick)
        self._rows.rows.moved.connect(self._follow)
        self._void = deed(self, "numbers.void", "Ctrl+Delete", "x-circle", self._ask_void)
        self._insert = deed(self, "numbers.insert", "Ctrl+I", "plus", self._ask_insert)
        self._reserve = deed(self, "numbers.reserve", "Ctrl+N", "note-pencil", self._ask_reserve)
        show = deed(self, "numbers.show", "Ctrl+Return", "magnifying-glass", self.refresh)
        self._series.edited.connect(self.refresh)
        self._year.entered.connect(self.refresh)
        label = words(say("numbers.series"), "caption")
        label.setBuddy(self._series.core)
        chosen = column(3)
        chosen.addWidget(label)
        chosen.addWidget(self._series)
        asked = line(12)
        asked.addLayout(chosen, 3)
        asked.addWidget(self._year, 1)
        asked.addWidget(Button(show), 0, Qt.AlignmentFlag.AlignBottom)
        counts = line(12)
        for code in numbered.SHOWN:
            self._figures[code] = words("–", "figure")
            cell = column(0)
            cell.addWidget(self._figures[code])
            cell.addWidget(words(say(f"numbers.is_{code}"), "muted", wraps=True))
            cell.addStretch(1)
            counts.addLayout(cell, 1)
        inner = column(14, (18, 14, 18, 14))
        inner.addLayout(asked)
        inner.addLayout(counts)
        around = column(14, (18, 16, 18, 14))
        around.addWidget(Head("numbers.title", "numbers.lead"))
        around.addWidget(card(inner))
        around.addWidget(self._rows, 1)
        foot = line(8)
        foot.addWidget(Button(self._reserve))
        foot.addStretch(1)
        for action in (self._insert, self._void):
            foot.addWidget(Button(action))
        around.addLayout(foot)
        self.setLayout(around)
        self._follow(None)

    def begin(self) -> None:
        """Show what is true now."""
        self.refresh()
        self._series.setFocus(Qt.FocusReason.TabFocusReason)

    def panes(self) -> list[QWidget]:
        """List the parts between which F6 goes."""
        return [self._series, self._rows.rows]

    def hints(self) -> list[tuple[str, str]]:
        """Name the keys of this page."""
        return [("F6", say("hint.pane")), ("Enter", say("hint.open"))]

    def refresh(self) -> None:
        """Fetch the series again."""
        series, year = str(self._series.value() or ""), self._year.text
        if not year.isdecimal():
            self._year.complain(say("not_number"))
            return
        work = carried(partial(numbered.read, self._desk.store, series, int(year)))
        self._reading.ask(work, self._put)

    def _put(self, found: numbered.Found) -> None:
        for code, figure in self._figures.items():
            figure.setText(written.grouped(found.counts.get(code, 0)))
        self._rows.put(numbered.rows(found))
        self._follow(None)

    def _follow(self, entry: Entry | None) -> None:
        place = self._place(entry)
        one = self._one()
        by_hand = one is not None and one.by_hand
        ours = one is not None and one.ours
        self._void.setEnabled(ours and place is not None and place.may_void)
        self._insert.setEnabled(by_hand and place is not None and place.may_insert)
        self._reserve.setEnabled(by_hand)

    def _place(self, entry: Entry | None) -> Place | None:
        found = entry.value if entry is not None else None
        return found if isinstance(found, Place) else None

    def _here(self) -> Place | None:
        shown = self._rows.rows
        return self._place(shown.entries.entry(shown.currentIndex().row()))

    def _one(self) -> Series | None:
        return self._known.get(str(self._series.value() or ""))

    def _pick(self, entry: Entry) -> None:
        place = self._place(entry)
        if place is not None and place.record:
            self.record_picked.emit(place.record)

    def _ask_void(self) -> None:
        place = self._here()
        if place is not None and place.may_void:
            self.void_asked.emit(place.record)

    def _ask_reserve(self) -> None:
        one = self._one()
        if one is not None:
            self.form_asked.emit(numbered.reserving(self._desk.store, one))

    def _ask_insert(self) -> None:
        place, one = self._here(), self._one()
        if place is not None and place.may_insert and one is not None:
            self.form_asked.emit(numbered.inserting(self._desk.store, one, place.number))
