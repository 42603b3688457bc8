"""The audit's chain as an administrator reads it: newest first, by parts; looking is in it too."""

from collections.abc import Collection
from typing import Any

import msgspec
from sqlalchemy import select

from sync.protocol import wire
from sync.server import audit, tables
from sync.server.city import City

SCANNED_MAX = 5_000  # events that one look goes through for what it is asked for
PLAIN = frozenset({"number", "at", "by", "act", "office"})


class Event(msgspec.Struct, frozen=True):
    """One event; `office` is an id or empty, `facts` are what it says beside."""

    number: int
    at: int
    by: str
    act: str
    office: bytes
    facts: dict[str, str]


class Asked(msgspec.Struct, frozen=True):
    """Which events: of whom, what, in which office, before which number (0: from the newest)."""

    by: str = ""
    act: str = ""
    office: bytes = b""
    before: int = 0


class Part(msgspec.Struct, frozen=True):
    """What was found, and the number before which to go on; 0 where the chain is at its end."""

    events: list[Event]
    before: int


def look(city: City, asked: Asked, limit: int, who: str) -> Part:
    """Read the newest events that are asked for, and note that somebody looked."""
    with city.database.write() as connection:
        facts = {"about": asked.by, "what": asked.act}
        said = {key: value for key, value in facts.items() if value}
        audit.note(connection, city, who, "trail_read", asked.office, **said)
    table, found = tables.audit, list[Event]()
    query = select(table).where(table.c.region == city.code).order_by(table.c.number.desc())
    if asked.before:
        query = query.where(table.c.number < asked.before)
    if asked.office:
        query = query.where(table.c.office == asked.office)
    with city.database.read() as connection:
        rows = connection.execute(query.limit(SCANNED_MAX)).all()
    last = rows[-1].number if len(rows) == SCANNED_MAX else 0
    for row in rows:
        event = _event(row)
        if asked.by in ("", event.by) and asked.act in ("", event.act):
            found.append(event)
            if len(found) == limit:
                last = event.number
                break
    return Part(found, last if last > 1 else 0)


def of(city: City, acts: Collection[str], limit: int) -> list[Event]:
    """Read the newest events of some kinds, among SCANNED_MAX; it is no look at people."""
    table = tables.audit
    query = select(table).where(table.c.region == city.code).order_by(table.c.number.desc())
    with city.database.read() as connection:
        rows = connection.execute(query.limit(SCANNED_MAX)).all()
    return [event for event in map(_event, rows) if event.act in acts][:limit]


def _event(row: Any) -> Event:
    said = wire.decode(row.event, dict[str, Any])
    facts = {key: str(value) for key, value in said.items() if key not in PLAIN}
    return Event(row.number, said["at"], said["by"], said["act"], row.office, facts)
