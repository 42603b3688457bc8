"""One trip: bring what is pending, fetch what is new, until neither is left.

The network decides nothing here. Every exchange is complete in itself: an answer that never came is
asked for again, a batch that came twice is known, and only the store's own reading of a signed
receipt drops anything.
"""

import msgspec

from forms.engine.problem import Problem, Refused
from sync.client.carrier import Carrier
from sync.protocol.exchange import BATCHES_MAX
from sync.store import inbound, outbox, status
from sync.store.handle import Store

# 100,000 changes take about 7 exchanges up and 5 down; past this something answers without end.
EXCHANGES_MAX = 500


class Trip(msgspec.Struct, frozen=True):
    """What one trip did: changes received by the server, rows that came, how things stand now."""

    sent: int
    received: int
    pending: int
    durable: int
    conflicts: int
    to_fix: int


def trip(store: Store, carrier: Carrier) -> Trip:
    """Go once. Unreachable when the line breaks: what was done until then stays done.

    Refused when the server refuses this device, or when it takes nothing of what is brought.
    """
    before = status.status(store)
    received = 0
    outbox.freeze(store)
    for _ in range(EXCHANGES_MAX):
        brought = outbox.unreceipted(store, BATCHES_MAX)
        ask = outbox.ask(store)
        answer = carrier.exchange([ask.envelope, *brought])
        taken = inbound.take(store, answer, ask.nonce)
        received += taken.rows
        left = outbox.unreceipted(store, BATCHES_MAX)
        if brought and left == brought:
            raise Refused(Problem("batch_not_taken"))
        if not left and not taken.more:
            break
    after = status.status(store)
    return Trip(
        sent=max(0, before.pending - after.pending),
        received=received,
        pending=after.pending,
        durable=after.durable,
        conflicts=after.conflicts,
        to_fix=after.to_fix,
    )
