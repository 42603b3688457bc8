"""How this desk stands with a city that was put back, and what the next ask says of it.

    answer's epoch is ours                 nothing
    it descends from ours (lineage)        back to the forks; what lies behind them is owed
    it is an ancestor, or no relative      nothing is taken; the next ask shows our lineage
    a stream is lost                       the next ask tells of page ends; `forks` answers
    a newer receipt has fewer batches      the next ask shows the receipt that had more

It is open until all that is owed is returned, all our batches are received again and every stream
is read to its head.
"""

import hashlib
from collections.abc import Iterable

import msgspec

from forms.engine.problem import Problem, Refused
from sync.crypto import signed as signatures
from sync.protocol import wire
from sync.protocol.epoch import LINEAGE_MAX, MARKS_MAX, NAME_BYTES, Epoch, descent, fork
from sync.protocol.exchange import Answer
from sync.protocol.stream import CHAIN_START, Cursor, Signed
from sync.store import looks, remake, rewind, settings, snapshot, starts
from sync.store.handle import Store
from sync.store.rewind import OWED, PRESENT, RETURNED
from sync.store.statements import Connection

_NEAR = 16  # page ends that are told of one by one; beyond, ever fewer


class Recovery(msgspec.Struct, frozen=True):
    """What is under way. `until` is the row of our newest batch when it began."""

    open: bool = False
    until: int = 0
    lost: list[str] = []
    shows: bool = False
    forgotten: bool = False


def read(conn: Connection) -> Recovery:
    """Read what is under way; mostly nothing."""
    return settings.read(conn, "recovery", Recovery) or Recovery()


def under_way(store: Store) -> tuple[bool, bool]:
    """Tell whether anything is under way, and whether another exchange is needed at once."""
    if store.setting("recovery", Recovery) in (None, Recovery()):
        return False, False
    with store.read() as conn:
        return read(conn).open, is_healing(conn)


def lineage(conn: Connection) -> list[Signed]:
    """Read the statements of the epochs that we have been through, the present one last."""
    return settings.read(conn, "lineage", list[Signed]) or []


def place(store: Store, conn: Connection, answer: Answer, *, first_hand: bool) -> bool:
    """Find out whose answer it is, and go along with a new epoch; False: nothing of it counts.

    One that answers our latest ask is `first_hand`; a stick may bring old ones.
    Refused(signature_wrong), and epoch_strange where the server was shown our lineage and still
    speaks for another.
    """
    if answer.epoch == store.desk.epoch:
        _follow(store, conn, answer)
        return True
    told = [_checked(store, statement) for statement in answer.lineage[-LINEAGE_MAX:]]
    passed = descent(told, store.desk.epoch)
    if passed is None or not passed or passed[-1].id != answer.epoch:
        found = read(conn)
        if found.shows and first_hand:
            raise Refused(Problem("epoch_strange"))
        _write(conn, msgspec.structs.replace(found, shows=True))
        return False
    _enter(store, conn, passed, answer)
    return True


def note_forgotten(conn: Connection) -> None:
    """Remember to show the server a receipt that it seems to have forgotten."""
    _write(conn, msgspec.structs.replace(read(conn), forgotten=True))


def reopen(conn: Connection) -> None:
    """Begin one, or go on: what was taken back is no more unless it is told again."""
    _write(conn, msgspec.structs.replace(read(conn), open=True))


def marks(conn: Connection, streams: Iterable[str]) -> list[Cursor]:
    """Tell where pages of lost streams end, newest first, ever farther apart, the start last."""
    found, begun = list[Cursor](), starts.read(conn)
    for stream in streams:
        rows = conn.exec_driver_sql(
            "SELECT last, chain FROM page WHERE stream = ? AND standing = ?", (stream, PRESENT)
        )
        ends = [Cursor(stream, row.last, row.chain) for row in rows]
        ends += [begun[stream]] if stream in begun else []
        ends.sort(key=lambda end: end.row, reverse=True)
        at, step = 0, 1
        while at < len(ends) and len(found) < MARKS_MAX * 16:
            found.append(ends[at])
            step = step if at < _NEAR else step * 2
            at += step
        found.append(Cursor(stream, 0, CHAIN_START))
    return found


