"""A desk goes along with a city that was put back: nothing of the lost history lingers."""

import hashlib
import os
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest

from forms.engine.problem import Refused
from sync.crypto import envelope, signed
from sync.protocol import columns, wire
from sync.protocol.change import EDIT, NEW, Change
from sync.protocol.epoch import Epoch, Return
from sync.protocol.exchange import Ask
from sync.protocol.receipt import Receipt
from sync.protocol.stream import CHAIN_START, Cursor, Signed
from sync.store import (
    giving,
    inbound,
    incarnation,
    outbox,
    pages,
    read,
    records,
    search,
    settings,
    shelf,
    status,
)
from sync.store.handle import Store
from sync.store.verify import verify
from tests.sync.store.laptop import RESIDENT, City, Desk, Told, count_of
from tests.sync.store.test_inbound import afar, tell

Resident = Callable[..., dict[str, Any]]


class Restored:
    """A city that fell back on an earlier state of its streams, and says so."""

    def __init__(self, city: City, store: Store, heads: dict[str, tuple[int, bytes]]) -> None:
        self.city, self.store = city, store
        parent, city.epoch = city.epoch, os.urandom(16)
        city.heads = dict(heads)
        forks = {stream: row for stream, (row, _) in heads.items()}
        epoch = Epoch(2, city.epoch, parent, [], forks, city.time)
        self.lineage = [signed.sign(wire.encode(epoch), city.keys.sign, "epoch")]

    def say(self, *brought: Signed, received: int = 0, **parts: Any) -> inbound.Taken:
        """Answer the desk's next ask."""
        head = bytes(32)
        with self.store.read() as conn:
            row = conn.exec_driver_sql(
                "SELECT id FROM batch WHERE seq = ? AND incarnation = ?",
                (received, self.store.desk.incarnation),
            ).first()
        desk, city = self.store.desk, self.city
        receipt = Receipt(
            city.epoch,
            desk.device,
            desk.incarnation,
            received,
            row.id if row else head,
            0,
            [],
            self.store.now(),
        )
        said = {
            "pages": list(brought),
            "receipt": signed.sign(wire.encode(receipt), city.keys.sign, "receipt"),
            "lineage": self.lineage,
        }
        ask = outbox.ask(self.store)
        answer = city.answer(self.store, ask.nonce, **said | parts)
        taken = inbound.take(self.store, answer, ask.nonce)
        self.lineage = []
        return taken

    def returned(self) -> list[bytes]:
        """Take what the desk gives back; name the pages."""
        names = list[bytes]()
        for data in giving.returns(self.store):
            letter = envelope.read(data)
            public = self.store.keys.public().sign
            plain = envelope.open_sealed(letter, public, self.city.keys.seal)
            content = wire.decode(plain, Return)
            names += [hashlib.sha256(page.plain).digest()[:16] for page in content.pages]
        return names


@pytest.fixture
def other(resident: Resident) -> Change:
    """A resident whom another desk registered."""
    return afar(NEW, resident(nama="SARI MELATI", telepon="081200000001"))


def edit(record: Change, phone: str, base: Change | None = None) -> Change:
    bases = {"telepon": (base or record).id}
    return afar(EDIT, {"telepon": phone}, record=record.id, base=bases, seq=2)


def shown(store: Store, name: bytes) -> object:
    return read.record(store, name).answers.get("telepon")


def test_what_the_city_no_longer_says_stays_readable_and_marked(
    store: Store, city: City, other: Change
) -> None:
    tell(store, city, (other, "applied", ""))
    heads = dict(city.heads)
    change = edit(other, "081200000002")
    tell(store, city, (change, "applied", ""))

    taken = Restored(city, store, heads).say()

    assert taken.healing
    assert shown(store, other.id) == "081200000002"
    assert read.record(store, other.id).rewound
    assert store.desk.epoch == city.epoch
    assert verify(store) == []


def test_a_row_that_is_a_conflict_in_the_new_history_leaves_nothing_of_the_old(
    store: Store, city: City, other: Change
) -> None:
    tell(store, city, (other, "applied", ""))
    heads = dict(city.heads)
    change = edit(other, "081200000002")
    tell(store, city, (change, "applied", ""))
    restored = Restored(city, store, heads)
    restored.say()
    rival = edit(other, "081200000003")
    rows: list[Told] = [(rival, "applied", ""), (change, "conflict", "groups:telepon")]

    restored.say(city.page("residents", rows), returned=restored.returned())

    assert shown(store, other.id) == "081200000003"
    assert read.record(store, other.id).sync == "conflict"
    assert not read.record(store, other.id).rewound
    verdicts = {event.id: event.verdict for event in read.history(store, other.id)}
    assert verdicts == {other.id: "applied", rival.id: "applied", change.id: "conflict"}
    assert verify(store) == []


