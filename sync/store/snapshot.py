"""Takes a snapshot of the office's streams part by part; what it is, sync.protocol.snapshot says.

| what comes                                       | what becomes of it                          |
|--------------------------------------------------|---------------------------------------------|
| manifest and key of one that is ours and newer   | it is under way; no page is taken meanwhile |
| the next part                                    | one transaction: rows like a page's, place  |
| a part that was here                             | nothing                                     |
| the last part                                    | the cursors go to its ends, in that         |
|                                                  | transaction; pages follow from there        |
| a later part, an altered one, another snapshot,  | refused, nothing is done                    |
| one of another office or epoch, an old one       |                                             |
| word that the city has it no more, a new epoch   | back to the cursors as they were            |

A clerk works from the first part on: what is saved meanwhile is judged after the snapshot's moment,
so its rows come by pages. A desk with pending changes takes none: only their rows say what became
of them.
"""

from itertools import pairwise

import msgspec

from forms.engine.problem import Problem, Refused
from sync.crypto import signed as signatures
from sync.crypto import stream as seals
from sync.protocol import snapshot as protocol
from sync.protocol.snapshot import BEHIND_MIN, KEY_BYTES, Manifest, Part, Portion, Want
from sync.protocol.stream import Signed
from sync.store import incarnation, leases, pages, rewind, settings, starts, texts, watch
from sync.store.handle import Store
from sync.store.pages import Line
from sync.store.statements import Connection

_UNDER_WAY, _PLACE = "snapshot", "snapshot_place"


class UnderWay(msgspec.Struct, frozen=True):
    """The snapshot that is being taken."""

    name: bytes
    key: bytes
    manifest: Signed


class Progress(msgspec.Struct, frozen=True):
    """How far a snapshot has come, in parts."""

    taken: int
    of: int


def read(conn: Connection) -> UnderWay | None:
    """Read what is under way; mostly nothing."""
    return settings.read(conn, _UNDER_WAY, UnderWay)


def is_begun(store: Store) -> bool:
    """Tell whether one is under way."""
    return store.setting(_UNDER_WAY, UnderWay) is not None


def progress(conn: Connection) -> Progress | None:
    """Tell how far the one under way has come, None without one."""
    found = read(conn)
    if found is None:
        return None
    return Progress(_place(conn), len(protocol.read(found.manifest.plain).parts))


def want(conn: Connection) -> Want | None:
    """Say what the next ask says of snapshots."""
    found = read(conn)
    if found is not None:
        return Want(found.name, _place(conn))
    query = "SELECT coalesce(sum(max(head - row, 0)), 0) FROM stream"
    lacking = conn.exec_driver_sql(query).scalar_one()
    # A Welcome may have had no room to name every stream.
    if lacking < BEHIND_MIN and settings.marks(conn).receipt_time:
        return None
    pending = conn.exec_driver_sql("SELECT 1 FROM change WHERE pending = 1 LIMIT 1").first()
    return None if pending is not None or watch.is_stopped(conn) else Want(b"", 0)


def take(store: Store, portion: Portion) -> int:
    """Take the parts of a portion that are next; return how many rows came.

    Refused(signature_wrong | snapshot_malformed | snapshot_elsewhere | snapshot_epoch |
    snapshot_old | snapshot_other | snapshot_gap | snapshot_altered); parts before one that was
    refused stay taken.
    """
    with store.read() as conn:
        here = read(conn)
    if portion.manifest is not None:
        manifest = _checked(store, portion, portion.manifest)
        if here is None:
            here = _begin(store, portion, manifest, portion.manifest)
    if here is None:
        raise Refused(Problem("snapshot_old"))
    if here.name != portion.name:
        raise Refused(Problem("snapshot_other"))
    manifest = protocol.read(here.manifest.plain)
    rows = 0
    for place, sealed in enumerate(portion.parts, portion.place):
        rows += _part(store, here, manifest, place, sealed)
    return rows


def abandon(store: Store, conn: Connection, name: bytes | None = None) -> bool:
    """Undo what came of the one under way, or only if it is called so; False where there is none.

    The caller opens a recovery, which ends when all is told again (sync.store.recovery).
    """
    found = read(conn)
    if found is None or name not in {None, found.name}:
        return False
    _forget(conn)
    for end in protocol.read(found.manifest.plain).ends:
        at = pages.cursor(conn, end.stream)
        if at.row < end.row:
            pages.move(conn, end, end.row)
            rewind.rewind(store, conn, end.stream, at.row)
            conn.exec_driver_sql("UPDATE stream SET head = ? WHERE name = ?", (end.row, end.stream))
    return True