def owed(conn: Connection, limit: int) -> list[tuple[int, Signed]]:
    """Read the pages that the city lacks, who works at the office first, then as they came."""
    rows = conn.exec_driver_sql(
        "SELECT n, plain, signature FROM page WHERE standing = ? "
        "ORDER BY stream NOT LIKE '%/office', n LIMIT ?",
        (OWED, limit),
    )
    return [(row.n, Signed(row.plain, row.signature)) for row in rows]


def is_healing(conn: Connection) -> bool:
    """Tell whether another exchange is needed at once, before batches count."""
    found = read(conn)
    if found.lost or found.shows or found.forgotten:
        return True
    return found.open and bool(owed(conn, 1))


def finish(store: Store, conn: Connection) -> None:
    """End it if everything is back; called when every stream is read to its head."""
    found = read(conn)
    if not found.open or is_healing(conn) or settings.marks(conn).received < found.until:
        return
    rewind.complete(store, conn)
    conn.exec_driver_sql(
        "UPDATE page SET safe = (SELECT row FROM stream WHERE name = page.stream) "
        "WHERE standing = ? AND safe IS NULL",
        (RETURNED,),
    )
    _write(conn, Recovery())


def rewound(conn: Connection) -> set[bytes]:
    """Name the records that show what the city said before it was put back."""
    return set(conn.exec_driver_sql("SELECT record FROM rewound").scalars())


def _enter(store: Store, conn: Connection, passed: list[Epoch], answer: Answer) -> None:
    """Go along with the epochs that came after ours."""
    # What was returned to an epoch that is past may have been lost with it.
    conn.exec_driver_sql(
        "UPDATE page SET standing = ? WHERE standing = ? AND safe IS NULL", (OWED, RETURNED)
    )
    snapshot.abandon(store, conn)
    looks.again(conn)
    for stream in list(conn.exec_driver_sql("SELECT name FROM stream").scalars()):
        rewind.rewind(store, conn, stream, fork(passed, stream))
    told = {epoch.id for epoch in passed}
    fresh = [one for one in answer.lineage if _checked(store, one).id in told]
    settings.write(conn, "lineage", [*lineage(conn), *fresh][-LINEAGE_MAX:])
    settings.write(conn, "desk", msgspec.structs.replace(store.desk, epoch=answer.epoch))
    last = conn.exec_driver_sql("SELECT coalesce(max(n), 0) FROM batch").scalar_one()
    _write(conn, Recovery(open=True, until=last))
    _returned(conn, answer.returned)


def _follow(store: Store, conn: Connection, answer: Answer) -> None:
    """Take what an answer of our own epoch says of streams that it lost, and of pages it took."""
    found = read(conn)
    news = bool(answer.lost or answer.forks)
    if not (news or found != Recovery()):
        return
    if answer.forks:
        snapshot.abandon(store, conn)
    for stream, row in sorted(answer.forks.items()):
        rewind.rewind(store, conn, stream, row)
    if answer.forks:
        remake.reseal_lost(store, conn)
    _returned(conn, answer.returned)
    last = conn.exec_driver_sql("SELECT coalesce(max(n), 0) FROM batch").scalar_one()
    opens = bool(answer.forks) and not found.open
    _write(
        conn,
        Recovery(
            open=found.open or opens,
            until=last if opens else found.until,
            lost=answer.lost,
        ),
    )


def _returned(conn: Connection, names: list[bytes]) -> None:
    """Note which of the owed pages are with the city now."""
    if not names:
        return
    taken = set(names)
    rows = conn.exec_driver_sql("SELECT n, plain FROM page WHERE standing = ?", (OWED,))
    done = [
        (RETURNED, n) for n, plain in rows if hashlib.sha256(plain).digest()[:NAME_BYTES] in taken
    ]
    if done:
        conn.exec_driver_sql("UPDATE page SET standing = ? WHERE n = ?", done)


def _checked(store: Store, statement: Signed) -> Epoch:
    return wire.decode(signatures.check_any(statement, store.desk.signs, "epoch"), Epoch)


def _write(conn: Connection, found: Recovery) -> None:
    settings.write(conn, "recovery", found)
