"""The papers that letters were printed as: registered by the id in their QR, and found again."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from sync.protocol import wire
from sync.protocol.change import ID_BYTES, NUMBERING, Change
from sync.protocol.ties import is_second
from sync.protocol.view import Present
from sync.server import bulk, erasure_tables, offices, tables
from sync.server.city import City
from sync.server.reading import present_of

LETTER = "letter"  # in a paper's data: the id in the QR, in hex
QR = "qr"  # beside a paper's own keys: the text of its code


class Paper(msgspec.Struct, frozen=True):
    """A paper as it is kept: the change with it, what became of that, its author's office.

    `present` is the letter's record; None where that is not here yet.
    """

    change: Change
    verdict: str
    office: bytes
    present: Present | None


def data_of(change: Change) -> dict[str, Any]:
    """Give what a change's paper says; empty for one without."""
    data = (change.body.paper or {}).get("data")
    return data if isinstance(data, dict) else {}


def letter_of(change: Change) -> bytes:
    """Name the letter whose paper a change carries; empty for a change without one."""
    said = data_of(change).get(LETTER)
    try:
        name = bytes.fromhex(said) if isinstance(said, str) else b""
    except ValueError:
        return b""
    return name if len(name) == ID_BYTES else b""


def write(connection: Connection, region: str, changes: Iterable[Change]) -> None:
    """Register the papers of changes that are here for the first time, whatever became of them."""
    named = [(letter_of(change), change) for change in changes if change.body.paper]
    bulk.add(
        connection,
        tables.paper,
        [
            {"region": region, "letter": letter, "change": change.id, "record": change.target}
            for letter, change in named
            if letter
        ],
    )


def by_letter(
    connection: Connection, city: City, low: bytes, high: bytes, office: str = ""
) -> Paper | None:
    """Find a paper by the range of its letter's id.

    Of several, which an honest laptop never makes, that of the office of this name, then the first.
    """
    paper, change = tables.paper, tables.change
    rows = connection.execute(
        select(change)
        .join(paper, (paper.c.region == change.c.region) & (paper.c.change == change.c.id))
        .where(paper.c.region == city.code, paper.c.letter >= low, paper.c.letter <= high)
        .order_by(change.c.received)
    ).all()
    if not rows:
        return None
    names = {row.office: offices.by_id(connection, city.code, row.office).name for row in rows}
    return _paper(connection, city, min(rows, key=lambda row: names[row.office] != office))


def by_record(connection: Connection, city: City, record: bytes) -> Paper | None:
    """Find the paper of a letter's record."""
    for row in changes(connection, city, record):
        change = wire.decode(row.content, Change)
        if letter_of(change) or _was_printed(change):
            return _paper(connection, city, row)
    return None


def days(connection: Connection, region: str, names: Collection[bytes]) -> dict[bytes, str]:
    """Read the days of erased papers, by the change that carried each."""
    table = erasure_tables.erased_paper
    rows = bulk.among(connection, table, ("change", "day"), {"region": region}, "change", names)
    return {row.change: row.day for row in rows}


def changes(connection: Connection, city: City, record: bytes) -> Sequence[Any]:
    """Read the rows of what was done with a record, what was applied first."""
    table = tables.change
    rows = connection.execute(
        select(table)
        .where(table.c.region == city.code, table.c.record == record)
        .order_by(table.c.received)
    ).all()
    return sorted(rows, key=lambda row: row.verdict != "applied")


def _was_printed(change: Change) -> bool:
    """Tell whether a change carried a letter's own paper, though what was printed is erased."""
    numbered = change.number is not None and not is_second(change.number)
    return bool(change.erased) and numbered and change.act != NUMBERING


def _paper(connection: Connection, city: City, row: Any) -> Paper:
    table = tables.record
    found = connection.execute(
        select(table).where(table.c.region == city.code, table.c.id == row.record)
    ).one_or_none()
    present = None if found is None else present_of(found)
    return Paper(wire.decode(row.content, Change), row.verdict, row.office, present)
