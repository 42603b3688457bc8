"""Amounts and dates as Indonesian papers print them; the words themselves are data."""

import datetime as dt

from forms.engine.words import say

GROUPS_MAX = 5  # Words are known up to 999 quadrillion; a longer amount keeps its digits.


def rupiah(amount: int) -> str:
    """Print an amount as `Rp1.500.000,00`."""
    sign = "-" if amount < 0 else ""
    return f"{sign}Rp{thousands(abs(amount))},00"


def thousands(number: int) -> str:
    """Print a number with points between its groups of three digits."""
    return f"{number:,}".replace(",", ".")


def rupiah_in_words(amount: int) -> str:
    """Spell an amount: `satu juta lima ratus ribu rupiah`."""
    return say("number.rupiah", amount=in_words(amount))


def in_words(number: int) -> str:
    """Spell a whole number as it is read aloud."""
    if number < 0:
        return say("number.below_zero", amount=in_words(-number))
    if number >= 1000 ** (GROUPS_MAX + 1):
        return thousands(number)
    if number == 0:
        return say("number.0")
    spoken = []
    for power in range(GROUPS_MAX, -1, -1):
        count = number // 1000**power % 1000
        if count:
            spoken.append(_group(count, power))
    return " ".join(spoken)


def long_date(day: dt.date) -> str:
    """Print a day as `21 November 2026`."""
    return f"{day.day} {say(f'month.{day.month}')} {day.year:04}"


def _group(count: int, power: int) -> str:
    if power == 0:
        return _below_thousand(count)
    if power == 1 and count == 1:
        return say("number.one_thousand")
    return say(f"number.group_{power}", count=_below_thousand(count))


def _below_thousand(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    spoken = []
    if hundreds == 1:
        spoken.append(say("number.one_hundred"))
    elif hundreds:
        spoken.append(say("number.hundreds", count=say(f"number.{hundreds}")))
    if rest:
        spoken.append(_below_hundred(rest))
    return " ".join(spoken)


def _below_hundred(number: int) -> str:
    tens, units = divmod(number, 10)
    if number <= 11:  # noqa: PLR2004 - up to eleven each number has a word of its own
        return say(f"number.{number}")
    if tens == 1:
        return say("number.teens", count=say(f"number.{units}"))
    spoken = say("number.tens", count=say(f"number.{tens}"))
    return f"{spoken} {say(f'number.{units}')}" if units else spoken
