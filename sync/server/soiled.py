"""What was deleted for good is still in pages and logs until the database is written anew.

    soil     in the transaction that deletes: whatever becomes of the process, it is not forgotten
    clean    afterwards, at leisure; nothing where nobody deleted anything since

Each deletion has a mark of its own, so a cleaning takes away the marks that it found when it began,
and never that of a deletion that another process commits meanwhile.
"""

import os

from sqlalchemy import Connection, delete, select

from sync.server import bulk
from sync.server.city import City
from sync.server.erasure_tables import soiled

MARK_BYTES = 16


def soil(connection: Connection, region: str) -> bytes:
    """Mark in this transaction that the database is to be written anew; give the mark."""
    mark = os.urandom(MARK_BYTES)
    bulk.add(connection, soiled, [{"region": region, "mark": mark}])
    return mark


def clean(city: City) -> None:
    """Write the database anew if something was deleted for good; it takes as long as a copy.

    Where somebody reads an older state for long, a backup above all, it is left to the next time:
    a server's start, a backup's begin, another erasure.
    """
    with city.database.read() as connection:
        found = connection.scalars(select(soiled.c.mark).where(soiled.c.region == city.code))
        marks = list(found)
    if marks:
        _clean(city, "", marks)


def clean_table(city: City, table: str, mark: bytes) -> None:
    """Write the one table anew for which a mark was made; put off as `clean` is."""
    _clean(city, table, [mark])


def _clean(city: City, table: str, marks: list[bytes]) -> None:
    if not city.database.clean(table):
        return
    with city.database.write() as connection:
        here = (soiled.c.region == city.code, soiled.c.mark.in_(marks))
        connection.execute(delete(soiled).where(*here))