def _checked(store: Store, portion: Portion, signed: Signed) -> Manifest:
    """Check that a snapshot is the city's, ours, of our epoch, and has something that we lack."""
    manifest = protocol.read(signatures.check_any(signed, store.desk.signs, "snapshot"))
    if manifest.office != store.desk.office.id:
        raise Refused(Problem("snapshot_elsewhere"))
    if manifest.epoch != store.desk.epoch:
        raise Refused(Problem("snapshot_epoch"))
    if manifest.name != portion.name or len(portion.key) != KEY_BYTES:
        raise Refused(Problem("snapshot_malformed"))
    with store.read() as conn:
        if all(pages.cursor(conn, end.stream).row >= end.row for end in manifest.ends):
            raise Refused(Problem("snapshot_old"))
    return manifest


def _begin(store: Store, portion: Portion, manifest: Manifest, signed: Signed) -> UnderWay:
    found = UnderWay(manifest.name, portion.key, signed)
    with store.write() as conn:
        settings.write(conn, _UNDER_WAY, found)
        settings.write(conn, _PLACE, 0)
    return found


def _part(store: Store, here: UnderWay, manifest: Manifest, place: int, sealed: bytes) -> int:
    with store.read() as conn:
        expected = _place(conn)
    if place < expected:
        return 0
    if place > expected or place >= len(manifest.parts):
        raise Refused(Problem("snapshot_gap"))
    if protocol.digest(sealed) != manifest.parts[place]:
        raise Refused(Problem("snapshot_altered"))
    last = place == len(manifest.parts) - 1
    try:
        part = protocol.part_of(seals.open_part(sealed, here.key, place, last=last))
    except Refused as refused:  # the city signed what is no part, or gave another key
        raise Refused(Problem("snapshot_malformed")) from refused
    with store.read() as conn:
        copied = leases.strange(conn, [lease for _, _, lease in part.leases])
    if copied:  # as in a page
        with incarnation.renewing(store) as conn:
            incarnation.begin(conn)
    with store.write() as conn:
        if read(conn) != here or _place(conn) != place:
            return 0  # another reader of this store was faster
        _lay(store, conn, part)
        settings.write(conn, _PLACE, place + 1)
        if last:
            _order(store, conn)
            _end(conn, manifest)
    return len(part.rows)


def _lay(store: Store, conn: Connection, part: Part) -> None:
    """Take the rows behind our cursors, each stream's in the order of the part."""
    texts.put(conn, part.texts)
    lines: dict[str, list[Line]] = {}
    for stream, number, lease in part.leases:
        lines.setdefault(stream, []).append(Line(number, b"", None, None, lease))
    for stream, number, left in part.leaves:
        lines.setdefault(stream, []).append(Line(number, b"", None, None, None, left))
    for row in part.rows:
        line = Line(row.fate.number, b"", row.fate, row.change, None)
        lines.setdefault(row.stream, []).append(line)
    for stream, told in lines.items():
        at = pages.cursor(conn, stream).row
        pages.follow(store, conn, stream, [line for line in told if line.number > at])


def _order(store: Store, conn: Connection) -> None:
    """Let listings be oldest first again: what is unfinished came first.

    The records of a service from the first that stands before an older one on get new places.
    """
    for form in store.catalogue.forms.values():
        if form.place or form.internal:  # they come in one order
            continue
        rows = conn.exec_driver_sql(
            "SELECT r.n FROM record r JOIN change c ON c.id = r.id WHERE r.service = ? "
            "ORDER BY c.row, c.n",
            (form.code,),
        )
        places = list(rows.scalars())
        right = next((at for at, (a, b) in enumerate(pairwise(places), 1) if b < a), len(places))
        first = conn.exec_driver_sql("SELECT coalesce(max(n), 0) + 1 FROM record").scalar_one()
        anew = list(enumerate(places[right:], first))
        if anew:
            conn.exec_driver_sql("UPDATE record SET n = ? WHERE n = ?", anew)


def _end(conn: Connection, manifest: Manifest) -> None:
    """Let the cursors stand where the snapshot ends, and pages follow from there."""
    passed = [end for end in manifest.ends if pages.cursor(conn, end.stream).row < end.row]
    for end in passed:
        pages.move(conn, end, end.row)
        watch.settle(conn, end.stream, end.row)
    starts.note(conn, passed)
    _forget(conn)


def _place(conn: Connection) -> int:
    return settings.read(conn, _PLACE, int) or 0


def _forget(conn: Connection) -> None:
    settings.forget(conn, _UNDER_WAY)
    settings.forget(conn, _PLACE)
