from typing import Any

import msgspec
import pytest

from sync.store import inbound, outbox, records, status
from sync.store.handle import Store
from sync.store.status import HOUR_MS, State, Status
from tests.sync.store.laptop import RESIDENT, City

NOTHING = Status(
    pending=0,
    carried=0,
    oldest_unsent=None,
    last_receipt=1_000,
    durable=0,
    conflicts=0,
    to_fix=0,
    epoch=b"e",
    incarnation=b"i",
    safe_to_close=True,
)
NOW = 1_000_000_000


def waiting(count: int, hours: int = 0, **more: Any) -> Status:
    return msgspec.structs.replace(
        NOTHING, pending=count, oldest_unsent=NOW - hours * HOUR_MS, safe_to_close=False, **more
    )


@pytest.mark.parametrize(
    ("found", "sending", "expected"),
    [
        (NOTHING, None, State("all_received", {"time": 1_000})),
        (NOTHING, (0, 0), State("all_received", {"time": 1_000})),
        (waiting(37), None, State("waiting", {"count": 37})),
        (waiting(37), (3, 37), State("sending", {"done": 3, "count": 37})),
        (waiting(37, carried=37), None, State("on_stick", {"count": 37})),
        (waiting(37, carried=30), None, State("waiting", {"count": 37})),
        (waiting(37, 23), None, State("waiting", {"count": 37})),
        (waiting(37, 24), None, State("late", {"days": 1, "count": 37})),
        (waiting(37, 72), None, State("late", {"days": 3, "count": 37}, urgent=True)),
        (waiting(37, 72), (3, 37), State("sending", {"done": 3, "count": 37})),
        (waiting(37, to_fix=1, conflicts=1), None, State("to_fix", {"count": 2})),
    ],
)
def test_the_state_follows_from_what_is_stored(
    found: Status, sending: tuple[int, int] | None, expected: State
) -> None:
    assert status.state(found, NOW, sending=sending) == expected


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (waiting(37, 3), State("waiting", {"count": 37})),
        (waiting(37, 4), State("stuck", {"hours": 4, "count": 37}, urgent=True)),
        (waiting(37, 30), State("stuck", {"hours": 30, "count": 37}, urgent=True)),
        (waiting(37, 5, carried=37), State("on_stick", {"count": 37})),
        (NOTHING, State("all_received", {"time": 1_000})),
    ],
)
def test_what_waits_for_hours_though_there_is_a_network_is_an_alarm(
    found: Status, expected: State
) -> None:
    assert status.state(found, NOW, online=True) == expected


def test_a_clock_that_went_back_makes_nothing_late() -> None:
    assert status.state(waiting(1, -100), NOW).code == "waiting"


def test_what_has_no_receipt_is_pending_wherever_it_is(
    store: Store, city: City, resident: Any
) -> None:
    assert status.status(store).safe_to_close

    records.new(store, RESIDENT, resident())
    (frozen,) = outbox.freeze(store)
    records.new(store, RESIDENT, resident())
    outbox.sent(store, frozen.n, "folder")

    found = status.status(store)
    assert (found.pending, found.carried, found.safe_to_close) == (2, 1, False)
    assert found.oldest_unsent is not None
    assert found.oldest_unsent < store.now()
    assert found.last_receipt is None

    city.agree(store)
    found = status.status(store)
    assert (found.pending, found.carried, found.safe_to_close) == (0, 0, True)
    assert found.oldest_unsent is None
    assert found.last_receipt == city.time
    assert found.epoch == city.epoch


def test_durable_counts_changes_in_a_backup(store: Store, city: City, resident: Any) -> None:
    for _ in range(3):
        records.new(store, RESIDENT, resident())
    city.agree(store)
    assert status.status(store).durable == 0

    nonce = outbox.ask(store).nonce
    inbound.take(store, city.answer(store, nonce, receipt=city.receipt(store, durable=1)), nonce)

    assert status.status(store).durable == 3
