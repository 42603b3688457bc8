"""What is only here and what the city has, as the store knows it, and what waits for a person.

It goes by the network, or by a stick that somebody carries.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QProgressBar, QStackedWidget, QWidget

from desktop import acts, rows
from desktop.dates import clock, day
from desktop.deed import deed
from desktop.desk import Desk
from desktop.look.lists import Entry
from desktop.look.parts import Button, Glyph, card, column, line, words
from desktop.look.titled import TitledList
from desktop.notices import Tone
from desktop.pages.head import Head
from desktop.pages.page import Page
from desktop.panes.choosing import ChoicePane
from desktop.tasks import Lane, Latest
from desktop.tones import badge, sync_line
from forms.engine import written
from forms.engine.form import Form
from forms.engine.words import say
from sync.client.folder import Carried, carry_in, carry_out
from sync.protocol.stick import Folder, Stick
from sync.store import read, removals
from sync.store.handle import Store
from sync.store.status import State, Status

_COUNTS = ("pending", "carried", "files", "to_fix", "conflicts", "durable")


class SyncPage(Page):
    """Shows the state large, the counts below; F5 goes at once."""

    go_asked = Signal()
    carried = Signal(int)  # a stick was written or read; how many rows came
    record_picked = Signal(object)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._reading = Latest(desk.tasks, self)
        self._glyph = Glyph("check-circle", 40, tone="ok")
        self._said = words("", "title", wraps=True)
        self._told = words("", "muted", wraps=True)
        self._progress = QProgressBar()
        self._progress.setAccessibleName(say("sync.progress"))
        self._progress.setTextVisible(False)
        self._progress.hide()
        self._figures: dict[str, QLabel] = {code: words("–", "figure") for code in _COUNTS}
        self._troubled = TitledList(desk.look, "sync.troubled", "warning-circle", "sync.no_trouble")
        self._troubled.rows.picked.connect(self._pick)
        self._picked: read.Record | None = None
        self._choice = ChoicePane(desk)
        self._choice.shown.connect(self._show_choice)
        self._choice.settled.connect(self.worked)
        self._choice.done.connect(self._chose)
        self._stack = QStackedWidget()
        self._go = deed(self, "sync.go", "Ctrl+Return", "arrows-clockwise", self.go_asked.emit)
        self._out = deed(
            self, "sync.stick_out", "F9", "floppy-disk", partial(self._carry, carry_out)
        )
        self._in = deed(
            self, "sync.stick_in", "Ctrl+O", "folder-open", partial(self._carry, carry_in)
        )
        self._allow = deed(self, "sync.allow", "Ctrl+Shift+Return", "check-circle", self._let_go)
        self._allow.setVisible(False)
        self._sticks = not desk.store.region.practice  # nothing of practice leaves this laptop
        for action in (self._out, self._in):
            action.setVisible(self._sticks)
        self._build()

    def begin(self) -> None:
        """Show what is true now."""
        self.refresh()
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self._troubled.rows.setFocus(Qt.FocusReason.TabFocusReason)

    def chosen(self) -> None:
        """Show how things stand, whatever is open."""
        self.back()

    def back(self) -> bool:
        """Go from a choice to how things stand."""
        if self._stack.currentWidget() is not self._choice:
            return False
        self._choice.drop()
        self._stack.setCurrentIndex(0)
        self.begin()
        return True

    def refresh(self) -> None:
        """Fetch what waits for a person."""
        self._reading.ask(partial(removals.troubled, self._desk.store), self._put_troubled)
        if self._stack.currentWidget() is self._choice:
            self._choice.refresh()

    def copy_out(self) -> None:
        """Write a stick, as its button does."""
        self._out.trigger()

    def show_state(self, told: State, status: Status, sentence: str) -> None:
        """Show the state and the counts as the store has them."""
        glyph, tone = sync_line(told)
        self._glyph.show_as(glyph, tone)
        self._said.setText(sentence)
        last = status.last_receipt
        self._told.setText(
            say("sync.last", day=day(last), time=clock(last)) if last else say("sync.never")
        )
        for code, figure in self._figures.items():
            figure.setText(written.grouped(getattr(status, code)))
        self._allow.setVisible(status.removals > 0)
        facts = dict(told.facts)
        sending = told.code == "sending"
        self._progress.setVisible(sending)
        self._go.setEnabled(not sending)
        if sending:
            self._progress.setRange(0, max(facts["count"], 1))
            self._progress.setValue(facts["done"])

    def panes(self) -> list[QWidget]:
        """List the parts between which F6 goes."""
        if self._stack.currentWidget() is self._choice:
            return self._choice.panes()
        return [self._troubled.rows]

    def hints(self) -> list[tuple[str, str]]:
        """Name the keys of this page."""
        if self._stack.currentWidget() is self._choice:
            return self._choice.hints()
        sticks = [("F9", say("sync.stick_out")), ("Ctrl+O", say("sync.stick_in"))]
        return [
            ("Ctrl+Enter", say("sync.go")),
            *(sticks if self._sticks else ()),
            ("Enter", say("hint.open")),
        ]

    def _let_go(self) -> None:
        """Let the city take what it would take at once; the list below shows what that is."""
        work = partial(removals.confirm, self._desk.store)
        self._desk.tasks.run(self, work, self._went, failed=self._broke, lane=Lane.LINE)

    def _went(self, count: int) -> None:
        self._allow.setVisible(False)
        self._desk.notices.say("sync.allowed", count=count)
        self.carried.emit(count)

    def _carry(self, act: Callable[[Store, Stick], Carried]) -> None:
        """Write or read a folder that the clerk names, in the lane of the trips."""
        chosen = self._desk.files.to_folder(self, say("sync.stick"))
        if chosen is None:
            return
        self._hold(held=True)
        then = self._wrote if act is carry_out else self._read
        work = partial(act, self._desk.store, Folder(chosen))
        self._desk.tasks.run(self, work, then, failed=self._broke, lane=Lane.LINE)

    def _wrote(self, done: Carried) -> None:
        self._done(done)
        self._desk.notices.say("sync.stick_written", count=done.carried)

    def _read(self, done: Carried) -> None:
        self._done(done)
        if done.refused:
            self._desk.notices.say("sync.stick_faults", Tone.CARE, count=len(done.refused))
        else:
            self._desk.notices.say("sync.stick_read", sent=done.sent, count=done.received)

    def _done(self, done: Carried) -> None:
        self._hold(held=False)
        self.carried.emit(done.received)

    def _broke(self, error: Exception) -> None:
        self._hold(held=False)
        self._desk.notices.trouble(error)

    def _hold(self, *, held: bool) -> None:
        """One stick at a time."""
        for action in (self._out, self._in):
            action.setEnabled(not held)

    def _build(self) -> None:
        says = column(3)
        says.addWidget(self._said)
        says.addWidget(self._told)
        says.addWidget(self._progress)
        head = line(16)
        head.addWidget(self._glyph, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(says, 1)
        counts = line(12)
        for code, figure in self._figures.items():
            cell = column(0)
            cell.addWidget(figure)
            cell.addWidget(words(say(f"sync.count_{code}"), "muted", wraps=True))
            cell.addStretch(1)
            counts.addLayout(cell, 1)
        by_stick = line(8)
        by_stick.addWidget(Button(self._out))
        by_stick.addWidget(Button(self._in))
        by_stick.addWidget(Button(self._allow))
        by_stick.addStretch(1)
        inner = column(18, (22, 20, 22, 20))
        inner.addLayout(head)
        inner.addLayout(counts)
        inner.addLayout(by_stick)
        standing = column(14)
        standing.addWidget(Head("sync.title", "sync.lead", self._go))
        standing.addWidget(card(inner))
        standing.addWidget(self._troubled, 1)
        shown = QWidget()
        shown.setLayout(standing)
        self._stack.addWidget(shown)
        self._stack.addWidget(self._choice)
        around = column(0, (18, 16, 18, 14))
        around.addWidget(self._stack)
        self.setLayout(around)

    def _pick(self, entry: Entry) -> None:
        """Open the choice that a record waits for, else the record."""
        self._picked = entry.value
        self._choice.open(entry.value.id)

    def _show_choice(self) -> None:
        self._stack.setCurrentWidget(self._choice)
        self._choice.begin()

    def _chose(self) -> None:
        if self.back() or self._picked is None:
            return
        form = self._desk.store.form(self._picked.service)
        if form is None or not form.internal:  # an operator's record has no page of its own
            self.record_picked.emit(self._picked)

    def _put_troubled(self, found: list[read.Record]) -> None:
        store = self._desk.store
        entries = []
        for record in found:
            form = store.form(record.service)
            if form is not None and _is_ours(store, form, record):
                person = acts.is_person(form)
                entry = rows.person(record) if person else rows.case(record, form, store.now())
                _, said, tone = badge(record.sync)
                entries.append(replace(entry, chip=said, tone=tone))
        self._troubled.put(entries)


def _is_ours(store: Store, form: Form, record: read.Record) -> bool:
    """Tell whether a record is shown: of the people here only what a head is to choose."""
    return not form.internal or (record.sync == "conflict" and store.minds(form))
