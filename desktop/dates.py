"""Times and dates as the desk shows them; month names are our own, the system's may be missing."""

import datetime as dt

from forms.engine.words import say

_MINUTE_S, _HOUR_S, _DAY_S = 60, 3600, 86_400


def moment(ms: int) -> dt.datetime:
    """Turn milliseconds since 1970 into the time of this computer's place."""
    return dt.datetime.fromtimestamp(ms / 1000, tz=dt.UTC).astimezone()


def clock(ms: int) -> str:
    """Show the hour and minute, as Indonesian writes them: 10.42."""
    return f"{moment(ms):%H.%M}"


def day(ms: int) -> str:
    """Show a day in a list: 21-11-2026."""
    return f"{moment(ms):%d-%m-%Y}"


def when(ms: int, now: int) -> str:
    """Show the hour of today, else the day."""
    return clock(ms) if day(ms) == day(now) else day(ms)


def long_day(date: dt.date) -> str:
    """Show a day in words: 21 November 2026."""
    return f"{date.day} {say(f'month.{date.month}')} {date.year}"


def date_text(iso: str) -> str:
    """Show an ISO date as clerks type it; anything else stays as it is."""
    parts = iso.split("-")
    return "-".join(reversed(parts)) if len(parts) == len("ymd") else iso


def age(iso: str, today: dt.date) -> int | None:
    """Count the full years since an ISO date; None for no date or one that is still to come."""
    try:
        born = dt.date.fromisoformat(iso)
    except ValueError:
        return None
    years = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return years if years >= 0 else None
