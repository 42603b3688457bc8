"""What a cell of a sheet says, whatever type Excel has given it; pure."""

import datetime as dt
import re
from typing import TypeAlias

Cell: TypeAlias = "str | int | float | bool | dt.date | dt.datetime | dt.time | dt.timedelta | None"

YEAR_MIN = 1900  # of whom is older than that a counter has no living resident

# Excel counts days from here; the day before 1 March 1900 that it invents is older than anybody.
_EXCEL_EPOCH = dt.date(1899, 12, 30)
_QUOTES = "'`´‘’ʼ\""
_INVISIBLE = re.compile(r"[\u200b-\u200f\u2060\ufeff\x00-\x08\x0e-\x1f]")
_DAY_FIRST = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})", re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ][\d:.]*)?", re.ASCII)
_EXPONENT = re.compile(r"\d(?:[.,]\d+)?E\+?\d+", re.ASCII | re.IGNORECASE)


def text(cell: Cell) -> str:
    """Return a cell as a text without quotes and blanks around it, blanks within it single.

    A number comes without its decimals where they are none. A dash alone says nothing.
    """
    if cell is None or cell == "":
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat()
    bare = " ".join(_INVISIBLE.sub("", str(cell)).split())
    bare = bare.strip(_QUOTES + " ")
    return "" if bare in {"-", "--"} else bare


def digits(cell: Cell) -> str:
    """Return a long number as it is written in the cell, blanks and quotes left out."""
    return "".join(text(cell).split())


def is_rounded(cell: Cell, length: int) -> bool:
    """Tell whether a number of so many digits was kept as a number: Excel keeps fifteen of them."""
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return bool(_EXPONENT.fullmatch(digits(cell)))
    return len(digits(cell)) >= length or "e" in str(cell)


def date(cell: Cell) -> dt.date | None:
    """Read a date of Excel, a day number without a format, dd-mm-yyyy, dd/mm/yyyy or ISO."""
    found: dt.date | None = None
    if isinstance(cell, dt.datetime):
        found = cell.date()
    elif isinstance(cell, dt.date):
        found = cell
    elif isinstance(cell, int | float) and not isinstance(cell, bool):
        found = _day_number(cell)
    elif isinstance(cell, str):
        found = _written(text(cell))
    return found if found and found.year >= YEAR_MIN else None


def _day_number(number: float) -> dt.date | None:
    try:
        return _EXCEL_EPOCH + dt.timedelta(days=int(number))
    except (OverflowError, ValueError):
        return None


def _written(words: str) -> dt.date | None:
    if match := _DAY_FIRST.fullmatch(words):
        day, month, year = map(int, match.groups())
    elif match := _YEAR_FIRST.fullmatch(words):
        year, month, day = map(int, match.groups())
    else:
        return None
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None
