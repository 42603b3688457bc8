"""Tables as a workbook: dates and numbers as such, texts never as formulas, void lines struck."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from forms.engine.problem import Problem, Refused
from forms.engine.words import say
from forms.paper.amounts import long_date
from forms.paper.mark import practice
from sync.store.handle import Store
from sync.store.registers.table import Column, Period, Row, Table

ROWS_MAX = 1_048_000  # of one sheet, by Excel's own bound
TITLE_MAX = 31  # of a sheet's name, by the same
LETTERS_MAX = 32_767  # of one cell, by the same
WIDTH = 0.55  # letters that stand in a millimetre of the paper's column
_DAY_0 = dt.date(1899, 12, 30).toordinal()  # Excel counts its days from there
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_FORBIDDEN = str.maketrans(dict.fromkeys(r"[]:*?/\'", " "))


def write(store: Store, title: str, period: Period, tables: Sequence[Table], path: Path) -> None:
    """Write a register or report of a period; refusals as of `save`."""
    said = say("register.period", first=long_date(period.first), last=long_date(period.last))
    marks = (practice().text,) if store.region.practice else ()
    save(path, (title, *marks, store.office.name, said), tables)


def save(path: Path, heads: Sequence[str], tables: Sequence[Table]) -> None:
    """Write a workbook with a sheet a table, below the heads, of which the first is its title.

    Refused(register_long | report_unwritable).
    """
    # In memory: temporary files of the writer would lie about in the clear.
    book = xlsxwriter.Workbook(str(path), {"in_memory": True, "strings_to_formulas": False})
    pen = _Pen(book)
    for number, table in enumerate(tables, 1):
        name = (table.title or heads[0]).translate(_FORBIDDEN)[: TITLE_MAX - 3].strip()
        sheet = book.add_worksheet(name if len(tables) == 1 else f"{number} {name}")
        sheet.set_landscape()
        lines = [*heads, table.title] if table.title else heads
        for row, text in enumerate(lines):
            pen.text(sheet, (row, 0), text, pen.bold)
        _fill(pen, sheet, table, len(lines) + 1)
    try:
        book.close()
    except (OSError, FileCreateError) as error:
        raise Refused(Problem("report_unwritable")) from error


class _Looks(NamedTuple):
    """How a cell is written."""

    struck: bool = False
    strong: bool = False
    date: bool = False
    quoted: bool = False

    def properties(self) -> dict[str, object]:
        """Give them as xlsxwriter calls them."""
        named = {
            "font_strikeout": self.struck,
            "bold": self.strong,
            "quote_prefix": self.quoted,
            "num_format": "dd-mm-yyyy" if self.date else None,
        }
        return {name: value for name, value in named.items() if value}


class _Pen:
    """The formats of a workbook, and how the cells of a row are written in each."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self.bold = book.add_format({"bold": True})
        self.head = book.add_format({"bold": True, "border": 1, "text_wrap": True})
        self._formats: dict[_Looks, Format] = {}
        self._book = book

    def put(self, sheet: Worksheet, at: int, row: Row) -> None:
        """Write a row; the last cell of a struck one says why and stays readable."""
        last = len(row.cells) - 1
        for column, cell in enumerate(row.cells):
            if cell is None or cell == "":
                continue
            looks = _Looks(row.struck and column < last, row.strong)
            if isinstance(cell, str):
                if cell.startswith(_FORMULA):
                    looks = looks._replace(quoted=True)
                self.text(sheet, (at, column), cell, self._format(looks))
            elif isinstance(cell, dt.date):
                day = cell.toordinal() - _DAY_0
                sheet.write_number(at, column, day, self._format(looks._replace(date=True)))
            else:
                sheet.write_number(at, column, cell, self._format(looks))

    def text(self, sheet: Worksheet, place: tuple[int, int], text: str, shape: Format) -> None:
        """Write a text, whatever it looks like."""
        sheet.write_string(*place, text[:LETTERS_MAX], shape)

    def _format(self, looks: _Looks) -> Format:
        found = self._formats.get(looks)
        if found is None:
            found = self._formats[looks] = self._book.add_format(looks.properties())
        return found


def _fill(pen: _Pen, sheet: Worksheet, table: Table, top: int) -> None:
    _heads(pen, sheet, table.columns, top)
    at = top
    for at, row in enumerate(table.rows, top + 1):
        if at > ROWS_MAX:
            raise Refused(Problem("register_long", facts={"rows": at, "max": ROWS_MAX}))
        pen.put(sheet, at, row)
    sheet.freeze_panes(top + 1, 0)
    sheet.autofilter(top, 0, max(at, top), len(table.columns) - 1)
    sheet.repeat_rows(top)


def _heads(pen: _Pen, sheet: Worksheet, columns: Sequence[Column], top: int) -> None:
    for number, column in enumerate(columns):
        sheet.set_column(number, number, max(6, column.width * WIDTH))
        pen.text(sheet, (top, number), column.title, pen.head)
