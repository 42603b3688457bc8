"""What a register or report is made of, before it is a page on the screen, a PDF or a workbook."""

import datetime as dt
from collections.abc import Iterable
from typing import Literal

import msgspec

from forms.engine import written
from forms.engine.words import label
from sync.store.registers.chart import Chart

Cell = str | int | float | dt.date | None
# A count is a number whose thousands are grouped; a number, such as a year, is written as it is.
Kind = Literal["text", "number", "count", "share", "date"]
# void           declared void; the line is struck and stays
# provisional    the lease had ended, the final number is to come
# replaced       a provisional number that has got its final one
# reserved       a number kept for a letter that is written by hand
# corrects       a letter in place of an earlier one
# inserted       a number behind another, of an earlier day
# late_date      of an earlier day than the number before it
# odd_clock      its day is right by a person's word, the laptop's clock was in doubt
# double         a second paper of one record
# conflict       waits for a person
# overdue        to be done by a day that has passed
Mark = Literal[
    "void", "provisional", "replaced", "reserved", "corrects", "inserted", "late_date", "odd_clock",
    "double", "conflict", "overdue",
]  # fmt: skip


class Column(msgspec.Struct, frozen=True):
    """A column; `key` names its heading in the words, `width` is a share of the whole sheet."""

    key: str
    width: int
    kind: Kind = "text"

    @property
    def title(self) -> str:
        """Give the heading."""
        return label("column", self.key)


class Row(msgspec.Struct, frozen=True):
    """A line; `record` is the one that it is about, b"" for sums."""

    cells: tuple[Cell, ...]
    record: bytes = b""
    marks: tuple[Mark, ...] = ()
    strong: bool = False

    @property
    def struck(self) -> bool:
        """Tell whether the line is printed through."""
        return "void" in self.marks


class Table(msgspec.Struct, frozen=True):
    """A table; its rows can be taken once, while what made it is open."""

    title: str
    columns: tuple[Column, ...]
    rows: Iterable[Row]
    chart: Chart | None = None


class Period(msgspec.Struct, frozen=True):
    """Days from the first to the last, both included."""

    first: dt.date
    last: dt.date

    def holds(self, day: dt.date) -> bool:
        """Tell whether a day lies in the period."""
        return self.first <= day <= self.last


def shown(cell: Cell, kind: Kind = "text") -> str:
    """Write a cell of a column of this kind as a person reads it."""
    if cell is None:
        return ""
    if isinstance(cell, dt.date):
        return written.day(cell)
    if isinstance(cell, float):
        return written.decimal(f"{cell:.1f}")
    return written.grouped(cell) if kind == "count" and isinstance(cell, int) else str(cell)


def day(value: object) -> dt.date | None:
    """Read an ISO date out of an answer; None where there is none."""
    try:
        return dt.date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
