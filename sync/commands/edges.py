"""How ids and times look outside: 32 hex digits, ISO 8601 with offset."""

import datetime as dt

from forms.engine.problem import Problem, Refused

ID_BYTES = 16


def identity(text: str, code: str = "record_unknown") -> bytes:
    """Read an id; Refused(`code`) where the text is none, as for one that nothing has."""
    try:
        found = bytes.fromhex(text)
    except ValueError:
        found = b""
    if len(found) != ID_BYTES:
        raise Refused(Problem(code, facts={"id": text}))
    return found


def moment(ms: int) -> str:
    """Write a time, in ms since 1970 UTC, in this machine's time zone."""
    return dt.datetime.fromtimestamp(ms / 1000, tz=dt.UTC).astimezone().isoformat("T", "seconds")


def day(text: str, option: str) -> dt.date:
    """Read an ISO date; Refused(date_impossible) naming the option that it was given with."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise Refused(Problem("date_impossible", option)) from None
