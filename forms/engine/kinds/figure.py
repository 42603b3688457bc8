"""Answers that are figures: number, money, date, time, yes_no."""

import datetime as dt
import re
from typing import Any

from forms.engine.answers import Scene, Value
from forms.engine.kinds.reading import Reader, Wrong
from forms.engine.spec import Field
from forms.engine.words import official, say

NUMBER_MAX = 10**15  # Every program that reads JSON keeps integers below 2**53 exactly.
EARLIEST = "1850-01-01"  # Nobody alive was born before, no deed at a counter is older.
LATEST = "2150-12-31"
_NUMBER = re.compile(r"-?[0-9]{1,16}", re.ASCII)
_MONEY = re.compile(r"(?:[Rr][Pp]\.?)?\s*([0-9]{1,3}(?:\.[0-9]{3})+|[0-9]{1,16})(?:,(?:00|-))?")
_DATE = re.compile(r"([0-9]{1,2})[-/. ]([0-9]{1,2})[-/. ]([0-9]{4})", re.ASCII)
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_TIME = re.compile(r"([01]?[0-9]|2[0-3])[:.]([0-5][0-9])", re.ASCII)


def _within(field: Field, lowest: int) -> Reader:
    least = lowest if field.min is None else field.min
    most = NUMBER_MAX if field.max is None else field.max

    def read(number: int, _scene: Scene) -> int:
        if number < least:
            raise Wrong("too_small", min=least)
        if number > most:
            raise Wrong("too_large", max=most)
        return number

    return read


def read_number(field: Field) -> Reader:
    """Read a whole number, or the text of one."""
    within = _within(field, -NUMBER_MAX)

    def read(raw: Any, scene: Scene) -> Value:
        if type(raw) is str and _NUMBER.fullmatch(raw.strip()):
            raw = int(raw)
        if type(raw) is not int:
            raise Wrong("not_number")
        return within(raw, scene)

    return read


def read_money(field: Field) -> Reader:
    """Read whole rupiah, as a number or as written: `Rp 1.250.000`."""
    within = _within(field, 0)

    def read(raw: Any, scene: Scene) -> Value:
        if type(raw) is str and (found := _MONEY.fullmatch(raw.strip())):
            raw = int(found[1].replace(".", ""))
        if type(raw) is not int:
            raise Wrong("not_number")
        return within(raw, scene)

    return read


def show_money(_field: Field, value: Value) -> str:
    """Group the thousands by dots."""
    return f"{value:,}".replace(",", ".")


def read_date(field: Field) -> Reader:
    """Read an ISO date, or day, month and year with `-`, `/`, `.` or blanks between."""
    earliest, latest = field.earliest or EARLIEST, field.latest or LATEST
    moving = "today" in {earliest, latest}

    def read(raw: Any, scene: Scene) -> str:
        date = _date(raw)
        first, last = earliest, latest
        if moving:
            today = scene.today.isoformat()
            first = today if first == "today" else first
            last = today if last == "today" else last
        if date < first:
            raise Wrong("date_early", earliest=first)
        if date > last:
            raise Wrong("date_late", latest=last)
        return date

    return read


def _date(raw: object) -> str:
    if type(raw) is str:
        text = raw.strip()
        try:
            if _ISO.fullmatch(text):
                return dt.date.fromisoformat(text).isoformat()
            if found := _DATE.fullmatch(text):
                return dt.date(int(found[3]), int(found[2]), int(found[1])).isoformat()
        except ValueError:
            raise Wrong("date_impossible") from None
    raise Wrong("date_shape")


def show_date(_field: Field, value: Value) -> str:
    """Put the day first, as people type it."""
    year, month, day = str(value).split("-")
    return f"{day}-{month}-{year}"


def read_time(_field: Field) -> Reader:
    """Read hours and minutes of a day."""

    def read(raw: Any, _scene: Scene) -> str:
        found = _TIME.fullmatch(raw.strip()) if type(raw) is str else None
        if not found:
            raise Wrong("time_shape")
        return f"{int(found[1]):02}:{found[2]}"

    return read


def read_yes_no(_field: Field) -> Reader:
    """Read true and false, or the words for them."""

    def read(raw: Any, _scene: Scene) -> bool:
        if type(raw) is bool:
            return raw
        word = raw.strip().casefold() if type(raw) is str else None
        for answer in (True, False):
            if word == _yes_no(answer).casefold():
                return answer
        raise Wrong("not_yes_no")

    return read


def show_yes_no(_field: Field, value: Value) -> str:
    """Say yes or no."""
    return say(f"yes_no.{'yes' if value else 'no'}")


@official
def _yes_no(answer: bool) -> str:  # noqa: FBT001 - it is the answer
    return say(f"yes_no.{'yes' if answer else 'no'}")
