"""Working days as the law of complaints counts them: Monday to Friday but for national holidays.

The holidays, and the leave that is decreed beside them ("cuti bersama"), are those of the
`holidays` library: the decreed ones where it knows them, for years that are not decreed yet those
that its calendars give. shared/days_off.toml holds its years around now (bench/days_off.py), since
loading the library takes half a second and 44 MB.
"""

import datetime as dt
from functools import lru_cache
from pathlib import Path
from tomllib import loads

FILE = Path(__file__).parents[1] / "shared" / "days_off.toml"
DAYS_MAX = 366  # of one span; a longer deadline is a slip of a form file
_SATURDAY = 5


def after(first: dt.date, days: int) -> dt.date:
    """Give the working day so many after a day; ValueError for none or more than DAYS_MAX."""
    if not 0 < days <= DAYS_MAX:
        raise ValueError(days)
    day = first
    for _ in range(days):
        day += dt.timedelta(days=1)
        while not is_worked(day):
            day += dt.timedelta(days=1)
    return day


def is_worked(day: dt.date) -> bool:
    """Tell whether offices work on a day."""
    return day.weekday() < _SATURDAY and day not in days_off(day.year)


@lru_cache(maxsize=16)
def days_off(year: int) -> frozenset[dt.date]:
    """List the days off of a year."""
    listed = _file().get(str(year))
    if listed is None:
        return of_library(year)
    return frozenset(dt.date.fromisoformat(f"{year}-{day}") for day in listed)


def of_library(year: int) -> frozenset[dt.date]:
    """Ask the library, by the country's own name: others are not loaded then."""
    from holidays.constants import GOVERNMENT, PUBLIC
    from holidays.countries.indonesia import Indonesia

    return frozenset(Indonesia(years=year, categories=(PUBLIC, GOVERNMENT)))


@lru_cache(maxsize=1)
def _file() -> dict[str, list[str]]:
    return loads(FILE.read_text("utf-8"))
