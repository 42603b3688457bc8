"""Erases a person at this desk, by the city's word; what goes and what stays: sync.protocol.erase.

    change              no body; the id is the same, and so is what was sealed of it
    record, mirror      a shell: number and state; one that only its author knew is gone
    search, unique      as of a record without answers; the index is merged, so no word stays in it
    conflict, draft     gone
    page, stopped       without the bodies: the city's signature holds, they can still be given back
    attachment, chunk   gone, unless another record names the file
    text                gone, unless another paper cites it
    register_line       stays, at the day that was kept of its paper

Frozen batches stay: they are sealed to the city, nobody here can open them, and they go by age.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import msgspec

from forms.mail import series as post
from sync.crypto import signed as signatures
from sync.protocol import attachment, columns, wire
from sync.protocol.change import Change
from sync.protocol.erase import ENTRIES_MAX, ERASED, Carried, Erasure, Kept, following, forgotten
from sync.protocol.stream import Fate, Page, Signed
from sync.protocol.ties import block_of
from sync.store import backup_list, chunks, kept, mirror, search, settings, shelf, troubles
from sync.store.case import Case, shell
from sync.store.handle import Store
from sync.store.registers import lines as registers
from sync.store.statements import Connection

AT_ONCE = 500  # records of one statement
_LAST, _FORGOTTEN = "erased", "forgotten_erasures"
_ANY = "SELECT 1 FROM erased LIMIT 1"


class Last(msgspec.Struct, frozen=True):
    """The newest entry carried out here; `head` as in sync.protocol.erase.Carried."""

    number: int
    head: bytes


class _Traces(NamedTuple):
    """What of records stands elsewhere: their changes, files, texts, and values that name them."""

    changes: list[tuple[int, Change]]
    files: set[bytes]
    texts: set[str]
    values: set[bytes]


def take(store: Store, entries: Sequence[Signed], *, forgot: bool) -> bool:
    """Carry out entries of the city's list, each in one transaction; one done before is harmless.

    Tells whether it is news that the city forgot some: the next ask shows them, and is due at once.
    Refused(signature_wrong | message_malformed); entries before one that was refused are done.
    """
    known = bool(store.setting(_FORGOTTEN, bool))
    if forgot != known:
        with store.write() as conn:
            settings.write(conn, _FORGOTTEN, forgot)
    for one in entries[:ENTRIES_MAX]:
        plain = signatures.check(one, store.desk.server.root, "erasure")
        entry = wire.decode(plain, Erasure)
        with store.write() as conn:
            for paper in entry.papers:
                _keep_day(conn, paper)
            gone = forget(store, conn, entry.records)
            fresh = conn.exec_driver_sql(
                "INSERT OR IGNORE INTO erasure (head, number, plain, signature) "
                "VALUES (?, ?, ?, ?)",
                (following(plain), entry.number, one.plain, one.signature),
            )
            if fresh.rowcount:  # a desk is told of none but those whom its office held
                backup_list.hold(conn)
            settings.write(conn, _LAST, Last(entry.number, following(plain)))
        chunks.drop(store, gone)
    return forgot and not known


def carried(store: Store, conn: Connection) -> Signed | None:
    """Sign what is carried out here; None before the first entry."""
    last = settings.read(conn, _LAST, Last)
    if last is None:
        return None
    said = Carried(store.desk.device, last.number, last.head, store.now())
    return signatures.sign(wire.encode(said), store.keys.sign, "erased")


def entered(conn: Connection, shells: Sequence[tuple[bytes, bytes]]) -> dict[bytes, int]:
    """Tell when the city entered erased records, each given with its subject; in ms of its clock.

    One that was erased with its subject is in no entry by itself.
    """
    found = dict[bytes, int]()
    for plain in conn.exec_driver_sql("SELECT plain FROM erasure ORDER BY number").scalars():
        entry = wire.decode(plain, Erasure)
        records, subjects = set(entry.records), set(entry.subjects)
        for name, subject in shells:
            if name in records or (subject and subject in subjects):
                found.setdefault(name, entry.time)
    return found


def is_forgotten(conn: Connection) -> bool:
    """Tell whether the city has not the entry that we told of."""
    return bool(settings.read(conn, _FORGOTTEN, bool))


def shown(conn: Connection) -> list[Signed]:
    """Give the newest entries that are here, where the city has forgotten some; oldest first."""
    if not is_forgotten(conn):
        return []
    rows = conn.exec_driver_sql(
        "SELECT plain, signature FROM erasure ORDER BY number DESC LIMIT ?", (ENTRIES_MAX,)
    ).all()
    return [Signed(row.plain, row.signature) for row in reversed(rows)]


def cleared(conn: Connection, changes: Sequence[Change | None]) -> list[Change | None]:
    """Give changes of a stream's lines, those of erased records without their bodies."""
    gone = _erased(conn, {change.target for change in changes if change})
    return [
        forgotten(change) if change is not None and change.target in gone else change
        for change in changes
    ]


