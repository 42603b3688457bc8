"""A hub in the office keeps what desks bring and goes for them; only a receipt ends the waiting."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from forms.engine.problem import Refused, Unreachable
from sync.client import hub_road, hub_run, journey
from sync.client.https import Https
from sync.client.hub import Hub
from sync.client.hub_run import SHELF, Listening, listen
from sync.client.hub_shelf import DESK_BYTES_MAX, DESKS_MAX, KEPT_MS, Shelf
from sync.client.pace import SIZE_MIN
from sync.client.timetable import BACKOFF_MAX_S
from sync.protocol import wire
from sync.server import records as city_records
from sync.server import revocation
from sync.server.city import City, clock
from sync.server.run import Running
from sync.store import outbox, read, records, settings, status
from sync.store.handle import Store
from tests.sync.client.road import RESIDENT

Enrol = Callable[..., Store]
NAME = "KENANGA PERTIWI"


class Wan:
    """The hub's own line, which a test takes away."""

    def __init__(self, url: str) -> None:
        self.road = Https(url)
        self.brought = 0
        self.up = True
        self.went = 0

    def exchange(self, envelopes: list[bytes]) -> bytes:
        if not self.up:
            raise Unreachable
        self.went += 1
        answer = self.road.exchange(envelopes)
        self.brought = self.road.brought
        return answer


class Office:
    """A hub that runs, in time that a test makes."""

    def __init__(self, folder: Path, wan: Wan) -> None:
        self.folder, self.wan, self.time = folder, wan, 0.0
        folder.mkdir()
        self.open()

    def open(self) -> None:
        shelf = Shelf(self.folder / SHELF, clock)
        self.hub = Hub(shelf, self.wan, lambda: self.time, lambda: 1.0)
        self.server: Listening
        self.server, self.address = listen(self.folder, self.hub, "127.0.0.1", 0)
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def later(self) -> None:
        self.time += BACKOFF_MAX_S
        self.hub.look()


@pytest.fixture
def office(tmp_path: Path, server: Running) -> Iterator[Office]:
    made = Office(tmp_path / "hub", Wan(server.url))
    yield made
    made.close()


@pytest.fixture
def inside(desk: Enrol, office: Office) -> Callable[[str], Store]:
    """Make desks that have no line of their own."""

    def make(operator: str) -> Store:
        store = desk(operator)
        store.desk = msgspec.structs.replace(store.desk, url="")
        with store.write() as conn:
            settings.write(conn, "desk", store.desk)
        journey.use_hub(store, office.address)
        return store

    return make


Inside = Callable[[str], Store]


def register(store: Store) -> bytes:
    return records.new(store, RESIDENT, {"nama": NAME}).record


def test_where_the_hub_reaches_the_city_its_answer_is_the_citys(inside: Inside, city: City) -> None:
    store = inside("Rina")
    saved = register(store)

    done = journey.go(store)

    assert done.pending == 0
    assert [row.id for row in city_records.listing(city, RESIDENT)] == [saved]


def test_what_a_hub_keeps_is_not_received_and_arrives_when_it_has_a_line_again(
    inside: Inside, office: Office, city: City
) -> None:
    store = inside("Rina")
    saved = register(store)
    office.wan.up = False

    left = journey.go(store)

    stands = status.status(store)
    assert (left.sent, left.pending, stands.at_hub) == (0, 1, 1)
    assert not stands.safe_to_close
    assert status.state(stands, store.now()).code == "at_hub"
    assert read.record(store, saved).sync == "sent"
    assert city_records.listing(city, RESIDENT) == []

    office.wan.up = True
    office.later()
    office.wan.up = False

    assert [row.id for row in city_records.listing(city, RESIDENT)] == [saved]
    assert status.status(store).pending == 1
    assert journey.go(store).pending == 0


def test_what_the_hubs_line_takes_in_parts_arrives_whole(
    inside: Inside, office: Office, city: City
) -> None:
    store = inside("Rina")
    office.wan.up = False
    for _ in range(6):
        register(store)
        outbox.freeze(store)
    journey.go(store)
    office.wan.up, office.wan.road.pace.size = True, SIZE_MIN

    office.later()

    assert len(city_records.listing(city, RESIDENT)) == 6
    assert office.wan.went > 1


def test_a_hub_that_was_switched_off_goes_on_with_what_it_kept(
    inside: Inside, office: Office, city: City
) -> None:
    store = inside("Rina")
    saved = register(store)
    office.wan.up = False
    journey.go(store)
    office.close()

    office.open()
    office.wan.up = True
    office.later()

    assert [row.id for row in city_records.listing(city, RESIDENT)] == [saved]


