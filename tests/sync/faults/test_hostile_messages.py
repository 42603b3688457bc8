"""Whatever a message says, it is refused by a code, has no effect, and holds up nobody.

The writer's key is good here, or none is needed: a laptop that was taken over, a stranger at a door
of the server. Batches that are spoiled in one thing each are in tests/golden/bad.py.
"""

import os
import tracemalloc
from collections.abc import Callable, Iterator
from functools import partial
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest

from forms.engine.problem import Refused
from sync.crypto import envelope
from sync.protocol import columns, wire
from sync.protocol.attachment import Fetch, Files
from sync.protocol.change import Change, named
from sync.protocol.exchange import CONTENT_TYPE, MARKS_MAX, PATH_ENROL, PATH_EXCHANGE
from sync.protocol.packing import pack, unpack
from sync.protocol.stream import Cursor, Signed
from sync.protocol.upload import PATH_UPLOAD
from sync.server import codes, exchange, verify
from sync.server.city import City
from sync.server.run import Running, start
from tests.sync.faults.carrying import holding
from tests.sync.server.laptop import Laptop

MANY = (0xFFFFFFFF).to_bytes(4, "big")
HELD_MAX = 32 * 1024 * 1024
WHOLE = (2**53, 2**63, 2**64 - 1, -(2**63))

# Bodies that no MessagePack reader should follow to their end.
BODIES = {
    "nothing": b"",
    "no MessagePack": b"\xc1" * 64,
    "arrays within arrays": b"\x91" * 500_000,
    "maps within maps": b"\x81\xa1x" * 200_000,
    "an array of four billion": b"\xdd" + MANY,
    "a map of four billion": b"\xdf" + MANY,
    "bytes of four billion": b"\x91\xc6" + MANY,
    "a text of four billion": b"\x91\xdb" + MANY,
    "an extension": b"\xc9" + MANY + b"\x01",
    "ten thousand empty envelopes": wire.encode([b""] * 10_000),
    "ten million empty envelopes": b"\xdd"
    + (10_000_000).to_bytes(4, "big")
    + b"\xc4\x00" * 10_000_000,
    "an envelope of arrays": wire.encode([b"\x91" * 500_000]),
}


@pytest.fixture
def laptop(city: City) -> Laptop:
    return _joined(city)


def _joined(city: City) -> Laptop:
    code, _ = codes.make(city, "KEL-1", "kepala", "test")
    return Laptop(city, code)


@pytest.fixture
def server(city: City) -> Iterator[Running]:
    running = start(city.folder)
    yield running
    running.stop()


def _at(laptop: Laptop, row: int = 1, group: str = "residents") -> Cursor:
    return Cursor(f"{laptop.welcome.office.id.hex()}/{group}", row, b"?" * 32)


def refusal(work: Callable[[], object]) -> str:
    """Do it within the bound of memory; give the code that refuses it."""
    tracemalloc.start()
    try:
        with pytest.raises(Refused) as refused:
            work()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < HELD_MAX
    return refused.value.problems[0].code


def _asking(name: str, number: int, laptop: Laptop) -> dict[str, Any]:
    """Ask with a number at the place of this name."""
    return {name: [_at(laptop, number)] if name in {"cursors", "marks"} else number}


ASKS: dict[str, Callable[[Laptop], dict[str, Any]]] = {
    **{f"a cursor at {n}": partial(_asking, "cursors", n) for n in WHOLE},
    **{f"a mark at {n}": partial(_asking, "marks", n) for n in WHOLE},
    **{f"a receipt for {n}": partial(_asking, "received", n) for n in WHOLE},
    **{f"backup {n}": partial(_asking, "generation", n) for n in WHOLE},
    "more marks than streams have pages": lambda laptop: {
        "marks": [_at(laptop, 1, f"x{n}") for n in range(MARKS_MAX + 1)]
    },
    "a life signed by nobody": lambda _: {"rekey": Signed(b"\x91" * 200_000, b"s" * 64)},
}


@pytest.mark.parametrize("name", ASKS)
def test_an_ask_beyond_all_bounds_is_refused_and_the_next_one_is_answered(
    city: City, laptop: Laptop, name: str
) -> None:
    laptop.send(laptop.resident())
    before = holding(city)
    ask = laptop.ask(**ASKS[name](laptop))

    assert refusal(lambda: exchange.exchange(city, [ask])) == "message_malformed"

    assert holding(city) == before
    assert laptop.pages(laptop.exchange())


@pytest.mark.parametrize(
    "parts",
    [
        {"nonce": b"n" * 4_000_000},
        {"former": [os.urandom(8)] * 100_000},
        {"wanted": [("s" * 1_000_000, 2026), ("surat", -(2**63)), ("surat", 2**64 - 1)]},
        {"wanted": [("surat", 2026)] * 1_000},
        {"cursors": [Cursor("\0/\0", 1, b""), Cursor("x" * 1_000_000, 1, b"")]},
        {"rows_max": 2**64 - 1, "clock": -(2**63)},
        {"rows_max": -(2**63), "clock": 2**64 - 1},
        {
            "files": Files(
                [b"\x91" * 100_000, b""], [b"", b"x" * 100_000], [Fetch(b"", [2**63, -1])]
            )
        },
    ],
)
def test_an_ask_for_nonsense_gets_what_its_desk_would_get_anyway(
    city: City, laptop: Laptop, parts: dict[str, Any]
) -> None:
    laptop.send(laptop.resident())
    before = holding(city)

    answer = laptop.open(exchange.exchange(city, [laptop.ask(**parts)]))

    assert answer.pages
    assert len(answer.leases) <= 1  # a series is granted once, however often it is named
    assert holding(city) == before or answer.leases
    assert verify.verify(city) == ()


