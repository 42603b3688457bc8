"""Disputes as the stream tells of them; sync.store.inbox shows them, what is pending on top.

    a row in conflict                opens an entry for each group, or moves a branch's tip on
    a settlement that was applied    closes the entry whose tip it names
    an act that makes a paper void   closes what was disputed about the paper
    a settlement of ours that came   is noted as returned, to be told to its author; nothing else
      too late
    an act whose author's right had      is noted, to be listed for the head of the office
      ended, or who did not sign it

So an entry is only ever closed by what the server said, on every desk by the same row.
"""

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from sync.protocol import authorship, branch
from sync.protocol import settle as settling
from sync.protocol.authority import ENDED
from sync.protocol.branch import NUMBERS
from sync.protocol.change import EDIT, NEW, Change
from sync.protocol.merge import VOID
from sync.protocol.settle import Settlement
from sync.protocol.stream import Fate
from sync.store import kept as changes
from sync.store import mirror, troubles
from sync.store.handle import Store
from sync.store.statements import Connection

DOUBTS = authorship.CODES | {ENDED}

_OPENED = (
    'INSERT INTO conflict (change, "group", record, kind, code, proposed, opened) '
    "VALUES (?, ?, ?, 'conflict', ?, ?, ?) ON CONFLICT (change, \"group\") "
)
_OPEN = (
    'SELECT c.change, c."group", c.record, c.code, c.proposed, h.plain FROM conflict c '
    "JOIN change h ON h.id = c.proposed WHERE c.kind = 'conflict' AND c.closed IS NULL"
)
_CLOSE = (
    "UPDATE conflict SET closed = ?, settlement = ? WHERE kind = 'conflict' AND closed IS NULL AND "
)
_TAKEN = "number_taken"
_Number: TypeAlias = tuple[str, int, int]  # series, year, position


def follow(
    store: Store, conn: Connection, told: Sequence[tuple[Fate, Change]], ours: set[bytes]
) -> None:
    """Take over what rows of a stream, in their order, say of disputes."""
    touched = set()
    for fate, change in told:
        for opening in branch.openings(change, fate.verdict, fate.code):
            # A number is in its own office's register, and that office's to put right.
            if opening.kind not in NUMBERS or fate.office == store.desk.office.id:
                _open(conn, change, opening, store.now())
                touched.add(change.target)
        doubt = branch.main(fate.code)
        if doubt in DOUBTS and fate.office == store.desk.office.id:
            _note(conn, change, ("ended", "", doubt), store.now())
        said = settling.said_by(change)
        if said is not None:
            if fate.code in settling.RETURNED and change.id in ours:
                _note(conn, change, ("returned", said.group, fate.code), store.now())
            elif fate.verdict == "applied":
                _close(conn, change, said, store.now())
                touched.add(change.target)
        elif change.state == VOID and change.act != NEW and fate.verdict == "applied":
            touched |= _end(conn, change, store.now())
    if touched:
        troubles.mark(conn, touched)


def has_value(change: Change) -> bool:
    """Tell whether a change says what its author can say better: no choice does, and no step."""
    return change.act in {NEW, EDIT}


def release(store: Store, conn: Connection, names: Iterable[bytes]) -> None:
    """Let choices and steps of ours that were refused be pending no more: nothing is to be mended.

    A record would show the state of such a step for ever, whatever others did since.
    """
    found = []
    for name in names:
        query = "SELECT plain FROM change WHERE id = ? AND pending = 1"
        plain = conn.exec_driver_sql(query, (name,)).scalar()
        change = changes.unpack(plain, name) if plain is not None else None
        if change is not None and not has_value(change):
            found.append(change)
    if found:
        here = mirror.held(conn, {change.target for change in found})
        conn.exec_driver_sql(
            "UPDATE change SET pending = 0 WHERE id = ?", [(change.id,) for change in found]
        )
        mirror.settle(store, conn, here, {name: held.said for name, held in here.items()})


def forget(conn: Connection, records: Sequence[bytes], gone: Iterable[bytes]) -> None:
    """Drop what is known of disputes about records, and of what became of changes of ours.

    What the city still says of them is to be followed anew.
    """
    query = f"DELETE FROM conflict WHERE kind = 'conflict' AND record IN ({mirror.marks(records)})"  # noqa: S608 - question marks only
    conn.exec_driver_sql(query, tuple(records))
    names = [(name,) for name in gone]
    if names:
        conn.exec_driver_sql("DELETE FROM conflict WHERE change = ? AND kind <> 'conflict'", names)
    troubles.mark(conn, set(records))


def _open(conn: Connection, change: Change, opening: branch.Opening, now: int) -> None:
    joins = opening.name != change.id
    after = "DO UPDATE SET proposed = excluded.proposed WHERE closed IS NULL"
    conn.exec_driver_sql(
        _OPENED + (after if joins else "DO NOTHING"),
        (opening.name, opening.group, change.target, opening.kind, change.id, now),
    )


def _close(conn: Connection, change: Change, said: Settlement, now: int) -> None:
    """Close the entry whose tip it names: the proposed one, or after a restore the other."""
    for tip in (said.proposed, said.present):
        done = conn.exec_driver_sql(
            _CLOSE + 'record = ? AND "group" = ? AND proposed = ?',
            (now, change.id, change.target, said.group, tip),
        )
        if done.rowcount:
            return


def _end(conn: Connection, change: Change, now: int) -> set[bytes]:
    """Close what was disputed about a paper that is void now, or about a number that it holds."""
    rows = [row for row in conn.exec_driver_sql(_OPEN) if row.code in settling.VOIDED]
    taken = any(row.code == _TAKEN and row.record != change.target for row in rows)
    held = _held(conn, change.target) if taken else set()
    found = [
        row
        for row in rows
        if row.record == change.target
        or (row.code == _TAKEN and _number(row.plain, row.proposed) in held)
    ]
    conn.exec_driver_sql(
        _CLOSE + 'change = ? AND "group" = ?',
        [(now, change.id, row.change, row.group) for row in found],
    )
    return {row.record for row in found}


def _held(conn: Connection, record: bytes) -> set[_Number]:
    """Name the numbers that a paper has of right: another's that it bears too, it does not hold."""
    rows = conn.exec_driver_sql("SELECT id, plain, code FROM change WHERE record = ?", (record,))
    bears = [(_number(row.plain, row.id), _TAKEN in row.code) for row in rows.all()]
    own = {number for number, is_taken in bears if number and not is_taken}
    query = "SELECT series, year, position FROM number_use WHERE record = ?"
    used = {tuple(row) for row in conn.exec_driver_sql(query, (record,))}
    return own | (used - {number for number, _ in bears})  # a snapshot may have left its act out


def _number(plain: bytes, name: bytes) -> _Number | None:
    number = changes.unpack(plain, name).number
    return (number.series, number.year, number.position) if number is not None else None


def _note(conn: Connection, change: Change, what: tuple[str, str, str], now: int) -> None:
    """Keep what is only to be told: of which kind, in which group, with which code."""
    kind, group, code = what
    conn.exec_driver_sql(
        'INSERT OR IGNORE INTO conflict (change, "group", record, kind, code, proposed, opened, '
        "closed) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (change.id, group, change.target, kind, code, change.id, now, now),
    )
