"""Erasing a person: an administrator's act, shown before it is done, and proved afterwards.

A person is a resident's record and, where that is asked, every record whose subject it is. What a
form's retention rule still keeps is named, and refused unless the administrator overrides it.

The proof of an entry: which devices of the offices that held the person have signed that they
carried it out, which have not, and the day from which no sealed copy can be read any more:

    the newest word of a device        before it knew, it sealed to the city's key of that time
    + until that key is destroyed      it is retired after a quarter, kept for what comes late
    + 35 days                          the last backup with the key, or the person, is gone

`backups` are those that still hold the person; whoever keeps them deletes them by their day.
"""

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from forms.engine import retention
from forms.engine.form import Form
from forms.engine.problem import Problem, Refused
from sync.protocol import attachment, wire
from sync.protocol.erase import RECORDS_MAX, Erasure
from sync.protocol.view import Present
from sync.server import (
    audit,
    backup_tables,
    erased,
    erasure_list,
    erasure_tables,
    offices,
    reading,
    soiled,
    tables,
)
from sync.server.city import City
from sync.server.city_keys import BACKUPS_MS, destroys
from sync.server.key_tables import city_key
from sync.server.ring import KEEP_MS, QUARTER_MS

MENTIONS_MAX = 100
NAME = "nama"
NAME_MIN = 3  # letters; a shorter name is a word of its own
REASON_MAX = 500

__all__ = ["Asked", "Done", "Holder", "Line", "Proof", "enter", "erase", "plan", "proofs"]


class Asked(msgspec.Struct, frozen=True):
    """Whom to erase, why, and on what legal ground; `whole` with all records about them.

    `despite` goes on where a retention rule has not run out. `by_rule` means that reason and ground
    are those of a rule, in its own words, which name nobody.
    """

    record: bytes
    reason: str
    ground: str
    whole: bool = False
    despite: bool = False
    by_rule: bool = False


class Line(msgspec.Struct, frozen=True):
    """One record that goes: `number` is what stays of a letter, as it is printed.

    `kept_until` is the ISO date to which its form's rule keeps it, "-" for ever, "" for no rule
    that still runs; `source` says whose rule that is.
    """

    record: bytes
    service: str
    office: str
    state: str
    number: str
    changes: int
    files: int
    kept_until: str
    source: str


class Plan(msgspec.Struct, frozen=True):
    """What an erasure would take; `mentions` are other records that name the person, and stay."""

    lines: list[Line]
    mentions: list[bytes]


class Done(msgspec.Struct, frozen=True):
    """What was erased by which entry; `beside` are the folders that hold the list.

    With `again` nothing was left to erase, and the number is that of the entry that did it.
    """

    number: int
    plan: Plan
    beside: list[str]
    again: bool


class Holder(msgspec.Struct, frozen=True):
    """A device that held the person: when it said that it erased them, 0 for not yet; ms."""

    device: bytes
    office: str
    confirmed: int
    seen: int
    revoked: bool


class Proof(msgspec.Struct, frozen=True):
    """How one entry stands; `unreadable` is ms, meant once no device is outstanding."""

    entry: Erasure
    confirmed: list[Holder]
    outstanding: list[Holder]
    unreadable: int
    backups: list[tuple[str, int]]  # file, ms by which it is to be deleted


def plan(city: City, asked: Asked) -> Plan:
    """Show what `erase` would take; Refused(record_unknown | erasure_internal)."""
    with city.database.read() as connection:
        return _plan(connection, city, asked)


def erase(city: City, asked: Asked, who: str) -> Done:
    """Erase a person here, and let every desk that held them do so; to do it again is harmless.

    Refused(record_unknown | erasure_internal | erasure_reason | erasure_names_person |
    erasure_kept | erasure_too_many).
    """
    done = enter(city, asked, who)
    soiled.clean(city)
    return done


