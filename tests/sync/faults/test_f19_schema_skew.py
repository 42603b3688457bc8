"""F19: programs of three ages meet; nothing that a later one said is lost, no upload is refused."""

import itertools
from typing import Any

import msgspec
import pytest

from sync.crypto import envelope
from sync.protocol import columns, wire
from sync.protocol.batch import Batch
from sync.protocol.change import NEW, Change, named
from sync.protocol.stream import Page
from sync.server import codes, records, verify
from sync.server.city import City
from sync.store import kept, read
from sync.store import records as store_records
from sync.store.handle import Store
from tests.sync.client.road import RESIDENT
from tests.sync.faults.restoring import Town
from tests.sync.server.laptop import Laptop

AGES = (1, 2, 3)  # of a form: before ours, ours, and a later one
# What a later form asks: a new field, a new kind of value, a value that a choice did not have.
LATER: dict[int, dict[str, Any]] = {
    1: {},
    2: {"telepon": "081200000001"},
    3: {"telepon": "081200000002", "sidik": {"jari": [1, 2]}, "warna": "biru", "skor": 0.5},
}
EXTRA: dict[int, dict[str, Any]] = {1: {}, 2: {}, 3: {"loket": "3", "alur": ["a", {"b": None}]}}


@pytest.fixture
def laptop(city: City) -> Laptop:
    code, _ = codes.make(city, "KEL-1", "kepala", "test")
    return Laptop(city, code)


def made(laptop: Laptop, age: int) -> Change:
    """Make a record as the program of an age does."""
    return laptop.change(
        RESIDENT,
        NEW,
        answers={"nama": "SARI", **LATER[age]},
        state="active",
        version=age,
        extra=EXTRA[age],
    )


def through(data: bytes) -> bytes:
    """Decode and encode, as whoever passes changes on does."""
    return columns.encode(columns.decode(data))


@pytest.mark.parametrize("ages", [*itertools.product(AGES, AGES)])
def test_whatever_two_ages_say_goes_through_ours_as_the_same_bytes(
    laptop: Laptop, ages: tuple[int, int]
) -> None:
    changes = [made(laptop, age) for age in ages]
    data = columns.encode(changes)

    assert through(data) == data
    assert columns.decode(data) == changes
    assert [change.id for change in columns.decode(data)] == [change.id for change in changes]
    for change in changes:
        assert kept.unpack(kept.pack(change), change.id) == change


def test_every_age_uploads_and_none_is_refused_for_its_version(city: City, laptop: Laptop) -> None:
    verdicts = [laptop.send(made(laptop, age)) for age in AGES]
    far = laptop.change(RESIDENT, NEW, answers={"nama": "X", "z": 1}, state="active", version=999)
    verdicts.append(laptop.send(far))

    assert [v.verdict for [v] in verdicts] == ["applied"] * 4
    assert len(records.listing(city, RESIDENT)) == 4
    assert verify.verify(city) == ()


def test_a_later_value_of_a_choice_is_kept_where_a_later_form_says_it(
    city: City, laptop: Laptop
) -> None:
    known = laptop.change(
        RESIDENT, NEW, answers={"nama": "A", "jenis_kelamin": "P"}, state="active"
    )
    strange = laptop.change(
        RESIDENT, NEW, answers={"nama": "B", "warna": "ungu"}, state="active", version=7
    )

    verdicts = laptop.send(known, strange)

    assert [v.verdict for v in verdicts] == ["applied", "applied"]
    [page] = [page for page in laptop.pages(laptop.exchange()) if "residents" in page.stream]
    assert columns.decode(page.changes) == [known, strange]


def test_an_act_that_only_a_later_form_has_is_refused_alone_and_goes_back_whole(
    laptop: Laptop,
) -> None:
    first = laptop.resident("SARI")
    later = laptop.move(first, "teleport", "elsewhere", first, version=9, reason="pindah")

    verdicts = laptop.send(first, later, laptop.resident("BUDI"))

    assert [v.verdict for v in verdicts] == ["applied", "refused", "applied"]


def test_fields_of_a_message_that_are_new_or_not_there_yet_hold_nothing_up(
    laptop: Laptop,
) -> None:
    change = laptop.resident("SARI")
    data = laptop.batch(change)
    content: dict[str, Any] = msgspec.msgpack.decode(
        wire.encode(
            Batch(laptop.device, laptop.incarnation, 1, columns.encode([change]), {}, [], 1, [], 0)
        )
    )
    newer = laptop.seal(
        envelope.read(data).header, msgspec.msgpack.encode(content | {"zona": "WIB", "arti": [1]})
    )

    answer = laptop.exchange(newer)

    assert [v.verdict for v in laptop.receipt(answer).verdicts] == ["applied"]


def test_what_a_later_desk_said_reaches_a_desk_of_ours_and_comes_back_when_it_is_edited(
    town: Town,
) -> None:
    ours = town.desk("Rina")
    code, _ = codes.make(town.city, "KEL-1", "kepala", "test")
    laptop = Laptop(town.city, code)
    later = made(laptop, 3)
    laptop.send(later)

    town.go(ours)

    shown = read.record(ours, later.id)
    assert shown.answers["warna"] == "biru"
    assert _content(ours, later.id) == later
    store_records.edit(ours, later.id, {"nama": "SARI MELATI"})
    town.go(ours)
    [held] = records.listing(town.city, RESIDENT)
    assert held.answers == {"nama": "SARI MELATI", **LATER[3]}
    town.settled(ours)


def _content(store: Store, name: bytes) -> Change:
    with store.read() as conn:
        plain = conn.exec_driver_sql("SELECT plain FROM change WHERE id = ?", (name,)).scalar_one()
    return kept.unpack(plain, name)


def test_rows_of_a_stream_come_back_as_the_bytes_that_were_signed(laptop: Laptop) -> None:
    laptop.send(*(made(laptop, age) for age in AGES))

    for page in laptop.pages(laptop.exchange()):
        assert through(page.changes) == page.changes
        assert wire.decode(wire.encode(page), Page) == page


def test_names_are_computed_over_what_is_not_known_too(laptop: Laptop) -> None:
    later = made(laptop, 3)
    forged = named(msgspec.structs.replace(later, extra={"loket": "4"}))

    assert forged.id != later.id
    assert columns.encode([forged]) != columns.encode([later])
