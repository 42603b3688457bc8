"""Lays what still counts of an office's streams out in parts, within one reading transaction.

Never more than one part's changes and one record's story are in memory. The order of records comes
from the database: rank, when the record was added, its id.

| rank | what                                                                                   |
|------|----------------------------------------------------------------------------------------|
| 0    | leases and leaves; people of the office                                                |
| 1    | work that is not finished: a step to issued is left, another office is to act, or what |
|      | has no such way stands where it began                                                  |
| 2    | residents and patients                                                                 |
| 3    | all else                                                                               |
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, case, select

from forms.engine.form import Form
from forms.engine.machine import HEAD
from sync.protocol import snapshot, wire
from sync.protocol.change import Change
from sync.protocol.lease import Lease
from sync.protocol.snapshot import PART_BYTES, PART_ROWS, Part, Told
from sync.protocol.stream import Cursor, Fate
from sync.server import bulk, streams, tables
from sync.server.city import OFFICE_GROUP, City

AT_ONCE = 500  # records whose changes are read together
SPECIALS_MAX = PART_ROWS  # leases and leaves of one part

_ROW, _CHANGE, _RECORD = tables.stream_row, tables.change, tables.record
_FATE = ("id", "verdict", "code", "office", "received", "content")


def ends(connection: Connection, region: str, office: bytes) -> list[Cursor]:
    """Tell where an office's streams stand, with the chain values there."""
    columns = ("service_group", "head", "chain")
    rows = bulk.found(connection, tables.stream, columns, {"region": region, "office": office})
    return sorted(
        (Cursor(streams.name(office, group), head, chain) for group, head, chain in rows),
        key=attrgetter("stream"),
    )


def parts(connection: Connection, city: City, office: bytes) -> Iterator[Part]:
    """Give the parts in the order in which a desk takes them; a record lies within one if it can.

    An office has people and leases from its first desk on, so there is one part at least.
    """
    yield from _specials(connection, city.code, office)
    told: set[str] = set()
    rows: list[Told] = []
    size = 0
    for story in _stories(connection, city, office):
        weight = sum(weight for _, weight in story)
        ends = len(rows) + len(story) > PART_ROWS or size + weight > PART_BYTES
        for row, weight in story:
            if rows and (ends or len(rows) == PART_ROWS or size + weight > PART_BYTES):
                yield _part(connection, city.code, rows, told)
                rows, size, ends = [], 0, False
            rows.append(row)
            size += weight
    if rows:
        yield _part(connection, city.code, rows, told)


def _part(connection: Connection, region: str, rows: Sequence[Told], told: set[str]) -> Part:
    """Lay rows together with the texts that their letters cite, each text once in a snapshot."""
    cited = streams.cited_texts(row.change for row in rows) - told
    told |= cited
    found = bulk.among(
        connection, tables.text, ("digest", "content"), {"region": region}, "digest", cited
    )
    return Part(rows, texts={row.digest: row.content for row in found})


def _specials(connection: Connection, region: str, office: bytes) -> Iterator[Part]:
    """Give the rows that are no changes: every grant, and the last leave of each record."""
    query = (
        select(_ROW.c.service_group, _ROW.c.number, _ROW.c.lease, _ROW.c.left)
        .where(_ROW.c.region == region, _ROW.c.office == office)
        .where(_ROW.c.lease.is_not(None) | _ROW.c.left.is_not(None))
        .order_by(_ROW.c.service_group, _ROW.c.number)
    )
    last = _left(connection, region, office)
    leases: list[tuple[str, int, Lease]] = []
    leaves: list[tuple[str, int, bytes]] = []
    for row in connection.execute(query).all():
        stream = streams.name(office, row.service_group)
        if row.lease is not None:
            leases.append((stream, row.number, wire.decode(row.lease, Lease)))
        elif last[row.service_group, row.left] == row.number:
            leaves.append((stream, row.number, row.left))
        if len(leases) + len(leaves) == SPECIALS_MAX:
            yield Part((), leases, leaves)
            leases, leaves = [], []
    if leases or leaves:
        yield Part((), leases, leaves)


