"""Which offices' streams a change belongs in; a stream is never filtered inside (sync-rules 6).

    its record's office         always
    the offices that the record was put before (guests)   from then on, and once all that was before
    an office that the record has left                    what it did before it could know
    the author's office alone   a paper on a record with which it has nothing to do

A row that enters several streams takes a number of each, streams in the order of their keys.
"""

from collections.abc import Collection, Iterable, Sequence

import msgspec
from sqlalchemy import Connection, select

from forms.engine.region import Office
from sync.protocol.receipt import VerdictName
from sync.protocol.ties import signs_second
from sync.protocol.view import Present
from sync.server import bulk, reading, streams, tables
from sync.server.city import City
from sync.server.guests import Guests
from sync.server.holding import Shift
from sync.server.judging import Outcome
from sync.server.statements import chunks
from sync.server.streams import Entry
from sync.server.view import BatchView

# Verdicts that change what desks see, or may; refusals reach their author by the receipt.
SHOWN = frozenset({"applied", "no_effect", "conflict", "erased"})


STAYS = Shift((), ())


class Told(msgspec.Struct, frozen=True):
    """A change that streams have told of, as its record's history holds it."""

    id: bytes
    author: bytes
    verdict: VerdictName
    code: str
    received: int

    def entry(self, office: bytes, group: str) -> Entry:
        """Give its row in an office's stream."""
        return Entry(office, group, self.id, self.author, self.verdict, self.code, self.received)


def entries(view: BatchView, outcomes: Iterable[Outcome], received: int) -> list[Entry]:
    """List the rows that a transaction's outcomes add, each stream's in the order of judging.

    History must be written before: an office that gains a record gets all of it.
    """
    shown = [outcome for outcome in outcomes if _is_shown(outcome)]
    places = {outcome.change.id: place for place, outcome in enumerate(shown)}
    shifts = {one.change.id: view.holding.shifts.get(one.change.id, STAYS) for one in shown}
    opened = {one.change.target for one in shown if shifts[one.change.id].gains}
    stories = history(view.connection, view.city.code, opened)
    holders: dict[bytes, tuple[bytes, ...]] = {}
    found: list[Entry] = []
    for place, outcome in enumerate(shown):
        change, judgement = outcome.change, outcome.judgement
        record, group = change.target, view.city.group(change.service)
        author, told = view.office(change), (judgement.verdict, judgement.code, received)
        if record not in holders:
            holders[record] = _holders(view.stored.get(record))
        shift, late = shifts[change.id], change.id in view.holding.late
        streams_of = _offices(holders[record], author, late=late)
        found += [
            Entry(office, group, change.id, author, *told)
            for office in streams_of
            if office not in shift.gains
        ]
        for office in shift.gains:
            found += [
                one.entry(office, group)
                for one in stories[record]
                if places.get(one.id, -1) < place and (shift.anew or one.author != office)
            ]
            found.append(Entry(office, group, change.id, author, *told))
        announced = change.id in view.holding.released
        found += [
            Entry(office, group, change.id, left=record, announced=announced)
            for office in shift.losses
        ]
        if shift.holders:
            holders[record] = shift.holders
        elif judgement.present is not None and not holders[record]:
            holders[record] = (author,)
    return found


def history(
    connection: Connection, region: str, records: Collection[bytes]
) -> dict[bytes, list[Told]]:
    """Read what streams have told of records, each record's in the order in which it was judged.

    Neither the time when something came nor its bases say that order: desks bring a city that was
    put back what had come before, and what repeats a value names only what its author saw.
    """
    table, found = tables.change, dict[bytes, list[Told]]()
    for some in chunks(sorted(records)):
        rows = connection.execute(
            select(
                table.c.id, table.c.record, table.c.office, table.c.verdict, table.c.code,
                table.c.received,
            ).where(table.c.region == region, table.c.record.in_(some))
            .where(table.c.verdict.in_(SHOWN))
            .order_by(table.c.record, table.c.place)
        )  # fmt: skip
        for row in rows:
            told = Told(row.id, row.office, row.verdict, row.code, row.received)
            found.setdefault(row.record, []).append(told)
    return found


def invite(connection: Connection, city: City, office: Office) -> None:
    """Put before a new office what was waiting for one of its kind."""
    guests = Guests(connection, city)
    services = [form for form in city.catalogue.forms.values() if signs_second(form, office.kind)]
    table, rows, added = tables.record, [], list[Entry]()
    for form in services:
        found = connection.execute(
            select(table)
            .where(table.c.region == city.code, table.c.service == form.code)
            .order_by(table.c.added, table.c.id)
        ).all()
        called = [
            present
            for present in map(reading.present_of, found)
            if office.id in guests.called(form, present, city.day(city.now()))
        ]
        stories = history(connection, city.code, [present.id for present in called])
        for present in called:
            joined = b"".join((*present.guests, office.id))
            rows.append({"region": city.code, "id": present.id, "guests": joined})
            added += [one.entry(office.id, form.group) for one in stories[present.id]]
    bulk.change(connection, table, ("region", "id"), rows)
    streams.append(connection, city.code, added)


def _holders(present: Present | None) -> tuple[bytes, ...]:
    return () if present is None else (present.office, *present.guests)


def _offices(holders: Sequence[bytes], author: bytes, *, late: bool) -> tuple[bytes, ...]:
    """Name the streams of one row, the author's among them."""
    if author in holders:
        return tuple(holders)
    return (*holders, author) if late else (author,)


def _is_shown(outcome: Outcome) -> bool:
    """A decision after the receipt must reach the author by the stream, whatever it is."""
    verdict = outcome.judgement.verdict
    return verdict in SHOWN or (outcome.woken and verdict != "held")
