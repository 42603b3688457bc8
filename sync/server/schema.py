"""Brings a database to the newest schema; Alembic is imported only where there is work for it."""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from forms.engine.problem import Problem, Refused
from sync.server import (  # noqa: F401 - makes their tables known
    account_tables,
    device_tables,
    edge_tables,
    live_tables,
    look_tables,
    removal_tables,
    snapshot_tables,
)
from sync.server.erasure_tables import metadata  # with every table of sync.server.tables
from sync.server.statements import POSTGRES

if TYPE_CHECKING:
    from alembic.config import Config

__all__ = ["HEAD", "check", "make", "metadata", "told", "upgrade", "version"]

MIGRATIONS = Path(__file__).parents[2] / "migrations"
HEAD = "0024"


def upgrade(connection: Connection) -> None:
    """Migrate within the caller's transaction.

    Refused(schema_newer) if a later program made it, Refused(schema_older) where the database's
    owner has to say it: `server upgrade`.
    """
    at = version(connection)
    if at == HEAD:
        return
    if at > HEAD:
        raise Refused(Problem("schema_newer", facts={"schema": at}))
    if connection.dialect.name == POSTGRES:
        from sync.server import apart, owner

        if not owner.may_migrate(connection):
            raise Refused(Problem("schema_older", facts={"schema": at}))
        apart.lift(connection)
    from alembic import command

    command.upgrade(told(connection), HEAD)
    if connection.dialect.name == POSTGRES:
        from sync.server import owner

        owner.settle(connection, metadata)


def told(connection: Connection) -> "Config":
    """Tell Alembic where the migrations are, and on what they run."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("version_locations", str(MIGRATIONS / "server"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    config.attributes["metadata"] = metadata
    return config


def check(connection: Connection) -> None:
    """Refused(schema_newer | schema_older) where it is not this program's."""
    at = version(connection)
    if at != HEAD:
        code = "schema_newer" if at > HEAD else "schema_older"
        raise Refused(Problem(code, facts={"schema": at}))


def make(connection: Connection) -> None:
    """Make the newest schema in an empty database at once; a test holds the migrations to it."""
    metadata.create_all(connection)
    connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
    stamp = text("INSERT INTO alembic_version (version_num) VALUES (:head)")
    connection.execute(stamp, {"head": HEAD})


def version(connection: Connection) -> str:
    """Name the schema's version; "" for an empty database."""
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return str(connection.scalar(text("SELECT version_num FROM alembic_version")) or "")
