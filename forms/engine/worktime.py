"""How long something took at an office that is closed at night and on days off. Pure."""

import datetime as dt
from collections.abc import Iterable, Sequence

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


def running(way: Sequence[tuple[dt.datetime, bool]]) -> list[Span]:
    """Give the spans in which the office's clock ran, from the first step of a way to its last.

    A step says when it was taken and whether the clock stands still from then on: whoever was sent
    home for a paper waits for nobody.
    """
    spans: list[Span] = []
    since: dt.datetime | None = way[0][0]
    for moment, stands in way[1:-1]:
        if since is not None and stands:
            spans.append((since, moment))
            since = None
        elif since is None and not stands:
            since = moment
    return [*spans, (since, way[-1][0])] if since is not None and len(way) > 1 else spans


def after(start: dt.datetime, work: int, hours: Hours) -> dt.datetime | None:
    """Give the moment at which so many seconds of work are done; None where nobody ever works."""
    left = work
    for ahead in range(DAYS_MAX):
        day = start.date() + dt.timedelta(days=ahead)
        for opens, closes in hours.spans(day):
            begin = max(start, dt.datetime.combine(day, opens, start.tzinfo))
            span = int((dt.datetime.combine(day, closes, start.tzinfo) - begin).total_seconds())
            if span >= left:
                return begin + dt.timedelta(seconds=left)
            left -= max(0, span)
    return None


def _within(first: dt.datetime, last: dt.datetime, hours: Hours) -> int:
    total = 0
    for ahead in range(min((last.date() - first.date()).days, DAYS_MAX) + 1):
        day = first.date() + dt.timedelta(days=ahead)
        for opens, closes in hours.spans(day):
            start = max(first, dt.datetime.combine(day, opens, first.tzinfo))
            end = min(last, dt.datetime.combine(day, closes, first.tzinfo))
            total += max(0, int((end - start).total_seconds()))
    return total
