"""Numbers that no paper will ever bear: given back, burned or skipped, range by range, with why."""

from collections.abc import Iterator
from itertools import groupby

from forms.engine.words import label, say
from forms.queue import tickets
from sync.store import numbers
from sync.store.handle import Store
from sync.store.registers.table import Column, Period, Row, Table
from sync.store.statements import Connection

VOID = frozenset({"returned", "burned", "skipped"})
_COLUMNS = (
    Column("no", 9, "number"),
    Column("series", 60),
    Column("year", 16, "number"),
    Column("first", 22, "number"),
    Column("last", 22, "number"),
    Column("total", 22, "number"),
    Column("state", 30),
    Column("note", 90),
)


def tables(store: Store, conn: Connection, period: Period) -> tuple[Table, ...]:
    """List the ranges of every series of the years that a period touches."""
    return (Table("", _COLUMNS, tuple(_rows(store, conn, period))),)


def _rows(store: Store, conn: Connection, period: Period) -> Iterator[Row]:
    series = conn.exec_driver_sql(
        "SELECT DISTINCT year, series FROM lease WHERE year BETWEEN ? AND ? AND series <> ? "
        "ORDER BY year, series",
        (period.first.year, period.last.year, tickets.SERIES),  # its numbers stand on no paper
    ).all()
    place = 0
    for year, name in series:
        explained = numbers.explained(store, conn, name, year)
        for (state, reason), run in groupby(explained, key=lambda one: (one.state, one.reason)):
            if state not in VOID:
                continue
            found = [one.number for one in run]
            place += 1
            cells = (place, name, year, found[0], found[-1], len(found))
            yield Row((*cells, label("unused", state), reason or say("unused.unknown")))
