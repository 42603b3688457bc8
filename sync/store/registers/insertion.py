"""Numbers that are inserted behind one which a paper bears already: 123.1, 123.2, ...

What is inserted belongs to the day of the number that it stands behind, so the register keeps both
the order of its numbers and that of its days; when it was really done says the change.
"""

import datetime as dt
from typing import Self

import msgspec

from forms.engine.problem import Problem, Refused
from forms.mail import series as post
from sync.protocol.change import Number
from sync.store import numbers
from sync.store.handle import Store
from sync.store.registers import lines
from sync.store.statements import Connection


class Insert(msgspec.Struct, frozen=True):
    """Behind which number a letter is to stand; `year` 0 is the present one."""

    after: int
    year: int = 0


class Place(msgspec.Struct, frozen=True):
    """A number of a series that is used; `day` is the day on which it stands in the register."""

    series: str
    year: int
    position: int
    day: dt.date


def place(
    store: Store, conn: Connection, series: str, wanted: Insert, field: str | None = None
) -> Place:
    """Find the number that is to be inserted behind; Refused(number_unused), at a `field`."""
    year = wanted.year or store.day().date.year
    day = conn.exec_driver_sql(
        "SELECT l.day FROM number_use u JOIN register_line l ON l.book = ? AND l.year = u.year "
        "AND l.series = u.series AND l.rank = u.position AND l.sub = 0 "
        "WHERE u.series = ? AND u.year = ? AND u.position = ? ORDER BY l.day DESC LIMIT 1",
        (lines.OUTGOING, series, year, wanted.after),
    ).scalar()
    if day is None:
        facts = {"number": wanted.after, "year": year}
        raise Refused(Problem("number_unused", field, facts))
    return Place(series, year, wanted.after, dt.date.fromisoformat(str(day)))


def take(store: Store, conn: Connection, behind: Place, code: str, date: dt.date) -> Number:
    """Take the next number behind one, `code` being the classification that its text shows."""
    inner = post.inserted(behind.series, behind.position)
    last = conn.exec_driver_sql(
        "SELECT max(position) FROM number_use WHERE series = ? AND year = ?", (inner, behind.year)
    ).scalar()
    sub = (last or 0) + 1
    shown = _Shown(behind.position, sub)
    text = numbers.text_of(store, shown, behind.year, date.month, code)
    return Number(inner, behind.year, sub, text)


class _Shown(int):
    """A number that a region's pattern writes as 0123.1."""

    sub: int

    def __new__(cls, position: int, sub: int) -> Self:
        made = super().__new__(cls, position)
        made.sub = sub
        return made

    def __format__(self, shape: str) -> str:
        return f"{format(int(self), shape)}.{self.sub}"