def test_every_desk_gets_its_own_answers_and_the_others_work(
    inside: Inside, office: Office, city: City
) -> None:
    first, second = inside("Rina"), inside("Budi")
    office.wan.up = False
    for store in (first, second):
        register(store)
        journey.go(store)
    office.wan.up = True
    office.later()

    for store in (first, second, first):
        assert journey.go(store).pending == 0

    assert len(read.listing(first, RESIDENT)) == len(read.listing(second, RESIDENT)) == 2


def test_asking_again_and_again_leaves_one_exchange_at_the_hub(
    inside: Inside, office: Office
) -> None:
    store = inside("Rina")
    office.wan.up = False
    for _ in range(5):
        register(store)
        journey.go(store)

    kept = list((office.folder / SHELF).glob("*/*"))

    assert len(kept) == 1


def test_nothing_that_a_hub_has_on_its_disk_can_be_read(inside: Inside, office: Office) -> None:
    store = inside("Rina")
    office.wan.up = False
    saved = register(store)
    journey.go(store)

    held = b"".join(path.read_bytes() for path in (office.folder / SHELF).rglob("*.*"))

    assert len(held) > 256
    for canary in (NAME.encode(), saved, saved.hex().encode(), b"resident", b"KEL-1"):
        assert canary not in held


def test_a_hub_with_another_certificate_is_told_nothing(inside: Inside, office: Office) -> None:
    store = inside("Rina")
    register(store)
    journey.use_hub(store, office.address[:-64] + "0" * 64)
    before = office.wan.went

    with pytest.raises(Unreachable):
        journey.go(store)

    assert office.wan.went == before
    assert list((office.folder / SHELF).glob("*/*")) == []


def test_a_desk_with_a_line_of_its_own_needs_no_hub_to_be_there(
    desk: Enrol, office: Office
) -> None:
    store = desk("Rina")
    journey.use_hub(store, office.address)
    office.close()
    register(store)

    assert journey.go(store).pending == 0
    office.open()


def test_what_the_hub_keeps_goes_by_the_desks_own_line_too(desk: Enrol, office: Office) -> None:
    store = desk("Rina")
    journey.use_hub(store, office.address)
    office.wan.up = False
    register(store)

    assert journey.go(store).pending == 0


def test_the_citys_refusal_is_told_and_not_asked_for_again(
    inside: Inside, office: Office, city: City
) -> None:
    store = inside("Rina")
    register(store)
    revocation.revoke(city, store.desk.device, "test")

    with pytest.raises(Refused) as refused:
        journey.go(store)

    assert refused.value.problems[0].code == "device_revoked"
    went = office.wan.went
    office.later()
    assert office.wan.went == went


@pytest.mark.parametrize("body", [b"", b"\x90", b"\x91\xc4\x01x", b"\xc1"])
def test_nonsense_is_refused_and_not_kept(office: Office, body: bytes) -> None:
    with pytest.raises(Refused):
        office.hub.exchange(body)

    assert list((office.folder / SHELF).glob("*")) == []


def test_answers_and_asks_alone_are_no_exchange(desk: Enrol, office: Office) -> None:
    store = desk("Rina")
    ask = outbox.ask(store).envelope

    with pytest.raises(Refused) as refused:
        office.hub.exchange(wire.encode([ask, ask]))

    assert refused.value.problems[0].code == "envelope_kind"


def test_a_shelf_has_room_for_so_many_desks_and_bytes(tmp_path: Path) -> None:
    now = [1_795_233_600_000]
    shelf = Shelf(tmp_path / "shelf", lambda: now[0])
    for number in range(DESKS_MAX):
        assert shelf.put(f"{number:032x}", [b"ask"])

    assert not shelf.put("f" * 32, [b"ask"])
    assert not shelf.put("0" * 32, [b"ask", bytes(DESK_BYTES_MAX)])
    now[0] += KEPT_MS + 1
    assert shelf.put("f" * 32, [b"ask"])
    assert shelf.devices() == ["f" * 32]


@pytest.mark.parametrize(
    "address",
    [
        "",
        "https://10.0.0.7:8421",
        "http://10.0.0.7:8421#" + "0" * 64,
        "https://10.0.0.7:8421#" + "0" * 63,
        "https://10.0.0.7:nine#" + "0" * 64,
        "https://#" + "0" * 64,
    ],
)
def test_an_address_without_a_fingerprint_is_refused(address: str) -> None:
    with pytest.raises(Refused) as refused:
        hub_road.read(address)

    assert refused.value.problems[0].code == "hub_address"


def test_the_hub_keeps_its_certificate_and_hides_its_key(tmp_path: Path, office: Office) -> None:
    before = office.address.partition("#")[2]
    office.close()

    office.open()

    assert office.address.partition("#")[2] == before
    assert (office.folder / hub_run.KEY).stat().st_mode & 0o077 == 0
