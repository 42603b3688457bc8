"""What administrators and the server did, as a chain that nobody can shorten or mend unseen.

chain(n) = SHA256( chain(n-1) | SHA256(event n) ), chain(0) = 32 zero bytes
"""

import hashlib
from typing import Any

from sqlalchemy import Connection, insert, select

from sync.protocol import wire
from sync.protocol.stream import CHAIN_START
from sync.server import tables
from sync.server.city import City

NO_OFFICE = b""


def note(
    connection: Connection, city: City, by: str, act: str, office: bytes = NO_OFFICE, **facts: str
) -> None:
    """Append an event; `by` is an administrator's name, "" where the server acted by itself."""
    append(connection, city.code, city.now(), by, act, office, facts)


def append(
    connection: Connection,
    region: str,
    now: int,
    by: str,
    act: str,
    office: bytes = NO_OFFICE,
    facts: dict[str, str] | None = None,
) -> None:
    """Append an event of a region that may not be open yet."""
    number, chain = head(connection, region)
    event = {"number": number + 1, "at": now, "by": by, "act": act, **(facts or {})}
    if office:
        event["office"] = office.hex()
    encoded = encode(event)
    connection.execute(
        insert(tables.audit).values(
            region=region,
            number=number + 1,
            office=office,
            event=encoded,
            chain=chained(chain, hashlib.sha256(encoded).digest()),
        )
    )


def head(connection: Connection, region: str) -> tuple[int, bytes]:
    """Return number and chain value of the last event."""
    table = tables.audit
    row = connection.execute(
        select(table.c.number, table.c.chain)
        .where(table.c.region == region)
        .order_by(table.c.number.desc())
        .limit(1)
    ).first()
    return (0, CHAIN_START) if row is None else (row.number, row.chain)


def encode(event: dict[str, Any]) -> bytes:
    """Encode an event as the chain covers it."""
    return wire.encode(event)


def chained(before: bytes, digest: bytes) -> bytes:
    """Return the chain value after one more event, given the event's SHA-256."""
    return hashlib.sha256(before + digest).digest()
