"""The counter: search, citizen, form and record follow each other; Esc goes back the same way."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedWidget, QWidget

from desktop import acts, rows, steps
from desktop.deed import deed
from desktop.desk import Desk
from desktop.look.parts import Button, column, line
from desktop.pages.counter.citizen import CitizenPane
from desktop.pages.counter.results import ResultsPane
from desktop.pages.counter.search import SearchBox
from desktop.pages.counter.start import StartPane
from desktop.pages.counter.undoing import Undoing
from desktop.pages.page import Page
from desktop.panes import opening
from desktop.panes.day import DayQuestion
from desktop.panes.form import FormPane
from desktop.panes.opening import Opening
from desktop.panes.pane import Pane
from desktop.panes.record import RecordPane
from desktop.tasks import Latest
from desktop.tones import state as state_words
from forms.engine.words import worded
from sync.store.drafts import Draft
from sync.store.read import Record
from sync.store.records import Saved


class CounterPage(Page):
    """Brings the panes together; the trail remembers which of them Esc leads back to."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._reading = Latest(desk.tasks, self)
        self._form: FormPane | None = None
        self._trail: list[Pane] = []
        self._box = SearchBox()
        self._start = StartPane(desk)
        self._results = ResultsPane(desk)
        self.person = CitizenPane(desk)
        self._record = RecordPane(desk)
        self._day = DayQuestion(desk)
        self._day.opened.connect(self._take_keyboard)
        self._stack = QStackedWidget()
        for pane in (self._start, self._results, self.person, self._record):
            self._stack.addWidget(pane)
        deed(self, "day.change", "", "calendar-blank", lambda: self.ask_day(again=True))
        self._undoing = Undoing(desk, self, self._record)
        self._new = deed(self, "counter.new_citizen", "Ctrl+N", "user-plus", self._new_citizen)
        head = line(10)
        head.addWidget(self._box, 1)
        head.addWidget(Button(self._new))
        around = column(14, (18, 14, 18, 12))
        around.addLayout(head)
        around.addWidget(self._day)
        around.addWidget(self._stack, 1)
        self.setLayout(around)
        self._connect()

    def begin(self) -> None:
        """Show what is unfinished, or go on where the clerk was."""
        self.refresh()
        self._take_keyboard()

    def ask_day(self, *, again: bool = False) -> None:
        """Ask which day it is, if that is in doubt or `again`; nothing waits for the answer."""
        self._day.ask(again=again)

    def chosen(self) -> None:
        """Go to the search box, whatever is open; what is typed stays as a draft."""
        self._to_search()

    def refresh(self) -> None:
        """Fetch again what the open pane shows."""
        self._here().refresh()

    def leave(self) -> None:
        """Keep what is typed."""
        self._close_form()

    def search(self, text: str, *, opens: bool = False) -> None:
        """Search for a text, as if it were typed here; `opens` takes what alone is found."""
        self._box.setText(text)
        self._to_search()
        self._results.ask(text, opens=opens)

    def open_record(self, record: Record) -> None:
        """Open a person's page, or the record of a case."""
        if acts.is_person(self._desk.store.catalogue.form(record.service)):
            self.open_citizen(record.id)
        else:
            self.open_case(record.id)

    def open_case(self, record: bytes, then: Callable[[], None] | None = None) -> None:
        """Open the record of a case."""

        def shown() -> None:
            self._show(self._record)
            self._record.begin()
            if then is not None:
                then()

        self._record.open(record, shown)

    def void(self, record: bytes) -> None:
        """Open the record of a case and ask why it is to be void."""
        self.open_case(record, partial(self._record.propose, "void"))

    def edit(self, shown: acts.Shown) -> None:
        """Open a record's answers to be changed."""
        self.open_form(opening.to_change(shown.record, shown.form))

    def correct(self, shown: acts.Shown) -> None:
        """Open an issued letter's answers for the new letter that corrects it."""
        self.open_form(opening.to_correct(shown.record, shown.form))

    def open_form(self, begun: Opening) -> None:
        """Open a form as it is begun; what another one holds is kept as its draft."""
        self._close_form()
        made = FormPane(self._desk, begun)
        made.saved.connect(self._saved)
        self._stack.addWidget(made)
        self._show(made)
        self._form = made
        made.begin()

    def back(self) -> bool:
        """Go back one pane; what is typed in a form stays as a draft."""
        if self._day.put_away():
            self._take_keyboard()
            return True
        if self._here() is self._record and self._record.put_away():
            return True
        if self._here() is self.person and self.person.step_back():
            return True
        self._close_form()
        if self._trail:
            self._stack.setCurrentWidget(self._trail.pop())
            self.refresh()
            self._take_keyboard()
            return True
        if self._box.text() or self._here() is not self._start:
            self._box.clear()
            self._to_search()
            self.refresh()
            return True
        return False

    def panes(self) -> list[QWidget]:
        """List the parts between which F6 goes."""
        return [self._day, *self._here().panes(), self._box]

    def hints(self) -> list[tuple[str, str]]:
        """Name the keys of the open pane."""
        return self._here().hints()

    def _connect(self) -> None:
        self._box.textEdited.connect(self._typed)
        self._box.stepped.connect(self._results.hits.step)
        self._box.entered.connect(self._results.enter)
        self._results.picked.connect(self._pick)
        self._start.record_picked.connect(self.open_record)
        self._start.draft_picked.connect(self._open_draft)
        self.person.service_picked.connect(self._open_service)
        self.person.record_picked.connect(self.open_record)
        self.person.edit_asked.connect(self._edit_citizen)
        self.person.member_asked.connect(self._new_member)
        self._record.edit_asked.connect(self.edit)
        self._record.correct_asked.connect(self.correct)
        self._record.changed.connect(self.worked)

    def _here(self) -> Pane:
        here = self._stack.currentWidget()
        assert isinstance(here, Pane), "nothing else is put into the stack"
        return here

    def _to_search(self) -> None:
        self._close_form()
        self._trail = []
        found = bool(self._box.text().strip())
        self._stack.setCurrentWidget(self._results if found else self._start)
        self._box.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._box.selectAll()

    def _typed(self, text: str) -> None:
        if text.strip():
            if self._here() is not self._results:
                self._close_form()
                self._trail = []
                self._stack.setCurrentWidget(self._results)
            self._results.ask(text)
        else:
            self._results.drop()
            self._to_search()
            self.refresh()

    def _pick(self, record: Record | None) -> None:
        if record is None:
            self._new_citizen()
        else:
            self.open_record(record)

    def open_citizen(self, record: bytes) -> None:
        """Open a person's page."""

        def shown() -> None:
            self.person.come()
            self._show(self.person)
            self.person.begin()

        self.person.open(record, shown)

    def _open_service(self, service: str) -> None:
        if self.person.citizen is None:
            return
        record = self.person.citizen.record
        form = self._desk.store.catalogue.form(service)
        title = f"{worded(form.title)} · {rows.name(record.answers)}"
        work = partial(acts.prefilled, self._desk.store, service, record.id)
        self._reading.ask(
            work, lambda found: self.open_form(Opening(form, title, found, subject=record.id))
        )

    def _open_draft(self, draft: Draft) -> None:
        self.open_form(opening.drafted(draft, self._desk.store.catalogue.form(draft.service)))

    def _new_citizen(self) -> None:
        form = self._desk.store.catalogue.form(acts.PEOPLE)
        self.open_form(opening.newcomer(form, self._box.text().strip()))

    def _new_member(self) -> None:
        if (found := self.person.citizen) is not None:
            self.open_form(opening.relative(found.record, found.form))

    def _edit_citizen(self) -> None:
        if (found := self.person.citizen) is not None:
            self.open_form(opening.to_change(found.record, found.form))

    def _close_form(self) -> None:
        form, self._form = self._form, None
        if form is not None:
            form.leave(self._stack)

    def _saved(self, saved: Saved, prints: bool) -> None:  # noqa: FBT001 - Qt's signal hands it in
        if self._form is None:
            return
        done = self._form.opening
        self._close_form()
        if self._trail and self._trail[-1] is self._record:
            self._trail.pop()
        self.worked.emit()
        self._undoing.offer(saved, done)
        if acts.is_person(done.form):
            self._desk.notices.say("form.person_saved")
            self._trail = []
            self.open_citizen(saved.record)
            return
        number = saved.number.text if saved.number is not None else ""
        if number:
            code = "form.issued" if saved.state == steps.ISSUED else "form.numbered"
            self._desk.notices.say(code, number=number)
        else:
            self._desk.notices.say("form.saved", state=state_words(saved.state)[0])
        printed = self._record.print_it if prints and number else None
        self.open_case(saved.record, self._record.ask_day if saved.waits else printed)

    def _take_keyboard(self) -> None:
        if self._here() in (self._start, self._results):
            self._box.setFocus(Qt.FocusReason.ShortcutFocusReason)
        else:
            self._here().begin()

    def _show(self, pane: Pane) -> None:
        here = self._here()
        if here is not pane and here in (self._results, self.person, self._record):
            self._trail.append(here)
        self._stack.setCurrentWidget(pane)
