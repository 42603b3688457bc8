"""The numbered list of erased persons, in the database and in files that no restore takes back.

    <server folder>/teras-erasures.json      beside server.json: an older database finds it there
    <backups' folder>/teras-erasures.json    beside every backup: so does a server on a new machine

Both hold the whole list of this server, each entry under the root's signature; no answers, only
ids of records, and what an administrator gave as reason and ground. A list that is read:

    the entry follows on ours            entered as it is, and carried out
    it says nothing new                  left out
    it is of a past that went otherwise  entered anew at the end, under the next number
"""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec
from sqlalchemy import Connection, bindparam, delete, insert, select

from forms.engine.problem import Refused
from sync.crypto import signed
from sync.protocol import wire
from sync.protocol.erase import BEFORE_FIRST, ENTRIES_MAX, Carried, Erasure, following
from sync.protocol.exchange import Ask
from sync.protocol.stream import Signed
from sync.server import bulk, erased, erasure_tables, reading, soiled
from sync.server.city import City
from sync.server.devices import Device
from sync.server.statements import Statement

NAME = "teras-erasures.json"

_ENTRY, _PLACE = erasure_tables.erasure, erasure_tables.erasure_office
_AFTER = Statement(
    select(_ENTRY.c.plain, _ENTRY.c.signature)
    .join(_PLACE, (_PLACE.c.region == _ENTRY.c.region) & (_PLACE.c.number == _ENTRY.c.number))
    .where(
        _ENTRY.c.region == bindparam("region"),
        _PLACE.c.office == bindparam("office"),
        _ENTRY.c.number > bindparam("after"),
    )
    .order_by(_ENTRY.c.number)
    .limit(ENTRIES_MAX)
)


class Line(msgspec.Struct, frozen=True):
    """One entry in a file; `server` is the region's random id in hex."""

    server: str
    number: int
    plain: bytes
    signature: bytes


class _List(msgspec.Struct):
    erasures: list[Line] = []


class Told(msgspec.Struct, frozen=True):
    """What an answer says of the list; `more` while entries are left."""

    entries: list[Signed] = []
    forgot: bool = False
    more: bool = False


def stored(connection: Connection, region: str) -> list[Signed]:
    """Read the whole list, the first entry first."""
    table = erasure_tables.erasure
    rows = connection.execute(
        select(table.c.plain, table.c.signature)
        .where(table.c.region == region)
        .order_by(table.c.number)
    )
    return [Signed(row.plain, row.signature) for row in rows]


def head(connection: Connection, region: str) -> tuple[int, bytes]:
    """Return the newest entry's number, and what the next one names as the one before it."""
    table = erasure_tables.erasure
    row = connection.execute(
        select(table.c.number, table.c.plain)
        .where(table.c.region == region)
        .order_by(table.c.number.desc())
        .limit(1)
    ).first()
    return (0, BEFORE_FIRST) if row is None else (row.number, following(row.plain))


def add(connection: Connection, city: City, entry: Erasure) -> Erasure:
    """Enter an erasure under the next number, sign it and carry it out; gives it as entered."""
    last, before = head(connection, city.code)
    entered = msgspec.structs.replace(entry, number=last + 1, before=before)
    _enter(connection, city, signed.sign(wire.encode(entered), city.keys.root, "erasure"), entered)
    return entered


def adopt(connection: Connection, city: City, entries: Iterable[Signed]) -> int:
    """Take over what another list has and ours has not; give how many entries were carried out.

    What is not of our root's signature is nothing.
    """
    taken = 0
    for one in entries:
        try:
            plain = signed.check(one, city.public.root, "erasure")
            entry = wire.decode(plain, Erasure)
        except Refused:
            continue
        if (entry.number - 1, entry.before) == head(connection, city.code):
            _enter(connection, city, one, entry)
        elif _is_new(connection, city.code, entry):
            add(connection, city, entry)
        else:
            continue
        taken += 1
    return taken


def heed(city: City, folders: Sequence[Path], others: Iterable[Signed] = ()) -> int:
    """Carry out what the lists of folders say, before anything else is done with a database.

    Gives how many entries were new to it; the first folder's list is whole afterwards.
    """
    found = [*(one for folder in folders for one in read(folder, city.id)), *others]
    with city.database.read() as connection:
        here = stored(connection, city.code)
    taken = 0
    if read(folders[0], city.id) != here or any(one not in here for one in found):
        with city.database.write() as connection:
            taken = adopt(connection, city, found)
            lay(folders[0], city, connection)
    soiled.clean(city)  # by this, or by an erasure that a power cut broke off
    return taken


