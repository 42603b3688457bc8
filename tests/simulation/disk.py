"""The disk under server and laptops: it can fail at any statement of any transaction.

A power cut rolls back what was under way, as SQLite does when the file is opened again and
PostgreSQL when its client is gone; a full disk refuses one statement. Both are armed for one side
and strike once.
"""

import sqlite3.dbapi2
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, Literal

import psycopg

from sync.store.engine import sqlcipher

Side = Literal["server", "laptop"]

_FREE = ("BEGIN", "ROLLBACK", "PRAGMA")  # they write nothing, or undo what was written


class PowerCut(BaseException):
    """The machine went dark: whatever was under way is not going on."""


class Disk:
    """Counts the statements of one side down to the one that fails."""

    def __init__(self) -> None:
        self.side: Side = "laptop"
        self.statements = 0
        self._armed: tuple[Side, int, bool] | None = None

    def arm(self, side: Side, statements: int, *, full: bool = False) -> None:
        """Let the statement of this side after so many others fail."""
        self._armed = (side, statements, full)

    def calm(self) -> bool:
        """Take back what has not struck; tells whether it had struck."""
        struck, self._armed = self._armed is None, None
        return struck

    @contextmanager
    def at(self, side: Side) -> Iterator[None]:
        """Count what is done in the block as this side's."""
        before, self.side = self.side, side
        try:
            yield
        finally:
            self.side = before

    def touch(self, statement: str) -> None:
        """Count one statement, and fail if it is the one; a full disk is read as ever."""
        self.statements += 1
        if self._armed is None or self._armed[0] != self.side:
            return
        if self._armed[2] and not statement.startswith(("INSERT", "UPDATE", "DELETE")):
            return
        side, left, full = self._armed
        self._armed = (side, left - 1, full)
        if left > 0:
            return
        self._armed = None
        if not full:
            raise PowerCut
        error: Any = sqlcipher.OperationalError("database or disk is full")
        error.sqlite_errorcode = sqlcipher.SQLITE_FULL
        raise error


@contextmanager
def watched(disk: Disk) -> Iterator[None]:
    """Let every statement of every database opened in the block pass the disk, commits too."""
    drivers: tuple[Any, ...] = (sqlite3.dbapi2, sqlcipher, psycopg)
    plain = [driver.connect for driver in drivers]
    for driver in drivers[:2]:
        driver.connect = partial(driver.connect, factory=_watched(driver, disk))
    drivers[2].connect = _watched_server(disk).connect
    try:
        yield
    finally:
        for driver, connect in zip(drivers, plain, strict=True):
            driver.connect = connect


def _watched(driver: Any, disk: Disk) -> type:
    """Make the driver's connection on this disk."""

    plain: Any = driver.Connection.cursor  # of the driver's own: these pass the disk by themselves

    class Cursor(driver.Cursor):  # type: ignore[misc] # the driver is known at run time only
        def execute(self, statement: str, *values: Any) -> Any:
            if not statement.startswith(_FREE):
                disk.touch(statement)
            return super().execute(statement, *values)

        def executemany(self, statement: str, values: Any) -> Any:
            disk.touch(statement)
            return super().executemany(statement, values)

    class Connection(driver.Connection):  # type: ignore[misc] # as above
        def cursor(self, factory: type = Cursor) -> Any:
            return super().cursor(factory)

        def execute(self, statement: str, *values: Any) -> Any:
            if not statement.startswith(_FREE):
                disk.touch(statement)
            return plain(self).execute(statement, *values)

        def executemany(self, statement: str, values: Any) -> Any:
            disk.touch(statement)
            return plain(self).executemany(statement, values)

        def commit(self) -> None:
            disk.touch("COMMIT")
            super().commit()

    return Connection


def _watched_server(disk: Disk) -> type[psycopg.Connection[Any]]:
    """Make a connection to PostgreSQL on this disk."""

    class Cursor(psycopg.Cursor[Any]):
        def execute(self, query: Any, *values: Any, **options: Any) -> Any:
            disk.touch(str(query))
            return super().execute(query, *values, **options)

        def executemany(self, query: Any, *values: Any, **options: Any) -> None:
            disk.touch(str(query))
            super().executemany(query, *values, **options)

    class Connection(psycopg.Connection[Any]):
        def __init__(self, *parts: Any, **options: Any) -> None:
            super().__init__(*parts, **options)
            self.cursor_factory = Cursor

        def commit(self) -> None:
            disk.touch("COMMIT")
            super().commit()

    return Connection
