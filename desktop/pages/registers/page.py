"""The registers page: a book, and one step further the piece of mail or its form."""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from desktop import acts
from desktop.desk import Desk
from desktop.look.parts import column
from desktop.notices import Tone
from desktop.pages.page import Page
from desktop.pages.registers import reading
from desktop.pages.registers.book import BookPane
from desktop.pages.registers.reading import Begun
from desktop.panes import opening
from desktop.panes.form import FormPane
from desktop.panes.opening import Opening
from desktop.panes.pane import Pane
from desktop.panes.record import RecordPane
from desktop.tasks import Latest
from desktop.tones import state as state_words
from forms.engine.words import worded
from sync.store.records import Saved


class RegistersPage(Page):
    """Books, reports and mail; a letter's record is opened and changed at the counter.

    `record_picked` hands over a letter's record to be shown, `letter_edit_asked` to be changed.
    """

    record_picked = Signal(object)
    letter_edit_asked = Signal(object)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._reading = Latest(desk.tasks, self)
        self._form: FormPane | None = None
        self._before: Pane | None = None
        self._book = BookPane(desk)
        self._record = RecordPane(desk)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._book)
        self._stack.addWidget(self._record)
        around = column(0, (18, 14, 18, 12))
        around.addWidget(self._stack)
        self.setLayout(around)
        self._book.picked.connect(self._open)
        self._book.edit_asked.connect(self._edit)
        self._book.begun.connect(self._begin)
        self._record.edit_asked.connect(self._change)
        self._record.changed.connect(self.worked)

    def begin(self) -> None:
        """Show what is true now."""
        self.refresh()
        self._here().begin()

    def refresh(self) -> None:
        """Fetch again what the open pane shows."""
        self._here().refresh()

    def leave(self) -> None:
        """Keep what is typed, let go of what is being printed."""
        self._close_form()
        self._book.leave()

    def back(self) -> bool:
        """Go back one pane; what is typed in a form stays as a draft."""
        here = self._here()
        if here is self._book:
            return self._book.put_away()
        if here is self._record and self._record.put_away():
            return True
        if here is self._form:
            self._close_form()
            self._show(self._before or self._book)
        else:
            self._show(self._book)
        self.refresh()
        return True

    def panes(self) -> list[QWidget]:
        """List the parts between which F6 goes."""
        return self._here().panes()

    def hints(self) -> list[tuple[str, str]]:
        """Name the keys of the open pane."""
        return self._here().hints()

    def _here(self) -> Pane:
        here = self._stack.currentWidget()
        assert isinstance(here, Pane), "nothing else is put into the stack"
        return here

    def _open(self, record: bytes) -> None:
        self._reading.ask(partial(acts.look, self._desk.store, record), self._opened)

    def _opened(self, shown: acts.Shown) -> None:
        if shown.form.letter is not None:
            self.record_picked.emit(shown.record.id)
        else:
            self._record.open(shown.record.id, partial(self._show, self._record))

    def _edit(self, record: bytes) -> None:
        self._reading.ask(partial(acts.look, self._desk.store, record), self._change)

    def _change(self, shown: acts.Shown) -> None:
        if not shown.may_edit:
            said, _ = state_words(shown.record.state)
            self._desk.notices.say("registers.closed", Tone.CARE, state=said)
        elif shown.form.letter is not None:
            self.letter_edit_asked.emit(shown)
        else:
            self._open_form(opening.to_change(shown.record, shown.form))

    def _begin(self, service: str, about: bytes) -> None:
        work = partial(reading.begin, self._desk.store, service, about)
        self._reading.ask(work, self._begun)

    def _begun(self, begun: Begun) -> None:
        made = Opening(begun.form, begun.title, begun.answers, subject=begun.subject)
        self._open_form(made)

    def _open_form(self, made: Opening) -> None:
        self._before = self._here()
        self._form = FormPane(self._desk, made)
        self._form.saved.connect(self._saved)
        self._stack.addWidget(self._form)
        self._show(self._form)

    def _close_form(self) -> None:
        form, self._form = self._form, None
        if form is not None:
            form.leave(self._stack)

    def _saved(self, saved: Saved, _prints: bool) -> None:  # noqa: FBT001 - Qt's signal hands it in
        if self._form is None:
            return
        done, before = self._form.opening, self._before
        self._close_form()
        self.worked.emit()
        number = saved.number.text if saved.number is not None else ""
        if number and not done.record:
            self._desk.notices.say(
                "registers.numbered", title=worded(done.form.title), number=number
            )
        else:
            self._desk.notices.say("registers.kept", title=worded(done.form.title))
        if before is self._record:
            self._record.open(saved.record, partial(self._show, self._record))
            return
        self._show(self._book)
        self._book.read(record=done.subject or saved.record)

    def _show(self, pane: Pane) -> None:
        self._stack.setCurrentWidget(pane)
        pane.begin()
