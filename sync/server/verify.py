"""Checks that the server's tables say one thing: every chain, number and digest.

Nothing is mended here. A problem's `facts["at"]` names the place.
"""

import hashlib
from collections.abc import Iterator
from itertools import chain as one_after_another
from typing import Any

from sqlalchemy import Connection, Select, select

from forms.engine.problem import Problem
from sync.crypto.authorship import is_proven
from sync.protocol import wire
from sync.protocol.authorship import SERVICE
from sync.protocol.change import NEW, Change, Number, change_id
from sync.protocol.erase import BEFORE_FIRST, Erasure, following
from sync.protocol.stream import CHAIN_START, chained
from sync.server import audit, bulk, erasure_tables, papers, proofs, receipts, streams, tables
from sync.server.city import City
from sync.server.reading import Brief, present_of

PROBLEMS_MAX = 100  # whoever reads a longer list has a broken disk, not a list of errors
STREAMED = {"yield_per": 2_000}  # rows held at once


def verify(city: City) -> tuple[Problem, ...]:
    """Check everything; the first PROBLEMS_MAX problems."""
    found = []
    with city.database.read() as connection:
        tables_say = (check(connection, city.code) for check in CHECKS)
        proofs_say = (check(connection, city) for check in proofs.CHECKS)
        for problem in one_after_another(*tables_say, *proofs_say):
            found.append(problem)
            if len(found) == PROBLEMS_MAX:
                break
    return tuple(found)


def _audit(connection: Connection, region: str) -> Iterator[Problem]:
    table = tables.audit
    value, expected = CHAIN_START, 1
    for row in _all(connection, table, region, table.c.number):
        value = audit.chained(value, hashlib.sha256(row.event).digest())
        if row.number != expected or row.chain != value:
            yield Problem("verify_audit", facts={"at": row.number})
        value, expected = row.chain, row.number + 1


def _batches(connection: Connection, region: str) -> Iterator[Problem]:
    """Each incarnation's batches run from 1 without a gap, each naming the one before."""
    table = tables.batch
    at: tuple[bytes, bytes] | None = None
    seq, head = 0, receipts.CHAIN_NONE
    for row in _all(connection, table, region, table.c.device, table.c.incarnation, table.c.seq):
        if (row.device, row.incarnation) != at:
            at, seq, head = (row.device, row.incarnation), 0, receipts.CHAIN_NONE
        if row.seq != seq + 1 or row.prev != head:
            yield Problem("verify_batch", facts={"at": f"{row.device.hex()}/{row.seq}"})
        seq, head = row.seq, row.id


def _changes(connection: Connection, region: str) -> Iterator[Problem]:
    """A change's id is the digest of what it says; whose name an applied one bears signed it."""
    table, keys = tables.change, dict[bytes, dict[str, Any]]()
    query = select(tables.record).where(
        tables.record.c.region == region, tables.record.c.service == SERVICE
    )
    for row in _streamed(connection, query):
        keys[row.id] = wire.decode(row.answers, dict[str, Any])
    for row in _all(connection, table, region):
        change = wire.decode(row.content, Change)
        if row.verdict == "applied" and not is_proven(change, row.code or "", keys):
            yield Problem("verify_authorship", facts={"at": row.id.hex()})
        if change_id(change) != row.id or change.target != row.record:
            yield Problem("verify_change", facts={"at": row.id.hex()})


def _streams(connection: Connection, region: str) -> Iterator[Problem]:
    """Rows run from 1 to the head, and the chain over their plain content is the one kept."""
    row, change = tables.stream_row, tables.change
    heads = {
        (stream.office, stream.service_group): (stream.head, stream.chain)
        for stream in connection.execute(
            select(tables.stream).where(tables.stream.c.region == region)
        )
    }
    for key, (head, chain) in sorted(heads.items()):
        joined = row.outerjoin(
            change, (change.c.region == row.c.region) & (change.c.id == row.c.change)
        )
        columns = (row.c.number, row.c.lease, row.c.left, row.c.chain, change.c.id)
        rows = _streamed(
            connection,
            select(*columns, change.c.verdict, change.c.code, change.c.office, change.c.received)
            .select_from(joined)
            .where(row.c.region == region, row.c.office == key[0], row.c.service_group == key[1])
            .order_by(row.c.number),
        )
        number, value = 0, CHAIN_START
        for one in rows:
            number += 1
            value = chained(value, streams.said_of(one))
            if one.number != number or one.chain != value:
                yield Problem("verify_stream", facts={"at": f"{streams.name(*key)}:{one.number}"})
                number, value = one.number, one.chain
        if (number, value) != (head, chain):
            yield Problem("verify_stream", facts={"at": f"{streams.name(*key)}:{head}"})


