"""Times, days and figures as they are written on a screen; what differs is words.

Papers have `forms.paper.amounts`; what is typed is read and shown by the form's own notation.
"""

import datetime as dt

from forms.engine.words import label, say


def clock(at: dt.time | dt.datetime) -> str:
    """Write the hour and minute: 10.42, in English 10:42."""
    return say("written.clock", hour=at.hour, minute=at.minute)


def day(date: dt.date) -> str:
    """Write a day in a list: 21-11-2026, in English 21 Nov 2026."""
    name = label("month_short", str(date.month))
    return say("written.day", day=date.day, month=date.month, name=name, year=date.year)


def grouped(number: int) -> str:
    """Write a number with a sign between its groups of three digits."""
    return f"{number:,}".replace(",", say("written.thousands"))


def decimal(figure: str) -> str:
    """Write a figure that has a point before its decimals with the sign that is used."""
    return figure.replace(".", say("written.decimal"))


def long_day(date: dt.date) -> str:
    """Write a day in words: 21 November 2026."""
    return f"{date.day} {say(f'month.{date.month}')} {date.year:04}"
