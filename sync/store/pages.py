"""Pages of the stream: checked whole against signature, cursor and chain, then applied row by row.

A page is applied in slices, each one transaction that moves the cursor with it, so that a clerk who
saves waits for a slice at most. Every slice ends at a chain value that the server's head covers.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from forms.engine.problem import Problem, Refused
from sync.crypto import signed as signatures
from sync.protocol import columns, wire
from sync.protocol.change import NEW, SETTLE, Change
from sync.protocol.lease import Lease
from sync.protocol.stream import CHAIN_START, Cursor, Fate, Page, Row, Signed, chained
from sync.protocol.ties import renamed
from sync.store import (
    conflicts,
    cursors,
    erasing,
    incarnation,
    kept,
    leases,
    leaves,
    mirror,
    shelf,
    troubles,
    watch,
)
from sync.store.case import Case, apply, begin, touched
from sync.store.handle import Store
from sync.store.registers import lines as registers
from sync.store.statements import Connection

SLICE = 1_000  # rows of one transaction: about 60 ms
NAME_MAX = 200  # a stream's name is an office's id and a word

_KEEP = (
    "INSERT INTO change "
    "(id, record, time, pending, verdict, code, stream, row, plain) "
    "VALUES (?, ?, ?, 0, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET verdict = excluded.verdict, "
    "code = excluded.code, stream = excluded.stream, row = excluded.row "
    "WHERE change.row < excluded.row"  # told by a history that the city has lost, or it came back
)
_PASSED = "UPDATE change SET pending = ?, verdict = ?, code = ?, stream = ?, row = ? WHERE id = ?"


class Line(NamedTuple):
    """One row of a stream: a change with its fate, a lease, or the record that leaves.

    `chain` is the value after it.
    """

    number: int
    chain: bytes
    fate: Fate | None
    change: Change | None
    lease: Lease | None
    left: bytes = b""


def take(store: Store, signed: Signed) -> int:
    """Check a page, apply the rows after our cursor, return how many; an old one has none.

    One that would take too much away at once is kept for a person instead (sync.store.watch), and
    those behind it are not read.

    Refused(signature_wrong | message_malformed | page_malformed | page_gap | page_chain).
    """
    plain = signatures.check_any(signed, store.desk.signs, "page")
    page = wire.decode(plain, Page)
    with store.read() as conn:
        at, stopped = cursor(conn, page.stream), watch.is_stopped(conn, page.stream)
        if page.last <= at.row or (stopped and page.first > at.row + 1):
            return 0
        lines = read(page, at)
        signed = erasing.without(conn, signed, [line.change for line in lines if line.change])
        copied = leases.strange(conn, [line.lease for line in lines if line.lease])
    if copied:  # the page is signed: a copy of this laptop asked for numbers in our name
        with incarnation.renewing(store) as conn:
            incarnation.begin(conn)
    if stopped or any(line.left for line in lines):
        with store.write() as conn:
            if watch.stops(store, conn, page, signed, _events(lines)):
                return 0
    for part in _slices(lines):
        with store.write() as conn:
            if cursor(conn, page.stream).row + 1 != part[0].number:
                return 0  # another reader of this store was faster
            watch.note(conn, page, _events(part))
            follow(store, conn, page.stream, part)
            move(conn, Cursor(page.stream, part[-1].number, part[-1].chain), page.head)
            if part[-1].number == page.last:
                _keep_page(conn, page, signed, store.now())
    return len(lines)


def _events(lines: Sequence[Line]) -> list[leaves.Event]:
    return [(line.number, line.left, line.fate, line.change) for line in lines]


def cursor(conn: Connection, stream: str) -> Cursor:
    """Tell how far a stream was read."""
    query = "SELECT row, chain FROM stream WHERE name = ?"
    row = conn.exec_driver_sql(query, (stream,)).first()
    return Cursor(stream, row.row, row.chain) if row else Cursor(stream, 0, CHAIN_START)


def read(page: Page, at: Cursor) -> list[Line]:
    """Lay a page's rows after a cursor out in their order, none missing, the chain holding."""
    if len(page.stream) > NAME_MAX or page.last < page.first or page.head < page.last:
        raise Refused(Problem("page_malformed"))
    if page.first > at.row + 1:
        raise Refused(Problem("page_gap"))
    rows: dict[int, tuple[Row, Line]] = {}
    changes, fates = columns.decode(page.changes), page.fates
    if [told.change for told in fates] != [made.id for made in changes]:
        raise Refused(Problem("page_malformed"))
    for raw, told, made in zip(page.fate_rows, fates, changes, strict=True):
        rows[told.number] = raw, Line(told.number, b"", told, made, None)
    for (number, raw), (_, grant) in zip(page.grant_rows, page.grants, strict=True):
        rows[number] = raw, Line(number, b"", None, None, grant)
    for raw, leave in zip(page.leave_rows, page.leaves, strict=True):
        rows[leave.number] = raw, Line(leave.number, b"", None, None, None, leave.record)
    whole = page.last - page.first + 1
    if len(rows) != whole or len(fates) + len(page.grant_rows) + len(page.leave_rows) != whole:
        raise Refused(Problem("page_malformed"))
    chain, lines = at.chain, list[Line]()
    for number in range(at.row + 1, page.last + 1):
        found = rows.get(number)
        if found is None:
            raise Refused(Problem("page_malformed"))
        said, line = found
        chain = chained(chain, said)
        lines.append(line._replace(chain=chain))
    if chain != page.chain:
        raise Refused(Problem("page_chain"))
    return lines


