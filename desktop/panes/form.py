"""A form that is being filled in: its questions, the living paper beside, what can be done below.

What is typed is kept as a draft each second: nothing is lost by Esc, a crash or a power cut.
"""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QWidget

from desktop import acts, steps
from desktop.acts import Work
from desktop.deed import deed
from desktop.desk import Desk
from desktop.form_view.view import FormView
from desktop.look.ask import Ask
from desktop.look.parts import Button, card, chip, column, line, restyle, words
from desktop.panes.kept_word import KeptWord
from desktop.panes.opening import Opening
from desktop.panes.pane import Pane, esc
from desktop.panes.paper import PaperView
from desktop.panes.register import Register
from desktop.tasks import Lane, Latest
from desktop.tones import state as state_words
from forms.engine.problem import Problem, Refused
from forms.engine.session import Session
from forms.engine.words import label, say
from sync.store import drafts, letters
from sync.store.records import Saved

# ruff: noqa: N802 - Qt names the methods that it calls in camelCase

DRAFT_MS = 1_000  # What is typed is on the disk within a second.
PREVIEW_MS = 150  # After the last key; drawing takes about 40 ms in a lane of its own.
_SAVE, _STEP, _WHOLE = "Ctrl+S", "Ctrl+Return", "F9"
KEYS = ((_SAVE, "form.save"), (_STEP, "keys.step"), (_WHOLE, "form.issue"))  # as the card says
_BESIDE = 780  # With less room the paper is left out: it can be seen once the letter is saved.


