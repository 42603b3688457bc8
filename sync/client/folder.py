"""The same trip by a folder: a stick goes out with what is pending, and comes in with what is new.

| out                                            | in                                              |
|------------------------------------------------|-------------------------------------------------|
| every batch without a receipt, so that any one | receipts and answers sealed to this desk, found |
| stick is enough; the receipts held for others; | by the id of the key, under any manifest that   |
| an ask with our cursors, always; what a city   | the city signed (receipts: that any desk did)   |
| that was put back needs to heal                |                                                 |
| `sent` is noted when all of it was read back   | rows before receipts, pages in their order;     |
| and the manifest lies beside it                | receipts for others are kept to be passed on    |
| last, chunks of attachments while there is     | what the answer says and brings of attachments  |
| room                                           |                                                 |

Nothing here marks anything as received: that does a signed receipt alone, whichever road it took.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import chain

import msgspec

from forms.engine.problem import Refused
from sync.crypto import envelope, parcel
from sync.crypto.keys import key_id, public_seal
from sync.crypto.parcel import SPARE, Author, Fault, Parcel
from sync.protocol.parcel import FILES_MAX, Line
from sync.protocol.stick import Found, Stick
from sync.store import file_lane, giving, inbound, outbox, passed_on, status, trust
from sync.store.handle import Store

PORTION = 16  # batches in memory at once
OTHERS_MAX = FILES_MAX // 8  # receipts for others of one visit
HEALING_MAX = 64  # files beside the batches: the ask, and what heals a city
CHUNKS_MAX = FILES_MAX // 2  # of attachments: 512 MiB
BATCHES_MAX = FILES_MAX - OTHERS_MAX - HEALING_MAX - CHUNKS_MAX
# Older than the asks that we remember, to the key of a life before, or of a snapshot that came by
# another road: nothing new.
_BYGONE = frozenset({"answer_unasked", "answer_elsewhere", "snapshot_old", "snapshot_other"})
_LATER = frozenset({"page_gap", "snapshot_gap"})


class Carried(msgspec.Struct, frozen=True):
    """What one visit did, as a trip says it; `carried` changes are on a stick without a receipt.

    `files` were laid or taken, `ignored` were named by no manifest, `refused` could not be taken.
    """

    sent: int
    received: int
    pending: int
    durable: int
    conflicts: int
    to_fix: int
    carried: int
    files: int
    ignored: int
    refused: list[Fault]


def carry_out(store: Store, stick: Stick) -> Carried:
    """Lay all that is pending, and an ask, on a stick.

    Refused(stick_full | stick_forbidden | stick_missing | stick_lost | stick_false |
    stick_crowded | outbox_busy), then nothing counts as carried that did not before.
    """
    before = status.status(store)
    stick.look()  # before anything is sealed or remembered for a stick that isn't there
    outbox.freeze(store)
    due = file_lane.for_stick(store, CHUNKS_MAX)
    ask = outbox.ask(store, files=due.files).envelope
    laid_to = _Reached()
    desk = store.desk
    author = Author(store.keys.sign, desk.device, key_id(desk.server.seal))
    contents = chain(_outgoing(store, ask, laid_to), _while_room(stick, file_lane.laid(store, due)))
    laid = parcel.lay(stick, author, contents)
    if laid_to.row:
        outbox.sent(store, laid_to.row, "folder")
    return _carried(store, before, files=len(laid.manifest.lines))


def carry_in(store: Store, stick: Stick) -> Carried:
    """Take from a stick what is for this desk, and receipts for others to pass them on.

    Refused only if it can't be read at all (stick_missing | stick_forbidden | stick_lost |
    stick_crowded).
    """
    before = status.status(store)
    found = stick.look()
    parcels, faults = parcel.read(stick, found)
    _take_keys(store, stick, found, parcels)
    lines = _incoming(store, parcels)
    answers = [line for line in lines if line.kind == "answer"]
    receipts = [line for line in lines if line.kind == "receipt"]
    reading = _Reading(store, stick, found, faults)
    reading.answers(answers)
    reading.receipts(receipts)
    trust.renew(store)
    if trust.is_revoked(store):
        faults.append(Fault("", "device_revoked"))
    return _carried(
        store,
        before,
        files=reading.files,
        received=reading.rows,
        ignored=parcel.unnamed(found, parcels),
        refused=faults,
    )


def _take_keys(store: Store, stick: Stick, found: Found, parcels: Sequence[Parcel]) -> None:
    """Take lists of the city's keys first, whoever laid them: by them the rest is checked."""
    for one in parcels:
        for line in one.manifest.lines:
            if line.kind == "trust" and line.reader == key_id(store.desk.server.root):
                with suppress(Refused):  # the city's next stick has it again
                    trust.take_shown(store, parcel.content(stick, line, found.sealed))


