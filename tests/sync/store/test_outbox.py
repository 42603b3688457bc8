from collections.abc import Callable
from typing import Any

import pytest

from sync.crypto import envelope
from sync.protocol import columns
from sync.protocol.change import change_id
from sync.store import inbound, outbox, read, records
from sync.store.handle import Store
from sync.store.outbox import CHAIN_START
from sync.store.verify import verify
from tests.sync.store.laptop import LETTER, RESIDENT, City, count_of

Resident = Callable[..., dict[str, Any]]


def test_nothing_unsent_makes_no_batch(store: Store) -> None:
    assert outbox.freeze(store) == []
    assert outbox.unreceipted(store) == []


def test_a_batch_holds_the_very_changes_sealed_for_the_city_alone(
    store: Store, city: City, resident: Resident
) -> None:
    saved = [records.new(store, RESIDENT, resident()).record for _ in range(3)]

    (frozen,) = outbox.freeze(store)

    batch = city.open(frozen.envelope, store)
    changes = columns.decode(batch.changes)
    assert [change.id for change in changes] == saved
    assert all(change_id(change) == change.id for change in changes)
    assert (batch.device, batch.incarnation, batch.seq) == (
        store.desk.device,
        store.desk.incarnation,
        1,
    )
    assert saved[0] not in frozen.envelope


def test_batches_are_chained_and_counted(store: Store, resident: Resident) -> None:
    records.new(store, RESIDENT, resident())
    (first,) = outbox.freeze(store)
    records.new(store, RESIDENT, resident())
    (second,) = outbox.freeze(store)

    headers = [envelope.read(frozen.envelope).header for frozen in (first, second)]
    assert [header.seq for header in headers] == [1, 2]
    assert [header.prev for header in headers] == [CHAIN_START, first.id]
    assert verify(store) == []


def test_frozen_bytes_stay_the_same_until_a_receipt_covers_them(
    store: Store, city: City, resident: Resident
) -> None:
    records.new(store, RESIDENT, resident())
    outbox.freeze(store)
    before = outbox.unreceipted(store)
    records.new(store, RESIDENT, resident())
    outbox.freeze(store)

    assert outbox.unreceipted(store)[:1] == before
    assert len(outbox.unreceipted(store)) == 2
    assert outbox.unreceipted(store, 1) == before

    city.agree(store)
    assert outbox.unreceipted(store) == []
    assert count_of(store, "batch") == 2


def test_a_long_list_becomes_several_batches(
    store: Store, city: City, resident: Resident, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "CHANGES_MAX", 2)
    saved = [records.new(store, RESIDENT, resident()).record for _ in range(5)]

    frozen = outbox.freeze(store)

    sent = [columns.decode(city.open(one.envelope, store).changes) for one in frozen]
    assert [len(changes) for changes in sent] == [2, 2, 1]
    assert [change.id for changes in sent for change in changes] == saved


def test_a_letters_texts_travel_with_it(store: Store, city: City, business: dict[str, Any]) -> None:
    records.new(store, LETTER, business, issue=True)

    (frozen,) = outbox.freeze(store)

    batch = city.open(frozen.envelope, store)
    issue = columns.decode(batch.changes)[-1]
    assert issue.body.paper is not None
    assert set(batch.texts) == {issue.body.paper["template"], issue.body.paper["head"]}
    assert [position for _, position in batch.highest] == [1]


def test_a_record_is_local_then_sent_then_received_then_durable(
    store: Store, city: City, resident: Resident
) -> None:
    name = records.new(store, RESIDENT, resident()).record
    assert read.record(store, name).sync == "local"

    (frozen,) = outbox.freeze(store)
    assert read.record(store, name).sync == "local"
    outbox.sent(store, frozen.n, "folder")
    assert read.record(store, name).sync == "sent"

    city.agree(store)
    assert read.record(store, name).sync == "received"

    nonce = outbox.ask(store).nonce
    receipt = city.receipt(store, durable=1)
    inbound.take(store, city.answer(store, nonce, receipt=receipt), nonce)
    assert read.record(store, name).sync == "durable"

    records.edit(store, name, {"telepon": "081234567890"})
    assert read.record(store, name).sync == "local"


def test_an_ask_names_cursors_and_wanted_series(store: Store, city: City) -> None:
    with store.write() as conn:
        conn.exec_driver_sql("UPDATE lease SET next = 400 WHERE series = 'surat'")

    asked = outbox.ask(store)

    ask = city.open(asked.envelope, store)
    assert ask.nonce == asked.nonce
    assert [(cursor.stream, cursor.row) for cursor in ask.cursors] == [(city.stream("office"), 4)]
    assert ask.wanted == [("surat", 2026)]
