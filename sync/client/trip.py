"""One trip: bring what is pending, fetch what is new, until neither is left.

The network decides nothing here. Every exchange is complete in itself: an answer that never came is
asked for again, a batch that came twice is known, and only the store's own reading of a signed
receipt drops anything.
"""

import msgspec

from forms.engine.problem import Problem, Refused
from sync.client import files
from sync.client.carrier import Carrier
from sync.client.pace import Pace
from sync.protocol.exchange import BATCHES_MAX, ROWS_MAX
from sync.protocol.trust import REFUSED
from sync.store import backup, evidence, giving, inbound, outbox, rekey, status, trust
from sync.store.handle import Store

# 100,000 changes take about 7 exchanges up and 5 down; past this something answers without end.
EXCHANGES_MAX = 500


# What a city says that was put back to before it let us in, or before our keys changed.
FORGOTTEN = frozenset({"device_unknown", "signature_wrong"})
REVOKED = "device_revoked"  # what we bring is kept all the same, until somebody decides


class Trip(msgspec.Struct, frozen=True):
    """What one trip did: changes received by the server, rows that came, how things stand now."""

    sent: int
    received: int
    pending: int
    durable: int
    conflicts: int
    to_fix: int


def trip(store: Store, carrier: Carrier, pace: Pace | None = None) -> Trip:
    """Go once. Unreachable when the line breaks: what was done until then stays done.

    On a line of slow `pace` what is urgent goes first, and an answer has fewer rows.

    Refused when the server refuses this device, or when it takes nothing of what is brought.
    """
    rows_max = pace.rows() if pace else ROWS_MAX
    before = status.pending(store)
    received = _records(store, carrier, pace)
    received += files.go(store, carrier, rows_max, lambda: _records(store, carrier, pace))
    backup.renew(store)  # those that hold somebody of whose erasure the city told
    after = status.status(store)
    return Trip(
        sent=max(0, before - after.pending),
        received=received,
        pending=after.pending,
        durable=after.durable,
        conflicts=after.conflicts,
        to_fix=after.to_fix,
    )


def _records(store: Store, carrier: Carrier, pace: Pace | None) -> int:
    """Exchange until no change is pending and nothing more is told; return the rows that came."""
    received = 0
    rekey.renew_if_old(store)
    outbox.freeze(store, narrow=pace is not None and pace.is_slow)
    for _ in range(EXCHANGES_MAX):
        owed = giving.returns(store)
        ask = outbox.ask(store, pace.rows() if pace else ROWS_MAX)
        # First a city hears what it lost, and a copy becomes a device of its own.
        brought = [] if owed or ask.parting else outbox.unreceipted(store, BATCHES_MAX)
        answer = _exchanged(store, carrier, [ask.envelope, *owed, *brought])
        if answer is None:
            outbox.freeze(store)
            continue
        taken = inbound.take(store, answer, ask.nonce)
        received += taken.rows
        if taken.healing:
            outbox.freeze(store)  # what can't go again as it was is sealed anew
            continue
        if taken.acted:
            outbox.freeze(store)
        left = outbox.unreceipted(store, BATCHES_MAX)
        if brought and left == brought:
            raise Refused(Problem("batch_not_taken"))
        if not left and not taken.more:
            break
    return received


def _exchanged(store: Store, carrier: Carrier, envelopes: list[bytes]) -> bytes | None:
    """Exchange once; a city that was put back to before our enrolment is shown that it knew us.

    None where it can't open what we bring and has newer keys, which we know now.
    """
    shown: list[bytes] = []
    while True:
        try:
            return carrier.exchange([*shown, *envelopes])
        except Refused as refused:
            code = refused.problems[0].code
            rejoin = giving.rejoin(store) if code in FORGOTTEN and not shown else None
            if rejoin is not None:
                shown = [rejoin]
            elif code == REFUSED and _heard_of_keys(store, carrier):
                return None
            else:
                if code == REVOKED:
                    _leave(store, carrier, envelopes)
                raise


def _leave(store: Store, carrier: Carrier, envelopes: list[bytes]) -> None:
    """Bring all that waits to a city that keeps it as evidence, as much at once as on any trip.

    Each exchange is refused like the first. What the city was brought is not brought again on the
    next trip, until a day has gone by: no receipt says that it is there.
    """
    at = evidence.reached(store)
    for _ in range(EXCHANGES_MAX):
        portion = outbox.waiting(store, BATCHES_MAX, at)
        if not portion:
            break
        brought = [batch.envelope for batch in portion]
        try:
            if not set(brought) <= set(envelopes):  # it came with what was refused
                carrier.exchange([envelopes[0], *brought])
        except Refused as refused:
            if refused.problems[0].code != REVOKED:
                break
        at = portion[-1].n
        evidence.reach(store, at)


def _heard_of_keys(store: Store, carrier: Carrier) -> bool:
    """Show the city our list of its keys, and take its own; tell whether that is newer."""
    return inbound.take(store, carrier.exchange([trust.shown(store)])).healing