def _with(laptop: Laptop, **parts: Any) -> Change:
    return named(msgspec.structs.replace(laptop.resident(), **parts))


POISON: dict[str, dict[str, Any]] = {
    **{f"{key} {n}": {key: n} for key in ("seq", "time", "version") for n in WHOLE},
    **{
        f"a long {key}": {key: b"x" * 33}
        for key in ("device", "incarnation", "operator", "record", "subject", "salt", "erased")
    },
    **{f"a long {key}": {key: "x" * 201} for key in ("service", "act", "state")},
    "a base of too many groups": {"base": {f"g{n}": b"b" * 16 for n in range(1_001)}},
    "a base with a long id": {"base": {"nama": b"b" * 33}},
}


@pytest.mark.parametrize("name", POISON)
def test_a_change_that_nobody_could_pass_on_comes_into_no_stream(
    city: City, laptop: Laptop, name: str
) -> None:
    before = holding(city)
    batch = laptop.batch(laptop.resident(), _with(laptop, **POISON[name]))

    assert refusal(lambda: exchange.exchange(city, [laptop.ask(), batch])) == "column_malformed"

    assert holding(city) == before
    assert _joined(city).welcome.pages


@pytest.mark.parametrize(
    "values", [[2**64 - 1, -(2**63)], [-(2**63), 2**63 - 1, 0], [0, 2**64 - 1, 0], [1, True, 2]]
)
def test_numbers_too_far_apart_for_a_difference_come_back_all_the_same(values: list[Any]) -> None:
    packed = msgspec.msgpack.decode(wire.encode(pack(values)))

    assert unpack(packed, len(values)) == values


def test_answers_of_any_number_reach_the_other_desks(city: City, laptop: Laptop) -> None:
    far = [
        laptop.change(
            "residents/resident", "new", answers={"nama": "A", "skor": n}, state="active", version=9
        )
        for n in (2**64 - 1, -(2**63), 0, 2**64 - 1)
    ]

    assert [v.verdict for v in laptop.send(*far)] == ["applied"] * len(far)

    other = _joined(city)
    told = [
        change for page in other.pages(other.exchange()) for change in columns.decode(page.changes)
    ]
    assert [change for change in told if change.version == 9] == far


def test_a_table_of_more_forms_than_rows_is_refused(city: City, laptop: Laptop) -> None:
    table: dict[str, Any] = msgspec.msgpack.decode(columns.encode([laptop.resident()]))
    table["tables"] *= 30_000
    batch = laptop.batch(changes=wire.encode(table))

    assert refusal(lambda: exchange.exchange(city, [laptop.ask(), batch])) == "column_malformed"


def test_a_table_of_nothing_but_empty_lists_is_refused_before_it_is_unfolded(
    city: City, laptop: Laptop
) -> None:
    table = b"\x81\xa4rows\xdd" + (2_000_000).to_bytes(4, "big") + b"\x90" * 2_000_000
    batch = laptop.batch(changes=table)

    assert refusal(lambda: exchange.exchange(city, [laptop.ask(), batch])) == "column_malformed"


def _promising(count: int, name: str, one: bytes, *, of_map: bool = False) -> bytes:
    """Say a batch one of whose parts is a long row of next to nothing."""
    said: dict[str, Any] = {
        "device": b"", "incarnation": b"", "seq": 1, "changes": b"", "texts": {}, "cursors": [],
        "policy": 1, "highest": [], "clock": 0,
    }  # fmt: skip
    del said[name]
    head = (b"\xdf" if of_map else b"\xdd") + count.to_bytes(4, "big")
    rest = msgspec.msgpack.encode(said)
    return bytes([rest[0] + 1]) + rest[1:] + wire.encode(name) + head + one * count


@pytest.mark.parametrize(
    "content",
    [
        _promising(2_000_000, "cursors", wire.encode(Cursor("", 0, b""))),
        _promising(2_000_000, "highest", b"\x92\xc4\x00\x00"),
        _promising(2_000_000, "texts", b"\xa0\xa0", of_map=True),
        b"\xdf" + (300_000).to_bytes(4, "big")
        + b"".join(wire.encode(f"{n:06}") + b"\x00" for n in range(300_000)),
    ],
    ids=["cursors", "positions", "texts", "names"],
)  # fmt: skip
def test_a_few_kilobytes_that_promise_millions_of_things_are_refused_by_their_length(
    city: City, laptop: Laptop, content: bytes
) -> None:
    before = holding(city)
    header = envelope.read(laptop.batch(laptop.resident())).header
    batch = laptop.seal(header, content)
    assert len(batch) < 1_000_000

    assert refusal(lambda: exchange.exchange(city, [laptop.ask(), batch])) == "message_malformed"

    assert holding(city) == before


@pytest.mark.parametrize("body", BODIES)
def test_no_door_of_the_server_follows_a_strangers_bytes_to_their_end(
    city: City, server: Running, body: str
) -> None:
    before = holding(city)

    for method, path in (
        ("POST", PATH_EXCHANGE),
        ("POST", PATH_ENROL),
        ("POST", PATH_UPLOAD),
        ("PUT", f"{PATH_UPLOAD}/{'0' * 64}"),
        ("PUT", f"{PATH_UPLOAD}/no-name"),
    ):
        place = urlsplit(server.url)
        line = HTTPConnection(place.hostname or "", place.port, timeout=30)
        line.request(method, path, BODIES[body], {"Content-Type": CONTENT_TYPE})
        reply = line.getresponse()
        told = msgspec.json.decode(reply.read())
        line.close()

        assert 400 <= reply.status < 500, (path, told)
        assert told["problems"][0]["code"], path
    assert holding(city) == before
