"""One exchange: an ask and batches come up, one sealed answer goes down, whatever carried them.

A batch that can't be taken ends the exchange: if it is the first, its problem is the answer; else
the receipt says how far it has come, and the desk's next exchange begins with that batch. A fork is
always answered: only the signed receipt, with the id of the chain's head, makes a desk begin anew.
"""

from collections.abc import Sequence
from contextlib import suppress

import msgspec

from forms.engine.problem import Problem, Refused
from sync.crypto import envelope
from sync.crypto.keys import key_id
from sync.protocol import wire
from sync.protocol.exchange import BATCHES_MAX, FORMER_MAX, Answer, Ask
from sync.protocol.header import CLASSICAL, Header, Kind
from sync.protocol.lease import Lease
from sync.protocol.receipt import Receipt
from sync.protocol.stream import Signed
from sync.protocol.trust import REFUSED
from sync.server import (
    attachments,
    city_keys,
    epochs,
    erasure_list,
    intake,
    leases,
    lives,
    looks,
    offices,
    policies,
    receipts,
    recovery,
    rekey,
    revocation,
    snapshots,
    standings,
    streams,
)
from sync.server.attachments import Told
from sync.server.city import City
from sync.server.devices import SEEN_EVERY_MS, Device, admitted, note_seen
from sync.server.leases import Holder
from sync.server.streams import Pages

FORK = "batch_fork"


class Asking(msgspec.Struct, frozen=True):
    """An ask that was opened, and the device that asks."""

    device: Device
    ask: Ask
    epoch: bytes  # that the desk knew
    split: bool = False  # a later incarnation of the device has begun
    forked: bool = False  # a batch's place in its chain is taken
    at: int = 0  # when it was opened, before the batches that came with it were taken
    looks: int = 0  # the number of its last look, once they are chained


def exchange(city: City, envelopes: Sequence[bytes]) -> bytes:
    """Answer one exchange; Refused for an ask or a first batch that can't be taken.

    Beside what `intake.take` says: exchange_empty, exchange_too_many, ask_header, epoch_superseded.
    From a desk of another epoch nothing is taken yet: it is told how this one came to be.
    """
    if not envelopes:
        raise Refused(Problem("exchange_empty"))
    city_keys.attend(city)
    if envelope.read(envelopes[0]).header.kind == "trust":
        return city_keys.meet(city, envelopes[0])
    if envelope.read(envelopes[0]).header.kind == "rejoin" and len(envelopes) > 1:
        recovery.rejoin(city, envelopes[0])
        envelopes = envelopes[1:]
    if len(envelopes) > 1 + BATCHES_MAX:
        raise Refused(Problem("exchange_too_many", facts={"max": BATCHES_MAX}))
    try:
        asking = open_ask(city, envelopes[0])
    except Refused as refused:
        if refused.problems[0].code == "device_revoked":
            revocation.keep(city, envelopes[1:])
        raise
    if parts(city, asking):
        return part(city, asking)
    first, returned = asking.ask.received + 1, list[bytes]()
    if asking.epoch == city.epoch:
        sorts = {data: envelope.read(data).header.kind for data in envelopes[1:]}
        returned = [
            name
            for data, kind in sorts.items()
            if kind == "return"
            for name in recovery.take(city, data)
        ]
        batches = [data for data, kind in sorts.items() if kind not in {"return", "chunk"}]
        first, forked = _take_all(city, asking.ask, batches)
        asking = msgspec.structs.replace(asking, forked=forked)
        attachments.offer(city, asking.device, asking.ask.files)
        for data in [data for data, kind in sorts.items() if kind == "chunk"]:
            with suppress(Refused):  # what is still lacking, the answer says
                attachments.take(city, data)
    granted = grant(city, asking)
    asking = looked(city, asking)
    answered = answer(city, asking, granted, min(first - 1, asking.ask.received), returned)
    return seal(city, asking.device, answered, "answer")


def open_ask(city: City, data: bytes) -> Asking:
    """Open an ask; Refused as `intake.open_message`, or (message_malformed | ask_header)."""
    opened = intake.open_message(city, data, "ask")
    ask = wire.decode_exactly(opened.content, Ask)
    if (ask.device, ask.incarnation) != (opened.header.writer, opened.header.incarnation):
        raise Refused(Problem("ask_header"))
    if ask.keys > city.ring.number:
        raise Refused(Problem(REFUSED))  # we were put back; the desk shows what it has of our keys
    recovery.meet(city, ask, opened.header.epoch)
    erasure_list.meet(city, ask, opened.device)
    device = msgspec.structs.replace(opened.device, incarnation=ask.incarnation)
    former = ask.former[-FORMER_MAX:]
    split = ask.rekey is None and (
        device.former or lives.meet(city, device, ask.incarnation, former)
    )
    return Asking(device, ask, opened.header.epoch, split, at=city.now())


def parts(city: City, asking: Asking) -> bool:
    """Tell whether it is an ask for keys or an id of one's own; of another epoch it hears first."""
    return asking.ask.rekey is not None and asking.epoch == city.epoch


