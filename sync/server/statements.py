"""Statements that are asked so often that the way to the database counts.

They are built once, in SQLAlchemy's words, and compiled once for each sort of database; their
values then go to the driver as they are, which takes a tenth of the time that SQLAlchemy's own way
through a statement and its result takes. Errors come as SQLAlchemy's all the same.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import ClauseElement, Connection, Dialect
from sqlalchemy.exc import DBAPIError

from sync.protocol.rows import Row, maker

CHUNK = 1_000  # values of one IN list: far below SQLite's 32,766 and good plans on either database
POSTGRES = "postgresql"

T = TypeVar("T")


class Rows(list[Row]):
    """What a statement gave."""

    def first(self) -> Row | None:
        """Give the first row, None without one."""
        return self[0] if self else None

    def scalar(self) -> Any:
        """Give the first value of the first row, None without one."""
        return self[0][0] if self else None

    def scalars(self) -> list[Any]:
        """Give each row's first value."""
        return [row[0] for row in self]


class Statement:
    """One statement whose `bindparam`s are given by name each time."""

    def __init__(self, built: ClauseElement) -> None:
        self._built = built
        self._compiled: dict[str, tuple[str, Callable[[dict[str, Any]], tuple[Any, ...]]]] = {}

    def run(self, connection: Connection, **values: Any) -> Rows:
        """Run it in the connection's transaction."""
        found = self._compiled.get(connection.dialect.name)
        if found is None:
            found = self._compiled[connection.dialect.name] = _compiled(
                self._built, connection.dialect
            )
        return run(connection, found[0], found[1](values))


def run(connection: Connection, text: str, values: tuple[Any, ...]) -> Rows:
    """Run one statement in the driver's words, and read all that it gives."""
    cursor = _cursor(connection)
    try:
        cursor.execute(text, values)
        rows = Rows(map(maker(cursor), cursor.fetchall()) if cursor.description else ())
    except Exception as error:
        raise _told(connection, text, error) from error
    cursor.close()
    return rows


def run_many(connection: Connection, text: str, values: Sequence[tuple[Any, ...]]) -> None:
    """Run one statement in the driver's words for each of many rows."""
    cursor = _cursor(connection)
    try:
        cursor.executemany(text, values)
    except Exception as error:
        raise _told(connection, text, error) from error
    cursor.close()


def _cursor(connection: Connection) -> Any:
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == POSTGRES:
        return driver.cursor(binary=True)  # bytes come as they are, not as hexadecimal digits
    return driver.cursor()


def _told(connection: Connection, text: str, error: Exception) -> BaseException:
    """Say an error of the driver as SQLAlchemy does, without the values that were given."""
    kind = connection.dialect.loaded_dbapi.Error
    return DBAPIError.instance(
        text, None, error, kind, hide_parameters=True, dialect=connection.dialect
    )


def _compiled(
    built: ClauseElement, dialect: Dialect
) -> tuple[str, Callable[[dict[str, Any]], tuple[Any, ...]]]:
    compiled: Any = built.compile(dialect=dialect)
    names: Iterable[str] = tuple(compiled.positiontup or ())
    fixed = {name: value for name, value in compiled.params.items() if value is not None}
    assert len(compiled.params) == len(set(names)), "values go to the driver by their place"

    def placed(values: dict[str, Any]) -> tuple[Any, ...]:
        return tuple([values[name] if name in values else fixed[name] for name in names])

    return str(compiled), placed


def chunks(values: list[T]) -> Iterator[list[T]]:
    """Cut a list of keys into what one statement takes."""
    for at in range(0, len(values), CHUNK):
        yield values[at : at + CHUNK]