def _left(connection: Connection, region: str, office: bytes) -> dict[tuple[str, bytes], int]:
    """Map each record that ever left, by its stream, to the row by which it did so last."""
    query = (
        select(_ROW.c.service_group, _ROW.c.left, _ROW.c.number)
        .where(_ROW.c.region == region, _ROW.c.office == office, _ROW.c.left.is_not(None))
        .order_by(_ROW.c.number)
    )
    return {(row.service_group, row.left): row.number for row in connection.execute(query)}


def _stories(connection: Connection, city: City, office: bytes) -> Iterator[list[tuple[Told, int]]]:
    """Give what counts of each record, in the order of ranks, with the size of each change."""
    last = _left(connection, city.code, office)
    for some in _portions(_keys(connection, city, office)):
        wanted = {row.change for row in some}
        read = bulk.among(connection, tables.change, _FATE, {"region": city.code}, "id", wanted)
        found = {row.id: row for row in read}
        for _, rows in groupby(some, key=lambda row: (row.service_group, row.record)):
            story = [
                _told(office, row, found[row.change])
                for row in rows
                if row.number > last.get((row.service_group, row.record), 0)
            ]
            yield _counting(city, story)


def _counting(city: City, story: list[tuple[Told, int]]) -> list[tuple[Told, int]]:
    if not story:
        return []
    form = city.catalogue.forms.get(story[0][0].change.service)
    rows = [row for row, _ in story]
    said = [(row.change, row.fate.verdict, row.fate.code) for row in rows]
    return [story[at] for at in snapshot.counting(form, said)]


def _told(office: bytes, row: Any, found: Any) -> tuple[Told, int]:
    fate = Fate(row.number, found.id, found.verdict, found.code, found.office, found.received)
    change = wire.decode(found.content, Change)
    return Told(streams.name(office, row.service_group), fate, change), len(found.content)


def _keys(connection: Connection, city: City, office: bytes) -> Iterator[Any]:
    """Read which rows there are, by record; read as they are needed."""
    query = (
        select(_ROW.c.service_group, _ROW.c.number, _ROW.c.change, _CHANGE.c.record)
        .select_from(
            _ROW.join(
                _CHANGE, (_CHANGE.c.region == _ROW.c.region) & (_CHANGE.c.id == _ROW.c.change)
            ).outerjoin(
                _RECORD,
                (_RECORD.c.region == _CHANGE.c.region) & (_RECORD.c.id == _CHANGE.c.record),
            )
        )
        .where(_ROW.c.region == city.code, _ROW.c.office == office)
        .where(_ROW.c.change.is_not(None), _ROW.c.left.is_(None))
        .order_by(
            _rank(city, office), _RECORD.c.added, _CHANGE.c.record, _ROW.c.service_group,
            _ROW.c.number,
        )
    )  # fmt: skip
    with connection.execute(query.execution_options(yield_per=AT_ONCE)) as rows:
        yield from rows


def _rank(city: City, office: bytes) -> Any:
    forms = city.catalogue.forms.values()
    unfinished = [
        f"{form.code} {state}" for form in forms for state in form.machine.states
        if not form.place and _is_open(form, state)
    ]  # fmt: skip
    placed = [form.code for form in forms if form.place]
    acts = [
        f"{form.code} {row.source}" for form in forms for row in form.machine.actions if row.office
    ]
    stands = _RECORD.c.service + " " + _RECORD.c.state
    return case(
        (_ROW.c.service_group == OFFICE_GROUP, 0),
        (stands.in_(unfinished), 1),
        (stands.in_(acts) & (_RECORD.c.office != office), 1),
        (_RECORD.c.service.in_(placed), 2),
        else_=3,
    )


def _is_open(form: Form, state: str) -> bool:
    machine = form.machine
    if any(machine.forward(one, {HEAD}) is not None for one in machine.states):
        return machine.forward(state, {HEAD}) is not None
    return state == machine.start


def _portions(rows: Iterable[Any]) -> Iterator[list[Any]]:
    """Cut keys into portions that end where a record ends."""
    portion: list[Any] = []
    for row in rows:
        if len(portion) >= AT_ONCE and row.record != portion[-1].record:
            yield portion
            portion = []
        portion.append(row)
    if portion:
        yield portion
