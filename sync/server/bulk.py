"""Many rows by one prepared statement, in the words of the database at hand.

The statement is compiled by SQLAlchemy once; the rows then go to the driver as they are, which
takes a third of the time that SQLAlchemy's own way through every value of every row takes.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    Connection,
    Dialect,
    Table,
    bindparam,
    insert,
    select,
    update,
)

from sync.protocol.rows import Row
from sync.server.database import CHUNK, chunks
from sync.server.statements import Rows, run, run_many

SIZES = (16, 128, CHUNK)  # values of one IN list; a list is filled up to the next of these


def among(
    connection: Connection,
    table: Table,
    columns: tuple[str, ...],
    fixed: Mapping[str, Any],
    key: str,
    values: Collection[Any],
) -> Iterator[Any]:
    """Read the rows whose `key` is one of these values and whose other columns are as `fixed`."""
    for some in chunks(sorted(values)):
        size = next(size for size in SIZES if len(some) <= size)
        statement = _among(table, connection.dialect, columns, (*fixed, key), size)
        filled = some + [some[-1]] * (size - len(some))
        yield from run(connection, statement, (*fixed.values(), *filled))


def found(
    connection: Connection,
    table: Table,
    columns: tuple[str, ...],
    fixed: Mapping[str, Any],
    *,
    falling: str = "",
) -> Rows:
    """Give the rows whose columns are as `fixed`, the highest in `falling` first."""
    statement = _found(table, connection.dialect, columns, tuple(fixed), falling)
    return run(connection, statement, tuple(fixed.values()))


def highest(
    connection: Connection,
    table: Table,
    columns: tuple[str, ...],
    fixed: Mapping[str, Any],
    by: str,
) -> Row | None:
    """Give the row with the highest `by` of those whose columns are as `fixed`."""
    statement = _found(table, connection.dialect, columns, tuple(fixed), by, alone=True)
    return run(connection, statement, tuple(fixed.values())).first()


def add(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that each have every column."""
    if rows:
        statement, values = _insert(table, connection.dialect)
        run_many(connection, statement, [values(row) for row in rows])


def change(
    connection: Connection,
    table: Table,
    keys: Iterable[str],
    rows: Sequence[Mapping[str, Any]],
) -> None:
    """Update rows found by `keys`; all rows have the same columns."""
    if rows:
        keys = tuple(keys)
        columns = tuple(name for name in rows[0] if name not in keys)
        statement, values = _update(table, connection.dialect, keys, columns)
        run_many(connection, statement, [values(row) for row in rows])


@lru_cache
def _among(
    table: Table, dialect: Dialect, columns: tuple[str, ...], names: tuple[str, ...], size: int
) -> str:
    *fixed, key = names
    query = select(*(table.c[name] for name in columns)).where(
        *(table.c[name] == bindparam(f"fixed_{name}") for name in fixed),
        table.c[key].in_([bindparam("values")]),
    )
    compiled = query.compile(dialect=dialect)
    order = [*(f"fixed_{name}" for name in fixed), "values"]
    assert list(compiled.positiontup or ()) == order, "values go to the driver by their place"
    before, listed, one = str(compiled).rpartition(" IN (")  # compiling a thousand takes 20 ms
    return before + listed + ", ".join([one.removesuffix(")")] * size) + ")"


@lru_cache
def _found(
    table: Table,
    dialect: Dialect,
    columns: tuple[str, ...],
    names: tuple[str, ...],
    falling: str,
    *,
    alone: bool = False,
) -> str:
    query = select(*(table.c[name] for name in columns)).where(
        *(table.c[name] == bindparam(f"fixed_{name}") for name in names)
    )
    if falling:
        query = query.order_by(table.c[falling].desc())
    compiled = query.compile(dialect=dialect)
    order = [f"fixed_{name}" for name in names]
    assert list(compiled.positiontup or ()) == order, "values go to the driver by their place"
    return str(compiled) + (" LIMIT 1" if alone else "")  # a limit of its own would be a value


@lru_cache
def _insert(table: Table, dialect: Dialect) -> tuple[str, Any]:
    compiled = insert(table).compile(dialect=dialect)
    return str(compiled), itemgetter(*compiled.positiontup or ())


@lru_cache
def _update(
    table: Table, dialect: Dialect, keys: tuple[str, ...], columns: tuple[str, ...]
) -> tuple[str, Any]:
    found = [table.c[name] == bindparam(f"key_{name}") for name in keys]
    values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in columns}
    compiled = update(table).where(*found).values(values).compile(dialect=dialect)
    names = [
        str(name).removeprefix("key_").removeprefix("new_") for name in compiled.positiontup or ()
    ]
    return str(compiled), itemgetter(*names)
