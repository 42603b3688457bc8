"""What a NIK or KK number says about itself; structure only, no look-up.

RRRRRR DDMMYY NNNN
|      |      +--- running number, from 0001
|      +---------- birth date, the day plus 40 for women (KK: the day of first issue, as it is)
+----------------- area of the first registration, which need not be where the person lives now
"""

import datetime as dt

import msgspec

DIGITS = 16
_FEMALE = 40  # added to the day of birth


class Nik(msgspec.Struct, frozen=True):
    """A number that was read; `problems` are codes, and what can't be read is None."""

    valid: bool
    problems: tuple[str, ...] = ()
    birth_date: dt.date | None = None
    sex: str | None = None
    region: str | None = None


def tidy(text: str) -> str:
    """Drop what copying from a sheet adds: blanks anywhere and one leading apostrophe."""
    return "".join(text.split()).removeprefix("'")


def read(text: str, today: dt.date) -> Nik:
    """Read a NIK; of two possible centuries the birth date is the latest one not in the future."""
    digits = tidy(text)
    problems = _shape(digits)
    if problems:
        return Nik(valid=False, problems=tuple(f"nik_{problem}" for problem in problems))
    day = int(digits[6:8])
    female = day > _FEMALE
    birth_date = _date(day - _FEMALE if female else day, int(digits[8:10]), digits[10:12], today)
    if birth_date is None:
        problems.append("nik_date")
    if digits[12:] == "0000":
        problems.append("nik_serial")
    return Nik(
        valid=not problems,
        problems=tuple(problems),
        birth_date=birth_date,
        sex=("P" if female else "L") if birth_date else None,
        region=digits[:6],
    )


def read_kk(text: str, today: dt.date) -> tuple[str, ...]:
    """Judge a family card's number; the codes of what is wrong with it."""
    digits = tidy(text)
    problems = [f"kk_{problem}" for problem in _shape(digits)]
    if problems:
        return tuple(problems)
    if _date(int(digits[6:8]), int(digits[8:10]), digits[10:12], today) is None:
        problems.append("kk_date")
    if digits[12:] == "0000":
        problems.append("kk_serial")
    return tuple(problems)


def _shape(digits: str) -> list[str]:
    problems = []
    if len(digits) != DIGITS:
        problems.append("length")
    # str.isdigit alone takes the digits of other scripts too.
    if not (digits.isascii() and digits.isdigit()) and digits:
        problems.append("digits")
    return problems


def _date(day: int, month: int, year: str, today: dt.date) -> dt.date | None:
    """Find the latest such date that is not in the future."""
    century = today.year // 100 * 100
    for candidate in (century + int(year), century - 100 + int(year)):
        try:
            found = dt.date(candidate, month, day)
        except ValueError:
            continue
        if found <= today:
            return found
    return None
