"""The file's schema: made in one go, brought forward by migrations, or too new for us."""

import shutil
from contextlib import ExitStack, contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from forms.engine.problem import Problem, Refused
from sync.store import search, settings
from sync.store.engine import Engine, explained, opened, sqlcipher, write_engine
from sync.store.registers import lines
from sync.store.statements import Connection

if TYPE_CHECKING:
    from collections.abc import Iterator

    import sqlalchemy

SCHEMA = 12  # PRAGMA user_version: the number of the newest migration
HEAD = "0012"  # and its name for Alembic
MIGRATIONS = Path(__file__).parents[2] / "migrations"


def make(conn: Connection) -> None:
    """Make every table in an empty file; a test holds it equal to the migrations."""
    for statement in (*_tables(), *search.ddl(), *lines.ddl()):
        conn.exec_driver_sql(statement)
    conn.exec_driver_sql(
        "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, "
        "CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
    )
    conn.exec_driver_sql("INSERT INTO alembic_version VALUES (?)", (HEAD,))
    conn.exec_driver_sql(f"PRAGMA user_version = {SCHEMA}")


@lru_cache
def _tables() -> tuple[str, ...]:
    """Write out the statements that make the tables and their indexes."""
    from sqlalchemy import create_mock_engine

    # SQLModel's 200 ms are spent at enrolment, not at start.
    from sync.store.look_table import StoreTable  # with every table of sync.store.tables

    made: list[Any] = []
    mock = create_mock_engine("sqlite://", lambda statement, *_, **__: made.append(statement))
    StoreTable.metadata.create_all(mock, checkfirst=False)
    return tuple(str(statement.compile(dialect=mock.dialect)) for statement in made)


def bring_up(path: Path, key: bytes) -> None:
    """Do what `brought_up` does, and close the file."""
    brought_up(path, key).dispose()


def brought_up(path: Path, key: bytes) -> Engine:
    """Give the engine that writes, of a file with the present schema.

    An older file is brought forward on a copy that takes its place when all of it went well.
    Refused(store_newer) for a file that a later version wrote.
    """
    with ExitStack() as unless_kept:
        engine = write_engine(path, key)
        unless_kept.callback(engine.dispose)
        version = _version(engine)
        if version > SCHEMA:
            raise Refused(Problem("store_newer"))
        if version == SCHEMA:
            unless_kept.pop_all()
            return engine
    copy = path.with_suffix(".next")
    with explained():
        copy.unlink(missing_ok=True)
        shutil.copyfile(path, copy)
        _upgrade(copy, key)
        copy.replace(path)
    return write_engine(path, key)


def _version(engine: Engine) -> int:
    """Read the schema's number; of an older file, all of the log is in it afterwards."""
    with explained(), engine.connect() as conn:
        version: int = conn.exec_driver_sql("PRAGMA user_version").scalar_one()
        if version < SCHEMA:
            conn.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").all()
        return version


def _upgrade(path: Path, key: bytes) -> None:
    from sqlalchemy.exc import DBAPIError

    try:
        with foreign(path, key) as outer:
            conn = Connection(outer.connection.driver_connection)
            conn.exec_driver_sql("PRAGMA foreign_keys=OFF")  # has no effect within a transaction
            with outer.begin():
                upgrade(outer)
                lines.rebuild(conn, settings.desk(conn).office.id)
                if conn.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
                    raise Refused(Problem("store_damaged"))
                conn.exec_driver_sql(f"PRAGMA user_version = {SCHEMA}")
            conn.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").all()
    except DBAPIError as error:
        raise error.orig or error from error


@contextmanager
def foreign(path: Path, key: bytes) -> "Iterator[sqlalchemy.Connection]":
    """Give SQLAlchemy's own connection to the file, in which Alembic works."""
    from sqlalchemy import NullPool, create_engine, event

    engine = create_engine(
        "sqlite+pysqlite://",
        module=sqlcipher,
        creator=lambda: opened(path, key),
        poolclass=NullPool,
        hide_parameters=True,  # an error's text must not hold a citizen's answers
    )

    @event.listens_for(engine, "begin")
    def begun(conn: "sqlalchemy.Connection") -> None:
        conn.connection.cursor().execute("BEGIN IMMEDIATE")

    with engine.connect() as conn:
        yield conn


def upgrade(conn: "sqlalchemy.Connection") -> None:
    """Run the migrations that a file lacks, inside the caller's transaction."""
    from alembic import command  # 170 ms that only an old file costs
    from alembic.config import Config

    from sync.store.look_table import StoreTable
    from sync.store.tables import HIDDEN

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("version_locations", str(MIGRATIONS / "store"))
    config.set_main_option("path_separator", "newline")
    config.attributes.update(connection=conn, metadata=StoreTable.metadata, hidden=HIDDEN)
    command.upgrade(config, "head")
