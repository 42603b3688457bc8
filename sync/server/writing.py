"""Writes what was judged: one statement per table, the streams' numbers last."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select

from sync.protocol import wire
from sync.protocol.change import Change
from sync.protocol.receipt import Verdict
from sync.protocol.view import Dispute, Present
from sync.server import (
    attachments,
    audience,
    bulk,
    edge_queue,
    erased,
    live,
    papers,
    reading,
    streams,
    tables,
)
from sync.server.audience import SHOWN
from sync.server.city import City
from sync.server.judging import Outcome
from sync.server.streams import Entry
from sync.server.view import BatchView, number_key

KEY = ("region", "id")


def write(view: BatchView, outcomes: Sequence[Outcome], received: int) -> dict[bytes, Verdict]:
    """Write all effects and history; return the verdict for the receipt by change id."""
    connection, city = view.connection, view.city
    fresh = [outcome for outcome in outcomes if not outcome.judgement.repeated]
    papers.write(connection, city.code, (outcome.change for outcome in fresh if not outcome.woken))
    fresh = erased.drop(view, fresh)
    _write_changes(view, fresh, received)
    _write_held(connection, city, fresh, city.now())  # what is given back may have come long ago
    _write_records(view, fresh, received)
    _write_identities(view)
    _write_numbers(view, fresh)
    _write_disputes(view, received)
    attachments.cite(connection, city.code, (outcome.change for outcome in fresh))
    live.note(connection, city, [outcome.change for outcome in fresh])
    edge_queue.note(connection, city, fresh, lambda change: _home(view, change))
    entries = audience.entries(view, fresh, received)
    numbers = streams.append(connection, city.code, entries)
    rows = {
        entry.change: (entry, number)
        for entry, number in zip(entries, numbers, strict=True)
        if entry.office == entry.author  # a desk reads the streams of its own office
    }
    return _verdicts(view, outcomes, rows)


def _home(view: BatchView, change: Change) -> bytes:
    """Name the office whose record a change is of."""
    present = view.touched.get(change.target)
    return present.office if present is not None else view.office(change)


def write_texts(connection: Connection, region: str, texts: Mapping[str, str]) -> None:
    """Keep texts under their digests; the caller has compared them."""
    table = tables.text
    rows = bulk.among(connection, table, ("digest",), {"region": region}, "digest", texts)
    known = {row.digest for row in rows}
    bulk.add(
        connection,
        table,
        [
            {"region": region, "digest": digest, "content": content}
            for digest, content in sorted(texts.items())
            if digest not in known
        ],
    )


def _verdicts(
    view: BatchView, outcomes: Sequence[Outcome], rows: Mapping[bytes, tuple[Entry, int]]
) -> dict[bytes, Verdict]:
    found = {}
    for outcome in outcomes:
        change, judgement = outcome.change, outcome.judgement
        stream, row = "", 0
        if change.id in rows:
            entry, row = rows[change.id]
            stream = streams.name(entry.office, entry.group)
        elif judgement.repeated and judgement.verdict in SHOWN:
            # It was shown before, somewhere up to the present head.
            office, group = view.office(change), view.city.group(change.service)
            stream = streams.name(office, group)
            row = streams.heads(view.connection, view.city.code, office).get(group, 0)
        if not judgement.repeated or change.id not in found:
            found[change.id] = Verdict(change.seq, judgement.verdict, judgement.code, stream, row)
    return found


def _write_changes(view: BatchView, outcomes: Sequence[Outcome], received: int) -> None:
    added, decided = [], []
    for outcome, place in zip(outcomes, _places(view, outcomes), strict=True):
        change, judgement = outcome.change, outcome.judgement
        stands = wire.encode(dict(judgement.stands)) if judgement.stands else None
        if outcome.woken:
            decided.append(
                {
                    "region": view.city.code,
                    "id": change.id,
                    "verdict": judgement.verdict,
                    "code": judgement.code,
                    "stands": stands,
                    "received": received,
                    "place": place,
                }
            )
            continue
        added.append(
            {
                "region": view.city.code,
                "id": change.id,
                "record": change.target,
                "office": view.office(change),
                "verdict": judgement.verdict,
                "code": judgement.code,
                "stands": stands,
                "received": received,
                "content": wire.encode(change),
                "place": place,
            }
        )
    bulk.add(view.connection, tables.change, added)
    bulk.change(view.connection, tables.change, KEY, decided)


def _places(view: BatchView, outcomes: Sequence[Outcome]) -> list[int | None]:
    """Give each outcome its place among those of its record; no clock tells which came first.

    What begins a record goes before all else, also before a paper that came without it. What is
    held has no place yet.
    """
    further = {one.change.target for one in outcomes if one.change.id != one.change.target}
    last = reading.places(view.connection, view.city.code, further)
    found: list[int | None] = []
    for outcome in outcomes:
        change = outcome.change
        if outcome.judgement.verdict == "held":
            found.append(None)
        elif change.id == change.target:
            found.append(0)
        else:
            last[change.target] = last.get(change.target, 0) + 1
            found.append(last[change.target])
    return found


def _write_held(
    connection: Connection, city: City, outcomes: Iterable[Outcome], received: int
) -> None:
    latest: dict[bytes, Outcome] = {}  # in the order of each change's last outcome
    for outcome in outcomes:
        latest.pop(outcome.change.id, None)
        latest[outcome.change.id] = outcome
    table = tables.held
    woken = [{"_id": one.change.id} for one in latest.values() if one.woken]
    since = {}
    if woken:
        rows = connection.execute(
            select(table.c.change, table.c.since).where(
                table.c.region == city.code, table.c.change.in_([one["_id"] for one in woken])
            )
        )
        since = {row.change: row.since for row in rows}
        connection.execute(
            delete(table).where(table.c.region == city.code, table.c.change == bindparam("_id")),
            woken,
        )
    held = [one for one in latest.values() if one.judgement.verdict == "held"]
    bulk.add(
        connection,
        table,
        [
            {
                "region": city.code,
                "waits_for": one.judgement.waits_for,
                "change": one.change.id,
                "since": since.get(one.change.id, received),
                "added": place,
            }
            for place, one in enumerate(held, city.place(received, len(held)))
        ],
    )


def _write_records(view: BatchView, outcomes: Iterable[Outcome], received: int) -> None:
    added, changed = [], []
    touched = {outcome.change.target: None for outcome in outcomes}  # in the order of judging
    for record in touched:
        present = view.touched.get(record)
        if present is None:
            continue
        row = _record_row(view.city.code, present, received)
        if record in view.stored:
            changed.append(row)
            continue
        added.append(row)
    first = view.city.place(received, len(added))
    for place, row in enumerate(added, first):
        row["added"] = place
    bulk.add(view.connection, tables.record, added)
    bulk.change(view.connection, tables.record, KEY, changed)


def _record_row(region: str, present: Present, received: int) -> dict[str, Any]:
    return {
        "region": region,
        "id": present.id,
        "service": present.service,
        "office": present.office,
        "subject": present.subject,
        "state": present.state,
        "answers": wire.encode(present.answers),
        "heads": wire.encode(present.heads),
        "number": None if present.number is None else wire.encode(present.number),
        "guests": b"".join(present.guests) or None,
        "replaces": present.replaces or None,
        "changed": received,
    }


def _write_identities(view: BatchView) -> None:
    gone, come = [], []
    for record, present in view.touched.items():
        form = view.city.form(present.service)
        before = view.stored.get(record)
        for key in form.unique if form is not None else ():
            old = before.answers.get(key) if before is not None else None
            new = present.answers.get(key)
            if old == new and before is not None and before.office == present.office:
                continue
            place = {"service": present.service, "key": key, "record": record}
            if old is not None:
                gone.append({**{f"_{name}": it for name, it in place.items()}, "_value": str(old)})
            if new is not None:
                place |= {"region": view.city.code, "value": str(new), "office": present.office}
                come.append(place)
    table = tables.identity
    if gone:
        view.connection.execute(
            delete(table).where(
                table.c.region == view.city.code,
                table.c.service == bindparam("_service"),
                table.c.key == bindparam("_key"),
                table.c.value == bindparam("_value"),
                table.c.record == bindparam("_record"),
            ),
            gone,
        )
    bulk.add(view.connection, table, come)


def _write_numbers(view: BatchView, outcomes: Iterable[Outcome]) -> None:
    rows = []
    for outcome in outcomes:
        change, number = outcome.change, outcome.change.number
        if outcome.woken or number is None or number.provisional:
            continue  # a held change's number went into the register when it came
        office = view.office(change)
        if view.numbers[number_key(office, number)] != change.id:
            continue
        rows.append(
            {
                "region": view.city.code,
                "office": office,
                "series": number.series,
                "year": number.year,
                "position": number.position,
                "text": number.text,
                "change": change.id,
                "record": change.target,
                "device": change.device,
                "incarnation": change.incarnation,
            }
        )
    bulk.add(view.connection, tables.number, rows)


def _write_disputes(view: BatchView, received: int) -> None:
    if not view.disputes:
        return
    table, region = tables.conflict, view.city.code
    ids = sorted({dispute.id for dispute in view.disputes.values()})
    known = {
        (row.id, row.group)
        for row in view.connection.execute(
            select(table.c.id, table.c.group).where(table.c.region == region, table.c.id.in_(ids))
        )
    }
    added, moved = [], []
    for place, dispute in view.disputes.items():
        row = _dispute_row(region, dispute, received)
        if place in known:
            moved.append(row)
            continue
        row |= {"kind": dispute.kind, "record": dispute.record, "opened": received}
        added.append(row | {"office": view.authors[dispute.proposed]})
    bulk.add(view.connection, table, added)
    bulk.change(view.connection, table, (*KEY, "group"), moved)


def _dispute_row(region: str, dispute: Dispute, received: int) -> dict[str, Any]:
    return {
        "region": region,
        "id": dispute.id,
        "group": dispute.group,
        "present": dispute.present,
        "proposed": dispute.proposed,
        "present_value": wire.encode(dispute.present_value),
        "proposed_value": wire.encode(dispute.proposed_value),
        "closed": received if dispute.closed_by else 0,
        "closed_by": dispute.closed_by or None,
        "kept": dispute.kept or None,
    }
