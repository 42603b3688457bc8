"""Many rows by one prepared statement, in the words of the database at hand.

The statement is compiled by SQLAlchemy once; the rows then go to the driver as they are, which
takes a third of the time that SQLAlchemy's own way through every value of every row takes. SQLite
is given the rows one after another, which costs it no round trip; PostgreSQL is given each column
as one array, so that many rows are one statement there (1,000 rows: 7 ms against 25), and a value
that all rows share but once. COPY, a quarter cheaper, is not allowed under row-level security.
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
            yield from run(connection, statement, (sorted(set(values)), *fixed.values()))
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
        for some in chunks(list(rows)):
            given = {name: [row[name] for row in some] for name in table.columns.keys()}  # noqa: SIM118 - of a table, not a dict
            once = _said_once(given)
            statement = _insert_arrays(table, connection.dialect, once)
            arrays = [values for name, values in given.items() if name not in once]
            run(connection, statement, (*(given[name][0] for name in once), *arrays))
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
    """Look up one value after another, by every column that is given.

    Of `= ANY` the planner may think that the first columns of some index alone find few enough rows
    and then read all that a region has; whether it does hangs on figures that are old or missing in
    a table that grows quickly. OFFSET 0 keeps the look-up as it is written.
    """
    *fixed, key = names
    quote = dialect.identifier_preparer.quote
    here, wanted = quote(table.name), _array(table, dialect, key)
    placed = " AND ".join(f"{here}.{quote(name)} = %s" for name in fixed)
    found = f"SELECT {', '.join(map(quote, columns))} FROM {here}"  # noqa: S608 - names of our own tables
    one = f"{found} WHERE {placed} AND {here}.{quote(key)} = given.value OFFSET 0"
    return f"SELECT found.* FROM unnest({wanted}) AS given (value), LATERAL ({one}) AS found"  # noqa: S608 - names of our own tables


def _said_once(given: Mapping[str, list[Any]]) -> tuple[str, ...]:
    """Name the columns that have one value in all rows, as most of a batch's have.

    One column of several rows stays an array, which says how many there are.
    """
    once = [name for name, values in given.items() if values.count(values[0]) == len(values)]
    several = any(len(values) > 1 for values in given.values())
    return tuple(once[several and len(once) == len(given) :])


@lru_cache
def _insert_arrays(table: Table, dialect: Dialect, once: tuple[str, ...]) -> str:
    quote = dialect.identifier_preparer.quote
    arrays = [name for name in table.columns.keys() if name not in once]  # noqa: SIM118 - of a table, not a dict
    given = ", ".join(_array(table, dialect, name) for name in arrays)
    said = [_one(table, dialect, name) for name in once]
    rows = f" FROM unnest({given}) AS given" if arrays else ""
    into = f"{quote(table.name)} ({', '.join(map(quote, (*arrays, *once)))})"
    return f"INSERT INTO {into} SELECT {', '.join(['given.*'] * bool(arrays) + said)}{rows}"


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


def _one(table: Table, dialect: Dialect, name: str) -> str:
    """Stand for one value of a column."""
    return f"%b::{table.c[name].type.compile(dialect=dialect)}"


def _array(table: Table, dialect: Dialect, name: str) -> str:
    """Stand for a column's values: binary, told to be an array of its type."""
    return f"%b::{table.c[name].type.compile(dialect=dialect)}[]"
