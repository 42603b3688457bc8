"""What comes from the server: one sealed answer, opened, checked and applied."""

from typing import TypeVar

import msgspec

from forms.engine.problem import Problem, Refused
from sync.crypto import envelope
from sync.crypto.keys import key_id, public_seal
from sync.protocol import wire
from sync.protocol.attachment import Stand
from sync.protocol.exchange import Answer
from sync.protocol.header import Kind
from sync.protocol.stream import Leave, Signed
from sync.store import (
    file_lane,
    finals,
    leases,
    leaves,
    outbox,
    pages,
    receipts,
    recovery,
    rekey,
    settings,
    texts,
)
from sync.store.handle import Store

T = TypeVar("T")

CLOCK_NEWS_MS = 5_000  # a difference of the clocks that is worth writing down again


class Taken(msgspec.Struct, frozen=True):
    """What an answer brought; with `more`, further rows are there to be asked for.

    While it is `healing`, a city that was put back is being told and asked things that go first, or
    this desk has begun a new life. `stands` is what it said of attachments, `numbered` counts
    papers that got their final number by it: new changes of ours.
    """

    rows: int
    verdicts: int
    leases: int
    more: bool
    healing: bool = False
    stands: list[Stand] = []
    numbered: int = 0


def take(store: Store, data: bytes, nonce: bytes | None = None) -> Taken:
    """Take an answer to the ask with this nonce; without one, to any ask that this desk remembers.

    An old or doubled answer to an ask of ours changes nothing. Refused(envelope_malformed |
    signature_wrong | seal_wrong | answer_elsewhere | answer_unasked), and as pages and receipts
    say; rows before a page that was refused stay taken.
    """
    answer = _opened(store, data, "answer", Answer)
    with store.write() as conn:
        asked = settings.read(conn, "nonces", list[bytes]) or []
        if answer.nonce != nonce if nonce is not None else answer.nonce not in asked:
            raise Refused(Problem("answer_unasked"))
        if not recovery.place(store, conn, answer, first_hand=nonce is not None):
            return Taken(0, 0, 0, more=False, healing=True)
        texts.put(conn, answer.texts)
        leases.put(conn, answer.leases)
    _know(store)
    living = store.desk.incarnation
    for page in answer.pages:
        _seal_before_leaves(store, page)
    rows = sum(pages.take(store, page) for page in answer.pages)
    verdicts = 0
    if answer.receipt is not None:
        verdicts = len(receipts.take(store, answer.receipt).verdicts)
    file_lane.take(store, answer.stands, answer.chunks)
    anew = rekey.follow(store, answer) or store.desk.incarnation != living
    _hear(store, answer)
    with store.read() as conn:
        under_way, healing = recovery.read(conn), recovery.is_healing(conn) or bool(answer.lineage)
    healing = healing or anew
    if under_way.open and not (healing or answer.more):
        with store.write() as conn:
            recovery.finish(store, conn)
    numbered = finals.give(store)
    granted = len(answer.leases)
    return Taken(rows, verdicts, granted, answer.more, healing, answer.stands, numbered)


def _know(store: Store) -> None:
    """Read who we are now: a new epoch, or a new incarnation."""
    with store.read() as conn:
        store.know(conn)


class _Leaves(msgspec.Struct):
    """The part of a page that says which records leave."""

    leaves: list[Leave] = []


def _seal_before_leaves(store: Store, page: Signed) -> None:
    """Seal what is pending on records that leave while our cursor says that we could not know."""
    names = [leave.record for leave in wire.decode(page.plain, _Leaves).leaves]
    if not names:
        return
    with store.read() as conn:
        unsealed = leaves.is_pending(conn, names)
    if unsealed:
        outbox.freeze(store)


def take_receipt(store: Store, data: bytes) -> int:
    """Take a receipt that travelled by itself; return how many verdicts it brought.

    Refused(envelope_malformed | answer_elsewhere | signature_wrong | seal_wrong), and as receipts
    say.
    """
    return len(receipts.take(store, _opened(store, data, "receipt", Signed)).verdicts)


def _opened(store: Store, data: bytes, kind: Kind, shape: type[T]) -> T:
    letter = envelope.read(data)
    if letter.header.kind != kind or letter.header.reader != key_id(public_seal(store.keys.seal)):
        raise Refused(Problem("answer_elsewhere"))
    return wire.decode(envelope.open_sealed(letter, store.desk.server.sign, store.keys.seal), shape)


def _hear(store: Store, answer: Answer) -> None:
    """Write down the server's clock where that is news; most exchanges write nothing."""
    with store.read() as conn:
        if answer.time < settings.marks(conn).receipt_time:
            return  # a stick brought it late
    drift = answer.time - store.now() - store.desk.clock_offset
    if abs(drift) > CLOCK_NEWS_MS:
        receipts.heard(store, answer.time)
