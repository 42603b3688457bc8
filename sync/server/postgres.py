"""A city's database on PostgreSQL: a reader sees one state, writers of a region take turns.

    writer   READ COMMITTED behind an advisory lock of the region: every statement sees what the
             writer before has committed, and two writers of one region never run at once
    reader   REPEATABLE READ READ ONLY: one unchanging state, and nobody waits for it

The lock ends with its transaction, so a process that is killed holds up nobody. It is taken before
anything else is, and streams are numbered in the order of their keys: no two transactions of ours
wait for each other in a ring. A stranger's may, as an owner's migration: what was undone for its
sake is begun again (sync.server.app).
"""

import hashlib
import select
import time
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import psycopg
from sqlalchemy import (
    URL,
    Connection,
    Dialect,
    Engine,
    create_engine,
    event,
    text,
)
from sqlalchemy.exc import DBAPIError, DisconnectionError, OperationalError

from forms.engine.problem import Problem, Refused, Unreachable
from sync.server import pouring, schema, sqlite
from sync.server.apart import SETTING, parts
from sync.server.compiled import COMPILED
from sync.server.statements import run

READERS_MAX = 8  # as many as the threads that answer requests at once
CONNECT_S_MAX = 10
LOCK_MS = 30_000  # as long as a writer waits for another one on SQLite
REWRITE_LOCK_MS = 5_000  # who comes after a rewriting that waits for a table waits behind it
OLDER_S, OLDER_LOOKS_MAX = 0.1, 300  # half a minute: a backup of a big city takes longer
DRIVER = "postgresql+psycopg"
ENCODING = "UTF8"

_TURN = "teras_turn"  # the option of an engine whose transactions take the region's turn
_AT_CONNECT = (
    f"SET lock_timeout = {LOCK_MS}",
    # A commit that doesn't wait for the disk is no commit here; a stricter setting stays.
    """
    SELECT set_config('synchronous_commit', 'on', false)
    WHERE current_setting('synchronous_commit') IN ('off', 'local')
    """,
)

# A plan that was made while a table was small must not read all of it once it is large.
_TAKE_TURN = "SELECT pg_advisory_xact_lock(%s), set_config('enable_seqscan', 'off', true)"

# What is dead stays in a table that is rewritten while any transaction of before can still see it.
_UNDER_WAY = """
SELECT l.virtualxid FROM pg_locks AS l JOIN pg_stat_activity AS a ON a.pid = l.pid
WHERE l.locktype = 'virtualxid' AND l.granted
  AND a.datname = current_database() AND l.pid <> pg_backend_pid()
"""

# Statements are compiled for a dialect: by one of its own each engine would begin anew. It is the
# first one that has met a server, and so knows what PostgreSQL can.
_dialects: dict[str, Dialect] = {}


