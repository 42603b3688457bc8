"""The days that a book is asked for: named periods, and days as clerks type them."""

import datetime as dt
from collections.abc import Callable

from desktop.form_view.notation import NOTATIONS

Span = tuple[dt.date, dt.date]

TYPED = "typed"  # The choice of who types the days instead.
_DAY = dt.timedelta(days=1)


def read_day(text: str) -> dt.date | None:
    """Read a day as it is typed anywhere in the desk; None for what is none."""
    try:
        return dt.date.fromisoformat(str(NOTATIONS["date"].read(text) or ""))
    except ValueError:
        return None


def show_day(day: dt.date) -> str:
    """Show a day as it is typed."""
    return NOTATIONS["date"].show(day.isoformat())


def _this_month(today: dt.date) -> Span:
    first = today.replace(day=1)
    return first, (first + 31 * _DAY).replace(day=1) - _DAY


def _last_month(today: dt.date) -> Span:
    return _this_month(today.replace(day=1) - _DAY)


def _this_year(today: dt.date) -> Span:
    return today.replace(month=1, day=1), today.replace(month=12, day=31)


def _today(today: dt.date) -> Span:
    return today, today


PERIODS: dict[str, Callable[[dt.date], Span]] = {
    "this_month": _this_month,
    "last_month": _last_month,
    "this_year": _this_year,
}
WITH_TODAY = {"today": _today, **PERIODS}
