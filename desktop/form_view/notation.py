"""How a clerk writes an answer and how it is shown again; pure text, no Qt.

For every value, reading what is shown gives the value back. Text that can't be read is handed on
as it was typed: the form says what is wrong with it, not the field.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from forms.engine.answers import Value

_DATE = re.compile(r"(\d{1,2})[-/. ]?(\d{1,2})[-/. ]?(\d{4})", re.ASCII)
_TIME_DIGITS = (3, 4)
_PLACE = re.compile(r"(-?\d{1,3}(?:\.\d+)?)\s*[,;]\s*(-?\d{1,3}(?:\.\d+)?)")


@dataclass(frozen=True, slots=True)
class Notation:
    """How one kind of answer is written in a line: read from text, shown as text."""

    read: Callable[[str], Value]
    show: Callable[[Value], str]
    hint: str = ""


def _read_text(text: str) -> Value:
    return text.strip() or None


def _show_text(value: Value) -> str:
    return "" if value is None else str(value)


def _read_digits(text: str) -> Value:
    return "".join(text.split()) or None


def _show_by_fours(value: Value) -> str:
    text = _show_text(value)
    if not text.isdecimal():
        return text
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def _read_number(text: str) -> Value:
    bare = text.strip().replace(".", "")
    return int(bare) if re.fullmatch(r"-?\d{1,15}", bare, re.ASCII) else text.strip() or None


def _read_money(text: str) -> Value:
    bare = text.strip().removeprefix("Rp").removesuffix(",00")
    return _read_number(bare) if bare.strip() else text.strip() or None


def _show_grouped(value: Value) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}".replace(",", ".")
    return _show_text(value)


def _read_date(text: str) -> Value:
    found = _DATE.fullmatch(text.strip())
    if not found:
        return text.strip() or None
    day, month, year = found.groups()
    return f"{year}-{month:0>2}-{day:0>2}"


def _show_date(value: Value) -> str:
    text = _show_text(value)
    found = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", text, re.ASCII)
    return f"{found[3]}-{found[2]}-{found[1]}" if found else text


def _read_time(text: str) -> Value:
    bare = re.sub(r"[:. ]", "", text)
    if len(bare) in _TIME_DIGITS and re.fullmatch(r"\d+", bare, re.ASCII):
        return f"{bare[:-2]:0>2}:{bare[-2:]}"
    return text.strip() or None


def _read_place(text: str) -> Value:
    found = _PLACE.fullmatch(text.strip())
    if not found:
        return text.strip() or None
    return {"lat": f"{float(found[1]):.6f}", "lon": f"{float(found[2]):.6f}"}


def _show_place(value: Value) -> str:
    if isinstance(value, dict):
        return f"{value.get('lat', '')}, {value.get('lon', '')}"
    return _show_text(value)


PLAIN = Notation(_read_text, _show_text)

NOTATIONS: dict[str, Notation] = {
    "text": PLAIN,
    "phone": PLAIN,
    "nik": Notation(_read_digits, _show_by_fours, "hint_nik"),
    "kk": Notation(_read_digits, _show_by_fours, "hint_nik"),
    "number": Notation(_read_number, _show_text),
    "money": Notation(_read_money, _show_grouped, "hint_money"),
    "date": Notation(_read_date, _show_date, "hint_date"),
    "time": Notation(_read_time, _show_text, "hint_time"),
    "place": Notation(_read_place, _show_place, "hint_place"),
}
