"""The server's database, by URL: one writer at a time, commits that survive a power cut."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Dialect, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.util import LRUCache

from forms.engine.problem import Problem, Refused

FILE = "city.sqlite"
READERS_MAX = 8  # as many as the threads that answer requests at once
BUSY_MS = (
    30_000  # a command waits for the running server's transaction, never the other way round long
)
CACHE_KIB = 64_000
# A log of 32 MB: the pages that every batch writes again go to the file less often.
WRITER_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "wal_autocheckpoint=8000")
ALONE_PRAGMAS = ("journal_mode=DELETE", "synchronous=FULL")
CHUNK = 1_000  # values of one IN list: far below SQLite's 32,766 and good plans on either database

COMPILED_MAX = 1_000  # statements; the server has some hundreds of shapes

T = TypeVar("T")

# Statements are compiled for a dialect: by one of its own each engine would begin anew.
_dialects: dict[str, Dialect] = {}
_compiled = LRUCache[Any, Any](COMPILED_MAX)


class Standing:
    """Connections of one engine that stay out of its pool between transactions.

    Taking one out and giving it back costs more than a small transaction does. No more than `most`
    are in use at once; whoever comes then waits.
    """

    def __init__(self, engine: Engine, most: int) -> None:
        self._engine = engine
        self._room = threading.BoundedSemaphore(most)
        self._idle: list[Connection] = []
        self._is_closed = False

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """Give a connection for one transaction; after a failure it is not used again."""
        with self._room:
            connection = self._idle.pop() if self._idle else self._engine.connect()
            try:
                with connection.begin():
                    yield connection
            except BaseException:
                connection.close()
                raise
            if self._is_closed:
                connection.close()
            else:
                self._idle.append(connection)

    def close(self) -> None:
        """Let the connections go; one in use goes when its transaction ends."""
        self._is_closed = True
        while self._idle:
            self._idle.pop().close()
        self._engine.dispose()


class Database:
    """One engine that writes and one that reads.

    `alone` is for a file that nobody else has open and that is to be one file afterwards.
    """

    def __init__(self, url: str, *, alone: bool = False) -> None:
        self.url = url
        self._turn = threading.Lock()
        pragmas = ALONE_PRAGMAS if alone else WRITER_PRAGMAS
        self._writer = Standing(_engine(url, "BEGIN IMMEDIATE", pragmas, 1), 1)
        self._reader = Standing(_engine(url, "BEGIN", ("query_only=ON",), READERS_MAX), READERS_MAX)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Open the one writing transaction; it commits when the block ends, or not at all."""
        with self._turn, self._writer.begin() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a transaction that sees one unchanging state."""
        with self._reader.begin() as connection:
            yield connection

    def copy(self, target: Path) -> None:
        """Copy everything into a new file, as of one moment, while others read and write."""
        engine = _engine(self.url, "BEGIN", (), 1)
        try:
            raw = engine.raw_connection()
            try:
                raw.cursor().execute("VACUUM INTO ?", (str(target),))
            finally:
                raw.close()
        finally:
            engine.dispose()

    def clean(self) -> None:
        """Write the file anew, so that nothing is left in it, or in its log, of what was deleted.

        It takes as long as a copy does, and writers wait meanwhile. Until it has ended the file is
        marked as `soiled`.
        """
        engine = _engine(self.url, "BEGIN", (), 1)
        try:
            with self._turn:
                raw = engine.raw_connection()
                try:
                    cursor = raw.cursor()
                    cursor.execute("VACUUM")
                    cursor.execute("PRAGMA user_version = 0")
                    cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
                finally:
                    raw.close()
        finally:
            engine.dispose()

    def is_soiled(self) -> bool:
        """Tell whether something was deleted for good, and `clean` has not ended since."""
        with self.read() as connection:
            return bool(connection.exec_driver_sql("PRAGMA user_version").scalar_one())

    def is_sound(self) -> bool:
        """Read every page of the file and compare indexes with tables."""
        with self.read() as connection:
            found = connection.exec_driver_sql("PRAGMA integrity_check").scalars().all()
        return found == ["ok"]

    def close(self) -> None:
        """Let the connections go."""
        self._writer.close()
        self._reader.close()


def soil(connection: Connection) -> None:
    """Mark in this transaction that the file is to be cleaned, whatever becomes of the process."""
    connection.exec_driver_sql("PRAGMA user_version = 1").close()


def default_url(folder: Path) -> str:
    """Name the SQLite file of a server's folder."""
    return url_of(folder / FILE)


def url_of(path: Path) -> str:
    """Name a SQLite file."""
    return f"sqlite:///{path}"


def path_of(url: str) -> Path:
    """Undo `url_of`."""
    return Path(make_url(url).database or "")


def _engine(url: str, begin: str, pragmas: tuple[str, ...], size: int) -> Engine:
    try:
        place = make_url(url)
    except ArgumentError as error:
        raise Refused(Problem("database_url")) from error
    if place.get_backend_name() != "sqlite" or not place.database:
        raise Refused(Problem("database_unsupported", facts={"kind": place.get_backend_name()}))
    engine = create_engine(
        place,
        execution_options={"compiled_cache": _compiled},
        pool_size=size,
        max_overflow=0,
        connect_args={"check_same_thread": False},
        hide_parameters=True,  # an error's text must not hold a citizen's answers
    )

    engine.dialect = _dialects.setdefault(engine.dialect.name, engine.dialect)

    @event.listens_for(engine, "connect")
    def connected(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # BEGIN is ours alone, else DDL would commit by itself
        cursor = connection.cursor()
        for pragma in (f"busy_timeout={BUSY_MS}", f"cache_size=-{CACHE_KIB}", *pragmas):
            cursor.execute("PRAGMA " + pragma)
        cursor.close()

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        driver: Any = connection.connection.driver_connection
        driver.cursor().execute(begin)

    return engine


def chunks(values: list[T]) -> Iterator[list[T]]:
    """Cut a list of keys into what one statement takes."""
    for at in range(0, len(values), CHUNK):
        yield values[at : at + CHUNK]