def without(conn: Connection, page: Signed, changes: Sequence[Change]) -> Signed:
    """Give a page as it may be kept here."""
    gone = _erased(conn, {change.target for change in changes if not change.erased})
    return Signed(_redacted(page.plain, gone), page.signature) if gone else page


def late(
    store: Store,
    conn: Connection,
    told: Sequence[tuple[Fate, Change]],
    said: Mapping[bytes, Case | None],
) -> None:
    """Drop here what the city dropped of changes that came after their person was erased.

    `said` is what it says of their records; those of which it says nothing are nothing here.
    """
    names = sorted({change.target for fate, change in told if fate.verdict == ERASED})
    if names:
        forget(store, conn, names)
        here = mirror.held(conn, [name for name in names if not said.get(name)])
        shelf.remove(conn, store.form, [one.seen for one in here.values() if not one.pending])


def forget(store: Store, conn: Connection, names: Sequence[bytes]) -> list[str]:
    """Erase records here; give the files of chunks that are to go once that is on the disk."""
    gone: list[str] = []
    for at in range(0, len(names), AT_ONCE):
        part = names[at : at + AT_ONCE]
        here = mirror.held(conn, part)
        traces = _traces(store, conn, part, here)
        _empty(store, conn, part, here, traces)
        _empty_pages(conn, part, {change.id for _, change in traces.changes})
        _drop_drafts(conn, traces.values)
        gone += _drop_files(conn, traces.files)
        for digest in sorted(traces.texts):
            if not _stands(conn, "change", digest.encode()):
                conn.exec_driver_sql("DELETE FROM text WHERE digest = ?", (digest,))
    search.merge(conn)
    return gone


def _traces(
    store: Store, conn: Connection, names: Sequence[bytes], here: dict[bytes, mirror.Held]
) -> _Traces:
    rows = conn.exec_driver_sql(
        f"SELECT n, id, plain FROM change WHERE record IN ({mirror.marks(names)}) ORDER BY n",  # noqa: S608 - question marks only
        tuple(names),
    ).all()
    changes = [(n, kept.unpack(plain, name)) for n, name, plain in rows]
    cases = [case for held in here.values() for case in (held.seen, held.said) if case]
    answers = [*(change.body.answers for _, change in changes), *(case.answers for case in cases)]
    values = {name.hex().encode() for name in names}
    for case in cases:
        form = store.form(case.service)
        found = (case.answers.get(key) for key in (form.unique if form else ()))
        values |= {str(value).encode() for value in found if value}
    return _Traces(
        changes,
        {digest for said in answers for digest in attachment.cited(said)},
        {
            str(paper[key])
            for _, change in changes
            if (paper := change.body.paper) is not None
            for key in ("template", "head")
            if key in paper
        },
        values,
    )


def _empty(
    store: Store,
    conn: Connection,
    names: Sequence[bytes],
    here: dict[bytes, mirror.Held],
    traces: _Traces,
) -> None:
    """Take the answers out of changes and records; what was turned down is pending no more."""
    ids = [(name,) for name in names]
    for _, change in traces.changes:
        for paper in _papers(change):
            _keep_day(conn, paper)
    plains = [(kept.pack(forgotten(change)), n) for n, change in traces.changes]
    if plains:
        conn.exec_driver_sql("UPDATE change SET plain = ? WHERE n = ?", plains)
    conn.exec_driver_sql(
        "UPDATE change SET pending = 0 WHERE record = ? AND pending = 1 "
        "AND verdict IN ('refused', 'quarantined')",
        ids,
    )
    conn.exec_driver_sql("INSERT OR IGNORE INTO erased (record) VALUES (?)", ids)
    conn.exec_driver_sql("DELETE FROM conflict WHERE record = ?", ids)
    said: dict[bytes, Case | None] = {
        name: shell(held.said) if held.said else None for name, held in here.items()
    }
    mirror.settle(store, conn, here, said)
    waiting = mirror.pending(conn, names)
    alone = [held.seen for name, held in here.items() if not held.said and name not in waiting]
    shelf.remove(conn, store.form, alone)
    troubles.mark(conn, set(names))


