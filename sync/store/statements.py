"""Statements that go straight to the driver, and what comes back of them.

SQLAlchemy's own way through one statement takes longer than most of ours take in SQLite. It keeps
the tables' definitions and the migrations; a desk asks here. What is used of it keeps its names.

The errors are the driver's (sync.store.engine.explained).
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from sync.protocol.rows import Row, maker

if TYPE_CHECKING:
    from sync.store.settled import Settled


class Result:
    """What one statement gave, read once and as it is asked for."""

    __slots__ = ("_cursor", "rowcount")

    def __init__(self, cursor: Any) -> None:
        self._cursor = cursor
        self.rowcount: int = cursor.rowcount

    def __iter__(self) -> Iterator[Row]:
        return map(maker(self._cursor), self._cursor)

    def all(self) -> list[Row]:
        """Give the rows that are left."""
        return list(self)

    def first(self) -> Row | None:
        """Give the first row, None without one, and let the rest go."""
        row = self._cursor.fetchone()
        made = None if row is None else maker(self._cursor)(row)
        self._cursor.close()
        return made

    def one(self) -> Row:
        """Give the only row; LookupError where there is another number of them."""
        (row,) = self._only()
        return maker(self._cursor)(row)

    def scalar(self) -> Any:
        """Give the first value of the first row, None without one."""
        row = self._cursor.fetchone()
        self._cursor.close()
        return None if row is None else row[0]

    def scalar_one(self) -> Any:
        """Give the first value of the only row; LookupError where there is another number."""
        (row,) = self._only()
        return row[0]

    def scalars(self) -> "Scalars":
        """Give each row's first value."""
        return Scalars(row[0] for row in self._cursor)

    def partitions(self, size: int) -> Iterator[list[Row]]:
        """Give the rows in lists of at most so many."""
        rows = iter(self)
        while part := list(islice(rows, size)):
            yield part

    def _only(self) -> list[Any]:
        rows: list[Any] = self._cursor.fetchmany(2)
        if len(rows) != 1:
            self._cursor.close()
            raise LookupError
        return rows


class Scalars:
    """One value of each row."""

    __slots__ = ("_values",)

    def __init__(self, values: Iterable[Any]) -> None:
        self._values = values

    def __iter__(self) -> Iterator[Any]:
        return iter(self._values)

    def all(self) -> list[Any]:
        """Give the values that are left."""
        return list(self._values)


class Connection:
    """One connection of the driver, in whatever transaction its engine began."""

    __slots__ = ("raw", "settled")

    def __init__(self, raw: Any) -> None:
        self.raw = raw
        self.settled: Settled | None = None  # where the transaction is one that writes

    def exec_driver_sql(self, statement: str, values: Sequence[Any] = ()) -> Result:
        """Run a statement with one tuple of values, or once for each of a list of tuples."""
        run = self.raw.execute if isinstance(values, tuple) else self.raw.executemany
        return Result(run(statement, values))
