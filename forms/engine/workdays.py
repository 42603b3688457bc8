"""Working days as the law of complaints counts them: Monday to Friday but for national holidays.

The holidays are those of the `holidays` library: the decreed ones where the library knows them, and
for years that are not decreed yet the days that its calendars give. Leave that is decreed beside
them ("cuti bersama") is among them.
"""

import datetime as dt
from functools import lru_cache

COUNTRY = "ID"
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
    return day.weekday() < _SATURDAY and day not in _off(day.year)


@lru_cache(maxsize=16)
def _off(year: int) -> frozenset[dt.date]:
    """List the days off of a year; read once, since the library takes a second to load."""
    import holidays

    categories = (holidays.PUBLIC, holidays.GOVERNMENT)
    return frozenset(holidays.country_holidays(COUNTRY, years=year, categories=categories))
