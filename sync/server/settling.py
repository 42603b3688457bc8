"""Disputes as an administrator sees and settles them, by a change in the server's own chain.

Such a change is judged like a desk's, by the right of the head of the record's office, and reaches
every desk as a row of the streams; it names the administrator.
"""

from collections.abc import Iterator
from typing import Any

import msgspec
from sqlalchemy import Connection, literal, select, tuple_

from forms.engine.problem import Problem, Refused
from sync.protocol import settle as settling
from sync.protocol import wire
from sync.protocol.change import SETTLE, Body, Change
from sync.protocol.settle import Settlement
from sync.protocol.view import Dispute, Kept, Present
from sync.server import acts, audit, bulk, offices, reading, speaking, tables
from sync.server.city import City

NAME = "nama"


class Author(msgspec.Struct, frozen=True):
    """Who made a change: operator's name, office code, ms; empty where nobody is known."""

    operator: str = ""
    office: str = ""
    time: int = 0


class Entry(msgspec.Struct, frozen=True):
    """One open dispute; `id` is its handle, `office` the code of the record's office.

    `present` and `proposed` map the group's keys to values, None for an empty one.
    """

    id: bytes
    record: bytes
    service: str
    office: str
    group: str
    kind: str
    present: dict[str, Any]
    proposed: dict[str, Any]
    present_by: Author
    proposed_by: Author
    opened: int
    place: tuple[int, bytes, str]  # where it stands in the order of all


class Slice(msgspec.Struct, frozen=True):
    """Which open disputes are asked for: those after a place, of a kind, in an office's records.

    `after` is when the last one before opened, its id and its group.
    """

    after: tuple[int, bytes, str] | None = None
    limit: int = 0  # 0: all
    kind: str = ""
    office: bytes = b""


ALL = Slice()


def listing(city: City, part: Slice = ALL) -> list[Entry]:
    """List open disputes, the oldest first."""
    with city.database.read() as connection:
        return [
            _entry(connection, city, dispute, present, opened)
            for dispute, present, opened in _open(connection, city, part)
        ]


def settle(city: City, handle: bytes, kept: Kept, reason: str, who: str) -> Change:
    """Settle one open dispute and return the change.

    Refused(conflict_unknown | reason_missing | settle_present_only | settle_by_voiding |
    state_final).
    """
    with city.database.write() as connection:
        found = next(
            (
                (dispute, present)
                for dispute, present, _ in _open(connection, city)
                if settling.handle(dispute.id, dispute.group) == handle
            ),
            None,
        )
        if found is None:
            raise Refused(Problem("conflict_unknown"))
        dispute, present = found
        if present is None:
            raise Refused(Problem("record_unknown"))
        change = _change(connection, city, (dispute, present), (kept, reason, who))
        speaking.say(connection, city, present.office, change)
        place = {"record": present.id.hex(), "change": change.id.hex(), "kept": kept}
        audit.note(connection, city, who, "settled", present.office, **place)
    return change


def _change(
    connection: Connection,
    city: City,
    found: tuple[Dispute, Present],
    choice: tuple[Kept, str, str],
) -> Change:
    (dispute, present), (kept, reason, who) = found, choice
    form = city.catalogue.form(present.service)
    group = dispute.group
    valued = dispute.kind == "value"
    head = present.head(group) if valued else dispute.present
    said = Settlement(dispute.id, group, head, dispute.proposed, kept, who)
    winner = present.answers if kept == "present" else dispute.proposed_value
    answers = {key: winner.get(key) for key in form.groups.get(group, (group,))} if valued else {}
    return acts.made(
        connection,
        city,
        form,
        SETTLE,
        Body(answers, reason),
        record=present.id,
        base={group: head} if head and valued else {},
        extra=settling.deciding(said),
    )


def _open(
    connection: Connection, city: City, part: Slice = ALL
) -> Iterator[tuple[Dispute, Present | None, int]]:
    """Read open disputes with their records as they are now."""
    table, region = tables.conflict, city.code
    order = (table.c.opened, table.c.id, table.c.group)
    query = select(table).where(table.c.region == region, table.c.closed == 0).order_by(*order)
    if part.kind:
        query = query.where(table.c.kind == part.kind)
    if part.office:
        query = query.where(table.c.office == part.office)
    if part.after is not None:
        query = query.where(tuple_(*order) > tuple_(*map(literal, part.after)))
    if part.limit:
        query = query.limit(part.limit)
    rows = connection.execute(query).all()
    records = reading.records(connection, region, {row.record for row in rows})
    for row in rows:
        yield reading.dispute_of(row), records.get(row.record), row.opened


def _entry(
    connection: Connection, city: City, dispute: Dispute, present: Present | None, opened: int
) -> Entry:
    group, head = dispute.group, dispute.present
    before, proposed = dispute.present_value, dispute.proposed_value
    if dispute.kind == "value" and present is not None:
        form = city.catalogue.forms.get(present.service)
        keys = form.groups.get(group, (group,)) if form is not None else (group,)
        before = {key: present.answers.get(key) for key in keys}
        proposed = {key: proposed.get(key) for key in keys}
        head = present.head(group)
    office = present.office if present is not None else b""
    return Entry(
        settling.handle(dispute.id, group),
        dispute.record,
        present.service if present is not None else "",
        offices.by_id(connection, city.code, office).code if office else "",
        group,
        dispute.kind,
        dict(before),
        dict(proposed),
        _author(connection, city, head),
        _author(connection, city, dispute.proposed),
        opened,
        (opened, dispute.id, group),
    )


def _author(connection: Connection, city: City, name: bytes) -> Author:
    columns = ("id", "office", "content")
    rows = bulk.among(
        connection, tables.change, columns, {"region": city.code}, "id", [name] if name else []
    )
    row = next(rows, None)
    if row is None:
        return Author()
    change = wire.decode(row.content, Change)
    people = reading.records(connection, city.code, {change.operator})
    person = people.get(change.operator)
    said = settling.said_by(change)
    operator = said.by if said is not None and said.by else ""
    if person is not None:
        operator = str(person.answers.get(NAME, ""))
    return Author(operator, offices.by_id(connection, city.code, row.office).code, change.time)