def enter(city: City, asked: Asked, who: str) -> Done:
    """Do what `erase` does, but for cleaning the file, which takes long: once after many."""
    with city.database.write() as connection:
        found = _plan(connection, city, asked)
        names = [line.record for line in found.lines]
        _check(connection, city, asked, found)
        if not _is_left(connection, city.code, asked, names):
            number = _entry_of(connection, city.code, asked.record)
            return Done(number, found, [], again=True)
        histories = erased.told(connection, city.code, names)
        papers = [kept for _, change in histories for kept in erased.day_of(change)]
        entry = erasure_list.add(
            connection,
            city,
            Erasure(
                number=0,
                before=b"",
                records=names,
                subjects=[asked.record] if asked.whole else [],
                offices=sorted(erased.offices(connection, city.code, names)),
                papers=papers,
                reason=asked.reason.strip(),
                ground=asked.ground.strip(),
                by=who,
                time=city.now(),
            ),
        )
        audit.note(
            connection, city, who, "erased",
            entry=str(entry.number), records=str(len(names)), ground=entry.ground,
        )  # fmt: skip
        beside = _beside(connection, city)  # the list is on the disk before this counts
    return Done(entry.number, found, beside, again=False)


def proofs(city: City) -> list[Proof]:
    """Say of each entry, the oldest first, who has carried it out."""
    with city.database.read() as connection:
        kept = _backups(connection, city.code)
        said = {row.device: row for row in _all(connection, city, erasure_tables.erasure_proof)}
        devices = list(_all(connection, city, tables.device))
        keys = [row for row in _all(connection, city, city_key) if row.use == "seal"]
        codes = {row.id: row.code for row in _all(connection, city, tables.office)}
        entries = [
            wire.decode(one.plain, Erasure) for one in erasure_list.stored(connection, city.code)
        ]
        places = erasure_tables.erasure_office
        held: dict[int, set[bytes]] = {}
        for row in _all(connection, city, places):
            held.setdefault(row.number, set()).add(row.office)
    found = []
    for entry in entries:
        holders = [
            Holder(
                row.id,
                codes.get(row.office, ""),
                said[row.id].came if row.id in said and said[row.id].number >= entry.number else 0,
                row.seen,
                bool(row.revoked),
            )
            for row in devices
            if row.office in held.get(entry.number, ())
            and (row.enrolled <= entry.time or row.parent is not None)
        ]
        last = max([entry.time, *(one.confirmed for one in holders)])
        found.append(
            Proof(
                entry,
                [one for one in holders if one.confirmed],
                [one for one in holders if not one.confirmed],
                _unreadable(keys, last, city.now()),
                [
                    (file, made + BACKUPS_MS)
                    for file, made in kept
                    if made <= entry.time and city.now() < made + BACKUPS_MS
                ],
            )
        )
    return found


def _unreadable(keys: Sequence[Any], last: int, now: int) -> int:
    """Tell when what was sealed up to a time can be opened nowhere; ms."""
    sealed = [row for row in keys if row.began <= last]
    newest = max(sealed, key=lambda row: row.began, default=None)
    if newest is None:
        return last + QUARTER_MS + KEEP_MS + BACKUPS_MS
    if newest.retired:
        return destroys(newest, now) + BACKUPS_MS
    return int(newest.began) + QUARTER_MS + KEEP_MS + BACKUPS_MS


def _plan(connection: Connection, city: City, asked: Asked) -> Plan:
    records = reading.records(connection, city.code, [asked.record])
    if asked.record not in records:
        raise Refused(Problem("record_unknown"))
    if asked.whole:
        table = tables.record
        about = connection.scalars(
            select(table.c.id)
            .where(table.c.region == city.code, table.c.subject == asked.record)
            .order_by(table.c.added, table.c.id)
        ).all()
        records |= reading.records(connection, city.code, about)
    forms = {one.service: city.catalogue.forms.get(one.service) for one in records.values()}
    if any(form is not None and form.internal for form in forms.values()):
        raise Refused(Problem("erasure_internal"))
    if len(records) > RECORDS_MAX:
        raise Refused(Problem("erasure_too_many", facts={"max": RECORDS_MAX}))
    lines = [_line(connection, city, one, forms[one.service]) for one in records.values()]
    return Plan(lines, list(_mentions(connection, city, records)))


