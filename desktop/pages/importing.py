"""Brings residents in from a SIAK workbook: tried first, then taken, with a word on every row."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from desktop.deed import deed
from desktop.desk import Desk
from desktop.look.ask import Ask
from desktop.look.lists import Entry
from desktop.look.parts import Button, card, column, line, words
from desktop.look.titled import TitledList
from desktop.notices import Tone
from desktop.pages.head import Head
from desktop.pages.page import Page
from desktop.panes.running import RunBar
from desktop.tasks import Lane
from forms.engine import written
from forms.engine.problem import Problem
from forms.engine.words import say
from sync.store.workbook import Imported, import_file

LISTED_MAX = 2_000  # Rows with a word; the report has them all.
_COUNTS = ("rows", "added", "updated", "unchanged", "refused", "warned")
_BOOKS = "Excel (*.xlsx)"


class ImportPage(Page):
    """Asks for the workbook and where the report goes; trying changes nothing."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._file = Ask("importing.file", hint="importing.file_hint")
        self._report = Ask("importing.report", hint="importing.report_hint")
        self._choose = deed(self, "importing.choose", "Ctrl+O", "folder-open", self._choose_file)
        self._try = deed(self, "importing.try", "Ctrl+Return", "list-checks", self._try_it)
        self._take = deed(self, "importing.take", "F9", "download-simple", self._take_it)
        self._file.entered.connect(self._report.setFocus)
        self._report.entered.connect(self._try.trigger)
        self._run = RunBar(desk)
        self._run.stopped.connect(lambda: self._ended(say("importing.nothing_taken")))
        self._said = words(say("importing.nothing_yet"), "muted", wraps=True)
        self._figures: dict[str, QLabel] = {}
        self._rows = TitledList(desk.look, "importing.told", "list-bullets", "importing.none_told")
        self._build()

    def begin(self) -> None:
        """Take the keyboard."""
        self._file.setFocus(Qt.FocusReason.TabFocusReason)

    def back(self) -> bool:
        """Call off what is under way; nothing of it was taken then."""
        if not self._run.is_busy:
            return False
        self._run.stop()
        return True

    def leave(self) -> None:
        """Call off what is under way: the desk is locked."""
        if self._run.drop():
            self._ended(say("importing.nothing_taken"))

    def panes(self) -> list[QWidget]:
        """List the parts between which F6 goes."""
        return [self._file, self._rows.rows]

    def hints(self) -> list[tuple[str, str]]:
        """Name the keys of this page."""
        return [
            ("Ctrl+Enter", say("importing.try")),
            ("F9", say("importing.take")),
            ("Esc", say("running.stop")),
        ]

    def _build(self) -> None:
        asked = column(10, (18, 16, 18, 16))
        first = line(8)
        first.addWidget(self._file, 1)
        first.addWidget(Button(self._choose), 0, Qt.AlignmentFlag.AlignBottom)
        asked.addLayout(first)
        asked.addWidget(self._report)
        asked.addWidget(self._run)
        asked.addWidget(self._said)
        counts = line(12)
        for code in _COUNTS:
            figure = words("–", "figure")
            self._figures[code] = figure
            cell = column(0)
            cell.addWidget(figure)
            cell.addWidget(words(say(f"importing.{code}"), "muted"))
            counts.addLayout(cell, 1)
        asked.addLayout(counts)
        around = column(14, (18, 16, 18, 14))
        around.addWidget(Head("importing.title", "importing.lead", self._try, self._take))
        around.addWidget(card(asked))
        around.addWidget(self._rows, 1)
        self.setLayout(around)

    def _choose_file(self) -> None:
        chosen = self._desk.files.to_open(self, say("importing.file"), _BOOKS)
        if chosen is not None:
            self._file.edit.setText(str(chosen))
            self._report.setFocus(Qt.FocusReason.TabFocusReason)

    def _try_it(self) -> None:
        self._bring(dry_run=True)

    def _take_it(self) -> None:
        self._bring(dry_run=False)

    def _bring(self, *, dry_run: bool) -> None:
        if not self._file.text:
            self._file.complain(say("field.required"))
            self._file.setFocus(Qt.FocusReason.TabFocusReason)
            return
        self._set_busy(busy=True)
        said = "importing.trying" if dry_run else "importing.taking"
        self._said.setText(say(said))
        work = partial(
            import_file,
            self._desk.store,
            Path(self._file.text),
            dry_run=dry_run,
            report=Path(self._report.text) if self._report.text else None,
        )
        self._run.run(
            said,
            lambda told: work(progress=told),
            partial(self._show, dry_run),
            failed=self._failed,
            lane=Lane.STORE,
        )

    def _failed(self, error: Exception) -> None:
        self._ended(say("importing.nothing_taken"))
        self._desk.notices.trouble(error)

    def _ended(self, said: str) -> None:
        self._set_busy(busy=False)
        self._said.setText(said)

    def _show(self, dry_run: bool, found: Imported) -> None:  # noqa: FBT001 - bound by partial
        self._set_busy(busy=False)
        for code in _COUNTS:
            value = getattr(found, code)
            count = value if isinstance(value, int) else len(value)
            self._figures[code].setText(written.grouped(count))
        self._said.setText(say("importing.tried" if dry_run else "importing.taken"))
        rows = [_entry(problem, "danger", "importing.is_refused") for problem in found.refused]
        rows += [_entry(problem, "warn", "importing.is_warned") for problem in found.warned]
        self._rows.put(rows[:LISTED_MAX])
        code = "importing.tried" if dry_run else "importing.taken"
        self._desk.notices.say(code, Tone.CALM if dry_run else Tone.GOOD)

    def _set_busy(self, *, busy: bool) -> None:
        self._try.setEnabled(not busy)
        self._take.setEnabled(not busy)


def _entry(problem: Problem, tone: str, code: str) -> Entry:
    return Entry(
        (problem.row, problem.code),
        say(problem.code, **problem.facts),
        detail=say("importing.row", row=problem.row or 0),
        glyph="x-circle" if tone == "danger" else "warning",
        chip=say(code),
        tone=tone,
    )
