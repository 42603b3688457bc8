"""Checks of what carries its own proof: looks, keys, epochs, files, unique values, erasures.

As sync.server.verify, which asks them: nothing is mended, `facts["at"]` names the place.
"""

import hashlib
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, select

from forms.engine.problem import Problem, Refused
from sync.crypto import signed, trust
from sync.protocol import attachment, wire
from sync.protocol.stream import CHAIN_START, Signed
from sync.server import attachment_tables, audit, erasure_tables, key_tables, looks, tables
from sync.server.city import City
from sync.server.look_tables import look, look_head

STREAMED = {"yield_per": 500}  # rows held at once; a chunk of a file has a quarter of a megabyte


def _looks(connection: Connection, city: City) -> Iterator[Problem]:
    """Looks of an office run from 1 to its head, and the chain over them is the one kept."""
    query = select(look_head).where(look_head.c.region == city.code).order_by(look_head.c.office)
    heads = {row.office: (row.number, row.chain) for row in connection.execute(query)}
    at, number, value = b"", 0, CHAIN_START
    ends = dict.fromkeys(heads, (0, CHAIN_START))
    for row in _rows(connection, look, city, look.c.office, look.c.number):
        if row.office != at:
            at, number, value = row.office, 0, CHAIN_START
        number, value = (
            number + 1,
            audit.chained(value, looks.digest(looks.content(looks.seen(row)))),
        )
        if row.number != number or row.chain != value:
            yield Problem("verify_look", facts={"at": f"{at.hex()}/{row.number}"})
            number, value = row.number, row.chain
        ends[at] = number, value
    for office, end in sorted(ends.items()):
        if heads.get(office) != end:
            yield Problem("verify_look", facts={"at": f"{office.hex()}/{end[0]}"})


def _keys(connection: Connection, city: City) -> Iterator[Problem]:
    """Every list of keys lies under its digest and was signed by the root."""
    for row in _rows(connection, key_tables.key_list, city):
        try:
            listed = wire.decode(row.content, Signed)
            trust.checked(listed, city.public.root)
            is_whole = hashlib.sha256(listed.plain).digest() == row.digest
        except Refused:
            is_whole = False
        if not is_whole:
            yield Problem("verify_keys", facts={"at": row.number})


def _epochs(connection: Connection, city: City) -> Iterator[Problem]:
    """Every epoch began from the one before it."""
    before = None
    for row in _rows(connection, tables.epoch, city, tables.epoch.c.number):
        if before is not None and row.parent != before:
            yield Problem("verify_epoch", facts={"at": row.number})
        before = row.id


def _files(connection: Connection, city: City) -> Iterator[Problem]:
    """A file lies under its manifest's name, and one that was received has every chunk it says."""
    table, chunk = attachment_tables.attachment, attachment_tables.chunk
    for row in _rows(connection, table, city):
        try:
            manifest = attachment.read(row.manifest)
        except Refused:
            manifest = None
        is_whole = manifest is not None and attachment.name_of(row.manifest) == row.digest
        if is_whole and manifest is not None and row.received:
            here = (chunk.c.region == city.code) & (chunk.c.digest == row.digest)
            query = select(chunk.c.place, chunk.c.content).where(here, chunk.c.office == row.office)
            fitting = {
                one.place
                for one in connection.execute(query)
                if attachment.fits(manifest, one.place, one.content)
            }
            is_whole = len(fitting) == len(manifest.chunks)
        if not is_whole:
            yield Problem("verify_attachment", facts={"at": row.digest.hex()})


def _identities(connection: Connection, city: City) -> Iterator[Problem]:
    """A value that should be unique is the one that its record bears."""
    table, record = tables.identity, tables.record
    on = (record.c.region == table.c.region) & (record.c.id == table.c.record)
    query = (
        select(table, record.c.service.label("of"), record.c.answers)
        .select_from(table.outerjoin(record, on))
        .where(table.c.region == city.code)
    )
    for row in connection.execute(query, execution_options=STREAMED):
        answers = {} if row.answers is None else wire.decode(row.answers, dict[str, Any])
        if row.of != row.service or str(answers.get(row.key)) != row.value:
            yield Problem("verify_identity", facts={"at": row.record.hex()})


def _erased(connection: Connection, city: City) -> Iterator[Problem]:
    """The root signed every entry of the list, and of whom it names there is nothing left."""
    for row in _rows(connection, erasure_tables.erasure, city):
        try:
            signed.check(Signed(row.plain, row.signature), city.public.root, "erasure")
        except Refused:
            yield Problem("verify_erasure", facts={"at": row.number})
    table, record = erasure_tables.erased, tables.record
    on = (record.c.region == table.c.region) & (record.c.id == table.c.record)
    query = (
        select(record.c.id, record.c.answers)
        .select_from(table.join(record, on))
        .where(table.c.region == city.code)
    )
    for row in connection.execute(query, execution_options=STREAMED):
        if wire.decode(row.answers, dict[str, Any]):
            yield Problem("verify_erased", facts={"at": row.id.hex()})


def _rows(connection: Connection, table: Any, city: City, *order: Any) -> Iterator[Any]:
    query = select(table).where(table.c.region == city.code).order_by(*order)
    with connection.execute(query, execution_options=STREAMED) as rows:
        yield from rows


CHECKS = (_looks, _keys, _epochs, _files, _identities, _erased)
