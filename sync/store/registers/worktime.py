"""How long something took at an office that is closed at night and on days off. Pure."""

import datetime as dt
from collections.abc import Iterable

from forms.engine.region_hours import Hours

DAYS_MAX = 3_660  # of one span; a longer one is a clock that was wrong

Span = tuple[dt.datetime, dt.datetime]


def seconds(spans: Iterable[Span], hours: Hours) -> int:
    """Count the working time of spans, given in the office's own time.

    What was begun and ended wholly outside of the hours was worked then, by officers in the alleys
    on a Saturday: it counts as it is.
    """
    whole = [(first, last) for first, last in spans if last > first]
    worked = sum(_within(first, last, hours) for first, last in whole)
    return worked or sum(int((last - first).total_seconds()) for first, last in whole)


def _within(first: dt.datetime, last: dt.datetime, hours: Hours) -> int:
    total = 0
    for ahead in range(min((last.date() - first.date()).days, DAYS_MAX) + 1):
        day = first.date() + dt.timedelta(days=ahead)
        for opens, closes in hours.spans(day):
            start = max(first, dt.datetime.combine(day, opens, first.tzinfo))
            end = min(last, dt.datetime.combine(day, closes, first.tzinfo))
            total += max(0, int((end - start).total_seconds()))
    return total
