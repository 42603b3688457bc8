"""The streams: rows appended in the transaction that made them, pages read after a cursor.

append   one UPDATE per stream takes its numbers, streams in the order of their keys; so two
         transactions never wait for each other in a ring, and a row that can be seen has all
         the rows before it
pages    gapless by assertion, signed over their plain bytes, bounded in rows and bytes
"""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Integer, bindparam, select, update

from sync.crypto import signed
from sync.protocol import columns, wire
from sync.protocol.change import Change
from sync.protocol.exchange import PAGE_ROWS_MAX, ROWS_MAX
from sync.protocol.lease import Lease
from sync.protocol.receipt import VerdictName
from sync.protocol.stream import (
    CHAIN_START,
    Cursor,
    Fate,
    Leave,
    Page,
    Raw,
    Signed,
    chained,
)
from sync.server import bulk, tables
from sync.server.city import OFFICE_GROUP, City
from sync.server.statements import Statement

BYTES_MAX = 16 * 1024 * 1024  # of changes in one answer; letters are long
PAPER_TEXTS = ("template", "head")  # the keys of a paper that name texts

StreamKey = tuple[bytes, str]

_ROW, _CHANGE = tables.stream_row, tables.change
_AFTER = Statement(
    select(
        _ROW.c.number,
        _ROW.c.lease,
        _ROW.c.left,
        _ROW.c.announced,
        _ROW.c.chain,
        _CHANGE.c.id,
        _CHANGE.c.verdict,
        _CHANGE.c.code,
        _CHANGE.c.office,
        _CHANGE.c.received,
        _CHANGE.c.content,
    )
    .select_from(
        _ROW.outerjoin(
            _CHANGE, (_CHANGE.c.region == _ROW.c.region) & (_CHANGE.c.id == _ROW.c.change)
        )
    )
    .where(
        _ROW.c.region == bindparam("region"),
        _ROW.c.office == bindparam("office"),
        _ROW.c.service_group == bindparam("service_group"),
        _ROW.c.number > bindparam("after"),
    )
    .order_by(_ROW.c.number)
    .limit(bindparam("most", type_=Integer))
)

_STREAM = tables.stream
_TAKE = Statement(
    update(_STREAM)
    .where(
        _STREAM.c.region == bindparam("region"),
        _STREAM.c.office == bindparam("office"),
        _STREAM.c.service_group == bindparam("service_group"),
    )
    .values(head=_STREAM.c.head + bindparam("count"))
    .returning(_STREAM.c.head, _STREAM.c.chain)
)


class Entry(msgspec.Struct, frozen=True):
    """One row to append to an office's stream: a change with its verdict, a grant, or a leave.

    `author` is the office that made the change, `office` the one whose stream it is. `left` is the
    record that leaves with the change, `announced` where an administrator said so.
    """

    office: bytes
    group: str
    change: bytes = b""
    author: bytes = b""
    verdict: VerdictName = "applied"
    code: str = ""
    received: int = 0
    lease: Lease | None = None
    left: bytes = b""
    announced: bool = False

    def row(self, number: int) -> bytes:
        """Return what the chain covers: the row as pages will say it."""
        if self.lease is not None:
            return wire.encode(self.lease)
        if self.left:
            return wire.encode(Leave(number, self.left))
        author, verdict = self.author, self.verdict
        return wire.encode(Fate(number, self.change, verdict, self.code, author, self.received))