def part(city: City, asking: Asking) -> bytes:
    """Answer with new keys, or a copy of a laptop with a life of its own, and with nothing else.

    Refused as `rekey.opened` and `rekey.split_off` say.
    """
    ask, device = asking.ask, asking.device
    assert ask.rekey is not None, "the caller asked whether it parts"
    life, granted = rekey.given(city, device, ask, rekey.opened(ask.rekey, device))
    split = b"" if life else ask.incarnation
    answered = Answer(ask.nonce, city.epoch, None, [], {}, granted, city.now(), False)  # noqa: FBT003 - `more`, by its place
    # By our newest keys the desk checks this very answer: they may be others than it knows.
    news = city.ring.listed if ask.keys < city.ring.number else None
    answered = msgspec.structs.replace(answered, split=split, life=life, keys=news)
    return seal(city, device, answered, "answer")


def seal(city: City, device: Device, content: msgspec.Struct, kind: Kind, seq: int = 0) -> bytes:
    """Seal and sign something of the server's for one device."""
    header = Header(
        kind=kind,
        suite=CLASSICAL,
        writer=key_id(city.public.sign),
        reader=key_id(device.seal),
        incarnation=device.incarnation,
        seq=seq,
        prev=receipts.CHAIN_NONE,
        epoch=city.epoch,
    )
    return envelope.seal(wire.encode(content), header, sign=city.keys.sign, reader=device.seal)


def _take_all(city: City, ask: Ask, batches: Sequence[bytes]) -> tuple[int, bool]:
    """Take batches in order until one can't be taken.

    Return the asking device's first one, and whether it ended at a fork.
    """
    first, code = 0, ""
    try:
        for data in batches:
            taken = intake.take(city, data)
            if not first and (taken.device, taken.incarnation) == (ask.device, ask.incarnation):
                first = taken.seq
    except Refused as refused:
        # A gap is no fault, and progress is an answer: the receipt says where to go on.
        code = refused.problems[0].code
        if not first and code not in {"batch_gap", FORK}:
            raise
    return first or ask.received + 1, code == FORK


def grant(city: City, asking: Asking) -> list[Lease]:
    """Grant what is due, and note that the device was here; mostly nothing is to be written."""
    device, ask = asking.device, asking.ask
    now = city.now()
    wanted = [] if asking.split or asking.forked else ask.wanted
    if asking.epoch != city.epoch or (not wanted and now - device.seen < SEEN_EVERY_MS):
        return []
    with city.database.write() as connection:
        admitted(connection, city.code, device.id)
        office = offices.by_id(connection, city.code, device.office)
        note_seen(connection, city.code, device.id, now)
        if ask.standing is not None and not asking.split:
            standings.note(connection, city.code, device.id, asking.at, ask.standing)
        if not lives.is_latest(connection, city.code, device.id, ask.incarnation):
            return []
        holder = Holder(office, device.id, ask.incarnation, ask.nonce)
        leases.give_back(connection, city, holder, ask.clock)
        due = leases.due(connection, city, holder, wanted)
        return leases.grant(connection, city, holder, due)


def looked(city: City, asking: Asking) -> Asking:
    """Chain the looks that an ask of our epoch brings; of another one they come again."""
    if asking.epoch != city.epoch:
        return asking
    return msgspec.structs.replace(asking, looks=looks.take(city, asking.device, asking.ask.looks))


def receipt(city: City, asking: Asking) -> bytes:
    """Seal a receipt by itself, to travel by any hand; its header counts what it covers."""
    ask = asking.ask
    with city.database.read() as connection:
        made = receipts.sign(connection, city, ask.device, ask.incarnation, ask.received)
    received = wire.decode(made.plain, Receipt).received
    return seal(city, asking.device, made, "receipt", received)


def answer(
    city: City,
    asking: Asking,
    granted: list[Lease],
    after: int | None,
    returned: Sequence[bytes] = (),
) -> Answer:
    """Answer an ask; with `after`, a receipt brings the verdicts of all batches after that one.

    An ask of another epoch gets the way to this one in place of rows.
    """
    device, ask = asking.device, asking.ask
    lineage, found, files = list[Signed](), Pages([], {}, more=False), Told([], [])
    gone = erasure_list.Told()
    known = asking.epoch == city.epoch
    portion, policy = snapshots.told(city, device, ask) if known else None, None
    with city.database.read() as connection:
        if known:
            if portion is None:
                found = streams.pages(connection, city, device.office, ask.cursors, ask.rows_max)
            files = attachments.told(connection, city, device, ask.files)
            gone = erasure_list.told(connection, city, device.office, ask.erased)
            policy = policies.told(connection, city, device.office, ask.policy)
        else:
            lineage = epochs.statements(connection, city, device.office, asking.epoch)
        forks = recovery.forks(connection, city, device.office, ask.marks)
        receipt = (
            None
            if after is None
            else receipts.sign(connection, city, ask.device, ask.incarnation, after)
        )
    return Answer(
        nonce=ask.nonce,
        epoch=city.epoch,
        receipt=receipt,
        pages=found.pages,
        texts=found.texts,
        leases=granted,
        time=city.now(),
        more=found.more or gone.more or portion is not None,
        lineage=lineage,
        lost=[stream for stream in found.lost if stream not in forks],
        forks=forks,
        returned=list(returned),
        split=ask.incarnation if asking.split else b"",
        stands=files.stands,
        chunks=files.chunks,
        erasures=gone.entries,
        forgot=gone.forgot,
        keys=city.ring.listed if ask.keys < city.ring.number else None,
        snapshot=portion,
        policy=policy,
        looks=asking.looks,
    )
