"""The file's schema: made in one go, brought forward by migrations, or too new for us."""

import shutil
from pathlib import Path

from sqlalchemy import Connection

from forms.engine.problem import Problem, Refused
from sync.store import search, settings
from sync.store.engine import explained, write_engine
from sync.store.registers import lines

SCHEMA = 8  # PRAGMA user_version: the number of the newest migration
HEAD = "0008"  # and its name for Alembic
MIGRATIONS = Path(__file__).parents[2] / "migrations"


def make(conn: Connection) -> None:
    """Make every table in an empty file; a test holds it equal to the migrations."""
    from sync.store.tables import (
        StoreTable,
    )  # SQLModel's 200 ms are spent at enrolment, not at start

    StoreTable.metadata.create_all(conn)
    for statement in (*search.ddl(), *lines.ddl()):
        conn.exec_driver_sql(statement)
    conn.exec_driver_sql(
        "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, "
        "CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
    )
    conn.exec_driver_sql("INSERT INTO alembic_version VALUES (?)", (HEAD,))
    conn.exec_driver_sql(f"PRAGMA user_version = {SCHEMA}")


def bring_up(path: Path, key: bytes) -> None:
    """Bring an older file forward, on a copy that takes its place when all of it went well.

    Refused(store_newer) for a file that a later version wrote. Costs nothing where nothing is to
    be done.
    """
    version = _version(path, key)
    if version > SCHEMA:
        raise Refused(Problem("store_newer"))
    if version == SCHEMA:
        return
    copy = path.with_suffix(".next")
    with explained():
        copy.unlink(missing_ok=True)
        shutil.copyfile(path, copy)
        _upgrade(copy, key)
        copy.replace(path)


def _version(path: Path, key: bytes) -> int:
    """Read the schema's number, all of the log being in the file afterwards."""
    engine = write_engine(path, key)
    try:
        with explained(), engine.connect() as conn:
            version: int = conn.exec_driver_sql("PRAGMA user_version").scalar_one()
            if version < SCHEMA:
                conn.rollback()
                conn.connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return version
    finally:
        engine.dispose()


def _upgrade(path: Path, key: bytes) -> None:
    engine = write_engine(path, key)
    try:
        with engine.connect() as conn:
            raw = conn.connection.cursor()
            raw.execute("PRAGMA foreign_keys=OFF")  # has no effect within a transaction
            with conn.begin():
                upgrade(conn)
                lines.rebuild(conn, settings.desk(conn).office.id)
                broken = conn.exec_driver_sql("PRAGMA foreign_key_check").first()
                if broken is not None:
                    raise Refused(Problem("store_damaged"))
                conn.exec_driver_sql(f"PRAGMA user_version = {SCHEMA}")
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        engine.dispose()


def upgrade(conn: Connection) -> None:
    """Run the migrations that a file lacks, inside the caller's transaction."""
    from alembic import command  # 170 ms that only an old file costs
    from alembic.config import Config

    from sync.store.tables import HIDDEN, StoreTable

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("version_locations", str(MIGRATIONS / "store"))
    config.set_main_option("path_separator", "newline")
    config.attributes.update(connection=conn, metadata=StoreTable.metadata, hidden=HIDDEN)
    command.upgrade(config, "head")