def _slices(lines: Sequence[Line]) -> Iterable[Sequence[Line]]:
    return (lines[at : at + SLICE] for at in range(0, len(lines), SLICE))


def follow(store: Store, conn: Connection, stream: str, lines: Sequence[Line]) -> None:
    """Take over what lines of a stream say, each record's in their order."""
    changes = erasing.cleared(conn, [line.change for line in lines])
    lines = [line._replace(change=one) for line, one in zip(lines, changes, strict=True)]
    told = [(line.fate, line.change) for line in lines if line.fate and line.change]
    leases.put(conn, [line.lease for line in lines if line.lease])
    records = {change.target for _, change in told} | {line.left for line in lines if line.left}
    if not records:
        return
    here = mirror.held(conn, records)
    ours = _ours(conn, [change.id for _, change in told])
    _keep(conn, stream, told, ours)
    now_said: dict[bytes, Case | None] = {}
    for line in lines:
        if line.left:
            now_said[line.left] = None
        if line.fate is None or line.change is None:
            continue
        name = line.change.target
        before = now_said[name] if name in now_said else here[name].said if name in here else None
        now_said[name] = said(store, before, line.change, line.fate)
    leaves.follow(conn, stream, _events(lines), store.now())
    applied = {c.target for f, c in told if c.id in ours and f.verdict == "applied"}
    troubles.fixed(conn, applied, store.now())
    mirror.settle(store, conn, here, now_said)
    numbered = _numbered(told, store.desk.office.id)
    shelf.note_numbers(conn, [used for change in numbered for used in shelf.numbers_of(change)])
    registers.note(conn, numbered)
    found = [
        troubles.Trouble(change.id, change.target, fate.code)
        for fate, change in told
        if fate.verdict == troubles.REFUSED and change.id in ours
    ]
    troubles.open_all(conn, found, store.now())
    shelf.note_renamed(
        conn,
        [(old, c.target) for f, c in told if f.verdict == "applied" and (old := renamed(c))],
    )
    conflicts.follow(store, conn, [(f, c) for f, c in told if not c.erased], ours)
    erasing.late(store, conn, told, now_said)
    leaves.disown(store, conn, {trouble.record for trouble in found})
    leaves.drop(store, conn, records)


def said(store: Store, case: Case | None, change: Change, fate: Fate) -> Case | None:
    """Fold one row into what the server says of a record."""
    if case is None:
        if change.act == NEW and fate.verdict == "applied":
            form = store.form(change.service)
            placed = form is not None and bool(form.place)  # who holds it is at home in it
            return begin(change, store.desk.office.id if placed else fate.office)
        return None
    form = store.form(case.service)
    groups = touched(change, form, fate.verdict, fate.code)
    return apply(case, change, groups, form) if groups else case


def _ours(conn: Connection, names: Sequence[bytes]) -> set[bytes]:
    """Tell which of these changes are our own pending ones."""
    if conn.exec_driver_sql("SELECT 1 FROM change WHERE pending = 1 LIMIT 1").first() is None:
        return set()
    rows = conn.exec_driver_sql(
        f"SELECT id FROM change WHERE pending = 1 AND id IN ({mirror.marks(names)})",  # noqa: S608 - question marks only
        tuple(names),
    )
    return {row.id for row in rows}


def _keep(
    conn: Connection, stream: str, told: Sequence[tuple[Fate, Change]], ours: set[bytes]
) -> None:
    """Keep changes of others; let our own be pending no more, with what the server said.

    One that was refused stays on its record until its author mends it, if it said anything.
    """
    passed, fresh = [], []
    for fate, change in told:
        if change.id in ours:
            waits = fate.verdict in {"held", "quarantined"} and change.act != SETTLE
            waits = waits or (fate.verdict == "refused" and conflicts.has_value(change))
            passed.append((int(waits), fate.verdict, fate.code, stream, fate.number, change.id))
        else:
            plain = kept.pack(change)
            fresh.append(
                (
                    change.id,
                    change.target,
                    change.time,
                    fate.verdict,
                    fate.code,
                    stream,
                    fate.number,
                    plain,
                )
            )
    if passed:
        conn.exec_driver_sql(_PASSED, passed)
    if fresh:
        conn.exec_driver_sql(_KEEP, fresh)


def _numbered(told: Sequence[tuple[Fate, Change]], office: bytes) -> list[Change]:
    """A number on paper is in its author's register under any verdict; others' are not ours."""
    return [change for fate, change in told if fate.office == office and change.number is not None]


def move(conn: Connection, to: Cursor, head: int) -> None:
    """Let the cursor of a stream stand here; `head` is the newest row that we were told of."""
    cursors.note(conn)
    conn.exec_driver_sql(
        "INSERT INTO stream (name, row, chain, head) VALUES (?, ?, ?, ?) ON CONFLICT (name) "
        "DO UPDATE SET row = excluded.row, chain = excluded.chain, head = excluded.head",
        (to.stream, to.row, to.chain, head),
    )


def _keep_page(conn: Connection, page: Page, signed: Signed, now: int) -> None:
    conn.exec_driver_sql(
        "INSERT INTO page (stream, first, last, chain, standing, safe, came, plain, signature) "
        "VALUES (?, ?, ?, ?, 0, ?, ?, ?, ?)",
        (
            page.stream,
            page.first,
            page.last,
            page.chain,
            page.last,
            now,
            signed.plain,
            signed.signature,
        ),
    )
