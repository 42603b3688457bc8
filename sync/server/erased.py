"""What goes of erased records at the server, and what intake needs to know of them.

change        its content without a body; verdict, code and rows stay, so every chain holds
record        its answers; number, state and heads stay: it is a shell with a history
conflict      whatever was open on it
identity      its NIK and the like
citation, attachment, chunk     its files, unless another record names them
snapshot      all of them; they are made anew
live_due      counts them anew, without what they said
text          templates and letterheads that no paper cites any more
erased_paper  comes: the day of each paper, beside the number that stays in the register
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Table, bindparam, delete, select

from forms.mail import series as post
from sync.protocol import attachment, wire
from sync.protocol.change import NEW, Change
from sync.protocol.erase import ERASED, Kept, forgotten
from sync.protocol.ties import block_of
from sync.server import (
    attachment_tables,
    bulk,
    erasure_tables,
    live_due,
    papers,
    reading,
    snapshots,
    soiled,
    streams,
    tables,
)
from sync.server.judging import Outcome
from sync.server.statements import chunks
from sync.server.view import BatchView

_WITHOUT = wire.encode({})


def forget(connection: Connection, region: str, records: Sequence[bytes]) -> None:
    """Erase records; what of them is gone already stays so."""
    table = tables.change
    papers_of, texts, files = list[Kept](), set[str](), set[bytes]()
    for some in chunks(sorted(records)):
        rows = []
        for name, change in told(connection, region, some):
            papers_of += day_of(change)
            texts |= streams.cited_texts([change])
            files |= set(attachment.cited(change.body.answers))
            rows.append({"region": region, "id": name, "content": wire.encode(forgotten(change))})
        bulk.change(connection, table, ("region", "id"), rows)
        shells = [{"region": region, "id": name, "answers": _WITHOUT} for name in some]
        bulk.change(connection, tables.record, ("region", "id"), shells)
        live_due.note(connection, region, some, 0)
        for other in (tables.conflict, tables.identity, attachment_tables.citation):
            _delete(connection, other, region, "record", some)
    soiled.soil(connection, region)
    keep(connection, region, papers_of)
    snapshots.drop(connection, region)
    _drop_files(connection, region, files)
    _drop_texts(connection, region, texts)


def told(
    connection: Connection, region: str, records: Collection[bytes]
) -> Iterator[tuple[bytes, Change]]:
    """Read all that history has of some records, whatever became of it."""
    columns = ("id", "content")
    for row in bulk.among(
        connection, tables.change, columns, {"region": region}, "record", records
    ):
        yield row.id, wire.decode(row.content, Change)


def offices(connection: Connection, region: str, records: Collection[bytes]) -> set[bytes]:
    """Name the offices that hold records, held them before, or wrote of them."""
    change, row = tables.change, tables.stream_row
    found = set[bytes]()
    for some in chunks(sorted(records)):
        for one in reading.records(connection, region, some).values():
            found |= {one.office, *one.guests}
        for table, key in ((change, change.c.record), (row, row.c.left)):
            found |= set(
                connection.scalars(
                    select(table.c.office).distinct().where(table.c.region == region, key.in_(some))
                )
            )
    return found - {b""}


def day_of(change: Change) -> list[Kept]:
    """Say the day of the paper that a change carries, or of a piece of post."""
    day = papers.data_of(change).get("iso_date") or block_of(change).get("iso_date")
    if change.service in post.DAYS:
        day = change.body.answers.get(post.DAYS[change.service])
    return [Kept(change.id, day)] if isinstance(day, str) else []


def keep(connection: Connection, region: str, days: Iterable[Kept]) -> None:
    """Keep the days of erased papers."""
    table = erasure_tables.erased_paper
    wanted = {kept.change: kept.day for kept in days}
    here = bulk.among(connection, table, ("change",), {"region": region}, "change", wanted)
    for row in list(here):
        del wanted[row.change]
    rows = [{"region": region, "change": name, "day": day} for name, day in sorted(wanted.items())]
    bulk.add(connection, table, rows)


def drop(view: BatchView, outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Give outcomes without the bodies of what was judged erased, its days kept, its record noted.

    A record that begins so is erased from its first change; who had only its number has a number.
    """
    region, connection = view.city.code, view.connection
    gone = [one.change for one in outcomes if one.judgement.verdict == ERASED]
    if not gone:
        return list(outcomes)
    keep(connection, region, [kept for change in gone for kept in day_of(change)])
    begun = {change.target for change in gone if change.act == NEW}
    begun -= {name for name in begun if view.present(name) is not None}
    begun -= reading.erased(connection, region, begun).keys()
    fresh = [{"region": region, "record": name, "number": 0, "whole": 0} for name in sorted(begun)]
    bulk.add(connection, erasure_tables.erased, fresh)
    woken = {one.change.id for one in outcomes if one.woken}
    contents = [
        {"region": region, "id": change.id, "content": wire.encode(forgotten(change))}
        for change in gone
        if change.id in woken
    ]
    bulk.change(connection, tables.change, ("region", "id"), contents)
    return [
        msgspec.structs.replace(one, change=forgotten(one.change))
        if one.judgement.verdict == ERASED
        else one
        for one in outcomes
    ]


def _drop_files(connection: Connection, region: str, files: Collection[bytes]) -> None:
    cited = attachment_tables.citation
    still = bulk.among(connection, cited, ("digest",), {"region": region}, "digest", files)
    unnamed = set(files) - {row.digest for row in still}
    for table in (attachment_tables.chunk, attachment_tables.attachment):
        _delete(connection, table, region, "digest", sorted(unnamed))


def _drop_texts(connection: Connection, region: str, texts: Collection[str]) -> None:
    """Delete texts that no paper cites any more; mostly the first papers looked at cite them all.

    Those of changes that are held have no line among the papers, but the same templates.
    """
    left, change, paper = set(texts), tables.change, tables.paper
    if not left:
        return
    rows = connection.execute(
        select(change.c.content)
        .join(paper, (paper.c.region == change.c.region) & (paper.c.change == change.c.id))
        .where(paper.c.region == region),
        execution_options={"yield_per": 200},
    )
    for row in rows:
        left -= streams.cited_texts([wire.decode(row.content, Change)])
        if not left:
            rows.close()
            return
    _delete(connection, tables.text, region, "digest", sorted(left))


def _delete(
    connection: Connection, table: Table, region: str, key: str, values: Sequence[Any]
) -> None:
    if values:
        connection.execute(
            delete(table).where(table.c.region == region, table.c[key] == bindparam("_value")),
            [{"_value": value} for value in values],
        )
