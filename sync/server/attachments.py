"""Files attached to records: which are named, which are here, what is lacking, who may have them.

    a change names a file      noted with its record; the file is awaited
    an ask offers a manifest   noted for the device's office, if a record names the file; the answer
                               says what is lacking
    a chunk comes              taken if it is what the manifest says, from whichever device of the
                               office; else it is nothing, and stays lacking
    an ask fetches             given whoever brought it, if a record that names the file is told to
                               the office; else there is no such file

The server holds ciphertext here. One office's files are none of another's: a digest that both
offer is kept twice, so nobody learns by offering what others have.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, distinct, func, insert, select, update

from forms.engine.problem import Problem, Refused
from sync.crypto import envelope
from sync.protocol import attachment
from sync.protocol.attachment import (
    ANSWERED_MAX,
    NAMED_MAX,
    OFFERED_MAX,
    Chunk,
    Fetch,
    Files,
    Stand,
)
from sync.protocol.change import Change
from sync.server import attachment_tables, bulk, device_keys, tables
from sync.server.city import City
from sync.server.devices import Device, admitted
from sync.server.statements import chunks as portions

OFFICE_BYTES = 16


class Told(NamedTuple):
    """What an answer says and brings of files."""

    stands: list[Stand]
    chunks: list[Chunk]


def cite(connection: Connection, region: str, changes: Iterable[Change]) -> None:
    """Note the files that changes name; whatever becomes of a change, its file may be fetched."""
    named = {
        (digest, change.target)
        for change in changes
        for digest in attachment.cited(change.body.answers)
    }
    if not named:
        return
    table = attachment_tables.citation
    known = {
        (row.digest, row.record)
        for some in portions(sorted({digest for digest, _ in named}))
        for row in connection.execute(
            select(table.c.digest, table.c.record).where(
                table.c.region == region, table.c.digest.in_(some)
            )
        )
    }
    rows = [
        {"region": region, "digest": digest, "record": record}
        for digest, record in sorted(named - known)
    ]
    bulk.add(connection, table, rows)


def offer(city: City, device: Device, files: Files | None) -> None:
    """Note the manifests that a device offers; a malformed one is nothing.

    Nor is one that no record names: records go first, so its record is erased.
    """
    found = {}
    for plain in () if files is None else files.offered[:OFFERED_MAX]:
        try:
            found[attachment.name_of(plain)] = (plain, attachment.read(plain).size)
        except Refused:
            continue
    if not found:
        return
    cited, fixed = attachment_tables.citation, {"region": city.code}
    with city.database.read() as connection:
        known = _rows(connection, city.code, device.office, list(found))
        rows = bulk.among(connection, cited, ("digest",), fixed, "digest", found)
        named = {row.digest for row in rows}
    fresh = [digest for digest in found if digest in named and digest not in known]
    if not fresh:
        return
    with city.database.write() as connection:
        known = _rows(connection, city.code, device.office, fresh)
        fresh_rows = [
            {
                "region": city.code,
                "digest": digest,
                "office": device.office,
                "manifest": found[digest][0],
                "size": found[digest][1],
                "offered": city.now(),
                "received": 0,
                "durable": 0,
            }
            for digest in fresh
            if digest not in known
        ]
        bulk.add(connection, attachment_tables.attachment, fresh_rows)


def take(city: City, data: bytes) -> bool:
    """Take one chunk; False for one that was here.

    Refused(envelope_malformed | envelope_kind | device_unknown | device_revoked | reader_unknown |
    signature_wrong | attachment_unknown | attachment_altered).
    """
    letter = envelope.read(data)
    header = letter.header
    if header.kind != "chunk":
        raise Refused(Problem("envelope_kind"))
    with city.database.read() as connection:
        device = admitted(connection, city.code, header.writer)
        row = _rows(connection, city.code, device.office, [header.prev]).get(header.prev)
    if header.reader not in city.ring.readers:
        raise Refused(Problem("reader_unknown"))
    with city.database.read() as connection:
        device_keys.writer(connection, city.code, device, letter)
    if row is None:
        raise Refused(Problem("attachment_unknown"))
    manifest = attachment.read(row.manifest)
    if not attachment.fits(manifest, header.seq, letter.envelope.sealed):
        raise Refused(Problem("attachment_altered"))
    with city.database.write() as connection:
        here = _places(connection, city.code, device.office, header.prev)
        if header.seq in here:
            return False
        connection.execute(
            insert(attachment_tables.chunk).values(
                region=city.code,
                digest=header.prev,
                office=device.office,
                place=header.seq,
                content=letter.envelope.sealed,
            )
        )
        if len(here) + 1 == len(manifest.chunks):
            table = attachment_tables.attachment
            connection.execute(
                update(table)
                .where(
                    table.c.region == city.code,
                    table.c.digest == header.prev,
                    table.c.office == device.office,
                )
                .values(received=city.now())
            )
    return True


def told(connection: Connection, city: City, device: Device, files: Files | None) -> Told:
    """Say how the files stand that an ask speaks of, and give chunks of those it fetches."""
    if files is None:
        return Told([], [])
    offered = [attachment.name_of(plain) for plain in files.offered[:OFFERED_MAX]]
    digests = dict.fromkeys([*offered, *files.named[:NAMED_MAX]])
    known = _rows(connection, city.code, device.office, list(digests))
    named = set(files.named)
    stands = [
        _stand(connection, city.code, digest, known.get(digest))
        for digest in digests
        if digest in known or digest in named  # a manifest that was nothing has no stand
    ]
    given: list[Chunk] = []
    for fetch in files.fetched[:NAMED_MAX]:
        row = _for_office(connection, city.code, device.office, fetch.digest)
        if row is not None:
            stands.append(_stand(connection, city.code, fetch.digest, row, row.manifest))
            given += _given(connection, city.code, row, fetch, ANSWERED_MAX - len(given))
    return Told(stands, given)


def awaited(connection: Connection, region: str) -> int:
    """Count the files that records name and nobody has brought whole."""
    cited, here = attachment_tables.citation, attachment_tables.attachment
    whole = select(here.c.digest).where(
        here.c.region == region, here.c.digest == cited.c.digest, here.c.received > 0
    )
    query = select(func.count(distinct(cited.c.digest))).where(
        cited.c.region == region, ~whole.exists()
    )
    return connection.scalar(query) or 0


def _stand(
    connection: Connection, region: str, digest: bytes, row: Any, manifest: bytes = b""
) -> Stand:
    if row is None or row.received:
        whole = row is not None
        return Stand(digest, whole, whole and bool(row.durable), [], manifest)
    here = _places(connection, region, row.office, digest)
    count = len(attachment.read(row.manifest).chunks)
    lacks = [place for place in range(count) if place not in here]
    return Stand(digest, whole=False, durable=False, lacks=lacks, manifest=manifest)


def _given(
    connection: Connection, region: str, row: Any, fetch: Fetch, most: int
) -> Sequence[Chunk]:
    table = attachment_tables.chunk
    query = select(table.c.place, table.c.content).where(
        table.c.region == region, table.c.digest == row.digest, table.c.office == row.office
    )
    if fetch.places:
        query = query.where(table.c.place.in_(fetch.places[: attachment.CHUNKS_MAX]))
    found = connection.execute(query.order_by(table.c.place).limit(max(most, 0)))
    return [Chunk(row.digest, place, content) for place, content in found]


def _for_office(connection: Connection, region: str, office: bytes, digest: bytes) -> Any:
    """Find a file whole, whoever brought it, if a record that names it is told to this office."""
    cited, record = attachment_tables.citation, tables.record
    homes = connection.execute(
        select(record.c.office, record.c.guests)
        .join(cited, (cited.c.region == record.c.region) & (cited.c.record == record.c.id))
        .where(cited.c.region == region, cited.c.digest == digest)
    )
    if not any(office in (home, *_each(guests)) for home, guests in homes):
        return None
    table = attachment_tables.attachment
    return connection.execute(
        select(table)
        .where(table.c.region == region, table.c.digest == digest, table.c.received > 0)
        .order_by(table.c.received, table.c.office)
        .limit(1)
    ).first()


def _each(guests: bytes | None) -> list[bytes]:
    joined = guests or b""
    return [joined[at : at + OFFICE_BYTES] for at in range(0, len(joined), OFFICE_BYTES)]


def _rows(
    connection: Connection, region: str, office: bytes, digests: list[bytes]
) -> dict[bytes, Any]:
    table = attachment_tables.attachment
    return {
        row.digest: row
        for some in portions(digests)
        for row in connection.execute(
            select(table).where(
                table.c.region == region, table.c.office == office, table.c.digest.in_(some)
            )
        )
    }


def _places(connection: Connection, region: str, office: bytes, digest: bytes) -> set[int]:
    table = attachment_tables.chunk
    return set(
        connection.scalars(
            select(table.c.place).where(
                table.c.region == region, table.c.digest == digest, table.c.office == office
            )
        )
    )
