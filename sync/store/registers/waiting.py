"""What nobody has done yet about letters that came in: the list to work off, by what is due."""

import datetime as dt

from forms.engine.words import say
from sync.store.case import Case, decode
from sync.store.handle import Store
from sync.store.registers import disposition
from sync.store.registers.disposition import Link
from sync.store.registers.table import Column, Period, Row, Table
from sync.store.statements import Connection

_AT_ONCE = 1_000  # below the limit of bound values
_COLUMNS = (
    Column("no", 9, "number"),
    Column("agenda", 20),
    Column("sender", 45),
    Column("about", 60),
    Column("day", 22, "date"),
    Column("to_whom", 40),
    Column("instruction", 55),
    Column("due", 22, "date"),
    Column("note", 35),
)


def tables(store: Store, conn: Connection, period: Period) -> tuple[Table, ...]:
    """Make the list of open dispositions of a period; each row is about one of them."""
    found = [
        (letter, link)
        for letter, links in disposition.waiting(store, conn).items()
        for link in links
        if link.day is not None and period.holds(link.day)
    ]
    found.sort(key=lambda one: (one[1].due or dt.date.max, one[1].day or dt.date.max))
    letters = _letters(conn, [letter for letter, _ in found])
    today = store.day().date
    rows = [
        _row(number, letters.get(letter), link, today)
        for number, (letter, link) in enumerate(found, 1)
    ]
    return (Table("", _COLUMNS, rows),)


def _row(number: int, letter: Case | None, link: Link, today: dt.date) -> Row:
    answers = letter.answers if letter else {}
    overdue = link.is_overdue(today)
    return Row(
        (
            number,
            letter.number.text if letter and letter.number else "",
            str(answers.get("pengirim", "")),
            str(answers.get("perihal", "")),
            link.day,
            link.receiver,
            link.instruction,
            link.due,
            say("mark_of_line.overdue") if overdue else "",
        ),
        link.record,
        ("overdue",) if overdue else (),
    )


def _letters(conn: Connection, names: list[bytes]) -> dict[bytes, Case]:
    found: dict[bytes, Case] = {}
    for at in range(0, len(names), _AT_ONCE):
        part = names[at : at + _AT_ONCE]
        rows = conn.exec_driver_sql(
            "SELECT plain FROM record "  # noqa: S608 - question marks only
            f"WHERE id IN ({','.join('?' * len(part))})",
            tuple(part),
        )
        found |= {case.id: case for case in (decode(row.plain) for row in rows)}
    return found
