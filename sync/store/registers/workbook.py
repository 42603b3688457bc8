"""Tables as a workbook: dates and numbers as such, texts never as formulas, void lines struck."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import xlsxwriter
from xlsxwriter.chart import Chart as XlsxChart
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from forms.engine.problem import Problem, Refused
from forms.engine.words import say
from forms.paper.amounts import long_date
from forms.paper.mark import practice
from sync.store.handle import Store
from sync.store.registers.chart import Chart
from sync.store.registers.table import Column, Period, Row, Table

ROWS_MAX = 1_048_000  # of one sheet, by Excel's own bound
TITLE_MAX = 31  # of a sheet's name, by the same
LETTERS_MAX = 32_767  # of one cell, by the same
WIDTH = 0.55  # letters that stand in a millimetre of the paper's column
CHART_WIDTH, CHART_HEIGHT, CHART_ROW = 640, 320, 26  # pixels
# What keeps two series apart on a copy without colours.
_INKS: tuple[dict[str, object], ...] = (
    {"fill": {"color": "#3C4650"}, "line": {"color": "#3C4650", "width": 2.25}},
    {
        "fill": {"color": "#AEB8C2"},
        "line": {"color": "#7A8591", "width": 2.25, "dash_type": "dash"},
    },
)
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
        name = name if len(tables) == 1 else f"{number} {name}"
        sheet = book.add_worksheet(name)
        sheet.set_landscape()
        lines = [*heads, table.title] if table.title else heads
        for row, text in enumerate(lines):
            pen.text(sheet, (row, 0), text, pen.bold)
        top = len(lines) + 1
        _fill(pen, sheet, table, top)
        if table.chart is not None:
            place = (top, len(table.columns) + 1)
            sheet.insert_chart(*place, _drawn(book, name, table.chart, top))
    try:
        book.close()
    except (OSError, FileCreateError) as error:
        raise Refused(Problem("report_unwritable")) from error


def _drawn(book: xlsxwriter.Workbook, sheet: str, chart: Chart, top: int) -> XlsxChart:
    """Draw a picture from the cells of its table, below whose heads in row `top` they stand."""
    made = book.add_chart({"type": "line" if chart.kind == "lines" else "bar"})
    assert made is not None, "both kinds are known to the writer"
    first, last = top + 1, top + chart.rows
    for at, column in enumerate(chart.columns):
        made.add_series(
            {
                "name": [sheet, top, column],
                "categories": [sheet, first, chart.label, last, chart.label],
                "values": [sheet, first, column, last, column],
                "data_labels": {"value": chart.kind != "lines"},
                **_INKS[at],
            }
        )
    made.set_title({"none": True})
    made.set_legend({"none": True} if len(chart.columns) == 1 else {"position": "bottom"})
    if chart.kind == "bars":
        made.set_y_axis({"reverse": True})  # read from above, as the table is
    high = CHART_ROW * chart.rows if chart.kind != "lines" else 0
    made.set_size({"width": CHART_WIDTH, "height": max(CHART_HEIGHT, high)})
    return made


class _Looks(NamedTuple):
    """How a cell is written."""

    struck: bool = False
    strong: bool = False
    date: bool = False
    quoted: bool = False
    grouped: bool = False

    def properties(self) -> dict[str, object]:
        """Give them as xlsxwriter calls them."""
        named = {
            "font_strikeout": self.struck,
            "bold": self.strong,
            "quote_prefix": self.quoted,
            "num_format": "dd-mm-yyyy" if self.date else "#,##0" if self.grouped else None,
        }
        return {name: value for name, value in named.items() if value}


class _Pen:
    """The formats of a workbook, and how the cells of a row are written in each."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self.bold = book.add_format({"bold": True})
        self.head = book.add_format({"bold": True, "border": 1, "text_wrap": True})
        self._formats: dict[_Looks, Format] = {}
        self._book = book

    def put(self, sheet: Worksheet, at: int, row: Row, columns: Sequence[Column]) -> None:
        """Write a row; the last cell of a struck one says why and stays readable."""
        last = len(row.cells) - 1
        for column, cell in enumerate(row.cells):
            if cell is None or cell == "":
                continue
            looks = _Looks(row.struck and column < last, row.strong)
            if columns[column].kind == "count" and isinstance(cell, int):
                looks = looks._replace(grouped=True)  # by the sign of the reader's own language
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
        pen.put(sheet, at, row, table.columns)
    sheet.freeze_panes(top + 1, 0)
    sheet.autofilter(top, 0, max(at, top), len(table.columns) - 1)
    sheet.repeat_rows(top)


def _heads(pen: _Pen, sheet: Worksheet, columns: Sequence[Column], top: int) -> None:
    for number, column in enumerate(columns):
        sheet.set_column(number, number, max(6, column.width * WIDTH))
        pen.text(sheet, (top, number), column.title, pen.head)
