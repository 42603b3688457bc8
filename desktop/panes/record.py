"""One record as it stands: state, facts, its way so far, its paper, and what can be done."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop import acts, rows, steps
from desktop.capture.door import Door
from desktop.deed import deed
from desktop.desk import Desk
from desktop.look.parts import Button, card, chip, column, held, line, restyle, words
from desktop.look.titled import TitledList
from desktop.look.turning import Turning
from desktop.panes.attaching import papers
from desktop.panes.doing import Doing
from desktop.panes.facts import Facts, told_of
from desktop.panes.happened import entry
from desktop.panes.pane import Pane, esc
from desktop.panes.paper import PaperView
from desktop.panes.printing import Printing
from desktop.panes.standing import Standing, linked, notes
from desktop.panes.steps_bar import StepsBar
from desktop.tasks import Lane, Latest
from desktop.tones import badge
from desktop.tones import state as state_words
from forms.engine.words import say, worded
from sync.store import letters
from sync.store.records import Saved

# ruff: noqa: N802 - Qt names the methods that it calls in camelCase

_BESIDE = 780  # With less room the paper is left out.
_BOTH = 620  # In pixels of plain text: less, and the way so far leaves while something is asked.
_PREVIEW_PPI = 144.0


class RecordPane(Pane):
    """Shows a record; `changed` comes after every act.

    `edit_asked` comes with F2, or for a letter that is on paper already `correct_asked`.
    """

    changed = Signal()
    edit_asked = Signal(object)
    correct_asked = Signal(object)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._view: acts.Shown | None = None
        self._reading = Latest(desk.tasks, self)
        self._drawing = Latest(desk.tasks, self, Lane.PAPER)
        self._title = words("", "title", wraps=True)
        self._under = words("", "muted", wraps=True)
        self._state, self._badge = chip(""), chip("")
        self._standing = Standing()
        self._facts = Facts()
        self._history = TitledList(
            desk.look, "record.history", "clock-counter-clockwise", "record.no_history"
        )
        self._doing = Doing(desk)
        self._doing.acted.connect(self._acted)
        self._doing.attached.connect(self._attached)
        self._doing.ended.connect(self.begin)
        self._doing.turned.connect(self._show_history)
        self._paper = PaperView(desk.look)
        self._caption = words("", "muted")
        self._steps = StepsBar(self, self._doing.take)
        self._foot = Turning(8)
        self._others, self._ways = line(8), line(8)
        self._printing = Printing(desk, self)
        self._print = deed(self, "record.print", "Ctrl+P", "printer", self.print_it)
        self._pdf = deed(self, "record.pdf", "Ctrl+E", "file-pdf", self._save_pdf)
        self._edit = deed(self, "record.edit", "F2", "pencil-simple", self._ask_edit)
        self._correct = deed(self, "correct.do", "F2", "note-pencil", self._ask_correct)
        self._whole = deed(self, "form.issue", "F9", "printer", self._doing.issue)
        self._attach = deed(self, "attach.do", "Ctrl+B", "upload-simple", self._doing.attach)
        self._door = Door(self, desk.notices, self._doing.bring)
        self._linked = deed(self, "note.go", "Ctrl+G", "arrow-right", self._go_to_linked)
        self._build()

    def open(self, record: bytes, then: Callable[[], None] | None = None) -> None:
        """Fetch a record and show it; `then` is called when it stands there."""

        def put(view: acts.Shown) -> None:
            self._put(view)
            if then is not None:
                then()

        self._reading.ask(partial(acts.look, self._desk.store, record), put)

    def reopen(self, record: bytes) -> None:
        """Fetch a record anew where it is the one that is shown."""
        if self._view is not None and self._view.record.id == record:
            self.open(record)

    def propose(self, action: str) -> None:
        """Begin an action as if its button were pressed; say so where it may not be done now."""
        self._doing.propose(action)

    def ask_day(self) -> None:
        """Ask which day it is, then issue the letter that waits for it."""
        self._doing.ask_day()

    def put_away(self) -> bool:
        """Ask no more for what an action needs; False where nothing was asked."""
        asked = self._doing.put_away()
        if asked:
            self.begin()
        return asked

    def begin(self) -> None:
        """Put the keyboard on the next step, so that Enter takes it."""
        first = self._first_button()
        if first is not None:
            first.setFocus(Qt.FocusReason.TabFocusReason)

    def panes(self) -> list[QWidget]:
        """List the parts between which F6 goes."""
        parts = (self._first_button(), self._history.rows, self._paper)
        return [part for part in parts if part is not None]

    def hints(self) -> list[tuple[str, str]]:
        """Name the keys of a record."""
        return [("F6", say("hint.pane")), esc()]

    def print_it(self) -> None:
        """Print the letter that is shown: the original once, counted copies afterwards."""
        if self._view is not None and self._view.is_issued:
            self._printing.put(self._view.record, self._again)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show the paper where there is room for it."""
        super().resizeEvent(event)
        self._show_paper()
        self._show_history()

    def _build(self) -> None:
        self._link = Button(self._linked, "quiet")
        chips = line(8)
        chips.addWidget(self._state)
        chips.addWidget(self._badge)
        chips.addStretch(1)
        inside = column(4, (18, 14, 18, 14))
        inside.addWidget(self._title)
        inside.addWidget(self._under)
        inside.addLayout(chips)
        inside.addWidget(self._standing)
        inside.addWidget(self._link, 0, Qt.AlignmentFlag.AlignLeft)
        inside.addSpacing(8)
        inside.addWidget(self._facts)
        inside.addStretch(1)
        left = column(12)
        left.addWidget(card(held(inside)), 5)
        left.addWidget(self._history, 3)
        middle = QHBoxLayout()
        middle.setSpacing(14)
        middle.addLayout(left, 6)
        shown = column(4)
        shown.addWidget(self._caption)
        shown.addWidget(self._paper, 1)
        self._beside = card(shown, role="bare")
        middle.addWidget(self._beside, 5)
        for button in (self._edit, self._correct, self._attach, self._pdf):
            self._others.addWidget(Button(button))
        self._others.addStretch(1)
        self._ways.addStretch(1)
        self._ways.addWidget(self._steps)
        self._ways.addWidget(Button(self._whole))
        self._ways.addWidget(Button(self._print, "primary"))
        self._foot.add(self._others)
        self._foot.add(self._ways)
        around = column(12)
        around.addLayout(middle, 1)
        around.addWidget(self._doing)
        around.addWidget(self._foot)
        self.setLayout(around)

    def _put(self, view: acts.Shown) -> None:
        store, record, form = self._desk.store, view.record, view.form
        self._view = view
        number = record.number.text if record.number is not None else ""
        self._title.setText(rows.title(record) or worded(form.title))
        self._under.setText(" · ".join(part for part in (worded(form.title), number) if part))
        for shown, (said, tone) in (
            (self._state, state_words(record.state)),
            (self._badge, badge(record.sync)[1:]),
        ):
            shown.setText(said)
            restyle(shown, tone=tone)
        told = told_of(form, record.answers, store.region.areas)
        self._facts.put(told, scale=self._desk.look.tokens.scale)
        self._history.put([entry(event, store.now()) for event in reversed(view.history)])
        self._standing.put(notes(view))
        self._steps.put(view)
        self._print.setVisible(view.is_issued)
        self._pdf.setVisible(view.is_issued)
        self._edit.setVisible(view.may_edit)
        self._correct.setVisible(view.may_correct)
        takes = bool(papers(store, view))
        self._attach.setVisible(takes)
        self._door.paste.setVisible(takes)
        self._whole.setVisible(self._may_issue(view))
        self._linked.setVisible(linked(view) is not None)
        self._doing.put(view)
        self._show_paper()
        self._caption.setText(say("record.next_print" if view.is_issued else "record.as_draft"))
        if form.letter is not None and not record.erased:
            work = partial(letters.pictures, store, record.id, ppi=_PREVIEW_PPI)
            self._drawing.ask(work, self._paper.put)
        else:
            self._paper.clear()

    def _may_issue(self, view: acts.Shown) -> bool:
        """Tell whether one action may bring a letter from here to the printer."""
        store, state = self._desk.store, view.record.state
        closed = view.form.letter is None or view.record.erased
        if closed or view.stands or not store.habits.one_action:
            return False
        reached = steps.reaches(view.form, state, store.operator.roles)
        return state != reached == steps.ISSUED

    def _acted(self, saved: Saved, prints: bool) -> None:  # noqa: FBT001 - Qt's signal hands it in
        said, _ = state_words(saved.state)
        self._desk.notices.say("record.moved", state=said)
        printed = self.print_it if prints else self.begin
        self.open(saved.record, self.ask_day if saved.waits else printed)
        self.changed.emit()

    def _attached(self) -> None:
        if self._view is not None:
            self.open(self._view.record.id, self.begin)
        self.changed.emit()

    def _save_pdf(self) -> None:
        if self._view is not None and self._view.is_issued:
            self._printing.save(self._view.record, self._again)

    def _again(self) -> None:
        if self._view is not None:
            self.open(self._view.record.id)

    def _ask_edit(self) -> None:
        if self._view is not None and self._edit.isVisible():
            self.edit_asked.emit(self._view)

    def _ask_correct(self) -> None:
        if self._view is not None and self._view.may_correct:
            self.correct_asked.emit(self._view)

    def _go_to_linked(self) -> None:
        other = linked(self._view) if self._view is not None else None
        if other is not None:
            self.open(other.id, self.begin)

    def _show_paper(self) -> None:
        view = self._view
        letter = view is not None and view.form.letter is not None and not view.record.erased
        self._beside.setVisible(letter and self.width() >= _BESIDE)

    def _show_history(self) -> None:
        """Give its room to what is asked for, where there is none for both."""
        high = _BOTH * self._desk.look.tokens.scale
        self._history.setVisible(self._doing.isHidden() or self.height() >= high)

    def _first_button(self) -> QWidget | None:
        buttons = [b for b in self.findChildren(Button) if b.isVisibleTo(self) and b.isEnabled()]
        primary = [b for b in buttons if b.property("role") == "primary"]
        return next(iter(primary or buttons), None)
