"""Looks at people's records as desks told them, a chain for each office, and as somebody reads it.

    chain(n) = SHA256( chain(n-1) | SHA256(look n) ), chain(0) = 32 zero bytes

A look names ids alone. Erasing a person leaves it as it is: who looked, when, at which record that
was; the record itself has nothing left by then. What a desk tells twice, because an answer was
lost, a laptop was copied or the city put back, is chained once.
"""

import hashlib
from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, insert, select

from forms.engine.problem import Refused
from sync.protocol import looks as said
from sync.protocol import wire
from sync.protocol.looks import Look
from sync.protocol.stream import CHAIN_START
from sync.server import audit, bulk
from sync.server.city import City
from sync.server.devices import Device
from sync.server.look_tables import look, look_head

KEY = ("region", "office")


class Seen(msgspec.Struct, frozen=True):
    """One look as it is kept."""

    office: bytes
    number: int
    at: int
    received: int
    device: bytes
    operator: bytes
    record: bytes
    how: str
    what: str
    count: int
    subject: bytes


class Asked(msgspec.Struct, frozen=True):
    """Which looks: at whom, by whom, told by which office, from and until which time in ms.

    `beyond` says where to go on: the time, office and number of the last one shown.
    """

    subject: bytes = b""
    operator: bytes = b""
    office: bytes = b""
    since: int = 0
    until: int = 0
    beyond: tuple[int, bytes, int] | None = None


def take(city: City, device: Device, told: bytes) -> int:
    """Chain what a desk told, and say the number of its last look; 0 where there is none to say.

    What can't be read is not acknowledged: its desk keeps it for a later server.
    """
    if not told:
        return 0
    try:
        looks = said.decode(told)
    except Refused:
        return 0
    with city.database.write() as connection:
        fresh = _fresh(connection, city.code, looks.rows)
        if fresh:
            _add(connection, city, device, fresh)
    return looks.last


def read(city: City, asked: Asked, limit: int, who: str) -> list[Seen]:
    """Read the newest that are asked for, and note that somebody did."""
    facts = {"record": asked.subject.hex(), "operator": asked.operator.hex()}
    with city.database.write() as connection:
        named = {key: value for key, value in facts.items() if value}
        audit.note(connection, city, who, "looks_read", asked.office, **named)
    query = select(look).where(look.c.region == city.code, *_wanted(asked))
    query = query.order_by(look.c.at.desc(), look.c.office.desc(), look.c.number.desc())
    with city.database.read() as connection:
        return [seen(row) for row in connection.execute(query.limit(limit))]


def seen(row: Any) -> Seen:
    """Give a row of the table as a look."""
    return Seen(**{name: getattr(row, name) for name in Seen.__struct_fields__})


def content(one: Seen) -> list[Any]:
    """Say a look as the chain covers it, ids in hex."""
    plain = [getattr(one, name) for name in Seen.__struct_fields__ if name != "office"]
    return [value.hex() if isinstance(value, bytes) else value for value in plain]


def digest(plain: list[Any]) -> bytes:
    """Give the SHA-256 of what the chain covers."""
    return hashlib.sha256(wire.encode(plain)).digest()


def _wanted(asked: Asked) -> list[Any]:
    found = [
        look.c[name] == value
        for name in ("subject", "operator", "office")
        if (value := getattr(asked, name))
    ]
    if asked.since:
        found.append(look.c.at >= asked.since)
    if asked.until:
        found.append(look.c.at < asked.until)
    if asked.beyond is not None:
        at, office, number = asked.beyond
        same = (look.c.at == at) & (look.c.office == office) & (look.c.number < number)
        found.append((look.c.at < at) | ((look.c.at == at) & (look.c.office < office)) | same)
    return found


def _fresh(connection: Connection, region: str, rows: Sequence[Look]) -> list[Look]:
    """Leave out what is chained already: nobody looks twice at one thing in one millisecond."""
    columns = ("at", "operator", "record", "how", "what")
    fixed = {"region": region}
    known = set[tuple[Any, ...]]()
    for operator in sorted({one.operator for one in rows}):
        times = {one.at for one in rows if one.operator == operator}
        found = bulk.among(connection, look, columns, {**fixed, "operator": operator}, "at", times)
        known.update(tuple(getattr(row, name) for name in columns) for row in found)
    fresh = list[Look]()
    for one in rows:
        key = (one.at, one.operator, one.record, one.how, one.what)
        if key not in known:
            known.add(key)
            fresh.append(one)
    return fresh


def _add(connection: Connection, city: City, device: Device, rows: Sequence[Look]) -> None:
    place = {"region": city.code, "office": device.office}
    head = bulk.found(connection, look_head, ("number", "chain"), place).first()
    number, chain = (head.number, head.chain) if head is not None else (0, CHAIN_START)
    made, now = list[dict[str, Any]](), city.now()
    for one in rows:
        number += 1
        kept = Seen(
            device.office,
            number,
            one.at,
            now,
            device.id,
            one.operator,
            one.record,
            one.how,
            one.what,
            one.count,
            one.subject or one.record,
        )
        chain = audit.chained(chain, digest(content(kept)))
        made.append({"region": city.code, **msgspec.structs.asdict(kept), "chain": chain})
    bulk.add(connection, look, made)
    ends = {**place, "number": number, "chain": chain}
    if head is None:
        connection.execute(insert(look_head).values(**ends))
    else:
        bulk.change(connection, look_head, KEY, [ends])
