"""What is no snapshot of ours is refused by its own code, and nothing becomes of it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from forms.engine.problem import Refused
from sync.crypto import signed
from sync.crypto import stream as seals
from sync.crypto.keys import RegionKeys
from sync.protocol import snapshot as protocol
from sync.protocol import wire
from sync.protocol.exchange import Ask
from sync.protocol.snapshot import Manifest, Portion, Want
from sync.server import snapshots
from sync.server.devices import admitted
from sync.store import cursors, records
from sync.store import snapshot as taking
from sync.store.handle import Store
from tests.sync.client.joining import held, parts_taken, small
from tests.sync.client.road import RESIDENT
from tests.sync.client.town import Town, founded


class Offer:
    """A desk that joins, and what the city gives it."""

    def __init__(self, town: Town, store: Store) -> None:
        self.town, self.store = town, store
        self.first = self.given(Want(b"", 0))
        assert self.first is not None
        assert self.first.manifest is not None
        self.manifest = protocol.read(self.first.manifest.plain)

    def given(self, want: Want) -> Portion:
        city = self.town.city
        with city.database.read() as connection:
            device = admitted(connection, city.code, self.store.desk.device)
        with self.store.read() as conn:
            at = cursors.every(conn)
        ask = Ask(b"", device.id, b"", at, [], 0, snapshot=want)
        with small():
            portion = snapshots.told(city, device, ask)
        assert portion is not None
        return portion

    def altered(self, **parts: Any) -> Portion:
        """Give the first portion with another manifest, signed as the city does."""
        manifest = msgspec.structs.replace(self.manifest, **parts)
        return self.signed(manifest, self.town.city.keys.sign)

    def signed(self, manifest: Manifest, key: bytes) -> Portion:
        said = signed.sign(wire.encode(manifest), key, "snapshot")
        return msgspec.structs.replace(self.first, manifest=said)

    def next(self, place: int, **parts: Any) -> Portion:
        return msgspec.structs.replace(self.given(Want(self.first.name, place)), **parts)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with founded(tmp_path_factory.mktemp("offered")) as town:
        for number in range(40):
            records.new(town.desks[0], RESIDENT, {"nama": f"WARGA {number}"})
        town.go(town.desks[0])
        yield town


@pytest.fixture
def offer(city: Town) -> Offer:
    """Give a desk that lacks the residents, and has taken nothing yet."""
    store = city.desks[1]
    with store.write() as conn:
        taking.abandon(store, conn)
    return Offer(city, store)


def code(store: Store, portion: Portion) -> str:
    """Offer a portion; give the refusal's code once it is certain that nothing was done."""
    before, place = held(store), parts_taken(store)
    with pytest.raises(Refused) as refused:
        taking.take(store, portion)
    assert (held(store), parts_taken(store)) == (before, place)
    [problem] = refused.value.problems
    return problem.code


OTHERS: dict[str, Callable[[Offer], Portion]] = {
    "snapshot_elsewhere": lambda o: o.altered(office=o.town.guest.desk.office.id),
    "snapshot_epoch": lambda o: o.altered(epoch=bytes(16)),
    "signature_wrong": lambda o: o.signed(o.manifest, RegionKeys.make().sign),
    "snapshot_malformed": lambda o: o.altered(version=2),
    "snapshot_old": lambda o: o.altered(ends=[end for end in o.manifest.ends if not end.row]),
}


@pytest.mark.parametrize("expected", sorted(OTHERS))
def test_a_snapshot_that_is_not_ours_or_not_new_is_refused(offer: Offer, expected: str) -> None:
    assert code(offer.store, OTHERS[expected](offer)) == expected


@pytest.mark.parametrize(
    "bend",
    [
        lambda sealed: bytes([sealed[0] ^ 1]) + sealed[1:],
        lambda sealed: sealed[:-1] + bytes([sealed[-1] ^ 128]),
        lambda sealed: sealed[:-1],
        lambda _: b"",
    ],
)
def test_a_part_with_a_wrong_byte_or_cut_short_is_refused(
    offer: Offer, bend: Callable[[bytes], bytes]
) -> None:
    taking.take(offer.store, offer.first)
    part = offer.next(1)

    bent = msgspec.structs.replace(part, parts=[bend(part.parts[0])])

    assert code(offer.store, bent) == "snapshot_altered"
    assert taking.take(offer.store, part) > 0


def test_parts_that_are_exchanged_or_early_are_refused(offer: Offer) -> None:
    taking.take(offer.store, offer.first)
    second, third = offer.next(1), offer.next(2)

    assert code(offer.store, third) == "snapshot_gap"
    assert code(offer.store, msgspec.structs.replace(third, place=1)) == "snapshot_altered"
    assert taking.take(offer.store, second) > 0
    assert taking.take(offer.store, second) == 0  # the same again


def test_a_key_that_does_not_open_the_parts_is_refused(offer: Offer) -> None:
    other = msgspec.structs.replace(offer.first, key=bytes(32), parts=[])
    taking.take(offer.store, other)

    part = msgspec.structs.replace(offer.first, manifest=None, key=b"")
    assert code(offer.store, part) == "snapshot_malformed"


def test_another_snapshot_than_the_one_under_way_is_refused(offer: Offer) -> None:
    taking.take(offer.store, offer.first)
    name = bytes(protocol.NAME_BYTES)
    other = msgspec.structs.replace(offer.altered(name=name), name=name)

    assert code(offer.store, other) == "snapshot_other"
    assert code(offer.store, offer.next(1, name=name)) == "snapshot_other"


def test_what_comes_a_second_time_is_old(city: Town) -> None:
    offer = Offer(city, city.desks[2])
    taking.take(offer.store, offer.first)
    for place in range(1, len(offer.manifest.parts)):
        taking.take(offer.store, offer.next(place))

    assert parts_taken(offer.store) is None
    assert code(offer.store, offer.first) == "snapshot_old"
    assert code(offer.store, offer.next(1)) == "snapshot_old"


def test_each_part_is_some_thousand_rows_at_most_and_opens_at_its_own_place(offer: Offer) -> None:
    [sealed] = offer.first.parts
    last = len(offer.manifest.parts) == 1

    assert seals.open_part(sealed, offer.first.key, 0, last=last)
    for place, ends in ((1, last), (0, not last)):
        with pytest.raises(Refused, match="seal_wrong"):
            seals.open_part(sealed, offer.first.key, place, last=ends)


def test_a_desk_with_something_pending_goes_by_pages(tmp_path: Path) -> None:
    with founded(tmp_path) as town:
        store = town.desks[1]
        with store.write() as conn:
            conn.exec_driver_sql("UPDATE stream SET head = head + 100")
        with store.read() as conn, small():
            assert taking.want(conn) == Want(b"", 0)

        records.new(store, RESIDENT, {"nama": "SENDIRI"})

        with store.read() as conn, small():
            assert taking.want(conn) is None
