"""Lines of a book in a period, in its order, a part or all of them."""

from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from sync.store.case import Case, decode
from sync.store.registers.lines import PROVISIONAL, Line
from sync.store.registers.table import Period
from sync.store.statements import Connection

PART = 1_000  # lines at once: bounds memory where all of a book are taken

_PLACE = "year, series, rank, sub, record"
_WHERE = "book = ? AND year BETWEEN ? AND ? AND day BETWEEN ? AND ?"
# What stands before a line is looked for in its whole series, whatever of it was asked for.
_LINES = f"""
    SELECT l.*, r.plain, r.trouble,
        (SELECT b.day FROM register_line b WHERE b.book = l.book AND b.year = l.year
            AND b.series = l.series AND (b.rank, b.sub) < (l.rank, l.sub)
            ORDER BY b.rank DESC, b.sub DESC LIMIT 1) AS before
    FROM (SELECT * FROM register_line WHERE {{where}} ORDER BY {_PLACE} LIMIT ? OFFSET ?) l
    LEFT JOIN record r ON r.id = l.record
    ORDER BY l.year, l.series, l.rank, l.sub, l.record"""  # noqa: S608 - our own columns


class Wanted(msgspec.Struct, frozen=True):
    """What is asked for: a book, a period, one service or with "" all of them."""

    book: str
    period: Period
    service: str = ""

    def where(self) -> tuple[str, tuple[str | int, ...]]:
        """Give the condition and its values."""
        first, last = self.period.first, self.period.last
        values = (self.book, first.year, last.year, first.isoformat(), last.isoformat())
        if self.service:
            return f"{_WHERE} AND service = ?", (*values, self.service)
        return _WHERE, values


class Found(NamedTuple):
    """A line with its record; None where a number came without one.

    `late` says that the line before it in its series is of a later day.
    """

    line: Line
    case: Case | None
    trouble: str
    late: bool


def count(conn: Connection, wanted: Wanted) -> int:
    """Count the lines."""
    where, values = wanted.where()
    query = f"SELECT count(*) FROM register_line WHERE {where}"  # noqa: S608 - our own condition
    return int(conn.exec_driver_sql(query, values).scalar_one())


def part(conn: Connection, wanted: Wanted, start: int, limit: int) -> list[Found]:
    """Read some lines, from the one with this place on, counted from 0."""
    where, values = wanted.where()
    rows = conn.exec_driver_sql(_LINES.format(where=where), (*values, limit, start))
    return [_found(row) for row in rows]


def every(conn: Connection, wanted: Wanted) -> Iterator[list[Found]]:
    """Read all lines, a part at a time; each part begins behind the last line of the one before."""
    where, values = wanted.where()
    behind: tuple[str | int | bytes, ...] = (0, "", 0, 0, b"")
    query = _LINES.format(where=f"{where} AND ({_PLACE}) > (?, ?, ?, ?, ?)")
    while True:
        found = [_found(row) for row in conn.exec_driver_sql(query, (*values, *behind, PART, 0))]
        if found:
            yield found
        if len(found) < PART:
            return
        last = found[-1].line
        behind = (last.year, last.series, last.rank, last.sub, last.record)


def _found(row: tuple[object, ...]) -> Found:
    *line, plain, trouble, before = row
    made = Line(*line)  # type: ignore[arg-type] # the columns of the table in their order
    case = decode(plain) if isinstance(plain, bytes) else None
    late = isinstance(before, str) and before > made.day and made.rank < PROVISIONAL
    return Found(made, case, str(trouble or ""), late)
