"""The server's database, by URL: one writer at a time, commits that survive a power cut.

sqlite:///FILE is one file (sync.server.sqlite). postgresql://USER@HOST/NAME is a server of the
city's (sync.server.postgres), also with postgresql+psycopg, and by a socket: USER@/NAME?host=/DIR.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from pathlib import Path
from typing import Protocol

from sqlalchemy import URL, Connection, Engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from forms.engine.problem import Problem, Refused
from sync.server.sqlite import READERS_MAX, SqliteFile

FILE = "city.sqlite"
SQLITE = "sqlite"
POSTGRES = ("postgresql", "postgresql+psycopg")
IN_THE_WAY = frozenset({"40001", "40P01"})  # serialization_failure, deadlock_detected


class Standing:
    """Connections of one engine that stay out of its pool between transactions.

    Taking one out and giving it back costs more than a small transaction does. No more than `most`
    are in use at once; whoever comes then waits.
    """

    def __init__(self, engine: Engine, most: int, is_alive: Callable[[Connection], bool]) -> None:
        self._engine = engine
        self._is_alive = is_alive
        self._room = threading.BoundedSemaphore(most)
        self._idle: list[Connection] = []
        self._is_closed = False

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """Give a connection for one transaction; after a failure it is not used again."""
        with self._room:
            connection = self._taken()
            try:
                with connection.begin():
                    yield connection
            except BaseException:
                self._let_go(connection)
                raise
            if self._is_closed:
                self._let_go(connection)
            else:
                self._idle.append(connection)

    def _taken(self) -> Connection:
        """Take one that is idle, or a new one; a server that was restarted has dropped the old."""
        while self._idle:
            connection = self._idle.pop()
            if self._is_alive(connection):
                return connection
            connection.invalidate()
            connection.close()
        return self._engine.connect()

    def close(self) -> None:
        """Let the connections go; one in use goes when its transaction ends."""
        self._is_closed = True
        while self._idle:
            self._let_go(self._idle.pop())
        self._engine.dispose()

    def _let_go(self, connection: Connection) -> None:
        """Give a connection back to the pool; once that is closed, to nobody."""
        if self._is_closed and not connection.invalidated:
            connection.detach()
        connection.close()


class Place(Protocol):
    """What a sort of database does in its own way."""

    @property
    def writer(self) -> Engine:
        """What the one writing transaction runs on."""

    @property
    def reader(self) -> Engine:
        """What transactions run on that see one unchanging state."""

    def is_alive(self, connection: Connection) -> bool:
        """Tell whether a connection that was idle can still be used."""

    def copy(self, target: Path) -> None:
        """Copy everything into a new SQLite file, as of one moment, while others go on."""

    def outlast(self) -> bool:
        """Wait until nobody reads what was there before now, if rewriting would keep it for them.

        False where somebody reads on.
        """

    def clean(self, table: str = "") -> bool:
        """Write everything anew, or one table; False where something of before may be left."""

    def is_sound(self, connection: Connection) -> bool:
        """Read all of it."""


class Database:
    """One engine that writes and one that reads.

    `region` is whose turn a writer takes where several share a database; without one, all of
    theirs. `alone` is for a file that nobody else has open and that is to be one file afterwards.
    `turn` is entered while a writer waits for its turn, by whoever counts that. No more than
    `readers` and two connections are open at once, but for what is asked apart.
    """

    def __init__(
        self, url: str, region: str = "", *, alone: bool = False, readers: int = READERS_MAX
    ) -> None:
        self.url = url
        self.turn: Callable[[], AbstractContextManager[None]] = nullcontext
        self._turn = threading.Lock()
        self._place = place = _placed(url, region, alone=alone, readers=readers)
        self._writer = Standing(place.writer, 1, place.is_alive)
        self._reader = Standing(place.reader, readers, place.is_alive)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Open the one writing transaction; it commits when the block ends, or not at all."""
        with ExitStack() as stack:
            with self.turn():
                stack.enter_context(self._turn)
                connection = stack.enter_context(self._writer.begin())
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a transaction that sees one unchanging state."""
        with self._reader.begin() as connection:
            yield connection

    def copy(self, target: Path) -> None:
        """Copy everything into a new SQLite file, as of one moment, while others read and write.

        Of a database that regions share, what is this one's.
        """
        self._place.copy(target)

    def clean(self, table: str = "") -> bool:
        """Write everything anew, or one table, so that nothing is left of what was deleted.

        Everything takes as long as a copy does, and writers wait meanwhile. False where something
        may be left because somebody reads on what was there before: try again later.
        """
        if not self._place.outlast():
            return False
        with self._turn:
            return self._place.clean(table)

    def is_sound(self) -> bool:
        """Read all of it, indexes included where the database compares them."""
        with self.read() as connection:
            return self._place.is_sound(connection)

    def close(self) -> None:
        """Let the connections go."""
        self._writer.close()
        self._reader.close()


def default_url(folder: Path) -> str:
    """Name the SQLite file of a server's folder."""
    return url_of(folder / FILE)


def url_of(path: Path) -> str:
    """Name a SQLite file."""
    return f"sqlite:///{path}"


def path_of(url: str) -> Path:
    """Undo `url_of`."""
    return Path(make_url(url).database or "")


def is_file(url: str) -> bool:
    """Tell whether a database is a file of this machine; Refused(database_url)."""
    return _read(url).get_backend_name() == SQLITE


def was_in_the_way(error: DBAPIError) -> bool:
    """Tell whether a transaction was undone only for another's sake: begun again it may end."""
    return getattr(error.orig, "sqlstate", "") in IN_THE_WAY


def _placed(url: str, region: str, *, alone: bool, readers: int) -> Place:
    """Choose by the URL; Refused(database_url | database_unsupported)."""
    place = _read(url)
    if place.get_backend_name() == SQLITE and place.database:
        return SqliteFile(place, alone=alone, readers=readers)
    if place.drivername in POSTGRES:
        from sync.server.postgres import PostgresBase  # its driver loads a library of C

        return PostgresBase(place, region, readers)
    raise Refused(Problem("database_unsupported", facts={"kind": place.drivername}))


def _read(url: str) -> URL:
    try:
        return make_url(url)
    except ArgumentError as error:
        raise Refused(Problem("database_url")) from error
