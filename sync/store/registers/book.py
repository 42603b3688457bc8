"""The books: which lines, which columns, and how a line becomes a row."""

from collections.abc import Callable, Sequence

import msgspec

from sync.store import kept
from sync.store.case import Case
from sync.store.handle import Store
from sync.store.registers import cells, course, disposition, lines, remark
from sync.store.registers.cells import Around
from sync.store.registers.query import Found
from sync.store.registers.table import Cell, Column, Row
from sync.store.statements import Connection

_NUMBER = Column("no", 9, "number")
_NOTE = Column("note", 40)

Cells = Callable[[Around, Found, Case], tuple[Cell, ...]]


class Book(msgspec.Struct, frozen=True):
    """A book; the first column counts the rows, the last one takes the remarks."""

    name: str
    lines: str
    columns: tuple[Column, ...]
    cells: Cells


def rows(
    store: Store, conn: Connection, book: Book, found: Sequence[Found], first: int
) -> list[Row]:
    """Make rows of lines; `first` is the number of the first one."""
    around = _around(store, conn, book, found)
    made = []
    for number, one in enumerate(found, first):
        case = one.case or _nobody(one)
        marks = remark.marks(around, one, case)
        cells = book.cells(around, one, case)
        made.append(Row((number, *cells, remark.remark(around, one, case, marks)), case.id, marks))
    return made


def _around(store: Store, conn: Connection, book: Book, found: Sequence[Found]) -> Around:
    cases = [one.case for one in found if one.case is not None]
    reasons: dict[bytes, str] = {}
    for state in (remark.VOID, remark.CAME_BACK):
        names = [case.id for case in cases if case.state == state]
        reasons |= course.reasons(conn, names, state)
    chains = {}
    if book.lines == lines.INCOMING:
        chains = disposition.chains(store, conn, [case.id for case in cases])
    corrected = _numbers(conn, [case.replaces for case in cases if case.replaces])
    why = _said(conn, [one.line.change for one in found if one.line.sub and one.line.change])
    return Around(store, store.day().date, reasons, why, corrected, chains)


def _said(conn: Connection, changes: Sequence[bytes]) -> dict[bytes, str]:
    """Map changes to their reasons."""
    if not changes:
        return {}
    rows = conn.exec_driver_sql(
        f"SELECT id, plain FROM change WHERE id IN ({','.join('?' * len(changes))})",  # noqa: S608 - question marks only
        tuple(changes),
    )
    return {row.id: kept.unpack(row.plain, row.id).body.reason for row in rows}


def _numbers(conn: Connection, records: Sequence[bytes]) -> dict[bytes, str]:
    """Map records to the text of their first number."""
    if not records:
        return {}
    rows = conn.exec_driver_sql(
        "SELECT record, text FROM register_line "  # noqa: S608 - question marks only
        f"WHERE record IN ({','.join('?' * len(records))}) ORDER BY rank DESC",
        tuple(records),
    )
    return {row.record: row.text for row in rows}


def _nobody(one: Found) -> Case:
    """Stand in for a record that did not come here: its number is a fact all the same."""
    line = one.line
    return Case(line.record, line.service, 0, b"", b"", "", {}, {}, None, b"", 0, 0, b"")


_STATE = Column("state", 20)
BOOKS: dict[str, Book] = {
    book.name: book
    for book in (
        Book(
            "register",
            lines.OUTGOING,
            (
                _NUMBER,
                Column("number", 38),
                Column("day", 19, "date"),
                Column("kind", 38),
                Column("name", 36),
                Column("nik", 29),
                Column("address", 38),
                Column("purpose", 36),
                _STATE,
                _NOTE,
            ),
            cells.registered,
        ),
        Book(
            "outgoing",
            lines.OUTGOING,
            (
                _NUMBER,
                Column("number", 45),
                Column("day", 19, "date"),
                Column("about", 70),
                Column("to", 60),
                _STATE,
                _NOTE,
            ),
            cells.outgoing,
        ),
        Book(
            "countersigned",
            lines.SECOND,
            (
                _NUMBER,
                Column("register", 25),
                Column("day", 19, "date"),
                Column("number", 42),
                Column("kind", 45),
                Column("name", 40),
                Column("address", 40),
                Column("purpose", 40),
                _NOTE,
            ),
            cells.countersigned,
        ),
        Book(
            "incoming",
            lines.INCOMING,
            (
                _NUMBER,
                Column("agenda", 18),
                Column("received", 19, "date"),
                Column("sender", 38),
                Column("their_number", 36),
                Column("their_day", 19, "date"),
                Column("about", 50),
                Column("sort", 17),
                Column("passed", 44),
                Column("answer_by", 19, "date"),
                _NOTE,
            ),
            cells.incoming,
        ),
        Book(
            "expedition",
            lines.EXPEDITION,
            (
                _NUMBER,
                Column("sent", 19, "date"),
                Column("number", 40),
                Column("content", 55),
                Column("address_to", 45),
                Column("carrier", 32),
                Column("receiver", 32),
                Column("taken_over", 19, "date"),
                _NOTE,
            ),
            cells.carried,
        ),
    )
}
