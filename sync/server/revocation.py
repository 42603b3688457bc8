"""Devices that are let in no more: said to all in the list of keys, and what they bring later.

    revoked                 nothing of it is judged any more, its leases end; what it brings still
                            is kept as it came, as evidence, until an administrator decides
    compromised             beside that, letters of its letter keys count only if the city has them
    evidence released       judged now, in the order of its chain, as of the device's own
    evidence refused        let be; its bytes go, that it was here stays

A list that a desk shows after a restore revokes again whom this city has forgotten to be revoked.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any

import msgspec
from sqlalchemy import Connection, func, insert, select, update

from forms.engine.problem import Problem, Refused
from sync.crypto import envelope, letter
from sync.protocol import wire
from sync.protocol.batch import SEALED_MAX
from sync.protocol.change import Change
from sync.protocol.trust import Revoked, digest
from sync.server import (
    audit,
    city_keys,
    device_keys,
    devices,
    intake,
    papers,
    revoked,
    tables,
)
from sync.server.city import City
from sync.server.device_tables import device_key, evidence

BYTES_MAX = 256 * 1024 * 1024  # of one device's evidence: years of its work; more stays with it
RELEASED, REFUSED = "released", "refused"
_STREAMED = {"yield_per": 500}


class Kept(msgspec.Struct, frozen=True):
    """A batch that a revoked device brought; `verdict` is "" while it waits."""

    id: bytes
    device: bytes
    incarnation: bytes
    seq: int
    received: int
    verdict: str


def revoke(city: City, device: bytes, by: str, *, compromised: bool = False) -> None:
    """Let a device in no more; Refused(device_unknown).

    Twice is the same as once, but that a revoked one may turn out to be compromised.
    """
    city_keys.attend(city)
    with city.database.write() as connection:
        table = tables.device
        row = connection.execute(
            select(table.c.office, table.c.letter).where(_at(city, device))
        ).one_or_none()
        if row is None:
            raise Refused(Problem("device_unknown"))
        before = revoked.entry(connection, city.code, device)
        if before is not None and (before.compromised or not compromised):
            return
        at = before.at if before is not None else city.now()
        entry = Revoked(device, at, compromised)
        if compromised:
            entry = _with_letters(connection, city, entry, row.office, row.letter)
        revoked.write(connection, city, entry)
        city_keys.publish(connection, city)
        act = "device_compromised" if compromised else "device_revoked"
        audit.note(connection, city, by, act, row.office, device=device.hex())
    city.know_keys()


def keep(city: City, envelopes: Iterable[bytes]) -> int:
    """Keep batches that revoked devices sealed and signed; tell how many are new."""
    count = 0
    for data in envelopes:
        with suppress(Refused):  # what isn't theirs is no evidence
            count += _keep(city, data)
    return count


def waiting(city: City, device: bytes = b"") -> list[Kept]:
    """List the evidence that waits for an administrator, in the order of its chains."""
    with city.database.read() as connection:
        query = select(evidence).where(evidence.c.region == city.code, evidence.c.verdict == "")
        if device:
            query = query.where(evidence.c.device == device)
        order = (evidence.c.device, evidence.c.received, evidence.c.incarnation, evidence.c.seq)
        return [
            Kept(row.id, row.device, row.incarnation, row.seq, row.received, row.verdict)
            for row in connection.execute(query.order_by(*order))
        ]


def release(city: City, device: bytes, by: str) -> list[Kept]:
    """Judge what a revoked device brought, as if it had come before; return what is still waiting.

    That is a batch behind a gap, or sealed to a key that is destroyed by now.
    """
    left = waiting(city, device)
    while left:
        taken = [one for one in left if _released(city, one)]
        left = [one for one in left if one not in taken]
        if not taken:
            break
        _decide(city, taken, RELEASED, by)
    _accept_letters(city, device)
    return left


def refuse(city: City, device: bytes, by: str) -> int:
    """Let be what a revoked device brought; return how many batches."""
    found = waiting(city, device)
    _decide(city, found, REFUSED, by)
    return len(found)


def doubts(city: City, checked: letter.Checked) -> bool:
    """Tell whether somebody else may have signed a letter that is not recorded here."""
    with city.database.read() as connection:
        entries = revoked.listed(connection, city.code)
    return any(entry.doubts(checked.key, checked.plain) for entry in entries)


def _at(city: City, device: bytes) -> Any:
    return (tables.device.c.region == city.code) & (tables.device.c.id == device)


def _keep(city: City, data: bytes) -> bool:
    if len(data) > SEALED_MAX:
        return False
    message = envelope.read(data)
    header = message.header
    with city.database.write() as connection:
        device = devices.known(connection, city.code, header.writer)
        if header.kind != "batch" or not devices.is_revoked(connection, city.code, device.id):
            return False
        city.ring.opener(header.reader)
        device_keys.writer(connection, city.code, device, message)
        here = (evidence.c.region == city.code) & (evidence.c.id == message.id)
        if connection.execute(select(evidence.c.seq).where(here)).first() is not None:
            return False
        if intake.is_here(connection, city.code, header, message.id):
            return False
        of_device = (evidence.c.region == city.code) & (evidence.c.device == device.id)
        size = connection.execute(
            select(func.coalesce(func.sum(func.length(evidence.c.content)), 0)).where(of_device)
        ).scalar_one()
        if size + len(data) > BYTES_MAX:
            return False
        connection.execute(
            insert(evidence).values(
                region=city.code,
                id=message.id,
                device=device.id,
                incarnation=header.incarnation,
                seq=header.seq,
                received=city.now(),
                content=data,
                decided=0,
                verdict="",
            )
        )
    return True


def _released(city: City, one: Kept) -> bool:
    with city.database.read() as connection:
        query = select(evidence.c.content).where(
            evidence.c.region == city.code, evidence.c.id == one.id
        )
        data = connection.execute(query).scalar_one()
    try:
        intake.take(city, data, revoked=True)
    except Refused:
        return False
    return True


def _decide(city: City, found: Sequence[Kept], verdict: str, by: str) -> None:
    with city.database.write() as connection:
        for one in found:
            connection.execute(
                update(evidence)
                .where(evidence.c.region == city.code, evidence.c.id == one.id)
                .values(content=b"", decided=city.now(), verdict=verdict)
            )
            audit.note(
                connection,
                city,
                by,
                f"evidence_{verdict}",
                device=one.device.hex(),
                batch=one.id.hex(),
            )


def _accept_letters(city: City, device: bytes) -> None:
    """Say to all that letters which were released count."""
    with city.database.write() as connection:
        entry = revoked.entry(connection, city.code, device)
        if entry is None or not entry.compromised:
            return
        row = connection.execute(
            select(tables.device.c.office, tables.device.c.letter).where(_at(city, device))
        ).one()
        anew = _with_letters(connection, city, entry, row.office, row.letter)
        if anew == entry:
            return
        revoked.write(connection, city, anew)
        city_keys.publish(connection, city)
    city.know_keys()


def _with_letters(
    connection: Connection, city: City, entry: Revoked, office: bytes, present: bytes
) -> Revoked:
    """Name a device's letter keys and the letters of theirs that the city has."""
    query = select(device_key.c.letter).where(
        device_key.c.region == city.code, device_key.c.device == entry.device
    )
    keys = {present, *connection.execute(query).scalars()}
    roots, accepted = {city.code: city.public.root}, set[bytes]()
    paper, change = tables.paper, tables.change
    rows = connection.execute(
        select(change.c.content)
        .join(paper, (paper.c.region == change.c.region) & (paper.c.change == change.c.id))
        .where(change.c.region == city.code, change.c.office == office),
        execution_options=_STREAMED,
    )
    for content in rows.scalars():
        qr = (wire.decode(content, Change).body.paper or {}).get(papers.QR)
        with suppress(Refused):
            checked = letter.check(str(qr), roots)
            if checked.key in keys:
                accepted.add(digest(checked.plain))
    return msgspec.structs.replace(entry, keys=sorted(keys), accepted=b"".join(sorted(accepted)))
