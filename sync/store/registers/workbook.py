"""Tables as a workbook: dates and numbers as such, texts never as formulas, void lines struck."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from forms.engine.problem import Problem, Refused
from forms.engine.words import say
from forms.paper.amounts import long_date
from sync.store.handle import Store
from sync.store.registers.table import Cell, Column, Period, Row, Table

ROWS_MAX = 1_048_000  # of one sheet, by Excel's own bound
TITLE_MAX = 31  # of a sheet's name, by the same
LETTERS_MAX = 32_767  # of one cell, by the same
WIDTH = 0.55  # letters that stand in a millimetre of the paper's column
_DATE = "date"  # beside the names of xlsxwriter's own properties
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_FORBIDDEN = str.maketrans(dict.fromkeys(r"[]:*?/\'", " "))


def write(store: Store, title: str, period: Period, tables: Sequence[Table], path: Path) -> None:
    """Write a workbook with a sheet a table; Refused(register_long | report_unwritable)."""
    # In memory: temporary files of the writer would lie about in the clear.
    book = xlsxwriter.Workbook(str(path), {"in_memory": True, "strings_to_formulas": False})
    pen = _Pen(book)
    said = say("register.period", first=long_date(period.first), last=long_date(period.last))
    for number, table in enumerate(tables, 1):
        name = (table.title or title).translate(_FORBIDDEN)[: TITLE_MAX - 3].strip()
        sheet = book.add_worksheet(name if len(tables) == 1 else f"{number} {name}")
        sheet.set_landscape()
        heads = [title, store.office.name, said] + ([table.title] if table.title else [])
        for row, text in enumerate(heads):
            pen.text(sheet, (row, 0), text, pen.bold)
        _fill(pen, sheet, table, len(heads) + 1)
    try:
        book.close()
    except (OSError, FileCreateError) as error:
        raise Refused(Problem("report_unwritable")) from error


class _Pen:
    """The formats of a workbook, and how a cell is written in each."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self.bold = book.add_format({"bold": True})
        self.head = book.add_format({"bold": True, "border": 1, "text_wrap": True})
        self._formats: dict[frozenset[str], Format] = {}
        self._book = book

    def put(self, sheet: Worksheet, place: tuple[int, int], cell: Cell, row: Row) -> None:
        """Write one cell of a row; the last one of a struck row says why and stays readable."""
        at, column = place
        looks = set()
        if row.struck and column < len(row.cells) - 1:
            looks.add("font_strikeout")
        if row.strong:
            looks.add("bold")
        if cell is None or cell == "":
            return
        if isinstance(cell, int | float):
            sheet.write_number(at, column, cell, self._format(looks))
        elif isinstance(cell, dt.date):
            day = dt.datetime.combine(cell, dt.time())
            sheet.write_datetime(at, column, day, self._format(looks | {_DATE}))
        else:
            if cell.startswith(_FORMULA):
                looks.add("quote_prefix")
            self.text(sheet, place, cell, self._format(looks))

    def text(self, sheet: Worksheet, place: tuple[int, int], text: str, shape: Format) -> None:
        """Write a text, whatever it looks like."""
        sheet.write_string(*place, text[:LETTERS_MAX], shape)

    def _format(self, looks: set[str]) -> Format:
        key = frozenset(looks)
        if key not in self._formats:
            shown = dict.fromkeys(looks - {_DATE}, True)
            date = {"num_format": "dd-mm-yyyy"} if _DATE in looks else {}
            self._formats[key] = self._book.add_format({**shown, **date})
        return self._formats[key]


def _fill(pen: _Pen, sheet: Worksheet, table: Table, top: int) -> None:
    _heads(pen, sheet, table.columns, top)
    at = top
    for at, row in enumerate(table.rows, top + 1):
        if at > ROWS_MAX:
            raise Refused(Problem("register_long", facts={"rows": at, "max": ROWS_MAX}))
        for column, cell in enumerate(row.cells):
            pen.put(sheet, (at, column), cell, row)
    sheet.freeze_panes(top + 1, 0)
    sheet.autofilter(top, 0, max(at, top), len(table.columns) - 1)
    sheet.repeat_rows(top)


def _heads(pen: _Pen, sheet: Worksheet, columns: Sequence[Column], top: int) -> None:
    for number, column in enumerate(columns):
        sheet.set_column(number, number, max(6, column.width * WIDTH))
        pen.text(sheet, (top, number), column.title, pen.head)