class Pages(msgspec.Struct, frozen=True):
    """What one answer brings; `more` while rows are left, `texts` what its letters cite.

    `lost` are streams whose cursor isn't ours.
    """

    pages: list[Signed]
    texts: dict[str, str]
    more: bool
    lost: list[str] = []


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
            said = entry.row(number)
            chain = chained(chain, said)
            rows.append(
                {
                    "region": region,
                    "office": key[0],
                    "service_group": key[1],
                    "number": number,
                    "change": entry.change or None,
                    "lease": None if entry.lease is None else said,
                    "left": entry.left or None,
                    "announced": 1 if entry.announced else None,
                    "chain": chain,
                }
            )
        bulk.add(connection, tables.stream_row, rows)
        stream = {"region": region, "office": key[0], "service_group": key[1]}
        bulk.change(connection, tables.stream, tuple(stream), [stream | {"chain": chain}])
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
    """Read what an office's device lacks; nothing of a stream whose cursor isn't ours.

    Who works there goes first, then the stream of which least is lacking: a desk that joins has all
    the short ones long before tens of thousands of residents.
    """
    cursors_of = {cursor.stream: cursor for cursor in cursors}
    made: list[Signed] = []
    cited: set[str] = set()
    rows_left, bytes_left = max(1, min(rows_max, ROWS_MAX)), BYTES_MAX
    more, lost = False, []
    found, ends = dict[str, int](), dict[str, bytes]()
    place = {"region": city.code, "office": office}
    for group, head, chain in bulk.found(
        connection, tables.stream, ("service_group", "head", "chain"), place
    ):
        found[group], ends[group] = head, chain

    def order(group: str) -> tuple[bool, int, str]:
        read = cursors_of.get(name(office, group))
        return group != OFFICE_GROUP, found[group] - (read.row if read else 0), group

    for group in sorted(found, key=order):
        cursor = cursors_of.get(name(office, group), Cursor(name(office, group), 0, CHAIN_START))
        at_end = cursor.row == found[group] and cursor.chain == ends[group]
        if not at_end and not is_ours(connection, city.code, (office, group), cursor):
            lost.append(cursor.stream)
            continue
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
    known = {name(office, group) for group in found}
    lost += [one for one in sorted(cursors_of) if cursors_of[one].row and one not in known]
    return Pages(made, _texts(connection, city.code, cited), more, lost)


def _advance(connection: Connection, region: str, key: StreamKey, count: int) -> tuple[int, bytes]:
    """Take `count` numbers; return the new head and the chain value before them."""
    place = {"region": region, "office": key[0], "service_group": key[1]}
    row = _TAKE.run(connection, **place, count=count).first()
    if row is None:  # the stream's first rows
        bulk.add(connection, tables.stream, [{**place, "head": count, "chain": CHAIN_START}])
        return count, CHAIN_START
    return row.head, row.chain


def is_ours(connection: Connection, region: str, key: StreamKey, cursor: Cursor) -> bool:
    """Tell whether a cursor is of this server's history."""
    if cursor.row == 0:
        return True
    place = {"region": region, "office": key[0], "service_group": key[1], "number": cursor.row}
    chain = bulk.found(connection, tables.stream_row, ("chain",), place).scalar()
    return bool(chain == cursor.chain)


def _rows(
    connection: Connection, region: str, key: StreamKey, after: int, most: int
) -> Sequence[Any]:
    rows = _AFTER.run(
        connection, region=region, office=key[0], service_group=key[1], after=after, most=most
    )
    assert [r.number for r in rows] == list(range(after + 1, after + 1 + len(rows)))
    return rows


def _within(rows: Sequence[Any], bytes_max: int) -> Sequence[Any]:
    """Cut a page before it is too large; one row always goes."""
    size = 0
    for count, row in enumerate(rows):
        size += len(row.content or b"")  # a leave counts as the change that it came with
        if size > bytes_max and count:
            return rows[:count]
    return rows


def said_of(row: Any) -> bytes:
    """Say a row of the table, with its change beside it, as the chain had it."""
    if row.lease is not None:
        return bytes(row.lease)
    if row.left is not None:
        return wire.encode(Leave(row.number, row.left))
    return wire.encode(Fate(row.number, row.id, row.verdict, row.code, row.office, row.received))


def _page(
    city: City, key: StreamKey, rows: Sequence[Any], after: int, head: int
) -> tuple[Signed, set[str]]:
    fates, grants, leaves, announced, changes = [], [], [], [], []
    for row in rows:
        said = Raw(said_of(row))
        if row.lease is not None:
            grants.append((row.number, said))
        elif row.left is not None:
            leaves.append(said)
            if row.announced:
                announced.append(row.number)
        else:
            fates.append(said)
            changes.append(wire.decode(row.content, Change))
    page = Page(
        epoch=city.epoch,
        stream=name(*key),
        first=after + 1,
        last=after + len(rows),
        head=head,
        chain=rows[-1].chain,
        changes=columns.encode(changes),
        fate_rows=fates,
        grant_rows=grants,
        leave_rows=leaves,
        announced=announced,
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
    columns = ("digest", "content")
    rows = bulk.among(connection, tables.text, columns, {"region": region}, "digest", digests)
    return {row.digest: row.content for row in rows}