class FormPane(Pane):
    """One open form; `saved` comes with what became of it, and whether it is to be printed."""

    saved = Signal(object, bool)

    def __init__(self, desk: Desk, opening: Opening) -> None:
        super().__init__()
        self._desk = desk
        self.opening = opening
        self._changed = False
        self._busy = False
        session = Session(opening.form, desk.store.scene(), opening.answers)
        repeats = desk.repeats_of(opening.form.code)
        self.view = FormView(
            session,
            repeats,
            scale=desk.look.tokens.scale,
            fold=opening.form.letter is not None,
            residents=Register(desk, self),
        )
        self._kept = KeptWord(desk, opening.draft)
        self._reason = _reason(opening)
        self._reason.entered.connect(self._finish)
        self._reason.edit.textEdited.connect(lambda _: self._follow())
        self._paper = PaperView(desk.look) if opening.form.letter is not None else None
        self._drawing = Latest(desk.tasks, self, Lane.PAPER)
        self._deeds = self._make_deeds()
        self._build()
        self._soon = self._timer(PREVIEW_MS, self._draw)
        self._keep = self._timer(DRAFT_MS, self.keep)
        self.view.changed.connect(self._follow)
        self.view.finished.connect(self._finish)
        self._draw()

    def begin(self) -> None:
        """Put the keyboard into the first question without an answer."""
        self.view.begin()

    def panes(self) -> list[QWidget]:
        """List the parts between which F6 goes."""
        reason = self._reason if self.opening.replaces else None
        parts = (reason, self.view.first(), self._paper)
        return [part for part in parts if part is not None]

    def hints(self) -> list[tuple[str, str]]:
        """Name the keys of a form."""
        return [("Enter", say("keys.0")), ("Ctrl+D", say("hint.repeat")), esc()]

    def leave(self, stack: QStackedWidget) -> None:
        """Go from a stack for good; what is typed stays as a draft."""
        self.keep()
        self.hide()  # The keyboard leaves it while its fields can still answer.
        stack.removeWidget(self)
        self.deleteLater()

    def keep(self) -> None:
        """Keep what is typed as a draft, if it has changed since."""
        if not self._changed or self._busy:
            return
        self._changed = False
        self._keep.stop()
        work = partial(
            drafts.put,
            self._desk.store,
            self.opening.draft,
            self.opening.form.code,
            self.view.session.raw,
            subject=self.opening.subject,
            reason=self._reason.text,
        )
        self._desk.drafting.put(self.opening.draft, work)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show the paper where there is room for it."""
        super().resizeEvent(event)
        if self._paper is not None:
            self._paper.setVisible(self.width() >= _BESIDE)

    def _make_deeds(self) -> dict[str, QAction]:
        form, roles = self.opening.form, self._desk.store.operator.roles
        made = {"save": deed(self, "form.save", _SAVE, "floppy-disk", self.save)}
        step = steps.next_step(form, self.opening.state, roles)
        whole = form.letter is not None and self._desk.store.habits.one_action
        if step is not None:
            made["step"] = deed(self, "form.step", _STEP, "paper-plane-right", self.step)
            said = say("form.step", action=label("action", step.action))
            made["step"].setText(said.replace("&", "&&"))
            if form.letter is not None and not whole:
                made["step"].setShortcuts([QKeySequence(_WHOLE), QKeySequence(_STEP)])
        if whole:
            issued = steps.reaches(form, self.opening.state, roles) == steps.ISSUED
            code = "form.issue" if issued else "form.walk"
            made["issue"] = deed(self, code, _WHOLE, "printer" if issued else "check", self.issue)
        return made

    def _build(self) -> None:
        form = column(10, (16, 12, 8, 10))
        form.addLayout(self._head())
        form.addWidget(self.view, 1)
        form.addWidget(self._reason)
        sheet = card(form)
        middle = QHBoxLayout()
        middle.setSpacing(14)
        middle.addWidget(sheet, 6)
        if self._paper is not None:
            middle.addWidget(self._paper, 5)
        around = column(12)
        around.addLayout(middle, 1)
        around.addLayout(self._foot())
        self.setLayout(around)

    def _head(self) -> QHBoxLayout:
        head = line(10)
        head.addWidget(_name(self.opening.title), 1)
        if self.opening.state:
            said, tone = state_words(self.opening.state)
            head.addWidget(chip(said, tone))
        head.addWidget(self._kept)
        return head

    def _foot(self) -> QHBoxLayout:
        foot = line(8)
        foot.addWidget(words(say("form.star"), "muted"))
        foot.addStretch(1)
        *others, last = self._deeds.values()
        for action in others:
            foot.addWidget(Button(action))
        self._last = Button(last, "primary")
        foot.addWidget(self._last)
        return foot

    def save(self) -> None:
        """Save as it is."""
        self._do(acts.save, prints=False)

    def step(self) -> None:
        """Save and take the next step; where that alone issues the letter, it is printed."""
        self._do(acts.save_and_go_on, prints=not self._desk.store.habits.one_action)

    def issue(self) -> None:
        """Save, walk on to issued and print, as far as this operator may."""
        self._do(acts.save_and_issue, prints=True)

    def _do(self, act: Callable[[Any, Work], Saved], *, prints: bool) -> None:
        if self._busy:
            return
        try:
            self.view.session.finish()
        except Refused as refused:
            self._refuse(refused.problems)
            return
        opening = self.opening
        if opening.replaces and not self._reason.text:
            self._reason.complain(say("correct.reason_missing"))
            self._reason.setFocus(Qt.FocusReason.TabFocusReason)
            return
        work = Work(
            opening.form.code,
            self._answers(),
            opening.subject,
            opening.record,
            self._reason.text,
            opening.replaces,
        )
        self._set_busy(busy=True)
        self._desk.tasks.run(
            self,
            partial(act, self._desk.store, work),
            lambda saved: self._done(saved, prints=prints),
            failed=self._failed,
        )

    def _answers(self) -> dict[str, Any]:
        """What is saved; of an existing record also what was emptied."""
        answers: dict[str, Any] = dict(self.view.session.answers)
        if self.opening.record:
            emptied = self.opening.answers.keys() - answers.keys()
            answers |= dict.fromkeys(emptied)
        return answers

    def _done(self, saved: Saved, *, prints: bool) -> None:
        self._changed = False
        self._keep.stop()
        self._desk.drafting.forget(self.opening.draft)
        self._desk.repeats_of(self.opening.form.code).update(self.view.session.answers)
        self._desk.tasks.run(
            self._desk.tasks, partial(drafts.drop, self._desk.store, self.opening.draft)
        )
        self.saved.emit(saved, prints)

    def _failed(self, error: Exception) -> None:
        self._set_busy(busy=False)
        self._desk.notices.beside(self._refuse)(error)

    def _refuse(self, found: Iterable[Problem]) -> tuple[Problem, ...]:
        """Show problems where they can be mended; a value that is in use asks for a reason."""
        problems = tuple(found)
        left = self.view.reveal(problems)
        if any(problem.code.endswith("_in_use") for problem in problems):
            self._reason.show()
            self._reason.setFocus()
        if left:
            self._desk.notices.trouble(Refused(*left))
        return ()

    def _finish(self) -> None:
        """Go to the last button; one more Enter presses it, so that nothing is issued by slip.

        Why a letter is corrected is asked before.
        """
        if self.opening.replaces and not self._reason.text:
            self._reason.setFocus(Qt.FocusReason.TabFocusReason)
            return
        self._last.setFocus(Qt.FocusReason.TabFocusReason)

    def _follow(self) -> None:
        self._changed = True
        self._kept.setText("")
        if not self._keep.isActive():
            self._keep.start()
        self._soon.start()

    def _draw(self) -> None:
        if self._paper is None:
            return
        work = partial(
            letters.sketch,
            self._desk.store,
            self.opening.form.code,
            self.view.session.answers,
            ppi=144.0,
        )
        self._drawing.ask(work, self._paper.put)

    def _set_busy(self, *, busy: bool) -> None:
        self._busy = busy
        for action in self._deeds.values():
            action.setEnabled(not busy)

    def _timer(self, ms: int, do: Callable[[], None]) -> QTimer:
        made = QTimer(self)
        made.setSingleShot(True)
        made.setInterval(ms)
        made.timeout.connect(do)
        return made


def _reason(opening: Opening) -> Ask:
    """Make the line for why; a correction always needs it, other forms only now and then."""
    if opening.replaces:
        made = Ask("correct.reason", hint="correct.reason_hint")
    else:
        made = Ask("form.reason", hint="form.reason_hint")
        if not opening.reason:
            made.hide()
    made.edit.setText(opening.reason)
    return made


def _name(text: str) -> QLabel:
    made = words(text, "lead", wraps=True)
    restyle(made, role="lead")
    return made
