"""The page of a first day at the desk: things to try, ticked off by what the store says."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from desktop.deed import deed
from desktop.desk import Desk
from desktop.look.lists import Entry
from desktop.look.parts import Button, column, line
from desktop.look.titled import TitledList
from desktop.pages.head import Head
from desktop.pages.page import Page
from desktop.practice.strip import Strip
from desktop.tasks import Latest
from forms.engine.words import say
from sync.practice import first_day


class FirstDayPage(Page):
    """Enter on a task goes to the page where it begins; `strip` shows how far the day is."""

    page_picked = Signal(str)
    again_asked = Signal()
    end_asked = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._reading = Latest(desk.tasks, self)
        self.strip = Strip()
        self._tasks = TitledList(desk.look, "practice.tasks", "list-checks", "practice.tasks")
        self._tasks.rows.picked.connect(self._pick)
        self._again = deed(
            self, "practice.again", "", "arrow-counter-clockwise", self.again_asked.emit
        )
        self._end = deed(self, "practice.end", "", "sign-out", self.end_asked.emit)
        below = line(8)
        below.addWidget(Button(self._end))
        below.addWidget(Button(self._again))
        below.addStretch(1)
        around = column(14, (18, 16, 18, 14))
        around.addWidget(Head("practice.title", "practice.lead"))
        around.addWidget(self._tasks, 1)
        around.addLayout(below)
        self.setLayout(around)
        self._put(frozenset())

    def begin(self) -> None:
        """Show what is done by now."""
        self.refresh()
        self._tasks.rows.setFocus(Qt.FocusReason.TabFocusReason)

    def refresh(self) -> None:
        """Ask the store what is done by now; also for the strip, while another page is open."""
        self._reading.ask(partial(first_day.done, self._desk.store), self._put)

    def panes(self) -> list[QWidget]:
        """List the parts between which F6 goes."""
        return [self._tasks.rows]

    def hints(self) -> list[tuple[str, str]]:
        """Name the keys of this page."""
        return [("Enter", say("practice.go"))]

    def _pick(self, entry: Entry) -> None:
        self.page_picked.emit(entry.value.page)

    def _put(self, done: frozenset[str]) -> None:
        tasks = first_day.tasks()
        self.strip.show_progress(len(done), len(tasks))
        row = self._tasks.rows.currentIndex().row()
        self._tasks.put([_entry(task, is_done=task.code in done) for task in tasks])
        self._tasks.rows.setCurrentIndex(self._tasks.rows.model().index(max(row, 0), 0))


def _entry(task: first_day.Task, *, is_done: bool) -> Entry:
    return Entry(
        task,
        say(f"practice.task_{task.code}"),
        detail=say(f"practice.how_{task.code}"),
        glyph="check-circle" if is_done else "hourglass",
        chip=say("practice.done" if is_done else "practice.to_do"),
        tone="ok" if is_done else "plain",
    )
