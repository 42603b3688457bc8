"""A city's database in one SQLite file: one writer at a time, commits that survive a power cut."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Dialect, Engine, create_engine, event

from sync.server.compiled import COMPILED

READERS_MAX = 8  # as many as the threads that answer requests at once
BUSY_MS = (
    30_000  # a command waits for the running server's transaction, never the other way round long
)
CACHE_KIB = 64_000
# A log of 32 MB: the pages that every batch writes again go to the file less often.
WRITER_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "wal_autocheckpoint=8000")
ALONE_PRAGMAS = ("journal_mode=DELETE", "synchronous=FULL")

# Statements are compiled for a dialect: by one of its own each engine would begin anew.
_dialects: dict[str, Dialect] = {}


class SqliteFile:
    """One file; `alone` is for one that nobody else has open and that is to stay one file."""

    def __init__(self, place: URL, *, alone: bool = False, readers: int = READERS_MAX) -> None:
        self._place = place
        pragmas = ALONE_PRAGMAS if alone else WRITER_PRAGMAS
        self._writer = engine(place, "BEGIN IMMEDIATE", pragmas, 1)
        self._reader = engine(place, "BEGIN", ("query_only=ON",), readers)

    @property
    def writer(self) -> Engine:
        """Transactions that take the file's write lock when they begin."""
        return self._writer

    @property
    def reader(self) -> Engine:
        """Transactions that can't write."""
        return self._reader

    def is_alive(self, _connection: Connection) -> bool:
        """Tell whether a connection that was idle can still be used: a file never goes away."""
        return True

    def copy(self, target: Path) -> None:
        """Copy everything into a new file, as of one moment, while others read and write."""
        self._run(("VACUUM INTO ?", (str(target),)))

    def outlast(self) -> bool:
        """Go on at once: rewriting keeps nothing for those who read what was there before."""
        return True

    def clean(self, table: str = "") -> bool:
        """Write the file anew, so that nothing is left in it, or in its log, of what was deleted.

        It takes as long as a copy does, and writers wait meanwhile; False where somebody who reads
        keeps the log as it is. For one table it does nothing: who deletes from it has SQLite
        overwrite the place.
        """
        if table:
            return True
        ((is_busy, *_),) = self._run(("VACUUM", ()), ("PRAGMA wal_checkpoint(TRUNCATE)", ()))
        return not is_busy

    def is_sound(self, connection: Connection) -> bool:
        """Read every page of the file and compare indexes with tables."""
        found = connection.exec_driver_sql("PRAGMA integrity_check").scalars().all()
        return found == ["ok"]

    def _run(self, *statements: tuple[str, tuple[str, ...]]) -> Sequence[Any]:
        """Run statements outside of a transaction; give what the last one said."""
        apart = engine(self._place, "BEGIN", (), 1)
        try:
            raw = apart.raw_connection()
            try:
                cursor = raw.cursor()
                said: Sequence[Any] = ()
                for text, values in statements:
                    cursor.execute(text, values)
                    said = cursor.fetchall()
                return said
            finally:
                raw.close()
        finally:
            apart.dispose()


def engine(place: URL, begin: str, pragmas: tuple[str, ...], size: int) -> Engine:
    """Make an engine whose transactions begin in these words."""
    made = create_engine(
        place,
        execution_options={"compiled_cache": COMPILED},
        pool_size=size,
        max_overflow=0,
        connect_args={"check_same_thread": False},
        hide_parameters=True,  # an error's text must not hold a citizen's answers
    )
    made.dialect = _dialects.setdefault(made.dialect.name, made.dialect)

    @event.listens_for(made, "connect")
    def connected(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # BEGIN is ours alone, else DDL would commit by itself
        cursor = connection.cursor()
        for pragma in (f"busy_timeout={BUSY_MS}", f"cache_size=-{CACHE_KIB}", *pragmas):
            cursor.execute("PRAGMA " + pragma)
        cursor.close()

    @event.listens_for(made, "begin")
    def begun(connection: Connection) -> None:
        driver: Any = connection.connection.driver_connection
        driver.cursor().execute(begin)

    return made
