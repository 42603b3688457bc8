"""Times and dates as the desk shows them, in the operator's language; the words are our own."""

import datetime as dt

from forms.engine import written

_MINUTE_S, _HOUR_S, _DAY_S = 60, 3600, 86_400


def moment(ms: int) -> dt.datetime:
    """Turn milliseconds since 1970 into the time of this computer's place."""
    return dt.datetime.fromtimestamp(ms / 1000, tz=dt.UTC).astimezone()


def clock(ms: int) -> str:
    """Show the hour and minute."""
    return written.clock(moment(ms))


def day(ms: int) -> str:
    """Show a day in a list."""
    return written.day(moment(ms))


def when(ms: int, now: int) -> str:
    """Show the hour of today, else the day."""
    return clock(ms) if day(ms) == day(now) else day(ms)


def date_text(iso: str) -> str:
    """Show an ISO date as a day in a list; anything else stays as it is."""
    try:
        return written.day(dt.date.fromisoformat(iso))
    except ValueError:
        return iso


def age(iso: str, today: dt.date) -> int | None:
    """Count the full years since an ISO date; None for no date or one that is still to come."""
    try:
        born = dt.date.fromisoformat(iso)
    except ValueError:
        return None
    years = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return years if years >= 0 else None
