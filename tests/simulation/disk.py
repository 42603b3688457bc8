"""The disk under server and laptops: it can fail at any statement of any transaction.

A power cut rolls back what was under way, as SQLite does when the file is opened again; a full disk
refuses one statement. Both are armed for one side and strike once.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from sqlalchemy import Engine, event

from sync.store.engine import sqlcipher

Side = Literal["server", "laptop"]


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
    """Let every statement of every database of this process, and every commit, pass the disk."""

    def executing(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
        disk.touch(statement)

    def committing(_conn: Any) -> None:
        disk.touch("COMMIT")

    event.listen(Engine, "before_cursor_execute", executing)
    event.listen(Engine, "commit", committing)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", executing)
        event.remove(Engine, "commit", committing)
