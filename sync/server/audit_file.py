"""The audit chain as a file for an auditor, who needs nothing but the region's public key.

    {"kind": "teras/audit/1", "region", "events": [...], "head": hex, "signature": hex}

An event is {"event": {...}} or, left out by a filter, {"digest": hex}; either way its digest goes
into the chain, so nothing can be taken away, changed or moved unseen. The signature covers kind,
region, count and head.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import select

from forms.engine.problem import Problem, Refused
from sync.crypto import signed
from sync.protocol import wire
from sync.protocol.stream import CHAIN_START, Signed
from sync.server import audit, offices, tables
from sync.server.city import City

KIND = "teras/audit/1"


class Exported(msgspec.Struct, frozen=True):
    """A written audit: its bytes, how many events, the chain's last value."""

    content: bytes
    events: int
    head: bytes


class _File(msgspec.Struct):
    kind: str
    region: str
    events: list[dict[str, Any]]
    head: str
    signature: str


def export(city: City, by: str, office_code: str = "") -> Exported:
    """Write the chain, with an office all other events as digests; exporting is an event too."""
    with city.database.write() as connection:
        office = offices.by_code(connection, city.code, office_code) if office_code else b""
        audit.note(connection, city, by, "audit_exported", office)
        table = tables.audit
        rows = connection.execute(
            select(table).where(table.c.region == city.code).order_by(table.c.number)
        ).all()
    events: list[dict[str, Any]] = []
    for row in rows:
        if office_code and row.office != office:
            events.append({"digest": hashlib.sha256(row.event).hexdigest()})
        else:
            events.append({"event": wire.decode(row.event, dict[str, Any])})
    head = rows[-1].chain
    proof = signed.sign(_covered(city.code, len(rows), head), city.keys.sign, "audit")
    file = _File(KIND, city.code, events, head.hex(), proof.signature.hex())
    return Exported(msgspec.json.encode(file), len(rows), head)


def check(content: bytes, keys: Mapping[str, Sequence[bytes]]) -> tuple[int, bytes]:
    """Check an exported audit against regions' signing keys; return its events' count and head.

    Refused(audit_malformed | key_unknown | signature_wrong | audit_broken).
    """
    try:
        file = msgspec.json.decode(content, type=_File)
        head, signature = bytes.fromhex(file.head), bytes.fromhex(file.signature)
        digests = [_digest(entry) for entry in file.events]
    except (msgspec.MsgspecError, ValueError, KeyError, TypeError) as error:
        raise Refused(Problem("audit_malformed")) from error
    if file.kind != KIND:
        raise Refused(Problem("audit_malformed"))
    signs = keys.get(file.region)
    if not signs:
        raise Refused(Problem("key_unknown", facts={"region": file.region}))
    signed.check_any(Signed(_covered(file.region, len(digests), head), signature), signs, "audit")
    chain = CHAIN_START
    for digest in digests:
        chain = audit.chained(chain, digest)
    if chain != head:
        raise Refused(Problem("audit_broken"))
    return len(digests), head


def _digest(entry: dict[str, Any]) -> bytes:
    if "digest" in entry:
        return bytes.fromhex(entry["digest"])
    return hashlib.sha256(audit.encode(entry["event"])).digest()


def _covered(region: str, count: int, head: bytes) -> bytes:
    return wire.encode([KIND, region, count, head])
