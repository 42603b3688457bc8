"""A snapshot: what of an office's streams still counts at one moment, laid for desks that join.

    rows      of all streams of the office up to the moment, but those on which nothing hangs
    part      at most 1,000 rows, by column; sealed alone under the snapshot's key (crypto.stream)
    manifest  whose it is, where each stream stood and its chain value there, the digest of each
              part; signed in domain "snapshot"

Rows keep their numbers, so a desk takes them like those of pages. All rows of a record lie together
and in their order: first the office's people and leases, then what is not finished yet, then
residents and patients, then all else. A row is left out (`counting`) when the record, its disputes,
the registers and the heads are the same without it.

    Ask.snapshot     Want(b"", 0)        a desk that is far behind and has nothing pending
                     Want(name, place)   the rest of the one that it takes
    Answer.snapshot  Portion             with manifest and key where it begins; with nothing in
                                         it: that one is gone, the desk goes back to its cursors

Only the key is sealed to each desk, by the answer; the parts are the same bytes for all.
"""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import msgspec

from forms.engine.form import Form
from forms.engine.problem import Problem, Refused
from sync.protocol import columns, merge, wire
from sync.protocol.change import NEW, NUMBERING, SETTLE, Change
from sync.protocol.lease import Lease
from sync.protocol.packing import Room, pack, unpack
from sync.protocol.receipt import VerdictName
from sync.protocol.stream import Cursor, Fate, Signed

VERSION = 1
NAME_BYTES = 16
KEY_BYTES = 32
PART_ROWS = 1_000  # what a desk writes in one transaction, 60 ms; some 40 kB of residents
PART_BYTES = 1024 * 1024  # of changes in a part, before compression; one row always goes
PARTS_MAX = 20_000  # 20 million rows: the manifest stays under a megabyte
PORTION_BYTES = 4 * 1024 * 1024  # of parts in one answer
BEHIND_MIN = 2_000  # rows that a desk lacks; below, a Welcome or one answer brings all of them


class Want(msgspec.Struct, frozen=True, array_like=True):
    """Which snapshot a desk takes and its next part; no name: it would begin one."""

    name: bytes
    place: int


class Manifest(msgspec.Struct, frozen=True):
    """What a snapshot is: `ends` say where each stream stood, `parts` the digest of each part.

    `policy` is the number of the policy that stood then, `rows` counts all rows.
    """

    version: int
    name: bytes
    office: bytes
    epoch: bytes
    made: int
    policy: int
    rows: int
    ends: list[Cursor]
    parts: list[bytes]


class Portion(msgspec.Struct, frozen=True, array_like=True):
    """Parts of a snapshot from `place` on; manifest and key come where it begins."""

    name: bytes
    place: int
    parts: list[bytes] = []
    manifest: Signed | None = None
    key: bytes = b""

    @property
    def gone(self) -> bool:
        """Whether the server does not have this snapshot any more."""
        return self.manifest is None and not self.parts


class Told(NamedTuple):
    """One row of a stream: what was decided about a change, and the change."""

    stream: str
    fate: Fate
    change: Change


class Part(msgspec.Struct, frozen=True):
    """Rows in the order in which they are to be taken; leases and leaves with stream and number."""

    rows: Sequence[Told]
    leases: Sequence[tuple[str, int, Lease]] = ()
    leaves: Sequence[tuple[str, int, bytes]] = ()
    texts: dict[str, str] = {}

    def encode(self) -> bytes:
        """Lay the part out by column; change ids are left out, since they are computed."""
        named = [row.stream for row in self.rows] + [one[0] for one in self.leases]
        named += [one[0] for one in self.leaves]
        streams = {name: place for place, name in enumerate(dict.fromkeys(named))}
        fates = [row.fate for row in self.rows]
        said: dict[str, Any] = {
            "stream": [streams[row.stream] for row in self.rows],
            "number": [fate.number for fate in fates],
            "verdict": [fate.verdict for fate in fates],
            "code": [fate.code for fate in fates],
            "office": [fate.office for fate in fates],
            "received": [fate.received for fate in fates],
        }
        return wire.encode(
            _Laid(
                len(self.rows),
                list(streams),
                {name: pack(values) for name, values in said.items()} if fates else {},
                columns.encode([row.change for row in self.rows]),
                [(streams[name], number, lease) for name, number, lease in self.leases],
                [(streams[name], number, left) for name, number, left in self.leaves],
                self.texts,
            )
        )