def test_a_record_that_the_new_history_has_not_is_gone_with_all_that_hung_on_it(
    store: Store, city: City, other: Change
) -> None:
    heads = dict(city.heads)
    tell(store, city, (other, "applied", ""))
    nik = str(other.body.answers["nik"])
    restored = Restored(city, store, heads)
    restored.say()
    assert read.record(store, other.id).rewound

    restored.say(returned=restored.returned())

    with store.read() as conn:
        assert shelf.bearers(conn, RESIDENT, "nik", nik) == []
        assert search.find(conn, "SARI MELATI") == []
    assert [count_of(store, table) for table in ("record", "rewound", "mirror")] == [1, 0, 0]
    with pytest.raises(Refused):
        read.record(store, other.id)
    assert verify(store) == []


def test_a_dispute_that_was_settled_in_the_lost_history_only_is_open_again(
    store: Store, city: City, other: Change
) -> None:
    first = edit(other, "081200000002")
    rival = edit(other, "081200000003")
    rows: list[Told] = [
        (other, "applied", ""),
        (first, "applied", ""),
        (rival, "conflict", "groups:telepon"),
    ]
    tell(store, city, *rows)
    heads = dict(city.heads)
    with store.write() as conn:  # as a settlement's row leaves it
        conn.exec_driver_sql("UPDATE conflict SET closed = 1, settlement = ?", (b"s" * 16,))
        conn.exec_driver_sql("UPDATE record SET trouble = ''")
    tell(store, city, (edit(other, "081200000004", first), "applied", ""))
    restored = Restored(city, store, heads)

    restored.say()

    assert status.status(store).conflicts == 1
    assert read.record(store, other.id).sync == "conflict"


def test_our_own_acts_are_pending_again_and_their_batches_go_as_they_were(
    store: Store, city: City, resident: Resident
) -> None:
    records.new(store, RESIDENT, resident())
    city.agree(store)
    heads = dict(city.heads)
    saved = records.new(store, RESIDENT, resident())
    city.agree(store)
    sealed = list(batches(store))
    assert status.status(store).pending == 0

    Restored(city, store, heads).say(received=1)

    assert status.status(store).pending == 1
    assert outbox.unreceipted(store) == sealed[1:]
    assert read.record(store, saved.record).sync == "local"
    assert verify(store) == []


def batches(store: Store) -> Iterator[bytes]:
    with store.read() as conn:
        yield from conn.exec_driver_sql("SELECT envelope FROM batch ORDER BY n").scalars().all()


def test_where_the_bytes_are_gone_a_new_incarnation_seals_the_changes_again(
    store: Store, city: City, resident: Resident
) -> None:
    for _ in range(3):
        records.new(store, RESIDENT, resident())
        city.agree(store)
    with store.write() as conn:
        conn.exec_driver_sql("UPDATE batch SET envelope = x'' WHERE seq <= 2")
    before = store.desk.incarnation
    heads = {name: at for name, at in city.heads.items() if name.endswith("/office")}

    Restored(city, store, heads).say(received=1)
    outbox.freeze(store)

    assert store.desk.incarnation != before
    (again,) = outbox.unreceipted(store)
    assert {change.seq for change in columns_of(store, city, again)} == {2, 3}
    assert verify(store) == []


def test_a_city_that_has_not_met_this_incarnation_gets_the_former_ones_again(
    store: Store, city: City, resident: Resident
) -> None:
    records.new(store, RESIDENT, resident())
    city.agree(store)
    with store.write() as conn:
        incarnation.begin(conn)
    with store.read() as conn:
        store.desk = settings.desk(conn)
    records.new(store, RESIDENT, resident())
    city.agree(store)
    heads = {name: at for name, at in city.heads.items() if name.endswith("/office")}

    Restored(city, store, heads).say()
    outbox.freeze(store)

    brought = [
        change.id for data in outbox.unreceipted(store) for change in columns_of(store, city, data)
    ]
    with store.read() as conn:
        own = conn.exec_driver_sql("SELECT id FROM change WHERE seq IS NOT NULL").scalars().all()
    assert sorted(brought) == sorted(own)
    assert status.status(store).pending == 2


