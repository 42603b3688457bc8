"""Many rows by one prepared statement, in the words of the database at hand.

The statement is compiled by SQLAlchemy once; the rows then go to the driver as they are, which
takes a third of the time that SQLAlchemy's own way through every value of every row takes. SQLite
is given the rows one after another, which costs it no round trip; PostgreSQL is given each column
as one array, so that many rows are one statement there (1,000 rows: 7 ms against 25).
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
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
from sync.server.statements import CHUNK, POSTGRES, Rows, chunks, run, run_many

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
    if connection.dialect.name == POSTGRES:
        statement = _any_of(table, connection.dialect, columns, (*fixed, key))
        if values:
            yield from run(connection, statement, (*fixed.values(), sorted(values)))
        return
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
    if rows and connection.dialect.name == POSTGRES:
        statement, names = _insert_arrays(table, connection.dialect)
        for some in chunks(list(rows)):
            run(connection, statement, _arrays(some, names))
    elif rows:
        statement, values = _insert(table, connection.dialect)
        run_many(connection, statement, [values(row) for row in rows])


def change(
    connection: Connection,
    table: Table,
    keys: Iterable[str],
    rows: Sequence[Mapping[str, Any]],
) -> None:
    """Update rows found by `keys`, the last one of equal ones; all rows have the same columns."""
    keys = tuple(keys)
    columns = tuple(name for name in rows[0] if name not in keys) if rows else ()
    if rows and connection.dialect.name == POSTGRES:
        last = {tuple(row[name] for name in keys): row for row in rows}
        statement = _update_arrays(table, connection.dialect, keys, columns)
        for some in chunks(list(last.values())):
            run(connection, statement, _arrays(some, (*keys, *columns)))
    elif rows:
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
    return str(compiled), _values(compiled.positiontup or ())


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
    return str(compiled), _values(names)


def _values(names: Sequence[str]) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    if len(names) == 1:  # of one name, itemgetter gives the value itself
        return lambda row: (row[names[0]],)
    return itemgetter(*names)


def _arrays(rows: Sequence[Mapping[str, Any]], names: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple([row[name] for row in rows] for name in names)


@lru_cache
def _any_of(
    table: Table, dialect: Dialect, columns: tuple[str, ...], names: tuple[str, ...]
) -> str:
    *fixed, key = names
    quote = dialect.identifier_preparer.quote
    placed = [f"{quote(name)} = %s" for name in fixed]
    given = _array(table, dialect, key)
    return " ".join(
        (
            f"SELECT {', '.join(map(quote, columns))} FROM {quote(table.name)}",  # noqa: S608 - names of our own tables
            f"WHERE {' AND '.join([*placed, f'{quote(key)} = ANY({given})'])}",
        )
    )


@lru_cache
def _insert_arrays(table: Table, dialect: Dialect) -> tuple[str, tuple[str, ...]]:
    quote = dialect.identifier_preparer.quote
    names = tuple(table.columns.keys())
    given = ", ".join(_array(table, dialect, name) for name in names)
    into = f"{quote(table.name)} ({', '.join(map(quote, names))})"
    return f"INSERT INTO {into} SELECT * FROM unnest({given})", names  # noqa: S608 - names of our own tables


@lru_cache
def _update_arrays(
    table: Table, dialect: Dialect, keys: tuple[str, ...], columns: tuple[str, ...]
) -> str:
    quote = dialect.identifier_preparer.quote
    here, names = quote(table.name), (*keys, *columns)
    given = ", ".join(_array(table, dialect, name) for name in names)
    values = ", ".join(f"{quote(name)} = given.{quote(name)}" for name in columns)
    found = " AND ".join(f"{here}.{quote(name)} = given.{quote(name)}" for name in keys)
    listed = ", ".join(map(quote, names))
    return f"UPDATE {here} SET {values} FROM unnest({given}) AS given ({listed}) WHERE {found}"  # noqa: S608 - names of our own tables


def _array(table: Table, dialect: Dialect, name: str) -> str:
    """Stand for a column's values: binary, told to be an array of its type."""
    return f"%b::{table.c[name].type.compile(dialect=dialect)}[]"
