"""What desks give back to a server that was restored, and how it learns that it was.

    rejoin    a device enrolled after the backup is let in again, on the server's own signature
    meet      an ask of another epoch, or with a receipt or epochs that this server has not
    take      pages that it once signed: their rows are judged again in their old order, each change
              as its author's own and as of the time when it first came; ids remove doubles

Undeclared, by putting back a disk: a page, receipt or admission of our own signature and present
epoch that we don't remember proves it, and a new epoch begins at once.
"""

import hashlib
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path

import msgspec
from sqlalchemy import Connection, insert, select

from forms.engine.problem import Problem, Refused
from sync.crypto import envelope, signed
from sync.crypto.signed import Domain
from sync.protocol import columns, wire
from sync.protocol.batch import TEXTS_MAX
from sync.protocol.change import Change
from sync.protocol.enrol import OfficeShape
from sync.protocol.epoch import NAME_BYTES, RETURN_PAGES, Admission, Rejoin, Return
from sync.protocol.exchange import Ask
from sync.protocol.lease import Lease
from sync.protocol.receipt import Receipt
from sync.protocol.stream import Cursor, Fate, Page, Signed
from sync.server import (
    audit,
    backup_tables,
    ceilings,
    device_keys,
    epochs,
    guard,
    intake,
    ledger,
    moves,
    offices,
    receipts,
    revoked,
    streams,
    tables,
    writing,
)
from sync.server.city import OFFICE_GROUP, City
from sync.server.judging import Judging
from sync.server.leases import add, end_again
from sync.server.statements import chunks
from sync.server.streams import Entry
from sync.server.view import BatchView

ROWS_AT_ONCE = 1_000  # of one transaction, as in a batch
TURNED_DOWN = frozenset({"refused", "quarantined"})

Row = tuple[int, Fate | None, Change | None, Lease | None]


def meet(city: City, ask: Ask, epoch: bytes) -> None:
    """Look at what an ask says of other epochs; `city.epoch` may be a new one afterwards.

    Refused(epoch_superseded | signature_wrong).
    """
    if ask.lineage:
        with city.database.write() as connection:
            city.know_epoch(connection)
            present = epochs.shown(connection, city, ask.lineage)
        city.epoch = present
    with city.database.read() as connection:
        epochs.check_present(connection, city.code)
    if ask.receipt is not None and _is_forgotten(city, ask.receipt):
        _begin(city)
    if epoch != city.epoch and ask.generation:
        with city.database.write() as connection:
            ceilings.heard_of(connection, city, ask.generation)


def forks(
    connection: Connection, city: City, office: bytes, marks: Iterable[Cursor]
) -> dict[str, int]:
    """Tell, per stream that a desk sent marks of, the highest row that both histories share."""
    found: dict[str, int] = {}
    table = tables.stream_row
    for mark in marks:
        owner, _, group = mark.stream.partition("/")
        if owner != office.hex():
            continue
        chain = connection.scalar(
            select(table.c.chain).where(
                table.c.region == city.code,
                table.c.office == office,
                table.c.service_group == group,
                table.c.number == mark.row,
            )
        )
        here = mark.row if chain == mark.chain else 0
        found[mark.stream] = max(found.get(mark.stream, 0), here)
    return found


def take(city: City, data: bytes) -> list[bytes]:
    """Take returned pages in their order; give the names of those that are here now.

    Refused as `intake.open_message` says, or (message_malformed | signature_wrong | page_malformed
    | return_too_many) with the pages before taken.
    """
    opened = intake.open_message(city, data, "return")
    content = wire.decode(opened.content, Return)
    if len(content.pages) > RETURN_PAGES:
        raise Refused(Problem("return_too_many", facts={"max": RETURN_PAGES}))
    with city.database.write() as connection:
        texts = sorted(content.texts.items())
        for at in range(0, len(texts), TEXTS_MAX):
            part = intake.sound_texts(dict(texts[at : at + TEXTS_MAX]))
            writing.write_texts(connection, city.code, part)
    names = []
    for one in content.pages:
        counts, page = city.ring.counts(one, "page"), wire.decode(one.plain, Page)
        if page.epoch == city.epoch and _proves(city, one, "page") and not _is_ours(city, page):
            _begin(city)
        if counts:
            rows = _rows(page)
            for at in range(0, len(rows), ROWS_AT_ONCE):
                _take_rows(city, page.stream, rows[at : at + ROWS_AT_ONCE])
        names.append(hashlib.sha256(one.plain).digest()[:NAME_BYTES])
    return names


