"""One exchange: an ask and batches come up, one sealed answer goes down, whatever carried them.

A batch that can't be taken ends the exchange: if it is the first, its problem is the answer; else
the receipt says how far it has come, and the desk's next exchange begins with that batch.
"""

from collections.abc import Sequence

import msgspec

from forms.engine.problem import Problem, Refused
from sync.crypto import envelope
from sync.crypto.keys import key_id
from sync.protocol import wire
from sync.protocol.exchange import BATCHES_MAX, Answer, Ask
from sync.protocol.header import CLASSICAL, Header, Kind
from sync.protocol.lease import Lease
from sync.protocol.receipt import Verdict
from sync.server import intake, leases, offices, receipts, streams
from sync.server.city import City
from sync.server.devices import SEEN_EVERY_MS, Device, admitted, note_seen
from sync.server.leases import Holder


def exchange(city: City, envelopes: Sequence[bytes]) -> bytes:
    """Answer one exchange; Refused for an ask or a first batch that can't be taken.

    Beside what `intake.take` says: exchange_empty, exchange_too_many, ask_header, cursor_unknown.
    """
    if not envelopes:
        raise Refused(Problem("exchange_empty"))
    if len(envelopes) > 1 + BATCHES_MAX:
        raise Refused(Problem("exchange_too_many", facts={"max": BATCHES_MAX}))
    opened = intake.open_message(city, envelopes[0], "ask")
    ask = wire.decode(opened.content, Ask)
    if (ask.device, ask.incarnation) != (opened.header.writer, opened.header.incarnation):
        raise Refused(Problem("ask_header"))
    verdicts = _take_all(city, ask, envelopes[1:])
    granted = _grant(city, opened.device, ask)
    return seal(city, opened.device, _answer(city, opened.device, ask, verdicts, granted), "answer")


def seal(city: City, device: Device, content: msgspec.Struct, kind: Kind) -> bytes:
    """Seal and sign something of the server's for one device."""
    header = Header(
        kind=kind,
        suite=CLASSICAL,
        writer=key_id(city.public.sign),
        reader=key_id(device.seal),
        incarnation=device.incarnation,
        seq=0,
        prev=receipts.CHAIN_NONE,
        epoch=city.epoch,
    )
    return envelope.seal(wire.encode(content), header, sign=city.keys.sign, reader=device.seal)


def _take_all(city: City, ask: Ask, batches: Sequence[bytes]) -> list[Verdict]:
    """Take batches in order until one can't be taken; verdicts are of the asking device alone."""
    verdicts: list[Verdict] = []
    try:
        for data in batches:
            taken = intake.take(city, data)
            if (taken.device, taken.incarnation) == (ask.device, ask.incarnation):
                verdicts += taken.verdicts
    except Refused as refused:
        # A gap is no fault, and progress is an answer: the receipt says where to go on.
        if not verdicts and refused.problems[0].code != "batch_gap":
            raise
    return verdicts


def _grant(city: City, device: Device, ask: Ask) -> list[Lease]:
    """Grant what is due, and note that the device was here; mostly nothing is to be written."""
    now = city.now()
    if (
        not ask.wanted
        and ask.incarnation == device.incarnation
        and now - device.seen < SEEN_EVERY_MS
    ):
        return []
    with city.database.write() as connection:
        admitted(connection, city.code, device.id)
        office = offices.by_id(connection, city.code, device.office)
        note_seen(connection, city.code, device.id, ask.incarnation, now)
        holder = Holder(office, device.id, ask.incarnation)
        due = leases.due(connection, city, holder, ask.wanted)
        return leases.grant(connection, city, holder, due)


def _answer(
    city: City, device: Device, ask: Ask, verdicts: list[Verdict], granted: list[Lease]
) -> Answer:
    with city.database.read() as connection:
        found = streams.pages(connection, city, device.office, ask.cursors, ask.rows_max)
        receipt = receipts.sign(connection, city, ask.device, ask.incarnation, verdicts)
    return Answer(
        nonce=ask.nonce,
        epoch=city.epoch,
        receipt=receipt,
        pages=found.pages,
        texts=found.texts,
        leases=granted,
        time=city.now(),
        more=found.more,
    )
