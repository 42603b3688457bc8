"""Connections to the encrypted file: one writes, some read; and what their errors mean."""

import errno
from collections.abc import Sequence
from pathlib import Path
from threading import Condition, Lock
from typing import TYPE_CHECKING, Any

from sqlcipher3 import dbapi2

from forms.engine.problem import Problem, Refused
from sync.store.statements import Connection

if TYPE_CHECKING:
    from sync.store.settled import Settled

READERS_MAX = 4  # threads that query at once: the window, a list behind it, a trip, one to spare
CACHE_KIB = 8_000  # of each reading connection; five of them stay far below the memory budget
WRITER_CACHE_KIB = 48_000  # filled by imports and long trips only, whose leaves it keeps
BUSY_MS = 10_000  # longer than any transaction of ours, an import of 20,000 rows included
PREPARED_MAX = 500  # statements that a connection keeps ready; the program has fewer

sqlcipher: Any = dbapi2  # its module fills itself from C
_BOTH_PRAGMAS = (
    "foreign_keys=ON",
    "secure_delete=ON",
    "temp_store=MEMORY",
    f"busy_timeout={BUSY_MS}",
)
WRITER_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    f"cache_size=-{WRITER_CACHE_KIB}",
    "journal_size_limit=16000000",
    *_BOTH_PRAGMAS,
)
READER_PRAGMAS = (f"cache_size=-{CACHE_KIB}", "query_only=ON", *_BOTH_PRAGMAS)
_FULL = sqlcipher.SQLITE_FULL
_IO = sqlcipher.SQLITE_IOERR
_DAMAGED = frozenset({sqlcipher.SQLITE_CORRUPT, sqlcipher.SQLITE_NOTADB})
_PRIMARY = 0xFF  # the low byte of an extended error code is the kind of error
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class Engine:
    """Connections to one file, which stay open between transactions, until `dispose`.

    Opening one costs more than many transactions do. No more than `most` are in use at once;
    whoever comes then waits.
    """

    def __init__(
        self, path: Path, key: bytes, begin: str, pragmas: Sequence[str], most: int
    ) -> None:
        self._path = path
        self._key = key
        self._begin = begin
        self._pragmas = pragmas
        self._turn = Lock()
        self._given_back = Condition(self._turn)
        self._room = most
        self._waiting = 0
        self._idle: list[Connection] = []
        self._is_closed = False
        self.settled: Settled | None = None  # where its transactions are the only ones that write

    def connect(self) -> "_Held":
        """Give a connection without a transaction."""
        return _Held(self)

    def begin(self) -> "_Transaction":
        """Give a connection for one transaction, done whole or not at all."""
        return _Transaction(self, self._begin)

    def dispose(self) -> None:
        """Let the connections go; one in use goes when its transaction ends."""
        self._is_closed = True
        while self._idle:
            self._idle.pop().raw.close()

    def take(self) -> Connection:
        """Take a connection, which `give_back` must have again."""
        with self._turn:
            while not self._room:
                self._waiting += 1
                self._given_back.wait()
                self._waiting -= 1
            self._room -= 1
            if self._idle:
                return self._idle.pop()
        try:
            return Connection(opened(self._path, self._key, self._pragmas))
        except BaseException:
            self._make_room(None)
            raise

    def give_back(self, conn: Connection) -> None:
        """Keep a connection for whoever comes next; what a failure left under way is undone."""
        kept: Connection | None = conn
        try:
            if conn.raw.in_transaction:
                conn.raw.execute("ROLLBACK")
        except sqlcipher.Error:
            kept = None  # closing it undoes it; what failed is on its way to the caller
        if kept is None or self._is_closed:
            conn.raw.close()
            kept = None
        self._make_room(kept)

    def _make_room(self, conn: Connection | None) -> None:
        with self._turn:
            self._room += 1
            if conn is not None:
                self._idle.append(conn)
            if self._waiting:
                self._given_back.notify()


class _Held:
    """A connection for the length of a block."""

    __slots__ = ("_conn", "_engine")

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def __enter__(self) -> Connection:
        self._conn = self._engine.take()
        return self._conn

    def __exit__(self, *_: object) -> None:
        self._engine.give_back(self._conn)


class _Transaction:
    """A connection with a transaction for the length of a block; undone where the block fails."""

    __slots__ = ("_begin", "_conn", "_engine")

    def __init__(self, engine: Engine, begin: str) -> None:
        self._engine = engine
        self._begin = begin

    def __enter__(self) -> Connection:
        engine = self._engine
        conn = self._conn = engine.take()
        try:
            conn.raw.execute(self._begin)
        except BaseException:
            engine.give_back(conn)
            raise
        conn.settled = engine.settled
        return conn

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        settled, is_done = self._conn.settled, False
        try:
            if kind is None:
                self._conn.raw.execute("COMMIT")
                is_done = True
        finally:
            if settled is not None:
                settled.end(done=is_done)
            self._engine.give_back(self._conn)


def write_engine(path: Path, key: bytes) -> Engine:
    """Make the engine that writes: one connection, durable commits, BEGIN IMMEDIATE."""
    return Engine(path, key, "BEGIN IMMEDIATE", WRITER_PRAGMAS, 1)


def read_engine(path: Path, key: bytes) -> Engine:
    """Make the engine that only queries, each transaction on one unchanging state of the file."""
    return Engine(path, key, "BEGIN", READER_PRAGMAS, READERS_MAX)


def opened(path: Path, key: bytes, pragmas: Sequence[str] = WRITER_PRAGMAS) -> Any:
    """Open the driver's own connection; a raw 32-byte key costs no key derivation.

    BEGIN is its caller's alone, else DDL would commit by itself.
    """
    raw = sqlcipher.connect(
        path, isolation_level=None, check_same_thread=False, cached_statements=PREPARED_MAX
    )
    try:
        raw.execute("PRAGMA cipher_log_level = NONE")  # a wrong key would write to stderr
        raw.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        raw.execute("SELECT count(*) FROM sqlite_master")  # a wrong key fails here
        for pragma in pragmas:
            raw.execute("PRAGMA " + pragma)
    except BaseException:
        raw.close()
        raise
    return raw


class explained:  # noqa: N801 - read as a function is, and as often
    """Turn what the disk or the file does to us into one Refused; nothing was committed then."""

    __slots__ = ()

    def __enter__(self) -> None:
        """Nothing is to be done before."""

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        """Raise Refused for what a person can be told."""
        if isinstance(error, sqlcipher.DatabaseError):
            problem = meaning(error)
            if problem is not None:
                raise Refused(problem) from error
        elif isinstance(error, OSError):
            full = error.errno in _NO_ROOM
            raise Refused(Problem("disk_full" if full else "disk_failed")) from error


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
