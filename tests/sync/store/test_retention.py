"""Nothing goes before it is durable and 90 days old."""

from collections.abc import Callable
from typing import Any

import msgspec

from sync.crypto import signed
from sync.protocol import wire
from sync.protocol.receipt import Receipt
from sync.store import inbound, outbox, records, status
from sync.store.handle import Store
from sync.store.verify import verify
from tests.sync.store.laptop import RESIDENT, City, Desk

Resident = Callable[..., dict[str, Any]]
DAY_MS = 86_400_000


def sent(store: Store, city: City, resident: Resident, count: int = 1) -> None:
    """Save, send and get back so many residents, a batch and a page each."""
    for _ in range(count):
        records.new(store, RESIDENT, resident())
        city.agree(store)


def backed_up(store: Store, city: City, batches: int, row: int) -> None:
    """Bring a receipt that says what a backup of the city holds."""
    plain = wire.decode(city.receipt(store, durable=batches).plain, Receipt)
    streams = {city.stream("residents"): row}
    said = msgspec.structs.replace(plain, streams=streams, generation=1, time=store.now())
    receipt = signed.sign(wire.encode(said), city.keys.sign, "receipt")
    nonce = outbox.ask(store).nonce
    inbound.take(store, city.answer(store, nonce, receipt=receipt), nonce)


def pages(store: Store, city: City) -> list[int]:
    with store.read() as conn:
        query = "SELECT last FROM page WHERE stream = ? ORDER BY n"
        return list(conn.exec_driver_sql(query, (city.stream("residents"),)).scalars())


def empty(store: Store) -> list[bool]:
    with store.read() as conn:
        return [
            not row.envelope
            for row in conn.exec_driver_sql("SELECT envelope FROM batch ORDER BY n")
        ]


def test_without_backups_everything_is_kept_for_ever(
    desk: Desk, store: Store, city: City, resident: Resident
) -> None:
    sent(store, city, resident, 3)
    desk.clock.time += 400 * DAY_MS

    sent(store, city, resident)

    assert pages(store, city) == [1, 2, 3, 4]
    assert empty(store) == [False] * 4


def test_what_a_backup_holds_stays_ninety_days(
    desk: Desk, store: Store, city: City, resident: Resident
) -> None:
    sent(store, city, resident, 3)
    desk.clock.time += 89 * DAY_MS

    backed_up(store, city, 3, 3)

    assert pages(store, city) == [1, 2, 3]
    assert empty(store) == [False] * 3


def test_after_ninety_days_what_a_backup_holds_goes_and_nothing_else(
    desk: Desk, store: Store, city: City, resident: Resident
) -> None:
    sent(store, city, resident, 4)
    desk.clock.time += 91 * DAY_MS

    backed_up(store, city, 2, 2)

    assert pages(store, city) == [3, 4]
    assert empty(store) == [True, True, False, False]


def test_the_newest_page_of_a_stream_and_the_place_of_every_batch_stay(
    desk: Desk, store: Store, city: City, resident: Resident
) -> None:
    sent(store, city, resident, 3)
    before = status.status(store)
    desk.clock.time += 91 * DAY_MS

    backed_up(store, city, 3, 3)

    after = status.status(store)
    assert pages(store, city) == [3]
    assert empty(store) == [True] * 3
    assert (before.durable, after.durable, after.pending) == (0, 3, 0)
    assert verify(store) == []
    sent(store, city, resident)  # the chain goes on from a batch whose bytes are gone
    assert verify(store) == []


def test_marks_of_another_epoch_let_nothing_go(
    desk: Desk, store: Store, city: City, resident: Resident
) -> None:
    sent(store, city, resident, 2)
    desk.clock.time += 91 * DAY_MS
    city.epoch = b"another epoch 16"

    plain = wire.decode(city.receipt(store, durable=2).plain, Receipt)
    said = msgspec.structs.replace(plain, streams={city.stream("residents"): 2})
    nonce = outbox.ask(store).nonce
    receipt = signed.sign(wire.encode(said), city.keys.sign, "receipt")
    city.epoch = store.desk.epoch
    inbound.take(store, city.answer(store, nonce, receipt=receipt), nonce)

    assert pages(store, city) == [1, 2]
    assert empty(store) == [False, False]
