"""Which records the live room counts anew: noted by a transaction, taken by a run."""

import os
from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection, bindparam, delete, select

from sync.protocol.change import ID_BYTES
from sync.server import bulk
from sync.server.live_tables import live_due


class Due(msgspec.Struct, frozen=True):
    """Rows that a run takes, and the records they name, each once."""

    keys: list[tuple[int, bytes]]
    records: list[bytes]


def note(connection: Connection, region: str, records: Sequence[bytes], now: int) -> None:
    """Note records in the caller's transaction, by one row."""
    if records:
        token = os.urandom(ID_BYTES)
        row = {"region": region, "added": now, "id": token, "records": b"".join(records)}
        bulk.add(connection, live_due, [row])


def oldest(connection: Connection, region: str, most: int) -> Due:
    """Read what is due, the oldest first, up to some `most` records; one row always goes."""
    keys, records = list[tuple[int, bytes]](), dict[bytes, None]()
    rows = connection.execute(
        select(live_due)
        .where(live_due.c.region == region)
        .order_by(live_due.c.added, live_due.c.id)
        .limit(most)
    )
    for row in rows:
        if keys and len(records) >= most:
            break
        keys.append((row.added, row.id))
        listed = row.records
        names = (listed[at : at + ID_BYTES] for at in range(0, len(listed), ID_BYTES))
        records.update(dict.fromkeys(names))
    rows.close()
    return Due(keys, list(records))


def settle(connection: Connection, region: str, due: Due) -> None:
    """Let go of what was counted."""
    connection.execute(
        delete(live_due).where(
            live_due.c.region == region,
            live_due.c.added == bindparam("_added"),
            live_due.c.id == bindparam("_id"),
        ),
        [{"_added": added, "_id": name} for added, name in due.keys],
    )
