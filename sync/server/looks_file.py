"""Looks as a file for an auditor, who needs nothing but the region's public key.

    {"kind": "teras/looks/1", "region", "chains": [{"office": hex, "looks": [...], "head": hex}],
     "signature": hex}

A look is {"look": [number, time, received, device, operator, record, how, what, count, subject]},
times in ms, ids in hex; left out by what was asked for it is {"digest": hex}. Either way its digest
goes into its office's chain. The signature covers kind, region, and each office's count and head.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from forms.engine.problem import Problem, Refused
from sync.crypto import signed
from sync.protocol import wire
from sync.protocol.stream import CHAIN_START, Signed
from sync.server import audit, looks, offices
from sync.server.audit_file import Exported
from sync.server.city import City
from sync.server.look_tables import look, look_head

KIND = "teras/looks/1"


class Asked(msgspec.Struct, frozen=True):
    """Which looks are said in words: of an office by its code, at a person, by an operator."""

    office: str = ""
    subject: bytes = b""
    operator: bytes = b""


class _Chain(msgspec.Struct):
    office: str
    looks: list[dict[str, Any]]
    head: str


class _File(msgspec.Struct):
    kind: str
    region: str
    chains: list[_Chain]
    signature: str


def export(city: City, by: str, asked: Asked) -> Exported:
    """Write the chains of every office or of one; exporting is an event of the audit.

    Refused(office_unknown).
    """
    facts = {"record": asked.subject.hex(), "operator": asked.operator.hex()}
    named = {key: value for key, value in facts.items() if value}
    with city.database.write() as connection:
        known = offices.by_code(connection, city.code, asked.office) if asked.office else b""
        audit.note(connection, city, by, "looks_exported", known, **named)
    with city.database.read() as connection:
        query = select(look_head).where(look_head.c.region == city.code)
        if known:
            query = query.where(look_head.c.office == known)
        heads = connection.execute(query.order_by(look_head.c.office)).all()
        chains = [_chain(connection, city.code, head, asked) for head in heads]
    proof = signed.sign(_covered(city.code, chains), city.keys.sign, "audit")
    file = _File(KIND, city.code, chains, proof.signature.hex())
    last = bytes.fromhex(chains[-1].head) if len(chains) == 1 else b""
    return Exported(msgspec.json.encode(file), sum(len(one.looks) for one in chains), last)


def check(content: bytes, keys: Mapping[str, Sequence[bytes]]) -> int:
    """Check exported looks against regions' signing keys; return how many there are.

    Refused(audit_malformed | key_unknown | signature_wrong | audit_broken).
    """
    try:
        file = msgspec.json.decode(content, type=_File)
        signature = bytes.fromhex(file.signature)
        heads = [bytes.fromhex(chain.head) for chain in file.chains]
        digests = [[_digest(entry) for entry in chain.looks] for chain in file.chains]
        covered = _covered(file.region, file.chains)
    except (msgspec.MsgspecError, ValueError, KeyError, TypeError) as error:
        raise Refused(Problem("audit_malformed")) from error
    if file.kind != KIND:
        raise Refused(Problem("audit_malformed"))
    signs = keys.get(file.region)
    if not signs:
        raise Refused(Problem("key_unknown", facts={"region": file.region}))
    signed.check_any(Signed(covered, signature), signs, "audit")
    for told, head in zip(digests, heads, strict=True):
        chain = CHAIN_START
        for digest in told:
            chain = audit.chained(chain, digest)
        if chain != head:
            raise Refused(Problem("audit_broken"))
    return sum(len(told) for told in digests)


def _chain(connection: Connection, region: str, head: Any, asked: Asked) -> _Chain:
    query = (
        select(look)
        .where(look.c.region == region, look.c.office == head.office, look.c.number <= head.number)
        .order_by(look.c.number)
    )
    told = list[dict[str, Any]]()
    for row in connection.execute(query, execution_options={"yield_per": 2_000}):
        plain = looks.content(looks.seen(row))
        if asked.subject in (b"", row.subject) and asked.operator in (b"", row.operator):
            told.append({"look": plain})
        else:
            told.append({"digest": looks.digest(plain).hex()})
    return _Chain(head.office.hex(), told, head.chain.hex())


def _digest(entry: dict[str, Any]) -> bytes:
    if "digest" in entry:
        return bytes.fromhex(entry["digest"])
    return looks.digest(entry["look"])


def _covered(region: str, chains: Sequence[_Chain]) -> bytes:
    told = [[bytes.fromhex(one.office), len(one.looks), bytes.fromhex(one.head)] for one in chains]
    return wire.encode([KIND, region, told])
