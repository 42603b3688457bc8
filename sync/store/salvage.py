"""What a store that was replaced by a backup knew and the backup does not: our own acts.

They are taken over as acts of a life before, to be sealed again; change ids remove doubles at the
city. What others did comes from the city itself, but for its word on whom to erase: that is carried
out at once.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from forms.engine.problem import Refused
from sync.protocol.change import Change
from sync.protocol.erase import ENTRIES_MAX
from sync.protocol.stream import Signed
from sync.store import (
    erasing,
    incarnation,
    kept,
    looks,
    mirror,
    outbox,
    schema,
    settings,
    shelf,
    texts,
    unsent_files,
)
from sync.store.engine import explained, read_engine
from sync.store.handle import FILE, Store
from sync.store.registers import lines
from sync.store.statements import Connection

AT_ONCE = 500  # acts read together

_ACTS = "SELECT n, id, seq, plain FROM change WHERE n > ? AND seq IS NOT NULL ORDER BY n LIMIT ?"
_KEEP = (
    "INSERT INTO change "
    "(id, record, seq, time, batch, pending, verdict, code, stream, row, plain) "
    "VALUES (?, ?, ?, ?, NULL, 1, '', '', '', 0, ?)"
)


class _Act(NamedTuple):
    """One of our acts, as the other store has it."""

    seq: int
    change: Change


def gather(store: Store, beside: Path) -> int:
    """Take over what this very laptop did and this store lacks; return how many acts.

    None from a store that this one's key does not open, since it is another one's or damaged. Where
    the other store had become a device of its own meanwhile, this one is that device now.
    """
    path = beside / FILE
    engine = read_engine(path, store.key)
    try:
        schema.bring_up(path, store.key)
        with explained(), engine.begin() as other:
            _erase(store, other)
        with explained(), engine.begin() as other, incarnation.renewing(store) as conn:
            ours = _who(conn, other)
            count = _gathered(store, conn, other, ours) if ours else 0
            if ours:
                unsent_files.gather(store, conn, other, beside)
                looks.gather(conn, other)
            if count:
                incarnation.begin(conn)
            return count
    except Refused:
        return 0
    finally:
        engine.dispose()


def _erase(store: Store, other: Connection) -> None:
    """Erase here whom the other store had erased, before anybody looks."""
    rows = other.exec_driver_sql("SELECT plain, signature FROM erasure ORDER BY number")
    for some in rows.partitions(ENTRIES_MAX):
        entries = [Signed(row.plain, row.signature) for row in some]
        erasing.take(store, entries, forgot=erasing.is_forgotten(other))


def _who(conn: Connection, other: Connection) -> set[bytes]:
    """Name the devices that this laptop has been; none where the other store is another's."""
    here, there = settings.desk(conn), settings.desk(other)
    past = incarnation.former(other)
    devices = {there.device, *(life.device for life in past)}
    if here.device not in devices:
        return set()
    if here.device != there.device:
        incarnation.begin(
            conn,
            msgspec.structs.replace(
                here,
                device=there.device,
                incarnation=os.urandom(incarnation.INCARNATION_BYTES),
                certificate=there.certificate,
            ),
        )
        settings.write(conn, "keys", settings.keys(other))
        settings.write(conn, "admission", settings.read(other, "admission", Signed))
        settings.write(conn, "lives", [*past, *incarnation.former(conn)])
    return devices


def _gathered(store: Store, conn: Connection, other: Connection, ours: set[bytes]) -> int:
    count = at = 0
    while rows := other.exec_driver_sql(_ACTS, (at, AT_ONCE)).all():
        at = rows[-1].n
        acts = [_Act(row.seq, kept.unpack(row.plain, row.id)) for row in rows]
        fresh = [act for act in _unknown(conn, acts) if act.change.device in ours]
        cited = outbox.cited([act.change for act in fresh])
        texts.put(conn, texts.get(other, sorted(cited)))
        _take(store, conn, fresh)
        count += len(fresh)
    return count


def _unknown(conn: Connection, acts: Sequence[_Act]) -> list[_Act]:
    names = [act.change.id for act in acts]
    known = set(
        conn.exec_driver_sql(
            f"SELECT id FROM change WHERE id IN ({mirror.marks(names)})",  # noqa: S608 - question marks only
            tuple(names),
        ).scalars()
    )
    return [act for act in acts if act.change.id not in known]


def _take(store: Store, conn: Connection, acts: Sequence[_Act]) -> None:
    if not acts:
        return
    changes = [act.change for act in acts]
    names = list(dict.fromkeys(change.target for change in changes))
    here = mirror.held(conn, names)
    conn.exec_driver_sql(
        "INSERT OR IGNORE INTO mirror (id, plain) VALUES (?, ?)",
        [(name, here[name].seen.encode() if name in here else None) for name in names],
    )
    conn.exec_driver_sql(
        _KEEP,
        [(one.id, one.target, seq, one.time, kept.pack(one)) for seq, one in acts],
    )
    waiting, puts = mirror.pending(conn, names), []
    for name in names:
        before = here.get(name)
        now = mirror.overlaid(store, before.said if before else None, waiting.get(name, ()))
        if now is not None:
            puts.append(shelf.Put(now, before.seen if before else None))
    shelf.put(conn, store.form, puts, ours=True)
    numbered = [change for change in changes if change.number is not None]
    shelf.note_numbers(conn, [used for one in numbered for used in shelf.numbers_of(one)])
    lines.note(conn, numbered)