def rejoin(city: City, data: bytes) -> None:
    """Let a device in again that shows our own admission of it; one that is known stays as it is.

    Refused(envelope_* | key_gone | seal_wrong | signature_wrong | ask_header).
    """
    letter = envelope.read(data)
    if letter.header.kind != "rejoin":
        raise Refused(Problem("envelope_kind"))
    opener = city.ring.opener(letter.header.reader)
    shown = wire.decode(envelope.unseal(letter, opener), Rejoin)
    believed = (city.public.root, *city.ring.signs)  # we signed by the signing key once
    plain = signed.check_any(shown.admission, believed, "admission")
    admission = wire.decode(plain, Admission)
    envelope.verify(letter, admission.sign)
    if letter.header.writer != admission.device:
        raise Refused(Problem("ask_header"))
    with city.database.write() as connection:
        if not _readmit(connection, city, admission):
            return
    if admission.epoch == city.epoch:
        _begin(city)


def _begin(city: City) -> None:
    """Begin a new epoch, since this server was put back without being told."""
    with city.database.read() as connection:
        table = backup_tables.backup
        file = connection.scalar(
            select(table.c.file)
            .where(table.c.region == city.code)
            .order_by(table.c.number.desc())
            .limit(1)
        )
    listed = ledger.newest(Path(file).parent, city.id) if file else 0
    last = ceilings.Told(listed)
    forgot = city.epoch
    with city.database.write() as connection:
        city.know_epoch(connection)
        if city.epoch == forgot:  # else another process has begun it
            city.epoch = epochs.begin(connection, city, by="", last=last)


def _is_forgotten(city: City, shown: Signed) -> bool:
    """Tell whether a receipt of ours and of this epoch covers batches that we have not."""
    proves = _proves(city, shown, "receipt")
    receipt = wire.decode(shown.plain, Receipt)
    if not proves or receipt.epoch != city.epoch:
        return False
    author = (receipt.device, receipt.incarnation)
    with city.database.read() as connection:
        received, _ = receipts.chain_head(connection, city.code, *author)
    return receipt.received > received


def _proves(city: City, said: Signed, domain: Domain) -> bool:
    """Tell whether a word of the present epoch was ours, by a key that was not lost before it."""
    table = tables.epoch
    here = (table.c.region == city.code) & (table.c.id == city.epoch)
    with city.database.read() as connection:
        began = connection.scalar(select(table.c.began).where(here))
    return city.ring.proves(said, domain, began or 0)


def _is_ours(city: City, page: Page) -> bool:
    """Tell whether a page of this epoch ends where our stream has the same row."""
    owner, group = _place(page.stream)
    with city.database.read() as connection:
        mark = Cursor(page.stream, page.last, page.chain)
        found = forks(connection, city, owner, [mark])
    return found.get(f"{owner.hex()}/{group}") == page.last


def _place(stream: str) -> tuple[bytes, str]:
    """Take a stream's name apart; Refused(page_malformed)."""
    owner, _, group = stream.partition("/")
    try:
        return bytes.fromhex(owner), group
    except ValueError as error:
        raise Refused(Problem("page_malformed")) from error


def _rows(page: Page) -> list[Row]:
    """Lay a page's rows out in their order; Refused(page_malformed)."""
    changes, fates = columns.decode(page.changes), page.fates
    if [fate.change for fate in fates] != [change.id for change in changes]:
        raise Refused(Problem("page_malformed"))
    rows: list[Row] = [
        (fate.number, fate, change, None) for fate, change in zip(fates, changes, strict=True)
    ]
    rows += [(number, None, None, lease) for number, lease in page.grants]
    return sorted(rows, key=lambda row: row[0])


def _take_rows(city: City, stream: str, rows: Sequence[Row]) -> None:
    """Judge rows that are not here, in one transaction."""
    _place(stream)
    with city.database.write() as connection:
        ids = [c.id for _, _, c, _ in rows if c is not None]
        known = _known(connection, city.code, ids) - guard.waiting(connection, city, ids)
        fresh = [row for row in rows if row[2] is None or row[2].id not in known]
        for _, part in groupby(fresh, key=_run):
            told = list(part)
            _regrant(connection, city, [lease for _, _, _, lease in told if lease is not None])
            _judge(connection, city, [(f, c) for _, f, c, _ in told if f is not None and c])


