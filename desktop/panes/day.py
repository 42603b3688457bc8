"""One calm question, which day it is, where the clock is in doubt; only dates wait for it."""

import datetime as dt
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame

from desktop.desk import Desk
from desktop.form_view.notation import NOTATIONS
from desktop.look.ask import Ask
from desktop.look.parts import column, words
from forms.engine.problem import Problem, Refused
from forms.engine.words import say
from forms.engine.written import long_day
from sync.store import day
from sync.store.doubt import PLAUSIBLE, Day


class DayQuestion(QFrame):
    """Asks for the day until it is answered or put away; `opened` comes when the desk is open."""

    opened = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._desk = desk
        self._then: Callable[[], None] | None = None
        self._sure = ""  # what was typed that is far from what is known: Enter once more takes it
        self._said = words("", "strong", wraps=True)
        self._known = words("", "body", wraps=True)
        self._line = Ask("day.date", hint="day.date_hint")
        self._line.entered.connect(self._enter)
        inner = column(8, (14, 10, 14, 12))
        for part in (self._said, self._known, self._line, words(say("day.keys"), "muted")):
            inner.addWidget(part)
        self.setLayout(inner)
        self.setFocusProxy(self._line)
        self.hide()

    def ask(self, then: Callable[[], None] | None = None, *, again: bool = False) -> bool:
        """Ask if the day is in doubt, and call `then` once it is not; False where none is asked.

        With `again` it is asked in any case: what was said before may have been a slip. Enter takes
        what stands in the line, which is empty where no clock tells anything plausible.
        """
        today = self._desk.store.day()
        if not today.doubt and not again:
            return False
        known = today.known or today.clock
        self._then, self._sure = then, ""
        facts = {"clock": long_day(today.clock), "open": long_day(today.date)}
        self._said.setText(say(f"day.{today.doubt or 'open'}", **facts))
        self._known.setText(say("day.last_known", day=long_day(known)))
        self._line.edit.setText(_shown(today.proposed))
        self._line.complain("")
        self.show()
        self.setFocus(Qt.FocusReason.TabFocusReason)
        self._line.edit.selectAll()
        return True

    def put_away(self) -> bool:
        """Ask no more for now; False where nothing was asked."""
        asked = not self.isHidden()
        self._then = None
        self._line.edit.clearFocus()
        self.hide()
        return asked

    def _enter(self) -> None:
        said = NOTATIONS["date"].read(self._line.text)
        try:
            date = dt.date.fromisoformat(str(said))
        except ValueError:
            self._line.complain(say("day.not_read"))
            return
        if self._line.text != self._sure and not _plausible(date, self._desk.store.day()):
            self._sure = self._line.text
            self._line.complain(say("day.far", day=long_day(date)))
            return
        work = partial(day.confirm, self._desk.store, date)
        self._desk.tasks.run(self, work, self._open, failed=self._refuse)

    def _open(self, today: Day) -> None:
        then = self._then
        self.put_away()
        self._desk.notices.say("day.opened", day=long_day(today.date))
        self.opened.emit()
        if then is not None:
            then()

    def _refuse(self, error: Exception) -> None:
        if isinstance(error, Refused):
            self._line.complain(_said(error.problems[0]))
        else:
            self._desk.notices.trouble(error)


def _said(problem: Problem) -> str:
    return say(problem.code, **problem.facts)


def _plausible(date: dt.date, today: Day) -> bool:
    return today.known is None or today.known <= date <= today.known + PLAUSIBLE


def _shown(date: dt.date | None) -> str:
    return f"{date:%d-%m-%Y}" if date is not None else ""