def lay(folder: Path, city: City, connection: Connection) -> None:
    """Write the whole list into a folder, durably; of other servers what was there stays."""
    ours = city.id.hex()
    lines = [
        Line(ours, number, one.plain, one.signature)
        for number, one in enumerate(stored(connection, city.code), 1)
    ]
    here = _read(folder)
    if [line for line in here if line.server == ours] == lines:
        return
    content = _List([*(line for line in here if line.server != ours), *lines])
    fresh = folder / (NAME + ".next")
    with fresh.open("wb") as out:
        out.write(msgspec.json.format(msgspec.json.encode(content)))
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(folder / NAME)


def read(folder: Path, server: bytes) -> list[Signed]:
    """Read a server's list from a folder; one that is missing or broken says nothing."""
    lines = [line for line in _read(folder) if line.server == server.hex()]
    return [
        Signed(line.plain, line.signature) for line in sorted(lines, key=lambda line: line.number)
    ]


def meet(city: City, ask: Ask, device: Device) -> None:
    """Take what an ask says of the list: entries that we lack, and what its device has done."""
    if ask.erasures:
        with city.database.write() as connection:
            taken = adopt(connection, city, ask.erasures[:ENTRIES_MAX])
            if taken:
                lay(city.folder, city, connection)
        if taken:
            soiled.clean(city)
    if ask.erased is not None:
        _note(city, ask.erased, device)


def told(connection: Connection, city: City, office: bytes, said: Signed | None) -> Told:
    """Tell an office's device what comes after the entry that it names; all, if that is not ours.

    What it says was looked at by `meet`.
    """
    carried = None if said is None else wire.decode(said.plain, Carried)
    after, forgot = 0, False
    if carried is not None:
        fixed = {"region": city.code, "number": carried.number}
        plain = bulk.found(connection, _ENTRY, ("plain",), fixed).scalar()
        forgot = plain is None or following(plain) != carried.head
        after = 0 if forgot else carried.number
    rows = _AFTER.run(connection, region=city.code, office=office, after=after)
    entries = [Signed(row.plain, row.signature) for row in rows]
    return Told(entries, forgot, more=len(entries) == ENTRIES_MAX)


def _enter(connection: Connection, city: City, entry_signed: Signed, entry: Erasure) -> None:
    region, number = city.code, entry.number
    connection.execute(
        insert(erasure_tables.erasure).values(
            region=region,
            number=number,
            plain=entry_signed.plain,
            signature=entry_signed.signature,
        )
    )
    offices = set(entry.offices) | erased.offices(connection, region, entry.records)
    rows = [{"region": region, "office": office, "number": number} for office in sorted(offices)]
    bulk.add(connection, erasure_tables.erasure_office, rows)
    known = reading.erased(connection, region, entry.records)
    whole = set(entry.subjects)
    fresh = [
        {"region": region, "record": name, "number": number, "whole": int(name in whole)}
        for name in sorted(set(entry.records) - known.keys())
    ]
    bulk.add(connection, erasure_tables.erased, fresh)
    wider = [
        {"region": region, "record": name, "number": number, "whole": 1}
        for name in sorted(whole & known.keys())
    ]
    bulk.change(connection, erasure_tables.erased, ("region", "record"), wider)
    erased.keep(connection, region, entry.papers)
    erased.forget(connection, region, entry.records)


def _is_new(connection: Connection, region: str, entry: Erasure) -> bool:
    known = reading.erased(connection, region, entry.records)
    widened = any(not known.get(name) for name in entry.subjects)
    return widened or any(name not in known for name in entry.records)


def _note(city: City, said: Signed, device: Device) -> None:
    """Keep a device's newest word; one that is not its own, or that we know, is nothing."""
    table = erasure_tables.erasure_proof
    place = {"region": city.code, "device": device.id}
    with city.database.read() as connection:
        row = bulk.found(connection, table, ("number", "time"), place).first()
    try:
        carried = wire.decode(signed.check(said, device.sign, "erased"), Carried)
    except Refused:
        return
    # A desk's clock may have been ahead: a later entry is news whatever the time.
    known = row is not None and (
        row.number == carried.number or (row.number > carried.number and row.time >= carried.time)
    )
    if known or carried.device != device.id or not _is_ours(city, carried):
        return
    values = place | {
        "number": carried.number,
        "time": carried.time,
        "came": city.now(),
        "plain": said.plain,
        "signature": said.signature,
    }
    with city.database.write() as connection:
        connection.execute(
            delete(table).where(table.c.region == city.code, table.c.device == device.id)
        )
        connection.execute(insert(table).values(**values))


def _is_ours(city: City, carried: Carried) -> bool:
    """Tell whether the entry that a word goes up to is in our list; of another past it is none."""
    with city.database.read() as connection:
        place = {"region": city.code, "number": carried.number}
        plain = bulk.found(connection, erasure_tables.erasure, ("plain",), place).scalar()
    return plain is not None and following(plain) == carried.head


def _read(folder: Path) -> list[Line]:
    try:
        return msgspec.json.decode((folder / NAME).read_bytes(), type=_List).erasures
    except (OSError, msgspec.MsgspecError):
        return []
