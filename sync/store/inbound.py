"""What comes from the server: one sealed answer, opened, checked and applied."""

import msgspec

from forms.engine.problem import Problem, Refused
from sync.crypto import envelope
from sync.crypto.keys import key_id, public_seal
from sync.protocol import wire
from sync.protocol.exchange import Answer
from sync.store import leases, pages, receipts, settings, texts
from sync.store.handle import Store

CLOCK_NEWS_MS = 5_000  # a difference of the clocks that is worth writing down again


class Taken(msgspec.Struct, frozen=True):
    """What an answer brought; with `more`, further rows are there to be asked for."""

    rows: int
    verdicts: int
    leases: int
    more: bool


def take(store: Store, data: bytes, nonce: bytes | None = None) -> Taken:
    """Take an answer to the ask with this nonce; without one, to any ask that this desk remembers.

    An old or doubled answer to an ask of ours changes nothing. Refused(envelope_malformed |
    signature_wrong | seal_wrong | answer_elsewhere | answer_unasked), and as pages and receipts
    say; rows before a page that was refused stay taken.
    """
    answer = _opened(store, data)
    with store.write() as conn:
        asked = settings.read(conn, "nonces", list[bytes]) or []
        if answer.nonce != nonce if nonce is not None else answer.nonce not in asked:
            raise Refused(Problem("answer_unasked"))
        texts.put(conn, answer.texts)
        leases.put(conn, answer.leases)
    rows = sum(pages.take(store, page) for page in answer.pages)
    verdicts = 0
    if answer.receipt is not None:
        verdicts = len(receipts.take(store, answer.receipt).verdicts)
    _hear(store, answer)
    return Taken(rows, verdicts, len(answer.leases), answer.more)


def _opened(store: Store, data: bytes) -> Answer:
    letter = envelope.read(data)
    if letter.header.kind != "answer" or letter.header.reader != key_id(
        public_seal(store.keys.seal)
    ):
        raise Refused(Problem("answer_elsewhere"))
    return wire.decode(
        envelope.open_sealed(letter, store.desk.server.sign, store.keys.seal), Answer
    )


def _hear(store: Store, answer: Answer) -> None:
    """Write down the server's epoch and clock where that is news; most exchanges write nothing."""
    with store.read() as conn:
        if answer.time < settings.marks(conn).receipt_time:
            return  # a stick brought it late
    drift = answer.time - store.now() - store.desk.clock_offset
    if answer.epoch != store.desk.epoch or abs(drift) > CLOCK_NEWS_MS:
        receipts.heard(store, answer.epoch, answer.time)
