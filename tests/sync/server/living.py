"""Lets a city live through a time: desks that nobody looks at send something every day."""

import os

from sqlalchemy import insert

from sync.server import tables
from sync.server.city import City
from sync.server.ring import DAY_MS


def lived(city: City, since: int, days: int) -> None:
    """Note a batch on each of so many days after a time (ms)."""
    rows = [
        {
            "region": city.code,
            "device": os.urandom(16),
            "incarnation": os.urandom(16),
            "seq": 1,
            "id": os.urandom(32),
            "prev": bytes(32),
            "epoch": city.epoch,
            "received": since + day * DAY_MS,
            "changes": 0,
            "verdicts": b"",
        }
        for day in range(1, days + 1)
    ]
    with city.database.write() as connection:
        connection.execute(insert(tables.batch), rows)