def _papers(change: Change) -> list[Kept]:
    """Say the day that stays of a change with a paper, or of a piece of post."""
    data = (change.body.paper or {}).get("data")
    day = data.get("iso_date") if isinstance(data, dict) else block_of(change).get("iso_date")
    if change.service in post.DAYS:
        day = change.body.answers.get(post.DAYS[change.service])
    return [Kept(change.id, day)] if isinstance(day, str) and day else []


def _keep_day(conn: Connection, paper: Kept) -> None:
    conn.exec_driver_sql(
        "INSERT OR IGNORE INTO erased_paper (change, day) VALUES (?, ?)",
        (paper.change, paper.day),
    )
    registers.keep_day(conn, paper.change, paper.day)


def _empty_pages(conn: Connection, names: Collection[bytes], ids: set[bytes]) -> None:
    """Take the bodies out of pages kept to be given back, or to be looked at by a person.

    Of a record that left, changes of others may be gone already: then every page is read.
    """
    gone = set(names)
    left = f"SELECT 1 FROM leave WHERE record IN ({mirror.marks(names)}) LIMIT 1"  # noqa: S608 - question marks only
    whole = conn.exec_driver_sql(left, tuple(names)).first() is not None
    for table in ("page", "stopped"):
        rows = conn.exec_driver_sql(f"SELECT rowid, plain FROM {table}").all()  # noqa: S608 - own names
        for number, plain in rows:
            told = {fate.change for fate in wire.decode(plain, Page).fates}
            if whole or not ids.isdisjoint(told):
                fresh = _redacted(plain, gone)
                if fresh != plain:
                    statement = f"UPDATE {table} SET plain = ? WHERE rowid = ?"  # noqa: S608 - own names
                    conn.exec_driver_sql(statement, (fresh, number))


def _redacted(plain: bytes, records: Collection[bytes]) -> bytes:
    """Give a page without the bodies of these records' changes; its signature holds."""
    parts = wire.decode(plain, dict[str, msgspec.Raw])
    changes = columns.decode(wire.decode(parts["changes"], bytes))
    emptied = [forgotten(one) if one.target in records else one for one in changes]
    if emptied == changes:
        return plain
    parts["changes"] = msgspec.Raw(wire.encode(columns.encode(emptied)))
    return wire.encode(parts)


def _drop_drafts(conn: Connection, values: Collection[bytes]) -> None:
    """Drop what any operator here left unfinished about a person."""
    rows = conn.exec_driver_sql("SELECT key, subject, answers FROM draft").all()
    for key, subject, answers in rows:
        text = b" ".join((key.encode(), subject.hex().encode(), answers))
        if any(value in text for value in values):
            conn.exec_driver_sql("DELETE FROM draft WHERE key = ?", (key,))


def _drop_files(conn: Connection, files: Collection[bytes]) -> list[str]:
    gone: list[str] = []
    for digest in sorted(files):
        if not _stands(conn, "record", digest.hex().encode()):
            found = conn.exec_driver_sql(
                "DELETE FROM chunk WHERE attachment = ? RETURNING name", (digest,)
            )
            gone += found.scalars().all()
            conn.exec_driver_sql("DELETE FROM attachment WHERE digest = ?", (digest,))
    return gone


def _stands(conn: Connection, table: str, text: bytes) -> bool:
    query = f"SELECT 1 FROM {table} WHERE instr(plain, ?) LIMIT 1"  # noqa: S608 - own names
    return conn.exec_driver_sql(query, (text,)).first() is not None


def _erased(conn: Connection, names: Collection[bytes]) -> set[bytes]:
    """Tell which of these records are erased; mostly nobody ever was."""
    if not names or conn.exec_driver_sql(_ANY).first() is None:
        return set()
    found, listed = set[bytes](), sorted(names)
    for at in range(0, len(listed), AT_ONCE):
        part = tuple(listed[at : at + AT_ONCE])
        query = f"SELECT record FROM erased WHERE record IN ({mirror.marks(part)})"  # noqa: S608 - question marks only
        found |= set(conn.exec_driver_sql(query, part).scalars())
    return found