_FATE = ("stream", "number", "verdict", "code", "office", "received")
_Fate = tuple[int, VerdictName, str, bytes, int]


class _Laid(msgspec.Struct):
    rows: int
    streams: list[str]
    fates: dict[str, Any]
    changes: bytes
    leases: list[tuple[int, int, Lease]]
    leaves: list[tuple[int, int, bytes]]
    texts: dict[str, str]


def part_of(data: bytes) -> Part:
    """Undo `Part.encode`; Refused(snapshot_malformed)."""
    try:
        return _read(wire.decode(data, _Laid))
    except (Refused, KeyError, IndexError, TypeError, ValueError) as error:
        raise Refused(Problem("snapshot_malformed")) from error


def _read(laid: _Laid) -> Part:
    changes = columns.decode(laid.changes, rows_max=PART_ROWS)
    if laid.rows != len(changes):
        raise ValueError
    room = Room()
    said = {name: unpack(laid.fates[name], laid.rows, room) for name in _FATE if changes}
    rows = []
    for change, (stream, *fate) in zip(changes, zip(*said.values(), strict=True), strict=True):
        number, verdict, code, office, received = msgspec.convert(fate, _Fate)
        told = Fate(number, change.id, verdict, code, office, received)
        rows.append(Told(laid.streams[stream], told, change))
    return Part(
        rows,
        [(laid.streams[at], number, lease) for at, number, lease in laid.leases],
        [(laid.streams[at], number, left) for at, number, left in laid.leaves],
        laid.texts,
    )


def digest(sealed: bytes) -> bytes:
    """Compute what a manifest says of a sealed part."""
    return hashlib.sha256(sealed).digest()


def read(plain: bytes) -> Manifest:
    """Read a manifest; Refused(snapshot_malformed)."""
    try:
        found = wire.decode(plain, Manifest)
    except Refused as refused:
        raise Refused(Problem("snapshot_malformed")) from refused
    if (
        found.version != VERSION
        or len(found.name) != NAME_BYTES
        or not 0 < len(found.parts) <= PARTS_MAX
    ):
        raise Refused(Problem("snapshot_malformed"))
    return found


def counting(form: Form | None, story: Sequence[tuple[Change, str, str]]) -> list[int]:
    """Tell which of one record's changes, with verdict and code, in their order, still count.

    Those are: what began it, the last writer of each group, every settlement, dispute, number and
    paper, and what bears its latest clock and version.
    """
    if form is None or len(story) == 1:  # another version's form: who wrote what can't be told
        return list(range(len(story)))
    writers: dict[str, int] = {}
    kept = set[int]()
    latest = newest = -1
    for at, (change, verdict, code) in enumerate(story):
        groups = merge.applied_groups(form, change, verdict, code)
        writers.update(dict.fromkeys(groups, at))
        if _stays(change, verdict):
            kept.add(at)
        if groups:
            latest = at if latest < 0 or change.time > story[latest][0].time else latest
            newest = at if newest < 0 or change.version > story[newest][0].version else newest
    return sorted(kept.union(writers.values(), {latest, newest} - {-1}))


def _stays(change: Change, verdict: str) -> bool:
    if change.act == NEW:
        return verdict == "applied" or change.number is not None
    return (
        verdict == "conflict"
        or change.act in {SETTLE, NUMBERING}
        or change.number is not None
        or change.body.paper is not None
        or change.state == merge.VOID
    )


def behind(cursors: Iterable[Cursor], ends: Iterable[Cursor]) -> int:
    """Count the rows from cursors to the ends of the streams."""
    read_to = {cursor.stream: cursor.row for cursor in cursors}
    return sum(max(0, end.row - read_to.get(end.stream, 0)) for end in ends)