def _line(connection: Connection, city: City, present: Present, form: Form | None) -> Line:
    table = tables.record
    changed = connection.scalar(
        select(table.c.changed).where(table.c.region == city.code, table.c.id == present.id)
    )
    histories = [change for _, change in erased.told(connection, city.code, [present.id])]
    files = {digest for one in histories for digest in attachment.cited(one.body.answers)}
    until = _kept_until(form, city.day(changed or 0), city.day(city.now()))
    return Line(
        present.id,
        present.service,
        offices.by_id(connection, city.code, present.office).code,
        present.state,
        present.number.text if present.number is not None else "",
        len(histories),
        len(files),
        until,
        form.retention.source if form is not None and until else "",
    )


def _kept_until(form: Form | None, changed: dt.date, today: dt.date) -> str:
    """Say how long a form's rule still keeps a record that was last changed on this day."""
    if form is None:
        return ""
    if form.retention.then == "keep":
        return "-"
    until = retention.until(form.retention, changed)
    return until.isoformat() if until is not None and until > today else ""


def _mentions(connection: Connection, city: City, records: dict[bytes, Present]) -> Iterator[bytes]:
    """Find other records whose answers bear an id or a unique value of these."""
    wanted = [name.hex().encode() for name in records]
    for present in records.values():
        form = city.catalogue.forms.get(present.service)
        values = (present.answers.get(key) for key in (form.unique if form is not None else ()))
        wanted += [str(value).encode() for value in values if value]
    table, found = tables.record, 0
    rows = connection.execute(
        select(table.c.id, table.c.answers)
        .where(table.c.region == city.code)
        .order_by(table.c.added),
        execution_options={"yield_per": 2_000},
    )
    for row in rows:
        if row.id not in records and any(value in row.answers for value in wanted):
            yield row.id
            found += 1
            if found == MENTIONS_MAX:
                rows.close()
                return


def _check(connection: Connection, city: City, asked: Asked, found: Plan) -> None:
    """Refuse what has no reason, names the person in it, or is still to be kept."""
    said = (asked.reason.strip(), asked.ground.strip())
    if not all(said) or max(map(len, said)) > REASON_MAX:
        raise Refused(Problem("erasure_reason", facts={"max": REASON_MAX}))
    names = [] if asked.by_rule else [line.record for line in found.lines]
    for present in reading.records(connection, city.code, names).values():
        form = city.catalogue.forms.get(present.service)
        for key in (NAME, *(form.unique if form is not None else ())):
            value = str(present.answers.get(key, "")).casefold()
            whole = re.compile(rf"(?<!\w){re.escape(value)}(?!\w)")  # Ari is not named in "hari"
            if len(value) >= NAME_MIN and any(whole.search(text.casefold()) for text in said):
                raise Refused(Problem("erasure_names_person"))
    kept = [line for line in found.lines if line.kept_until]
    if kept and not asked.despite:
        raise Refused(*(_kept(line) for line in kept))


def _kept(line: Line) -> Problem:
    facts = {"record": line.record.hex(), "until": line.kept_until, "source": line.source}
    return Problem("erasure_kept", facts=facts)


def _is_left(connection: Connection, region: str, asked: Asked, names: Sequence[bytes]) -> bool:
    known = reading.erased(connection, region, names)
    return len(known) < len(names) or (asked.whole and not known[asked.record])


def _entry_of(connection: Connection, region: str, record: bytes) -> int:
    table = erasure_tables.erased
    query = select(table.c.number).where(table.c.region == region, table.c.record == record)
    return int(connection.scalar(query) or 0)


def _beside(connection: Connection, city: City) -> list[str]:
    """Lay the list in the server's folder and beside every backup that can be reached."""
    laid = []
    folders = {city.folder: None}
    folders |= {Path(file).parent: None for file, _ in _backups(connection, city.code)}
    for folder in folders:
        if folder.is_dir():
            try:
                erasure_list.lay(folder, city, connection)
            except OSError:
                if folder == city.folder:
                    raise
                continue  # a disk that is full or gone: the next backup there brings the list
            laid.append(str(folder))
    return laid


def _backups(connection: Connection, region: str) -> list[tuple[str, int]]:
    table = backup_tables.backup
    rows = connection.execute(
        select(table.c.file, table.c.made).where(table.c.region == region).order_by(table.c.number)
    )
    return [(row.file, row.made) for row in rows]


def _all(connection: Connection, city: City, table: Any) -> Sequence[Any]:
    return connection.execute(select(table).where(table.c.region == city.code)).all()
