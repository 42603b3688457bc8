"""One line for each number on paper and each piece of post, in the order of its book.

    register_line   made from changes and records in the transaction that saves them, and from
                    nothing else, so `rebuild` makes it anew. It is its own index: a book, a year, a
                    series, then the place in it.

A letter's line stays whatever becomes of its record, since a number on paper is a fact. A line of
post follows its record: a date that is put right moves it.

    book        series          rank                sub
    outgoing    of the number   the number          0, or 1, 2, ... of those inserted behind it
    countersigned               the register number 0
    incoming                    the agenda number   0
    expedition  ""              the day's ordinal   when the line was begun, in ms
                                PROVISIONAL         when the number was given, in ms
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from forms.mail import series as post
from sync.protocol.change import NEW, NOBODY, NUMBERING, Change, Number
from sync.protocol.ties import block_of, dated, is_second, served
from sync.store import kept
from sync.store.case import Case, begin, decode
from sync.store.registers.table import day
from sync.store.statements import Connection

OUTGOING = "outgoing"
INCOMING = "incoming"
EXPEDITION = "expedition"
SECOND = "countersigned"  # letters of other offices that this one signed too
PROVISIONAL = 1_000_000_000  # behind every number that there can be

_DDL = (
    """CREATE TABLE register_line (
        book TEXT NOT NULL, year INTEGER NOT NULL, series TEXT NOT NULL, rank INTEGER NOT NULL,
        sub INTEGER NOT NULL, record BLOB NOT NULL, day TEXT NOT NULL, service TEXT NOT NULL,
        text TEXT NOT NULL, change BLOB NOT NULL, odd INTEGER NOT NULL,
        PRIMARY KEY (book, year, series, rank, sub, record)) WITHOUT ROWID""",
    "CREATE INDEX register_record ON register_line (record)",
)
_PUT = "INSERT OR REPLACE INTO register_line VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_KEEP = _PUT.replace("REPLACE", "IGNORE")
_TAKE_OUT = "DELETE FROM register_line WHERE record = ?"
_BOOKS = {
    post.INCOMING: INCOMING,
    post.HANDWRITTEN: OUTGOING,
    post.EXPEDITION: EXPEDITION,
}
_AT_ONCE = 1_000  # below the limit of bound values


class Line(NamedTuple):
    """One line; `change` is the one that put the number on paper, b"" for post.

    `odd` is 1 where its author's clock was in doubt.
    """

    book: str
    year: int
    series: str
    rank: int
    sub: int
    record: bytes
    day: str
    service: str
    text: str
    change: bytes
    odd: int = 0


def ddl() -> tuple[str, ...]:
    """Give the statements that make the table."""
    return _DDL


def put(conn: Connection, cases: Iterable[Case]) -> None:
    """Note pieces of post as they are now; other records have no line by themselves."""
    lines = [_of_post(case) for case in cases if case.service in post.DAYS]
    _replace(conn, [line for line in lines if line is not None])


def note(conn: Connection, changes: Iterable[Change]) -> None:
    """Note the numbers that changes of this office used up; most changes have none.

    A number that post was begun with is noted even if its record never came to be.
    """
    numbered = [change for change in changes if change.number is not None]
    days = _days(conn, [change for change in numbered if change.erased])
    lines = [line for change in numbered if (line := _of_number(change))]
    _put(conn, [line._replace(day=days.get(line.change, line.day)) for line in lines])
    begun = [change for change in numbered if change.service in post.DAYS and change.act == NEW]
    posts = [_of_post(begin(change, NOBODY), days.get(change.id, "")) for change in begun]
    _put(conn, [line for line in posts if line], _KEEP)


def keep_day(conn: Connection, change: bytes, day: str) -> None:
    """Let the line of an erased paper stand at the day that was kept of it."""
    conn.exec_driver_sql("UPDATE register_line SET day = ? WHERE change = ?", (day, change))


def rebuild(conn: Connection, office: bytes) -> None:
    """Make all lines of an office anew from the records and the changes."""
    conn.exec_driver_sql("DELETE FROM register_line")
    rows = conn.exec_driver_sql(
        "SELECT c.id, c.plain, r.plain FROM change c LEFT JOIN record r ON r.id = c.record "
        "ORDER BY c.n"
    )
    for part in rows.partitions(_AT_ONCE):
        numbered = [
            (change, decode(record).office if record else office)
            for name, plain, record in part
            if (change := kept.unpack(plain, name)).number is not None
        ]
        note(conn, [c for c, home in numbered if (home == office) != is_second(c.number)])
    marks = ",".join("?" * len(post.DAYS))
    query = f"SELECT plain FROM record WHERE service IN ({marks})"  # noqa: S608 - question marks only
    for part in conn.exec_driver_sql(query, tuple(post.DAYS)).partitions(_AT_ONCE):
        put(conn, [decode(row.plain) for row in part])


def waiting(conn: Connection, years: Sequence[int]) -> list[Line]:
    """List the lines with a provisional number of these years, oldest first.

    Some may have got their final one, or be void.
    """
    marks = ",".join("?" * len(years))
    query = f"SELECT * FROM register_line WHERE rank = ? AND year IN ({marks}) ORDER BY sub"  # noqa: S608 - question marks only
    return [Line(*row) for row in conn.exec_driver_sql(query, (PROVISIONAL, *years))]


def missing(conn: Connection) -> list[str]:
    """List the numbers that stand on paper and in no line."""
    rows = conn.exec_driver_sql(
        "SELECT u.series, u.year, u.position FROM number_use u WHERE NOT EXISTS "
        "(SELECT 1 FROM register_line l WHERE l.record = u.record AND l.year = u.year)"
    )
    return [f"{row.series} {row.position}/{row.year}" for row in rows]


def _put(conn: Connection, lines: Sequence[Line], statement: str = _PUT) -> None:
    if lines:
        conn.exec_driver_sql(statement, [tuple(line) for line in lines])


def _replace(conn: Connection, lines: Sequence[Line]) -> None:
    if lines:
        conn.exec_driver_sql(_TAKE_OUT, [(line.record,) for line in lines])
        _put(conn, lines)


def _of_number(change: Change) -> Line | None:
    """Make the line of a change that used up a number; post is a line by its record."""
    number = change.number
    if number is None or change.service in post.DAYS:
        return None
    series, rank, sub = _place(number, change.time)
    if is_second(number):
        book, said = SECOND, block_of(change).get("iso_date")
    else:
        data = (change.body.paper or {}).get("data")
        book, said = OUTGOING, data.get("iso_date") if isinstance(data, dict) else None
    date = day(said or dated(change)) or _of_clock(change)
    where = (book, number.year, series, rank, sub)
    made = Line(*where, change.target, date.isoformat(), change.service, number.text, change.id)
    return made._replace(odd=int(served(change) == date and change.act != NUMBERING))


def _of_post(case: Case, kept: str = "") -> Line | None:
    date = day(case.answers.get(post.DAYS[case.service]) or kept)
    if date is None:
        return None  # erased: the line stays as it was
    book, number = _BOOKS[case.service], case.number
    if number is not None:
        year, (series, rank, sub) = number.year, _place(number, case.began)
    else:
        rank = date.toordinal() if book == EXPEDITION else PROVISIONAL
        year, series, sub = date.year, "", case.began
    text = number.text if number is not None else ""
    return Line(book, year, series, rank, sub, case.id, date.isoformat(), case.service, text, b"")


def _days(conn: Connection, erased: Sequence[Change]) -> dict[bytes, str]:
    """Give the days of erased papers: what was kept of them, else what their author's clock said.

    Post has its day in its answers, and with them it goes.
    """
    found = {
        change.id: _of_clock(change).isoformat() for change in erased if change.service in post.DAYS
    }
    for change in erased:
        query = "SELECT day FROM erased_paper WHERE change = ?"
        day = conn.exec_driver_sql(query, (change.id,)).scalar()
        if day is not None:
            found[change.id] = day
    return found


def _of_clock(change: Change) -> dt.date:
    """Give the day by the clock in UTC, for want of a paper: it was erased."""
    try:
        return dt.datetime.fromtimestamp(change.time / 1000, dt.UTC).date()
    except (OverflowError, ValueError, OSError):  # no laptop's clock says such a time
        return dt.date.min


def _place(number: Number, time: int) -> tuple[str, int, int]:
    """Give series, rank and sub of a number."""
    if number.provisional:
        return number.series, PROVISIONAL, time
    behind = post.parent(number.series)
    if behind is not None:
        return *behind, number.position
    return number.series, number.position, 0