def _while_room(stick: Stick, chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Give chunks of attachments while they fit: a stick that is full of them is not full."""
    for content in chunks:
        if len(content) + 2 * SPARE > stick.free():
            return
        yield content


class _Reached(msgspec.Struct):
    """The row of the last batch that was laid."""

    row: int = 0


def _outgoing(store: Store, ask: bytes, reached: _Reached) -> Iterator[bytes]:
    yield trust.shown(store)
    yield ask
    shown = giving.rejoin(store)  # nobody can ask us for it on the way
    if shown is not None:
        yield shown
    yield from giving.returns(store)
    yield from passed_on.kept(store)[:OTHERS_MAX]
    count = 0
    while count < BATCHES_MAX:
        portion = outbox.waiting(store, min(PORTION, BATCHES_MAX - count), reached.row)
        if not portion:
            return
        for batch in portion:
            yield batch.envelope
            reached.row = batch.n
        count += len(portion)


def _incoming(store: Store, parcels: Sequence[Parcel]) -> list[Line]:
    """Collect what may be for us or for others, each once, in the order of the counters."""
    city = store.desk.signs
    mine = key_id(public_seal(store.keys.seal))
    found: dict[bytes, Line] = {}
    others = 0
    for one in parcels:
        for line in one.manifest.lines:
            if line.kind == "answer":
                wanted = one.manifest.key in city and line.reader == mine
            else:
                wanted = line.kind == "receipt" and line.size <= passed_on.SIZE_MAX
                others += wanted and line.reader != mine and line.name not in found
                wanted = wanted and (line.reader == mine or others <= OTHERS_MAX)
            if wanted:
                found[line.name] = line
    return sorted(found.values(), key=lambda line: (line.seq, line.name))


class _Reading:
    """One reading of a stick; what can't be taken is a fault of its own file only."""

    def __init__(self, store: Store, stick: Stick, found: Found, faults: list[Fault]) -> None:
        self._store, self._stick, self._found, self._faults = store, stick, found, faults
        self._mine = key_id(public_seal(store.keys.seal))
        self.files = self.rows = 0

    def answers(self, lines: list[Line]) -> None:
        """Take answers; one whose rows begin behind our cursor waits for the others."""
        while lines:
            later = [line for line in lines if not self._answer(line)]
            if len(later) == len(lines):
                self._faults += [Fault(line.file, "page_gap") for line in later]
                return
            lines = later

    def receipts(self, lines: list[Line]) -> None:
        """Take our receipts, keep those for others."""
        for line in lines:
            try:
                data = self._content(line)
                if line.reader == self._mine:
                    inbound.take_receipt(self._store, data)
                    self.files += 1
                else:
                    self._keep(data)
            except Refused as refused:
                if refused.problems[0].code not in _BYGONE:
                    self._faults.append(Fault(line.file, refused.problems[0].code))

    def _answer(self, line: Line) -> bool:
        """Tell whether an answer is done with."""
        try:
            self.rows += inbound.take(self._store, self._content(line)).rows
            self.files += 1
        except Refused as refused:
            code = refused.problems[0].code
            if code in _LATER:
                return False
            if code not in _BYGONE:
                self._faults.append(Fault(line.file, code))
        return True

    def _keep(self, data: bytes) -> None:
        letter = envelope.read(data)
        if letter.header.kind == "receipt" and passed_on.keep(self._store, letter):
            self.files += 1

    def _content(self, line: Line) -> bytes:
        return parcel.content(self._stick, line, self._found.sealed)


def _carried(
    store: Store,
    before: status.Status,
    *,
    files: int,
    received: int = 0,
    ignored: int = 0,
    refused: list[Fault] | None = None,
) -> Carried:
    after = status.status(store)
    return Carried(
        sent=max(0, before.pending - after.pending),
        received=received,
        pending=after.pending,
        durable=after.durable,
        conflicts=after.conflicts,
        to_fix=after.to_fix,
        carried=after.carried,
        files=files,
        ignored=ignored,
        refused=refused or [],
    )
