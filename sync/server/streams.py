"""The streams: rows appended in the transaction that made them, pages read after a cursor.

append   one UPDATE per stream takes its numbers, streams in the order of their keys; so two
         transactions never wait for each other in a ring, and a row that can be seen has all
         the rows before it
pages    gapless by assertion, signed over their plain bytes, bounded in rows and bytes
"""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, insert, select, update

from forms.engine.problem import Problem, Refused
from sync.crypto import signed
from sync.protocol import columns, wire
from sync.protocol.change import Change
from sync.protocol.exchange import PAGE_ROWS_MAX, ROWS_MAX
from sync.protocol.lease import Lease
from sync.protocol.receipt import VerdictName
from sync.protocol.stream import CHAIN_START, Cursor, Fate, Page, Signed, chained
from sync.server import bulk, tables
from sync.server.city import OFFICE_GROUP, City

BYTES_MAX = 16 * 1024 * 1024  # of changes in one answer; letters are long
PAPER_TEXTS = ("template", "head")  # the keys of a paper that name texts

StreamKey = tuple[bytes, str]


class Entry(msgspec.Struct, frozen=True):
    """One row to append to an office's stream: a change with its verdict, or a grant.

    `author` is the office that made the change, `office` the one whose stream it is.
    """

    office: bytes
    group: str
    change: bytes = b""
    author: bytes = b""
    verdict: VerdictName = "applied"
    code: str = ""
    received: int = 0
    lease: Lease | None = None

    def row(self, number: int) -> Fate | Lease:
        """Return what the chain covers."""
        if self.lease is not None:
            return self.lease
        return Fate(number, self.change, self.verdict, self.code, self.author, self.received)


class Pages(msgspec.Struct, frozen=True):
    """What one answer brings; `more` while rows are left, `texts` what its letters cite."""

    pages: list[Signed]
    texts: dict[str, str]
    more: bool


def name(office: bytes, group: str) -> str:
    """Name a stream as desks do."""
    return f"{office.hex()}/{group}"


def append(connection: Connection, region: str, entries: Sequence[Entry]) -> list[int]:
    """Number the entries within their streams, in order; the transaction's last statements."""
    by_stream: dict[StreamKey, list[int]] = {}
    for place, entry in enumerate(entries):
        by_stream.setdefault((entry.office, entry.group), []).append(place)
    numbers = [0] * len(entries)
    for key in sorted(by_stream):
        places = by_stream[key]
        head, chain = _advance(connection, region, key, len(places))
        rows = []
        for number, place in enumerate(places, head - len(places) + 1):
            entry = entries[place]
            numbers[place] = number
            chain = chained(chain, entry.row(number))
            rows.append(
                {
                    "region": region,
                    "office": key[0],
                    "service_group": key[1],
                    "number": number,
                    "change": entry.change or None,
                    "lease": None if entry.lease is None else wire.encode(entry.lease),
                    "chain": chain,
                }
            )
        bulk.add(connection, tables.stream_row, rows)
        connection.execute(_of(update(tables.stream), region, key).values(chain=chain))
    return numbers


def heads(connection: Connection, region: str, office: bytes) -> dict[str, int]:
    """Map each service group of an office to the newest row of its stream."""
    table = tables.stream
    rows = connection.execute(
        select(table.c.service_group, table.c.head)
        .where(table.c.region == region, table.c.office == office)
        .order_by(table.c.service_group)
    )
    return {group: head for group, head in rows}  # noqa: C416 - rows are no pairs to dict()


def pages(
    connection: Connection,
    city: City,
    office: bytes,
    cursors: Iterable[Cursor],
    rows_max: int = ROWS_MAX,
) -> Pages:
    """Read what an office's device lacks; Refused(cursor_unknown) for a cursor that isn't ours."""
    cursors_of = {cursor.stream: cursor for cursor in cursors}
    made: list[Signed] = []
    cited: set[str] = set()
    rows_left, bytes_left = max(1, min(rows_max, ROWS_MAX)), BYTES_MAX
    more = False
    found = heads(connection, city.code, office)
    for group in sorted(found, key=lambda group: (group != OFFICE_GROUP, group)):
        cursor = cursors_of.get(name(office, group), Cursor(name(office, group), 0, CHAIN_START))
        _check(connection, city.code, (office, group), cursor)
        at, head = cursor.row, found[group]
        while at < head and rows_left > 0 and bytes_left > 0:
            rows = _rows(connection, city.code, (office, group), at, min(rows_left, PAGE_ROWS_MAX))
            rows = _within(rows, bytes_left)
            page, texts = _page(city, (office, group), rows, at, head)
            made.append(page)
            cited |= texts
            at += len(rows)
            rows_left -= len(rows)
            bytes_left -= sum(len(row.content or b"") for row in rows)
        more = more or at < head
    return Pages(made, _texts(connection, city.code, cited), more)


