"""One record as it stands: state, facts, its way so far, its paper, and what can be done."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop import acts
from desktop.dates import when
from desktop.deed import deed
from desktop.desk import Desk
from desktop.look.ask import Ask
from desktop.look.lists import Entry
from desktop.look.parts import Button, card, chip, column, held, line, restyle, words
from desktop.look.titled import TitledList
from desktop.panes.facts import Facts, told_of
from desktop.panes.pane import ESC, Pane
from desktop.panes.paper import PaperView
from desktop.panes.printing import Printing
from desktop.tasks import Lane, Latest
from desktop.tones import badge
from desktop.tones import state as state_words
from forms.engine.machine import Action
from forms.engine.words import label, say
from sync.store import letters, records
from sync.store.read import Event
from sync.store.records import Saved

# ruff: noqa: N802 - Qt names the methods that it calls in camelCase

_BESIDE = 780  # With less room the paper is left out.
_PREVIEW_PPI = 144.0
_GLYPHS = {
    "return": "arrow-counter-clockwise",
    "refuse": "prohibit",
    "void": "x-circle",
    "ready": "tray",
    "hand_over": "users",
}


class RecordPane(Pane):
    """Shows a record; `changed` comes after every act, `edit_asked` with F2."""

    changed = Signal()
    edit_asked = Signal(object)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._view: acts.Shown | None = None
        self._reading = Latest(desk.tasks, self)
        self._drawing = Latest(desk.tasks, self, Lane.PAPER)
        self._title = words("", "title", wraps=True)
        self._under = words("", "muted", wraps=True)
        self._state, self._badge = chip(""), chip("")
        self._facts = Facts()
        self._history = TitledList(
            desk.look, "record.history", "clock-counter-clockwise", "record.no_history"
        )
        self._reason = Ask("record.reason")
        self._reason.hide()
        self._asked: Action | None = None
        self._paper = PaperView(desk.look)
        self._caption = words("", "muted")
        self._steps = QHBoxLayout()
        self._steps.setSpacing(8)
        self._made: list[QAction] = []
        self._printing = Printing(desk, self)
        self._print = deed(self, "record.print", "Ctrl+P", "printer", self.print_it)
        self._pdf = deed(self, "record.pdf", "Ctrl+E", "file-pdf", self._save_pdf)
        self._edit = deed(self, "record.edit", "F2", "pencil-simple", self._ask_edit)
        self._reason.entered.connect(self._act_with_reason)
        self._build()

    def open(self, record: bytes, then: Callable[[], None] | None = None) -> None:
        """Fetch a record and show it; `then` is called when it stands there."""

        def put(view: acts.Shown) -> None:
            self._put(view)
            if then is not None:
                then()

        self._reading.ask(partial(acts.look, self._desk.store, record), put)

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
        return [("F6", say("hint.pane")), ESC]

    def print_it(self) -> None:
        """Print the letter that is shown: the original once, counted copies afterwards."""
        if self._view is not None and self._view.is_issued:
            self._printing.put(self._view.record, self._again)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show the paper where there is room for it."""
        super().resizeEvent(event)
        self._show_paper()

    def _build(self) -> None:
        chips = line(8)
        chips.addWidget(self._state)
        chips.addWidget(self._badge)
        chips.addStretch(1)
        inside = column(4, (18, 14, 18, 14))
        inside.addWidget(self._title)
        inside.addWidget(self._under)
        inside.addLayout(chips)
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
        middle.addLayout(shown, 5)
        foot = line(8)
        foot.addWidget(Button(self._edit))
        foot.addWidget(Button(self._pdf))
        foot.addStretch(1)
        foot.addLayout(self._steps)
        foot.addWidget(Button(self._print, "primary"))
        around = column(12)
        around.addLayout(middle, 1)
        around.addWidget(self._reason)
        around.addLayout(foot)
        self.setLayout(around)

    def _put(self, view: acts.Shown) -> None:
        store, record, form = self._desk.store, view.record, view.form
        self._view = view
        number = record.number.text if record.number is not None else ""
        self._title.setText(str(record.answers.get("nama") or form.title))
        self._under.setText(" · ".join(part for part in (form.title, number) if part))
        for shown, (said, tone) in (
            (self._state, state_words(record.state)),
            (self._badge, badge(record.sync)[1:]),
        ):
            shown.setText(said)
            restyle(shown, tone=tone)
        told = told_of(form, record.answers, store.region.areas)
        self._facts.put(told, scale=self._desk.look.tokens.scale)
        self._history.put([_event(event, store.now()) for event in reversed(view.history)])
        self._put_steps(view)
        self._print.setVisible(view.is_issued)
        self._pdf.setVisible(view.is_issued)
        self._edit.setVisible(view.may_edit)
        self._reason.hide()
        self._show_paper()
        self._caption.setText(say("record.next_print" if view.is_issued else "record.as_draft"))
        if form.letter is not None:
            work = partial(letters.pictures, store, record.id, ppi=_PREVIEW_PPI)
            self._drawing.ask(work, self._paper.put)
        else:
            self._paper.clear()

    def _put_steps(self, view: acts.Shown) -> None:
        for action in self._made:
            self.removeAction(action)
            action.deleteLater()
        while (item := self._steps.takeAt(0)) is not None:
            button = item.widget()
            if button is not None:
                button.hide()
                button.deleteLater()
        self._made = []
        roles = self._desk.store.operator.roles
        onward = view.form.machine.forward(view.record.state, roles)
        rows = sorted(
            view.actions, key=lambda row: onward is not None and row.action == onward.action
        )
        for row in rows:
            is_next = onward is not None and row.action == onward.action
            key, glyph = ("Ctrl+Return", "check") if is_next else ("", _GLYPHS.get(row.action, ""))
            made = deed(self, f"action.{row.action}", key, glyph, partial(self._act, row))
            made.setText(label("action", row.action))
            self._made.append(made)
            button = Button(made, "primary" if is_next and not view.is_issued else "plain")
            self._steps.addWidget(button)
            button.show()  # At once, not with the next event: `begin` looks for what is visible.

    def _act(self, row: Action) -> None:
        if row.reason and not self._reason.text:
            self._asked = row
            self._reason.show()
            self._reason.complain(say("record.reason_for", action=label("action", row.action)))
            self._reason.setFocus(Qt.FocusReason.TabFocusReason)
            return
        if self._view is None:
            return
        record, reason = self._view.record.id, self._reason.text
        work = partial(records.move, self._desk.store, record, row.action, reason=reason)
        self._desk.tasks.run(self, work, self._acted)

    def _act_with_reason(self) -> None:
        if self._asked is not None and self._reason.text:
            self._act(self._asked)

    def _acted(self, saved: Saved) -> None:
        self._asked = None
        self._reason.wipe()
        said, _ = state_words(saved.state)
        self._desk.notices.say("record.moved", state=said)
        self.open(saved.record, self.begin)
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

    def _show_paper(self) -> None:
        letter = self._view is not None and self._view.form.letter is not None
        for part in (self._paper, self._caption):
            part.setVisible(letter and self.width() >= _BESIDE)

    def _first_button(self) -> QWidget | None:
        buttons = [b for b in self.findChildren(Button) if b.isVisibleTo(self) and b.isEnabled()]
        primary = [b for b in buttons if b.property("role") == "primary"]
        return next(iter(primary or buttons), None)


def _event(event: Event, now: int) -> Entry:
    plain = event.act in ("new", "edit")
    number = event.number.text if event.number is not None else ""
    said = [part for part in (event.operator, number, event.reason) if part]
    waits = event.pending and not event.verdict
    return Entry(
        event.id,
        label("act", event.act) if plain else label("state", event.state),
        detail=" · ".join(said) or say("record.nobody"),
        aside=when(event.time, now),
        mark="hard-drives" if waits else "cloud-check",
        mark_tone="wait" if waits else "ok",
    )
