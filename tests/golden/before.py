"""What tests of a city that must stay as it is share: all that it holds, and one exchange."""

import hashlib

from sqlalchemy import select

from sync.server import exchange, tables
from sync.server.city import City
from tests.golden.messages import sealed_ask


def everything(city: City) -> str:
    """Digest every row of every table."""
    told = hashlib.sha256()
    with city.database.read() as connection:
        for table in tables.metadata.sorted_tables:
            told.update(table.name.encode())
            for row in connection.execute(select(table).order_by(*table.primary_key.columns)):
                told.update(repr(tuple(row)).encode())
    return told.hexdigest()


def exchanged(city: City, *batches: bytes) -> bytes:
    """Let Rina ask, with these beside the ask."""
    return exchange.exchange(city, [sealed_ask(), *batches])
