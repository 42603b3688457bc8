"""F19: three ages of desk and server in every pairing; all is sent, all arrives, all is one.

An age is a set of messages. The one before ours leaves out what it did not know yet: every name
whose value is its default. The one after ours says more in each of them, in the rows of pages that
the chain covers as well.
"""

import itertools
from types import ModuleType
from typing import Any

import msgspec
import pytest

from sync.protocol import wire
from sync.protocol.batch import Batch
from sync.protocol.exchange import Answer, Ask
from sync.protocol.lease import Lease
from sync.protocol.receipt import Receipt, Verdict
from sync.protocol.stream import Fate, Leave, Page
from sync.server import exchange, receipts, streams, writing
from sync.server.streams import Entry
from sync.store import outbox, records, status
from sync.store import verify as store_verify
from sync.store.handle import Store
from tests.sync.faults.carrying import RESIDENT, issue, save
from tests.sync.faults.restoring import Town

BEFORE, OURS, AFTER = "before", "ours", "after"
AGES = (BEFORE, OURS, AFTER)
MAP_16 = 0xDE
Message = type[msgspec.Struct]

# Where each side makes its messages.
DESK: tuple[tuple[ModuleType, Message], ...] = ((outbox, Ask), (outbox, Batch))
CITY: tuple[tuple[ModuleType, Message], ...] = (
    (exchange, Answer), (receipts, Receipt), (receipts, Verdict), (writing, Verdict),
    (streams, Page), (streams, Fate), (streams, Leave),
)  # fmt: skip
NEWS: tuple[tuple[str, Any, Any], ...] = (
    ("zone", str, "WIB"),
    ("further", dict[str, int], {}),
)  # what the later one says beside
SAYS = b"\xa4zone", b"\xa3WIB"  # as texts of msgpack: three bytes alone stand in an id now and then


def aged(message: Message, age: str) -> Message:
    """Give a message of ours as a program of another age has it."""
    config = message.__struct_config__
    return msgspec.defstruct(
        message.__name__,
        NEWS if age == AFTER else (),
        bases=(message,),
        frozen=True,
        array_like=config.array_like,
        omit_defaults=age == BEFORE,
    )


def live(
    patch: pytest.MonkeyPatch, places: tuple[tuple[ModuleType, Message], ...], age: str
) -> None:
    """Let the modules of one side speak as at an age."""
    if age == OURS:
        return
    for module, message in places:
        patch.setattr(module, message.__name__, aged(message, age))
    whole = wire.encode

    def shortest(value: object) -> bytes:
        """Encode; where names are left out, the encoder's own count of them is too wide."""
        data = whole(value)
        if isinstance(value, msgspec.Struct) and value.__struct_config__.omit_defaults:
            return data if data[0] < MAP_16 else whole(wire.decode(data, dict[str, msgspec.Raw]))
        return data

    patch.setattr(wire, "encode", shortest)
    granted, row = aged(Lease, age), Entry.row

    def said(entry: Entry, number: int) -> bytes:
        if entry.lease is None:
            return row(entry, number)
        return wire.encode(granted(**msgspec.structs.asdict(entry.lease)))

    if places is CITY:
        patch.setattr(Entry, "row", said)


def plain_pages(store: Store) -> list[bytes]:
    with store.read() as conn:
        return list(conn.exec_driver_sql("SELECT plain FROM page").scalars())


@pytest.mark.parametrize(("desk_age", "city_age"), [*itertools.product(AGES, AGES)])
def test_a_desk_and_a_city_of_any_two_ages_lose_nothing(
    town: Town, monkeypatch: pytest.MonkeyPatch, desk_age: str, city_age: str
) -> None:
    live(monkeypatch, DESK, desk_age)
    live(monkeypatch, CITY, city_age)
    rina, budi = town.desk("Rina"), town.desk("Budi")
    save(rina, 2)
    issue(rina)
    town.go(rina, budi)
    [first, _] = sorted(town.held(RESIDENT))
    records.edit(budi, first, {"telepon": "081200000001"})
    town.go(budi, rina)

    for store in (rina, budi):
        assert status.status(store).pending == 0
        assert store_verify.verify(store) == []
    town.settled(rina, budi)
    says_more = [any(word in plain for word in SAYS) for plain in plain_pages(budi)]
    assert any(says_more) == (city_age == AFTER)


def test_a_city_that_says_more_and_is_put_back_is_healed_with_the_pages_as_they_came(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    live(monkeypatch, CITY, AFTER)
    rina, budi = town.desk("Rina"), town.desk("Budi")
    save(rina)
    town.go(rina, budi)
    file = town.back_up("first.teras")
    save(rina)
    town.go(rina, budi)

    town.restore(file)
    town.go(budi)  # who wrote it never comes again: these pages are all that is left

    assert len(town.held(RESIDENT)) == 2
    town.settled(budi)
