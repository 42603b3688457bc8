"""What comes from the server: one sealed answer, opened, checked and applied."""

from contextlib import suppress
from typing import TypeVar

import msgspec

from forms.engine.problem import Problem, Refused
from sync.crypto import envelope
from sync.crypto.keys import key_id, public_seal
from sync.protocol import wire
from sync.protocol.attachment import Stand
from sync.protocol.exchange import Answer
from sync.protocol.header import Kind
from sync.protocol.place import TAKEN
from sync.protocol.snapshot import Portion
from sync.protocol.stream import Leave, Signed
from sync.store import (
    erasing,
    file_lane,
    finals,
    incarnation,
    leases,
    leaves,
    looks,
    operators,
    outbox,
    pages,
    policy,
    receipts,
    recovery,
    rekey,
    settings,
    snapshot,
    texts,
    trust,
    watch,
)
from sync.store.handle import Store

T = TypeVar("T")

CLOCK_NEWS_MS = 5_000  # a difference of the clocks that is worth writing down again


class Taken(msgspec.Struct, frozen=True):
    """What an answer brought; with `more`, further rows are there to be asked for.

    While it is `healing`, a city that was put back is being told and asked things that go first, or
    this desk has begun a new life. `stands` is what it said of attachments. `acted`: by it papers
    got their final number, or records an id of their own, by new changes of ours.
    """

    rows: int
    verdicts: int
    leases: int
    more: bool
    healing: bool = False
    stands: list[Stand] = []
    acted: bool = False


def take(store: Store, data: bytes, nonce: bytes | None = None) -> Taken:
    """Take an answer to the ask with this nonce; without one, to any ask that this desk remembers.

    An old or doubled answer to an ask of ours changes nothing. Refused(envelope_malformed |
    signature_wrong | seal_wrong | answer_elsewhere | answer_unasked), and as pages and receipts
    say; pages beside one that was refused, and the receipt, stay taken.
    """
    if envelope.read(data).header.kind == "trust":
        return Taken(0, 0, 0, more=False, healing=_keys(store, data))
    answer = _opened(store, data, "answer", Answer)
    if answer.keys is not None:
        trust.take(store, answer.keys)
    with incarnation.renewing(store) as conn:
        asked = settings.read(conn, "nonces", list[bytes]) or []
        if answer.nonce != nonce if nonce is not None else answer.nonce not in asked:
            raise Refused(Problem("answer_unasked"))
        if not recovery.place(store, conn, answer, first_hand=nonce is not None):
            return Taken(0, 0, 0, more=False, healing=True)
        texts.put(conn, answer.texts)
        leases.put(conn, answer.leases)
        looks.received(store, conn, answer.looks)
    reminds = erasing.take(store, answer.erasures, forgot=answer.forgot)
    living = store.desk.incarnation
    rows, fault = _told(store, answer, first_hand=nonce is not None)
    verdicts, renamed = 0, False
    if answer.receipt is not None:
        receipt = receipts.take(store, answer.receipt, first_hand=nonce is not None)
        verdicts = len(receipt.verdicts)
        renamed = any((one.verdict, one.code) == TAKEN for one in receipt.verdicts)
    if fault is not None:
        raise fault
    file_lane.take(store, answer.stands, answer.chunks)
    trust.renew(store)
    anew = rekey.follow(store, answer) or store.desk.incarnation != living
    _hear(store, answer)
    is_open, healing = recovery.under_way(store)
    healing = healing or bool(answer.lineage) or anew or reminds
    if is_open and not (healing or answer.more or _is_stopped(store)):
        with store.write() as conn:
            recovery.finish(store, conn)
    operators.drop_leavers(store)
    acted = bool(finals.give(store)) or renamed
    granted = len(answer.leases)
    # What waits for a person comes no sooner.
    more = answer.more and (rows > 0 or not _is_stopped(store))
    return Taken(rows, verdicts, granted, more, healing, answer.stands, acted)


def _told(store: Store, answer: Answer, *, first_hand: bool) -> tuple[int, Refused | None]:
    """Take policy, snapshot and pages, each by itself; return the rows, and the first fault.

    What we said is received all the same.
    """
    rows, unread = 0, list[Refused]()
    if answer.policy is not None:
        try:
            policy.take(store, answer.policy, first_hand=first_hand)
        except Refused as refused:
            unread.append(refused)
    if answer.snapshot is not None:
        try:
            rows += _of_snapshot(store, answer.snapshot)
        except Refused as refused:
            unread.append(refused)
    # A page's rows would go behind what a snapshot that is under way has brought.
    for page in () if snapshot.is_begun(store) else answer.pages:
        try:
            _seal_before_leaves(store, page)
            rows += pages.take(store, page)
        except Refused as refused:
            unread.append(refused)
    return rows, unread[0] if unread else None


def _keys(store: Store, data: bytes) -> bool:
    """Take a list of the city's keys that came by itself; tell whether it was news."""
    fresh = trust.take_shown(store, data)
    trust.renew(store)
    return fresh


def _is_stopped(store: Store) -> bool:
    """Tell whether a page of any stream waits for a person."""
    with store.read() as conn:
        return watch.is_stopped(conn)


def _of_snapshot(store: Store, portion: Portion) -> int:
    """Take what came of a snapshot, or go back where the city has it no more."""
    if not portion.gone:
        return snapshot.take(store, portion)
    with store.write() as conn:
        if snapshot.abandon(store, conn, portion.name):
            recovery.reopen(conn)
    return 0


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
    if letter.header.writer not in {key_id(sign) for sign in store.desk.signs}:
        _introduce(store, letter)
    sign = store.desk.signer(letter.header.writer)
    return wire.decode(envelope.open_sealed(letter, sign, store.keys.seal), shape)


class _Introduction(msgspec.Struct):
    """The part of an answer that says by whom it may be signed."""

    keys: Signed | None = None


def _introduce(store: Store, letter: envelope.Letter) -> None:
    """Look for a list of keys in an answer of a signing key that we don't know yet.

    The root vouches for the list, whoever wrote around it.
    """
    with suppress(Refused):
        content = envelope.unseal(letter, store.keys.seal)
        keys = wire.decode(content, _Introduction).keys
        if keys is not None:
            trust.take(store, keys)


def _hear(store: Store, answer: Answer) -> None:
    """Write down the server's clock where that is news; most exchanges write nothing."""
    marks = store.setting("marks", settings.Marks)
    if marks is not None and answer.time < marks.receipt_time:
        return  # a stick brought it late
    drift = answer.time - store.now() - store.desk.clock_offset
    if abs(drift) > CLOCK_NEWS_MS:
        receipts.heard(store, answer.time)