def _of(statement: Any, region: str, key: StreamKey) -> Any:
    table = tables.stream
    return statement.where(
        table.c.region == region, table.c.office == key[0], table.c.service_group == key[1]
    )


def _advance(connection: Connection, region: str, key: StreamKey, count: int) -> tuple[int, bytes]:
    """Take `count` numbers; return the new head and the chain value before them."""
    table = tables.stream
    taking = _of(update(table), region, key).values(head=table.c.head + count)
    row = connection.execute(taking.returning(table.c.head, table.c.chain)).one_or_none()
    if row is None:  # the stream's first rows
        place = {"region": region, "office": key[0], "service_group": key[1]}
        connection.execute(insert(table).values(**place, head=count, chain=CHAIN_START))
        return count, CHAIN_START
    return row.head, row.chain


def _check(connection: Connection, region: str, key: StreamKey, cursor: Cursor) -> None:
    if cursor.row == 0:
        return
    table = tables.stream_row
    chain = connection.scalar(
        select(table.c.chain).where(
            table.c.region == region,
            table.c.office == key[0],
            table.c.service_group == key[1],
            table.c.number == cursor.row,
        )
    )
    if chain != cursor.chain:
        raise Refused(Problem("cursor_unknown", facts={"stream": cursor.stream, "row": cursor.row}))


def _rows(
    connection: Connection, region: str, key: StreamKey, after: int, most: int
) -> Sequence[Any]:
    row, change = tables.stream_row, tables.change
    joined = row.outerjoin(
        change, (change.c.region == row.c.region) & (change.c.id == row.c.change)
    )
    rows: Sequence[Any] = connection.execute(
        select(
            row.c.number,
            row.c.lease,
            row.c.chain,
            change.c.id,
            change.c.verdict,
            change.c.code,
            change.c.office,
            change.c.received,
            change.c.content,
        )
        .select_from(joined)
        .where(
            row.c.region == region,
            row.c.office == key[0],
            row.c.service_group == key[1],
            row.c.number > after,
        )
        .order_by(row.c.number)
        .limit(most)
    ).all()
    assert [r.number for r in rows] == list(range(after + 1, after + 1 + len(rows)))
    return rows


def _within(rows: Sequence[Any], bytes_max: int) -> Sequence[Any]:
    """Cut a page before it is too large; one row always goes."""
    size = 0
    for count, row in enumerate(rows):
        size += len(row.content or b"")
        if size > bytes_max and count:
            return rows[:count]
    return rows


def _page(
    city: City, key: StreamKey, rows: Sequence[Any], after: int, head: int
) -> tuple[Signed, set[str]]:
    fates, grants, changes = [], [], []
    for row in rows:
        if row.lease is not None:
            grants.append((row.number, wire.decode(row.lease, Lease)))
            continue
        fates.append(Fate(row.number, row.id, row.verdict, row.code, row.office, row.received))
        changes.append(wire.decode(row.content, Change))
    page = Page(
        epoch=city.epoch,
        stream=name(*key),
        first=after + 1,
        last=after + len(rows),
        head=head,
        chain=rows[-1].chain,
        changes=columns.encode(changes),
        fates=fates,
        grants=grants,
    )
    return signed.sign(wire.encode(page), city.keys.sign, "page"), cited_texts(changes)


def cited_texts(changes: Iterable[Change]) -> set[str]:
    """Collect the digests of texts that letters among these changes cite."""
    return {
        str(change.body.paper[key])
        for change in changes
        if change.body.paper is not None
        for key in PAPER_TEXTS
        if key in change.body.paper
    }


def _texts(connection: Connection, region: str, digests: set[str]) -> dict[str, str]:
    table = tables.text
    rows = connection.execute(
        select(table.c.digest, table.c.content).where(
            table.c.region == region, table.c.digest.in_(sorted(digests))
        )
    )
    return {row.digest: row.content for row in rows}