def columns_of(store: Store, city: City, data: bytes) -> list[Change]:
    return columns.decode(city.open(data, store).changes)


def test_pages_behind_the_fork_are_owed_until_the_city_names_them_and_kept_after(
    store: Store, city: City, other: Change
) -> None:
    heads = dict(city.heads)
    tell(store, city, (other, "applied", ""))
    tell(store, city, (edit(other, "081200000002"), "applied", ""))
    restored = Restored(city, store, heads)
    restored.say()
    names = restored.returned()

    assert len(names) == 2
    restored.say(returned=names[:1])
    assert restored.returned() == names[1:]
    with store.read() as conn:
        assert settings.read(conn, "recovery", dict[str, Any])
    restored.say(returned=names[1:])

    assert restored.returned() == []
    assert count_of(store, "page") == 3


def test_an_epoch_that_another_key_signed_is_refused(store: Store, city: City) -> None:
    restored = Restored(city, store, city.heads)
    stranger = City(city.office)
    epoch = signed.check(restored.lineage[0], city.keys.public().sign, "epoch")
    restored.lineage = [signed.sign(epoch, stranger.keys.sign, "epoch")]
    before = store.desk

    with pytest.raises(Refused) as refused:
        restored.say()

    assert refused.value.problems[0].code == "signature_wrong"
    assert store.desk == before


def test_an_epoch_that_does_not_come_from_ours_is_shown_ours_and_not_followed(
    store: Store, city: City, other: Change
) -> None:
    ours = store.desk.epoch
    restored = Restored(city, store, dict(city.heads))
    restored.say()
    descended, city.epoch = city.epoch, ours  # the old server still runs

    taken = restored.say(city.page("residents", [(other, "applied", "")]))

    assert (taken.rows, taken.healing) == (0, True)
    assert store.desk.epoch == descended
    ask = outbox.ask(store)
    told = wire.decode(opened(store, city, ask.envelope), Ask)
    (statement,) = told.lineage
    assert wire.decode(statement.plain, Epoch).id == descended
    with pytest.raises(Refused) as refused:
        restored.say()
    assert refused.value.problems[0].code == "epoch_strange"


def opened(store: Store, city: City, data: bytes) -> bytes:
    return envelope.open_sealed(envelope.read(data), store.keys.public().sign, city.keys.seal)


def test_a_lost_stream_is_told_of_by_its_page_ends_and_goes_back_to_the_answer(
    desk: Desk, store: Store, city: City, other: Change
) -> None:
    tell(store, city, (other, "applied", ""))
    middle = city.heads[city.stream("residents")]
    tell(store, city, (edit(other, "081200000002"), "applied", ""))
    stream = city.stream("residents")
    end = city.heads[stream]
    nonce = outbox.ask(store).nonce
    assert inbound.take(store, city.answer(store, nonce, lost=[stream]), nonce).healing

    ask = outbox.ask(store)
    told = wire.decode(opened(store, city, ask.envelope), Ask)
    assert told.marks == [
        Cursor(stream, *end),
        Cursor(stream, *middle),
        Cursor(stream, 0, CHAIN_START),
    ]
    assert told.wanted == []
    answer = city.answer(store, ask.nonce, forks={stream: 1})
    inbound.take(store, answer, ask.nonce)

    with store.read() as conn:
        assert pages.cursor(conn, stream) == Cursor(stream, *middle)
    assert len(giving.returns(store)) == 1


def test_a_newer_receipt_with_fewer_batches_is_shown_the_older_one(
    store: Store, city: City, resident: Resident
) -> None:
    for _ in range(2):
        records.new(store, RESIDENT, resident())
        city.agree(store)
    city.received = city.received[:1]
    plain = wire.decode(city.receipt(store).plain, Receipt)
    said = msgspec.structs.replace(plain, time=store.now() + 1_000)
    receipt = signed.sign(wire.encode(said), city.keys.sign, "receipt")
    nonce = outbox.ask(store).nonce

    taken = inbound.take(store, city.answer(store, nonce, receipt=receipt), nonce)

    assert taken.healing
    told = wire.decode(opened(store, city, outbox.ask(store).envelope), Ask)
    assert told.receipt is not None
    assert wire.decode(told.receipt.plain, Receipt).received == 2
    assert status.status(store).pending == 0