def _run(row: Row) -> tuple[int, bytes]:
    """Say what rows are judged together: those that came together, of one office."""
    fate = row[1]
    return (fate.received, fate.office) if fate is not None else (0, b"")


def _judge(connection: Connection, city: City, told: Sequence[tuple[Fate, Change]]) -> None:
    if not told:
        return
    received, office = told[0][0].received, told[0][0].office
    faults = {change.id: fate.code for fate, change in told if fate.verdict in TURNED_DOWN}
    view = BatchView(connection, city, faults)
    view.speak_for(office)
    for _, change in told:
        view.vouch(change.device, office)
    judging = Judging(view)
    names = [change.id for _, change in told]
    released = guard.waiting(connection, city, names)  # which this server has forgotten
    view.holding.released = frozenset(released)
    judging.run([change for _, change in told], released)
    guard.decided(connection, city, sorted(released), guard.RELEASED, None)
    writing.write(view, judging.outcomes, received)


def _known(connection: Connection, region: str, ids: list[bytes]) -> set[bytes]:
    table, found = tables.change, set[bytes]()
    for some in chunks(ids):
        query = select(table.c.id).where(table.c.region == region, table.c.id.in_(some))
        found |= set(connection.scalars(query))
    return found


def _regrant(connection: Connection, city: City, leases: Sequence[Lease]) -> None:
    """Write grants that are not here; one that was granted again meanwhile stays a row only.

    Its numbers are then put before a person as they come.
    """
    table, entries = tables.lease, []
    for lease in leases:
        series = (
            (table.c.region == city.code)
            & (table.c.office == lease.office)
            & (table.c.series == lease.series)
            & (table.c.year == lease.year)
        )
        if connection.execute(select(table.c.id).where(series, table.c.id == lease.id)).first():
            if lease.ended:
                end_again(connection, city, lease)
            continue
        entries.append(Entry(lease.office, OFFICE_GROUP, lease=lease))
        overlaps = select(table.c.id).where(
            series, table.c.low <= lease.high, table.c.high >= lease.low
        )
        if connection.execute(overlaps.limit(1)).first() is not None:
            place = f"{lease.series}/{lease.year}/{lease.low}"
            audit.note(connection, city, "", "lease_doubled", lease.office, at=place)
            continue
        add(connection, city, lease)
    streams.append(connection, city.code, entries)


def _readmit(connection: Connection, city: City, admission: Admission) -> bool:
    table = tables.device
    known = select(table.c.id).where(table.c.region == city.code, table.c.id == admission.device)
    if connection.execute(known).first() is not None:
        return device_keys.adopt(connection, city, admission)
    _reopen(connection, city, admission.office, admission.enrolled)
    values = msgspec.structs.asdict(admission)
    row = {name: values[name] for name in values if name not in {"device", "office", "epoch"}}
    before = revoked.entry(connection, city.code, admission.device)
    connection.execute(
        insert(table).values(
            region=city.code,
            id=admission.device,
            office=admission.office.id,
            seen=city.now(),
            revoked=0 if before is None else before.at,
            **row,
        )
    )
    office, name = admission.office.id, admission.device.hex()
    audit.note(connection, city, "", "device_readmitted", office, device=name)
    return True


def _reopen(connection: Connection, city: City, office: OfficeShape, made: int) -> None:
    """Write an office that was added after the backup; its code may have been taken since."""
    table = tables.office
    here = select(table.c.id).where(table.c.region == city.code, table.c.id == office.id)
    if connection.execute(here).first() is not None:
        return
    taken = select(table.c.id).where(table.c.region == city.code, table.c.code == office.code)
    free = connection.execute(taken).first() is None
    values = msgspec.structs.asdict(office) | {
        "region": city.code,
        "code": office.code if free else f"{office.code}-{office.id.hex()[:8]}",
        "catchment": ",".join(office.catchment),
        "made": made,
    }
    connection.execute(insert(table).values(**values))
    audit.note(connection, city, "", "office_reopened", office.id, code=office.code)
    moves.admit(connection, city, offices.by_id(connection, city.code, office.id))