class PostgresBase:
    """One database; of a region, or of all of them before the region is known."""

    def __init__(self, place: URL, region: str = "", readers: int = READERS_MAX) -> None:
        self._region = region
        self._key = lock_key(region)
        self._engine = self._made(normal(place), readers)
        self._writer = self._engine.execution_options(**{_TURN: True})
        self._reader = self._engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )

    @property
    def writer(self) -> Engine:
        """Transactions that wait for the region's turn when they begin."""
        return self._writer

    @property
    def reader(self) -> Engine:
        """Transactions of one snapshot that can't write."""
        return self._reader

    def is_alive(self, connection: Connection) -> bool:
        """Tell whether the server still holds a connection that was idle, without asking it.

        A server that ends one says so, and nothing else is to be read where nothing was asked.
        """
        driver: Any = connection.connection.driver_connection
        return not driver.closed and not _is_readable(driver.fileno())

    def copy(self, target: Path) -> None:
        """Copy the region into a new SQLite file, as of one moment, while others read and write."""
        place = URL.create("sqlite", database=str(target))
        file = sqlite.engine(place, "BEGIN", sqlite.ALONE_PRAGMAS, 1)
        try:
            with file.begin() as into, self.reader.begin() as connection:
                schema.make(into)
                pouring.pour(connection, into, self._region)
        finally:
            file.dispose()

    def outlast(self) -> bool:
        """Wait until nobody reads a state of before; False where somebody reads on for long."""
        older = self._under_way()
        for _ in range(OLDER_LOOKS_MAX):
            if not older:
                break
            time.sleep(OLDER_S)
            older &= self._under_way()
        return not older

    def clean(self, table: str = "") -> bool:
        """Write the tables anew, or one, so that nothing is left in them of what was deleted.

        One at a time, and of a table in parts one part, so it never holds one while it waits for
        another; False where one is not free for long. The server's log holds traces until its
        segments are used again, which is a setting of the database's own.
        """
        wait = text(f"SET LOCAL lock_timeout = {REWRITE_LOCK_MS}")
        for name in self._whole(table):
            try:
                with self._engine.begin() as connection:
                    connection.execute(wait)
                    connection.execute(text("SELECT teras_rewrite(:name)"), {"name": name}).close()
            except OperationalError as error:
                if isinstance(error.orig, psycopg.errors.LockNotAvailable):
                    return False
                raise
        return True

    def is_sound(self, connection: Connection) -> bool:
        """Read every row whole; a page that doesn't fit its checksum is an error of the server."""
        try:
            for table in schema.metadata.sorted_tables:
                for _ in pouring.rows_of(connection, table, self._region):
                    pass
        except DBAPIError:
            return False
        return True

    def _made(self, place: URL, readers: int) -> Engine:
        engine = create_engine(
            place,
            execution_options={"compiled_cache": COMPILED},
            pool_size=readers + 1,
            max_overflow=1,  # for what is asked beside: a copy, a cleaning
            paramstyle="format",  # values go to the driver by their place
            connect_args={"connect_timeout": CONNECT_S_MAX, "client_encoding": "utf8"},
            hide_parameters=True,  # an error's text must not hold a citizen's answers
        )
        event.listen(engine, "connect", self._connected)
        event.listen(engine, "checkout", _checked)
        event.listen(engine, "begin", self._begun)
        try:
            with engine.connect() as connection:
                encoding = connection.scalar(text("SHOW server_encoding"))
        except DBAPIError as error:
            engine.dispose()
            raise Unreachable("database_unreachable") from error
        if encoding != ENCODING:
            engine.dispose()
            raise Refused(Problem("database_encoding", facts={"encoding": str(encoding)}))
        engine.dialect = _dialects.setdefault(engine.dialect.name, engine.dialect)
        return engine

    def _whole(self, table: str) -> list[str]:
        """Name what is written anew by itself: every table or one, or the parts that it lies in."""
        names = [table] if table else [one.name for one in schema.metadata.sorted_tables]
        with self._engine.begin() as connection:
            return [one for name in names for one in parts(connection, name) or [name]]

    def _under_way(self) -> set[str]:
        """Name the transactions that others have open here now, whoever they are."""
        with self._engine.begin() as connection:
            return set(connection.scalars(text(_UNDER_WAY)))

    def _connected(self, connection: Any, _record: Any) -> None:
        for statement in _AT_CONNECT:
            connection.execute(statement)
        connection.execute("SELECT set_config(%s, %s, false)", (SETTING, self._region))
        connection.commit()

    def _begun(self, connection: Connection) -> None:
        if connection.get_execution_options().get(_TURN):
            run(connection, _TAKE_TURN, (self._key,))


def normal(place: URL) -> URL:
    """Name the driver, and read a socket's folder where it stands in the host's place (%2Frun)."""
    host = place.host
    if host and "%2f" in host.lower():
        place = place.set(host=None).update_query_dict({"host": unquote(host)})
    return place.set(drivername=DRIVER)


def signed_in(lent: URL, owner: URL) -> URL:
    """Choose how a role that was lent signs in: by itself, or through its owner."""
    for place in (lent, owner.update_query_dict({"options": f"-c role={lent.username}"})):
        try:
            base = PostgresBase(place)
        except Unreachable:
            continue
        base.reader.dispose()
        return normal(place)
    raise Unreachable("database_unreachable")


def lock_key(region: str) -> int:
    """Name a region's turn as PostgreSQL does its advisory locks: by 64 bits."""
    digest = hashlib.sha256(b"teras/turn/1" + region.encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def _checked(connection: Any, _record: Any, _proxy: Any) -> None:
    if connection.closed or _is_readable(connection.fileno()):
        raise DisconnectionError  # the pool makes another


def _is_readable(handle: int) -> bool:
    """Look without waiting; a busy server's handles are too many for select."""
    if hasattr(select, "poll"):
        poll = select.poll()
        poll.register(handle, select.POLLIN)
        return bool(poll.poll(0))
    return bool(select.select([handle], [], [], 0)[0])  # Windows has no poll
