"""Readies a database for a region's server: its schema, and who the server is to it."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection
from sqlalchemy.engine import make_url

from sync.server import schema
from sync.server.database import Database, is_file


@contextmanager
def ready(url: str, region: str) -> Iterator[str]:
    """Bring the schema up to date and give the URL by which everything else is done.

    Of a PostgreSQL database's owner that is a role made for it, which goes again where the block
    fails. Refused(database_url | database_unsupported | schema_newer | schema_older).
    """
    with opened(url) as connection:
        schema.upgrade(connection)
    if is_file(url):
        yield url
        return
    from sync.server import owner, postgres  # the driver loads a library of C

    given = make_url(url)
    with opened(url) as connection:
        lent = owner.lend(connection, given, schema.metadata, region)
    if lent is None:
        yield url
        return
    try:
        yield postgres.signed_in(lent, given).render_as_string(hide_password=False)
    except BaseException:
        with opened(url) as connection:
            owner.take_back(connection, lent)
        raise


@contextmanager
def opened(url: str) -> Iterator[Connection]:
    """Open a database for one writing transaction that no region's server joins in."""
    database = Database(url)
    try:
        with database.write() as connection:
            yield connection
    finally:
        database.close()
