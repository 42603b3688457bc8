"""F20, on a stick that a virus, a child and a phone had before: nothing of it is opened or held."""

import os
import socket
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from sync.crypto import signed
from sync.protocol import parcel as bounds
from sync.protocol import wire
from sync.server.city import City
from sync.store.handle import Store
from tests.sync.faults.carrying import back, holding, out, save, stick, visit

Enrol = Callable[..., Store]
JUNK = 10_000
HELD_MAX = 16 * 1024 * 1024
SPARSE = 5 * 1024**3


def test_a_parcel_is_found_among_ten_thousand_files_that_are_nobodys(
    desk: Enrol, city: City, tmp_path: Path
) -> None:
    store, place = desk(), tmp_path / "stick"
    save(store, 2)
    out(store, place)
    for number in range(JUNK):
        ours = number % 2  # half of them are called as ours are
        (place / (f"{number:032x}.trs" if ours else f"IMG_{number}.JPG")).write_bytes(b"\xff\xd8")

    tracemalloc.start()
    told = visit(city, place)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert (told.taken, told.refused, told.ignored) == (1, [], JUNK)
    assert peak < HELD_MAX
    assert back(store, place).sent == 2


def test_folders_sockets_and_devices_that_are_called_as_parcels_are_never_opened(
    desk: Enrol, city: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, place = desk(), tmp_path / "stick"
    save(store)
    out(store, place)
    (place / f"{'a' * 32}.trs").mkdir()
    (place / f"{'b' * 32}.trm").mkdir()
    monkeypatch.chdir(place)  # the name of a socket is short
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(f"{'c' * 32}.trs")
        strange = 3
        for name, device in ((f"{'d' * 32}.trs", "zero"), (f"{'e' * 32}.trm", "urandom")):
            Path(name).symlink_to(f"/dev/{device}")
            strange += 1
        os.mkfifo(f"{'f' * 32}.trm")

        told = visit(city, place)

        assert (told.taken, told.refused, told.ignored) == (1, [], strange + 1)
        done = back(store, place)
    assert (done.sent, done.refused, done.ignored) == (1, [], strange + 1)


def test_five_gigabytes_of_nothing_cost_neither_memory_nor_time_to_read(
    desk: Enrol, city: City, tmp_path: Path
) -> None:
    store, place = desk(), tmp_path / "stick"
    save(store)
    out(store, place)
    for ending in ("trs", "trm"):
        with (place / f"{'a' * 32}.{ending}").open("wb") as file:
            file.truncate(SPARSE)

    tracemalloc.start()
    told = visit(city, place)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert told.taken == 1
    assert [fault.code for fault in told.refused] == ["parcel_too_large"] * 2
    assert peak < HELD_MAX


@pytest.mark.parametrize(
    "plain",
    [
        b"\x91" * 400_000,
        b"\x81\xa1x" * 150_000,
        b"\x95\x01\xc4\x00\xc4\x00\xc4\x00\xdd\xff\xff\xff\xff",
        b"\x95\x01\xc4\x00\xc4\x00\xc4\x00\xdd\x00\x06\x00\x00" + b"\x90" * 0x60000,
        b"\xdd\xff\xff\xff\xff",
        b"",
    ],
    ids=["arrays", "maps", "four billion lines", "lines of nothing", "four billion", "nothing"],
)
def test_a_manifest_that_leads_nowhere_is_refused_whoever_signed_it(
    desk: Enrol, city: City, tmp_path: Path, plain: bytes
) -> None:
    store, place = desk(), tmp_path / "stick"
    save(store)
    out(store, place)
    signed_well = wire.encode(signed.sign(plain, store.keys.sign, "manifest"))
    before = holding(city)
    for content in (signed_well, plain):
        (place / f"{bounds.name_of(content).hex()}.trm").write_bytes(content)

    tracemalloc.start()
    told = visit(city, place)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert told.taken == 1
    assert {fault.code for fault in told.refused} == {"manifest_malformed"}
    assert len(told.refused) == 2
    assert peak < 4 * HELD_MAX
    assert holding(city) != before  # of the parcel that is sound
    assert back(store, place).sent == 1


def test_parcels_again_in_the_reverse_order_by_another_stick_change_nothing(
    desk: Enrol, city: City, tmp_path: Path
) -> None:
    store = desk()
    places = []
    for number in range(4):
        save(store)
        places.append(tmp_path / f"stick{number}")
        out(store, places[-1])
        visit(city, places[-1])
    there = holding(city)

    for place in reversed(places):
        told = visit(city, stick(place).path)
        assert (told.taken, told.refused) == (0, [])
    assert holding(city) == there
    for place in (*reversed(places), *places):
        assert back(store, place).refused == []
    assert back(store, places[0]).pending == 0