def _records(connection: Connection, region: str) -> Iterator[Problem]:
    """Every head of a record is a change of its own that is in history."""
    change, columns = tables.change, ("id", "content", "record", "verdict")
    for row in _all(connection, tables.record, region):
        present = present_of(row)
        heads = sorted(set(present.heads.values()))
        found = bulk.among(connection, change, columns, {"region": region}, "id", heads)
        contents = {
            one.id: one.content
            for one in found
            if one.record == row.id and one.verdict in {"applied", "conflict"}
        }
        first = contents.get(present.heads[""])
        begun = first is not None and wire.decode(first, Brief).act == NEW
        if not begun or len(contents) != len(heads):
            yield Problem("verify_record", facts={"at": row.id.hex()})


def _numbers(connection: Connection, region: str) -> Iterator[Problem]:
    """Every number in the register is the one its change says."""
    number, change = tables.number, tables.change
    joined = number.outerjoin(
        change, (change.c.region == number.c.region) & (change.c.id == number.c.change)
    )
    rows = _streamed(
        connection,
        select(number, change.c.content).select_from(joined).where(number.c.region == region),
    )
    for row in rows:
        said = None if row.content is None else wire.decode(row.content, Change).number
        if said != Number(row.series, row.year, row.position, row.text):
            at = f"{row.series}/{row.year}/{row.position}"
            yield Problem("verify_number", facts={"at": at})


def _papers(connection: Connection, region: str) -> Iterator[Problem]:
    """Every paper in the register is the one that its change carries."""
    paper, change = tables.paper, tables.change
    joined = paper.outerjoin(
        change, (change.c.region == paper.c.region) & (change.c.id == paper.c.change)
    )
    rows = _streamed(
        connection,
        select(paper, change.c.content).select_from(joined).where(paper.c.region == region),
    )
    for row in rows:
        said = None if row.content is None else wire.decode(row.content, Change)
        if said is not None and said.erased and said.target == row.record:
            continue  # what was printed is gone, that it was stays
        if said is None or (papers.letter_of(said), said.target) != (row.letter, row.record):
            yield Problem("verify_paper", facts={"at": row.letter.hex()})


def _leases(connection: Connection, region: str) -> Iterator[Problem]:
    """Ranges of one series and year never overlap."""
    table = tables.lease
    before: tuple[object, int] = (None, 0)
    order = (table.c.office, table.c.series, table.c.year, table.c.low)
    for row in _all(connection, table, region, *order):
        series = (row.office, row.series, row.year)
        if series == before[0] and row.low <= before[1]:
            yield Problem("verify_lease", facts={"at": f"{row.series}/{row.year}/{row.low}"})
        before = (series, row.high)


def _texts(connection: Connection, region: str) -> Iterator[Problem]:
    """A text lies under the digest of what it says."""
    for row in _all(connection, tables.text, region):
        if hashlib.sha256(row.content.encode()).hexdigest() != row.digest:
            yield Problem("verify_text", facts={"at": row.digest})


def _erasures(connection: Connection, region: str) -> Iterator[Problem]:
    """Entries run from 1 without a gap, each naming the one before."""
    table, expected, before = erasure_tables.erasure, 1, BEFORE_FIRST
    for row in _all(connection, table, region, table.c.number):
        if row.number != expected or wire.decode(row.plain, Erasure).before != before:
            yield Problem("verify_erasure", facts={"at": row.number})
        expected, before = row.number + 1, following(row.plain)


def _all(connection: Connection, table: Any, region: str, *order: Any) -> Iterator[Any]:
    query = select(table).where(table.c.region == region).order_by(*order)
    return _streamed(connection, query)


def _streamed(connection: Connection, query: Select[Any]) -> Iterator[Any]:
    """Read rows by portions; who stops before the last one leaves nothing open."""
    with connection.execute(query, execution_options=STREAMED) as rows:
        yield from rows


CHECKS = (
    _audit, _batches, _changes, _streams, _records, _numbers, _papers, _leases, _texts, _erasures,
)  # fmt: skip
