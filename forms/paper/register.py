"""Registers, reports and other sheets of tables as PDF.

Unlike a letter, such a sheet vouches for nothing: it shows what the store says on the day of its
print, so it is not composed once and kept. Equal input gives equal bytes all the same.
"""

from collections.abc import Callable, Iterator
from typing import Any, Literal

import msgspec

from forms.engine.problem import Problem, Refused
from forms.paper import glyphs, joined, press

LAYOUT = "register"
# Four months of a large office, eight hundred pages: nobody leafs through more; it is a workbook's.
ROWS_MAX = 20_000
# A month of a large office: 202 pages, whose pictures are held until they are printed, 1.3 MB each.
DRAWN_MAX = 5_000
# The typesetter holds 0.16 MB for each row that it sets at once.
ROWS_AT_ONCE = 300
_SLACK = 1.0  # point; what is left of a row from the page before is a line of text at least

Told = Callable[[int, int], None]
Side = Literal["left", "right", "center"]


def _unheard(_done: int, _whole: int) -> None:
    """Tell nobody."""


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


class Chart(msgspec.Struct, frozen=True):
    """A picture of a table's values, drawn above it: `told` says each value as it is written.

    Bars and lines have a series for each name, a pyramid two, for its left and its right side.
    """

    kind: Literal["bars", "lines", "pyramid"]
    names: tuple[str, ...]
    labels: tuple[str, ...]
    values: tuple[tuple[int, ...], ...]
    told: tuple[tuple[str, ...], ...]
    most: int


class Table(msgspec.Struct, frozen=True):
    """A table; `empty` is said where there are no rows."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    empty: str = ""
    chart: Chart | None = None


class Hand(msgspec.Struct, frozen=True):
    """Who signs: lines above the free space, the name (dots without one), lines below."""

    above: tuple[str, ...]
    name: str = ""
    below: tuple[str, ...] = ()


class Sheet(msgspec.Struct, frozen=True):
    """Everything that is printed, on the ISO `date`; `note` stands at the foot of every page.

    `mark` stands large behind the tables of every page, "" for none.
    """

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
    mark: str = ""


def render(sheet: Sheet, *, logo: bytes | None, told: Told = _unheard) -> bytes:
    """Print the sheet; a logo that can't be drawn is left out.

    It is PDF/A up to ROWS_AT_ONCE rows; a longer one is joined from parts and plain PDF, and
    `told` hears between two of them how many rows are laid out or set, and of how many.
    Refused(register_long) beyond ROWS_MAX rows: a shorter period, or a workbook.
    """
    rows = _rows(sheet.tables)
    if rows > ROWS_MAX:
        raise Refused(Problem("register_long", facts={"rows": rows, "max": ROWS_MAX}))
    return joined.join(_pressed(sheet, logo, None, told))


def pictures(sheet: Sheet, *, logo: bytes | None, ppi: float, told: Told = _unheard) -> list[bytes]:
    """Draw the sheet as one PNG a page, for a printer; `told` as of `render`.

    Refused(print_long) beyond DRAWN_MAX rows: a shorter period, or a PDF.
    """
    if _rows(sheet.tables) > DRAWN_MAX:
        raise Refused(Problem("print_long", facts={"max": DRAWN_MAX}))
    return _pressed(sheet, logo, ppi, told)


def _pressed(sheet: Sheet, logo: bytes | None, ppi: float | None, told: Told) -> list[bytes]:
    try:
        return _set(sheet, _drawing(logo), ppi, told)
    except Refused:
        if logo is None:
            raise
        return _set(sheet, None, ppi, told)


def _set(sheet: Sheet, logo: str | list[int] | None, ppi: float | None, told: Told) -> list[bytes]:
    """Set it part by part, after all pages have been counted."""
    if _rows(sheet.tables) <= ROWS_AT_ONCE:
        return press.tables(LAYOUT, _facts(sheet, logo), ppi)
    parts, counted, whole = [], 0, 2 * _rows(sheet.tables)  # laid out once, set once
    for part, count in _parts(sheet, logo):
        parts.append((part, count))
        counted += _rows(part.tables)
        told(counted, whole)
    pages = sum(count for _, count in parts)
    made: list[bytes] = []
    before = 0
    for part, count in parts:
        told(counted, whole)
        counted += _rows(part.tables)
        facts = _facts(part, logo, before=before, pages=pages)
        made += press.tables(LAYOUT, facts, ppi, whole=False)
        before += count
    return made


def _parts(sheet: Sheet, logo: str | list[int] | None) -> Iterator[tuple[Sheet, int]]:
    """Cut it where a page is full, if one ends with a row; give each part with its pages."""
    rest, before = sheet.tables, 0
    while rest:
        tables, after = _split(rest, ROWS_AT_ONCE)
        part = msgspec.structs.replace(sheet, tables=tables, hands=() if after else sheet.hands)
        facts = _facts(part, logo, before=before, measured=True)
        measures = msgspec.json.decode(press.measures(LAYOUT, facts), type=_Measures)
        pages = measures.pages
        if after:
            rows, pages = _cut(_rows(tables), measures)
            tables, after = _split(rest, rows)
            part = msgspec.structs.replace(part, tables=tables)
        yield part, pages
        rest, before = after, before + pages


class _Measures(msgspec.Struct, frozen=True):
    """Pages of a part; where the rows of its last table begin: page, points from its top.

    A row right below the repeated heads of the columns begins at `top`.
    """

    pages: int
    top: float
    rows: tuple[tuple[int, float], ...]


def _cut(rows: int, found: _Measures) -> tuple[int, int]:
    """Give how many rows fill whole pages, and the pages; all where no page ends with a row.

    At least a quarter of the rows is taken, so that no row is laid out more than a few times.
    """
    firsts: dict[int, tuple[int, float]] = {}
    for at, (page, y) in enumerate(found.rows, rows - len(found.rows)):
        firsts.setdefault(page, (at, y))
    for page, (at, y) in sorted(firsts.items(), reverse=True):
        if page > 1 and 4 * at >= rows and y < found.top + _SLACK:
            return at, page - 1
    return rows, found.pages


def _rows(tables: tuple[Table, ...]) -> int:
    return sum(len(table.rows) for table in tables)


def _split(tables: tuple[Table, ...], rows: int) -> tuple[tuple[Table, ...], tuple[Table, ...]]:
    """Take so many rows off; what goes on in the rest has no title again."""
    taken: list[Table] = []
    for at, table in enumerate(tables):
        if len(table.rows) > rows:
            more = tables[at + 1 :]
            if not rows:
                return tuple(taken), (table, *more)
            taken.append(msgspec.structs.replace(table, rows=table.rows[:rows]))
            left = msgspec.structs.replace(table, title="", rows=table.rows[rows:], chart=None)
            return tuple(taken), (left, *more)
        taken.append(table)
        rows -= len(table.rows)
    return tables, ()


def _facts(
    sheet: Sheet,
    logo: str | list[int] | None,
    *,
    before: int = 0,
    pages: int = 0,
    measured: bool = False,
) -> dict[str, Any]:
    """Say what the layout reads; `before` pages are set already, of `pages` (0: this is all)."""
    said = glyphs.printable_all(msgspec.to_builtins(sheet, str_keys=True))
    return {
        **said,
        "logo": None if before else logo,
        "before": before,
        "pages": pages,
        "measured": measured,
    }


def _drawing(logo: bytes | None) -> str | list[int] | None:
    if not logo:
        return None
    try:
        return logo.decode("utf-8")
    except UnicodeDecodeError:
        return list(logo)
