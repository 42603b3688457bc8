"""Registers, reports and other sheets of tables as PDF.

Unlike a letter, such a sheet vouches for nothing: it shows what the store says on the day of its
print, so it is not composed once and kept. Equal input gives equal bytes all the same.
"""

from typing import Literal

import msgspec

from forms.engine.problem import Problem, Refused
from forms.paper import glyphs, press

LAYOUT = "register"
# A hundred letters a day for a month. The typesetter holds 0.16 MB for a row of ten columns while
# it works: 400 MB at this bound, which a laptop of 4 GB can spare. More is a workbook's.
ROWS_MAX = 2_500


Side = Literal["left", "right", "center"]


class Column(msgspec.Struct, frozen=True):
    """A column; widths are shares of the sheet's, in any unit."""

    title: str
    width: int
    side: Side = "left"


class Row(msgspec.Struct, frozen=True):
    """A row; a struck one is printed through, but for its last cell, which says why."""

    cells: tuple[str, ...]
    struck: bool = False
    strong: bool = False


class Table(msgspec.Struct, frozen=True):
    """A table; `empty` is said where there are no rows."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    empty: str = ""


class Hand(msgspec.Struct, frozen=True):
    """Who signs: lines above the free space, the name (dots without one), lines below."""

    above: tuple[str, ...]
    name: str = ""
    below: tuple[str, ...] = ()


class Sheet(msgspec.Struct, frozen=True):
    """Everything that is printed, on the ISO `date`; `note` stands at the foot of every page."""

    title: str
    period: str
    date: str
    office: str
    letterhead: tuple[str, ...]
    tables: tuple[Table, ...]
    hands: tuple[Hand, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    note: str = ""
    size: Literal["f4", "a4"] = "f4"
    wide: bool = True


def render(sheet: Sheet, *, logo: bytes | None) -> bytes:
    """Print the sheet as PDF/A; a logo that can't be drawn is left out.

    Refused(register_long) beyond ROWS_MAX rows: a shorter period, or a workbook.
    """
    (pdf,) = _pressed(sheet, logo, None)
    return pdf


def pictures(sheet: Sheet, *, logo: bytes | None, ppi: float) -> list[bytes]:
    """Draw the sheet as one PNG a page, for a printer; refusals as `render`."""
    return _pressed(sheet, logo, ppi)


def _pressed(sheet: Sheet, logo: bytes | None, ppi: float | None) -> list[bytes]:
    rows = sum(len(table.rows) for table in sheet.tables)
    if rows > ROWS_MAX:
        raise Refused(Problem("register_long", facts={"rows": rows, "max": ROWS_MAX}))
    facts = glyphs.printable_all(msgspec.to_builtins(sheet, str_keys=True))
    try:
        return press.tables(LAYOUT, {**facts, "logo": _drawing(logo)}, ppi)
    except Refused:
        if logo is None:
            raise
        return press.tables(LAYOUT, {**facts, "logo": None}, ppi)


def _drawing(logo: bytes | None) -> str | list[int] | None:
    if not logo:
        return None
    try:
        return logo.decode("utf-8")
    except UnicodeDecodeError:
        return list(logo)
