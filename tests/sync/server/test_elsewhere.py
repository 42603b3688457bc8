"""Who belongs to another region of the same database is nobody at any door, and leaves no trace."""

import json
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest
from sqlalchemy import func, select

from sync.crypto import envelope
from sync.protocol import wire
from sync.protocol.epoch import Rejoin
from sync.protocol.exchange import CONTENT_TYPE, PATH_ENROL, PATH_EXCHANGE
from sync.protocol.upload import PATH_UPLOAD, Opening
from sync.server import codes, records, run, schema
from sync.server.city import City
from sync.server.run import Address, Running
from tests.sync.server.conftest import STRANGER
from tests.sync.server.laptop import RESIDENT, Laptop

Enrol = Callable[..., Laptop]


class Next(NamedTuple):
    """A laptop of ours, one of the region next door, and a code that is good there."""

    ours: Laptop
    theirs: Laptop
    code: str


@pytest.fixture
def door(city: City) -> Iterator[Running]:
    running = run.start(city.folder, Address(), city.now)
    yield running
    running.stop()


@pytest.fixture
def two(city: City, neighbour: City, enrol: Enrol) -> Next:
    def code() -> str:
        return codes.make(neighbour, "kel-x", "kepala", STRANGER)[0]

    return Next(enrol(), Laptop(neighbour, code()), code())


def refused(door: Running, path: str, body: bytes) -> tuple[int, str]:
    place = urlsplit(door.url)
    line = HTTPConnection(place.hostname or "", place.port, timeout=10)
    try:
        line.request("POST", path, body, {"Content-Type": CONTENT_TYPE})
        reply = line.getresponse()
        return reply.status, json.loads(reply.read())["problems"][0]["code"]
    finally:
        line.close()


def holds(city: City) -> dict[str, int]:
    """Count what a region holds, table by table; the live room counts beside all this."""
    with city.database.read() as connection:
        return {
            table.name: connection.scalar(
                select(func.count()).select_from(table).where(table.c.region == city.code)
            )
            or 0
            for table in schema.metadata.sorted_tables
            if not table.name.startswith("live_")
        }


def test_every_door_refuses_a_laptop_of_the_region_next_door(
    city: City, neighbour: City, two: Next, door: Running
) -> None:
    ours, theirs, code = two
    ours.exchange()
    ask, batch = theirs.ask(), theirs.batch(theirs.resident("TETANGGA"))
    assert theirs.welcome.admission is not None
    rejoin = wire.encode(Rejoin(theirs.welcome.admission))
    theirs.city = city  # from here on it seals to us
    asked, brought = theirs.ask(), theirs.batch(theirs.resident("TETANGGA"))
    shown = theirs.seal(theirs._header("rejoin", theirs.device, bytes(32)), rejoin)
    opening = wire.encode(Opening([asked], envelope.read(brought).id, len(brought)))
    before = holds(city), holds(neighbour)

    def exchanged(*envelopes: bytes) -> tuple[int, str]:
        return refused(door, PATH_EXCHANGE, wire.encode(envelopes))

    assert {
        "sealed to their city": exchanged(ask, batch),
        "sealed to us": exchanged(asked, brought),
        "carried by our laptop": exchanged(ours.ask(), brought),
        "with what their city signed": exchanged(shown, asked),
        "in pieces": refused(door, PATH_UPLOAD, opening),
        "by a code of theirs": refused(door, PATH_ENROL, theirs.request(code, "Tamu")),
    } == {
        "sealed to their city": (401, "device_unknown"),
        "sealed to us": (401, "device_unknown"),
        "carried by our laptop": (401, "device_unknown"),
        "with what their city signed": (401, "signature_wrong"),
        "in pieces": (401, "device_unknown"),
        "by a code of theirs": (403, "code_unknown"),
    }
    assert (holds(city), holds(neighbour)) == before


def test_an_edit_of_a_record_of_the_region_next_door_finds_no_record(
    city: City, neighbour: City, two: Next
) -> None:
    ours, theirs, _ = two
    made = theirs.resident("TETANGGA")
    theirs.send(made)

    verdicts = ours.send(ours.edit(made, telepon="081200000001"))

    assert [(one.verdict, one.code) for one in verdicts] == [("held", "")]  # it may be under way
    assert [one.answers["nama"] for one in records.listing(neighbour, RESIDENT)] == ["TETANGGA"]
    assert records.listing(city, RESIDENT) == []
