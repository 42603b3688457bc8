"""Connections to the encrypted file: one writes, some read; and what their errors mean."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlcipher3 import dbapi2

from forms.engine.problem import Problem, Refused

READERS_MAX = 4  # threads that query at once: the window, a list behind it, a trip, one to spare
CACHE_KIB = 8_000  # of each reading connection; five of them stay far below the memory budget
WRITER_CACHE_KIB = 48_000  # filled by imports and long trips only, whose leaves it keeps
BUSY_MS = 10_000  # longer than any transaction of ours, an import of 20,000 rows included

sqlcipher: Any = dbapi2  # its module fills itself from C
_FULL = sqlcipher.SQLITE_FULL
_IO = sqlcipher.SQLITE_IOERR
_DAMAGED = frozenset({sqlcipher.SQLITE_CORRUPT, sqlcipher.SQLITE_NOTADB})
_PRIMARY = 0xFF  # the low byte of an extended error code is the kind of error
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def write_engine(path: Path, key: bytes) -> Engine:
    """Make the engine that writes: one connection, durable commits, BEGIN IMMEDIATE."""
    pragmas = [
        "journal_mode=WAL",
        "synchronous=FULL",
        f"cache_size=-{WRITER_CACHE_KIB}",
        "journal_size_limit=16000000",
    ]
    return _engine(path, key, "BEGIN IMMEDIATE", pragmas, 1)


def read_engine(path: Path, key: bytes) -> Engine:
    """Make the engine that only queries, each transaction on one unchanging state of the file."""
    return _engine(path, key, "BEGIN", [f"cache_size=-{CACHE_KIB}", "query_only=ON"], READERS_MAX)


def _engine(path: Path, key: bytes, begin: str, pragmas: list[str], size: int) -> Engine:
    """Make an engine with a raw 32-byte key, so that opening costs no key derivation."""
    engine = create_engine(
        f"sqlite+pysqlite:///{path}",
        module=sqlcipher,
        pool_size=size,
        max_overflow=0,
        connect_args={"check_same_thread": False},
        hide_parameters=True,  # an error's text must not hold a citizen's answers
    )

    @event.listens_for(engine, "connect")
    def connected(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # BEGIN is ours alone, else DDL would commit by itself
        cursor = connection.cursor()
        cursor.execute("PRAGMA cipher_log_level = NONE")  # a wrong key would write to stderr
        cursor.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        cursor.execute("SELECT count(*) FROM sqlite_master")  # a wrong key fails here
        for pragma in (
            *pragmas,
            "foreign_keys=ON",
            "secure_delete=ON",
            "temp_store=MEMORY",
            f"busy_timeout={BUSY_MS}",
        ):
            cursor.execute("PRAGMA " + pragma)
        cursor.close()

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        driver(connection).execute(begin)

    return engine


def driver(connection: Connection) -> Any:
    """Give the driver's own connection, for what is asked so often that the way there counts.

    Its errors are the driver's; `explained` knows them too.
    """
    return connection.connection.driver_connection


class Standing:
    """Connections of one engine that stay out of its pool between transactions.

    Taking one out and giving it back costs more than a small transaction does. No more than `most`
    are in use at once; whoever comes then waits.
    """

    def __init__(self, engine: Engine, most: int) -> None:
        self._engine = engine
        self._room = BoundedSemaphore(most)
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


@contextmanager
def explained() -> Iterator[None]:
    """Turn what the disk or the file does to us into one Refused; nothing was committed then."""
    try:
        yield
    except DBAPIError as error:
        problem = meaning(error.orig)
        if problem is None:
            raise
        raise Refused(problem) from error
    except sqlcipher.DatabaseError as error:
        problem = meaning(error)
        if problem is None:
            raise
        raise Refused(problem) from error
    except OSError as error:
        raise Refused(Problem("disk_full" if error.errno in _NO_ROOM else "disk_failed")) from error


def meaning(error: BaseException | None) -> Problem | None:
    """Say what a driver's error means for a person; None where it is a fault of the program."""
    code = getattr(error, "sqlite_errorcode", 0) & _PRIMARY
    if code == _FULL:
        return Problem("disk_full")
    if code == _IO:
        return Problem("disk_failed")
    if code in _DAMAGED:
        return Problem("store_damaged")
    return None
