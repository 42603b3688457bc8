"""Where the tests' cities live: in SQLite files, or on PostgreSQL with TERAS_DATABASE=postgres.

PostgreSQL is one of this process's own, gone with it, or the one whose superuser's URL
TERAS_POSTGRES gives; what tests make there goes. Each city gets a database of its own, copied from
one that has the schema already (tests.cluster).
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest
from alembic import command
from msgspec import structs
from sqlalchemy import Connection, make_url, text

from sync.server import apart, schema
from sync.server.city import SETTINGS, settings_of
from sync.server.database import Database, default_url, is_file, path_of, url_of
from tests.cluster import Cluster

SORT, SERVER = "TERAS_DATABASE", "TERAS_POSTGRES"


def on_postgres() -> bool:
    """Tell whether the cities of this run live on PostgreSQL."""
    return os.environ.get(SORT) == "postgres"


_running: list[Cluster] = []


def cluster() -> Cluster:
    """Give this process's PostgreSQL; started when it is first asked for."""
    if not _running:
        try:
            made = Cluster(os.environ.get(SERVER, ""))
            made.connected().close()
            _running.append(made)
        except Exception as error:
            raise RuntimeError(f"no PostgreSQL ({SERVER} may name one): {error}") from error
    return _running[0]


def is_running() -> bool:
    """Tell whether any test asked for it yet."""
    return bool(_running)


def close() -> None:
    """End it."""
    while _running:
        _running.pop().close()


def keep(url: str, place: Path) -> str:
    """Keep a database as it is now, of a file at this place; give the URL of what was kept."""
    if not is_file(url):
        return cluster().copy(url)
    database = Database(url)
    database.copy(place)
    database.close()
    return url_of(place)


def copy_city(source: Path, target: Path) -> None:
    """Copy the folder of a city that nobody serves, with its database."""
    shutil.copytree(source, target)
    settings = settings_of(target)
    url = settings.database
    url = default_url(target) if is_file(url) else cluster().copy(url)
    moved = structs.replace(settings, database=url)
    (target / SETTINGS).write_bytes(msgspec.json.encode(moved))


def put_back(kept: str, url: str) -> None:
    """Put what was kept in the place of a database that nobody has open."""
    if not is_file(url):
        cluster().put_back(kept, url)
        return
    lose(url)
    shutil.copyfile(path_of(kept), path_of(url))


def lose(url: str) -> None:
    """Lose what a database holds."""
    if not is_file(url):
        cluster().empty_out(url)
        return
    path = path_of(url)
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def stored(url: str) -> bytes:
    """Read all bytes in which a database keeps its tables."""
    if not is_file(url):
        return cluster().stored(url)
    path = path_of(url)
    files = (path.with_name(path.name + suffix) for suffix in ("", "-wal"))
    return b"".join(file.read_bytes() for file in files if file.exists())


def owners(url: str) -> str:
    """Give the URL by which a database's owner comes to it."""
    if is_file(url):
        return url
    place = cluster().owner.set(database=make_url(url).database)
    return place.render_as_string(hide_password=False)


@contextmanager
def unguarded(url: str) -> Iterator[Connection]:
    """Write as somebody does who is at the disk: nothing of the database's own hinders it."""
    database = Database(owners(url))
    try:
        with database.write() as connection:
            if not is_file(url):
                connection.execute(text("SET LOCAL session_replication_role = replica"))
            yield connection
    finally:
        database.close()


def take_back(url: str, version: str) -> None:
    """Take a database's schema back to what an older program made, as its owner."""
    with unguarded(url) as connection:
        if not is_file(url):
            apart.lift(connection)
        command.downgrade(schema.told(connection), version)


def put_cities_there() -> None:
    """Have every city that names no database begin on PostgreSQL, where that was chosen."""
    if not on_postgres():
        return
    from sync.server import administration

    def default_url(_folder: Path) -> str:
        return cluster().new()

    pytest.MonkeyPatch().setattr(administration, "default_url", default_url)


if __name__ == "__main__":  # whether there is one
    try:
        cluster()
    except RuntimeError as error:
        raise SystemExit(str(error)) from error
    finally:
        close()
