"""Writes the clerk's own sheet again, with what became of each row in two columns more."""

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from forms.engine.problem import Problem, Refused
from forms.engine.words import label, official, say
from forms.residents import cells
from forms.residents.cells import Cell
from sync.store.workbook_sheet import Sheet

EXACT_MAX = 10**15  # a number from here on has more digits than Excel keeps, so it becomes a text
LETTERS_MAX = 32_767  # of one cell, by Excel's own bound
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Outcome:
    """What became of a row (added, updated, unchanged, refused), and what is to be said of it."""

    __slots__ = ("problems", "status")

    def __init__(self, status: str, problems: tuple[Problem, ...] = ()) -> None:
        self.status = status
        self.problems = problems


@contextmanager
def prepared(path: Path, source: Path) -> Iterator[Path]:
    """Give a file beside `path` to write to, which takes its name when all went well.

    Refused before anything else is done, if there is no writing there.
    """
    beside = path.with_name(f".{path.name}.{token_hex(4)}")
    try:
        if path.exists() and path.samefile(source):
            raise Refused(Problem("report_is_source"))
        beside.touch(exist_ok=False)
    except OSError as error:
        raise Refused(Problem("report_unwritable")) from error
    try:
        yield beside
        beside.replace(path)
    except OSError as error:
        raise Refused(Problem("report_unwritable")) from error
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)


@official
def write(path: Path, sheet: Sheet, outcomes: Mapping[int, Outcome]) -> None:
    """Write the report; `outcomes` by the row as a person counts it. Refused(report_unwritable)."""
    # In memory: temporary files of the writer would lie about in the clear.
    book = xlsxwriter.Workbook(str(path), {"in_memory": True})
    page = book.add_worksheet()
    pen = _Pen(
        page,
        day=book.add_format({"num_format": "dd-mm-yyyy"}),
        guarded=book.add_format({"quote_prefix": True}),
        bold=book.add_format({"bold": True}),
    )
    width = max(map(len, sheet.rows))
    for number, row in enumerate(sheet.rows):
        for column, cell in enumerate(row):
            pen.put(number, column, cell)
        if outcome := outcomes.get(number + 1):
            pen.put(number, width, _status(outcome))
            pen.put(number, width + 1, _reasons(outcome))
    pen.put(sheet.header.row, width, label("import", "status"), bold=True)
    pen.put(sheet.header.row, width + 1, label("import", "reason"), bold=True)
    page.freeze_panes(sheet.header.row + 1, 0)
    page.autofilter(sheet.header.row, 0, len(sheet.rows) - 1, width + 1)
    try:
        book.close()
    except (OSError, FileCreateError) as error:
        raise Refused(Problem("report_unwritable")) from error


class _Pen:
    """Writes cells as what they are, never as a formula, and long numbers as texts."""

    def __init__(self, page: Worksheet, *, day: Format, guarded: Format, bold: Format) -> None:
        self._page = page
        self._day = day
        self._guarded = guarded
        self._bold = bold

    def put(self, row: int, column: int, cell: Cell, *, bold: bool = False) -> None:
        """Write one cell."""
        if cell is None or cell == "":
            return
        if isinstance(cell, bool):
            self._page.write_boolean(row, column, cell)
        elif isinstance(cell, int | float) and abs(cell) < EXACT_MAX:
            self._page.write_number(row, column, cell)
        elif isinstance(cell, dt.date):
            day = cell if isinstance(cell, dt.datetime) else dt.datetime.combine(cell, dt.time())
            self._page.write_datetime(row, column, day, self._day)
        else:
            text = cell if isinstance(cell, str) else cells.text(cell)
            shown = self._bold if bold else self._guarded if text.startswith(_FORMULA) else None
            self._page.write_string(row, column, text[:LETTERS_MAX], shown)


def _status(outcome: Outcome) -> str:
    status = label("import", outcome.status)
    if outcome.problems and outcome.status != "refused":
        return say("import.warned", status=status)
    return status


def _reasons(outcome: Outcome) -> str:
    return " ".join(say(problem.code, **problem.facts) for problem in outcome.problems)
