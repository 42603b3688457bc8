"""Looks reach the city by any road, once, and a city that was put back has them again."""

from pathlib import Path

import msgspec
import pytest

from sync.client import folder
from sync.client.trip import trip
from sync.protocol.exchange import Ask
from sync.protocol.stick import Folder
from sync.server import exchange, verify
from sync.server import folder as city_folder
from sync.server import looks as city_looks
from sync.store import backup as store_backup
from sync.store import looks, read, records, status
from sync.store.handle import Store
from sync.store.keystore import NoKeystore
from tests.sync.client.road import PASSPHRASE, RESIDENT
from tests.sync.faults.restoring import Town


def person(store: Store, name: str = "SITI") -> read.Record:
    return read.record(store, records.new(store, RESIDENT, {"nama": name}).record)


def at_city(town: Town) -> list[bytes]:
    found = city_looks.read(town.city, city_looks.Asked(), 1_000, "Pengelola")
    return [one.record for one in found]


def waiting(store: Store) -> int:
    with store.read() as conn:
        return looks.count_waiting(conn)


def test_a_look_reaches_the_city_with_the_next_trip_and_once(town: Town) -> None:
    rina = town.desk("Rina")
    siti = person(rina)
    looks.at_record(rina, siti)

    town.go(rina, rina)

    [seen] = city_looks.read(town.city, city_looks.Asked(), 10, "Pengelola")
    assert (seen.record, seen.operator, seen.device) == (
        siti.id, rina.operator.id, rina.desk.device,
    )  # fmt: skip
    assert (waiting(rina), status.status(rina).pending) == (0, 0)
    assert verify.verify(town.city) == ()


def test_an_answer_that_was_lost_chains_nothing_twice(town: Town) -> None:
    rina = town.desk("Rina")
    looks.at_record(rina, person(rina))
    road, lost = town.exchange, list[bytes]()

    class Once:
        def exchange(self, envelopes: list[bytes]) -> bytes:
            lost.append(road(envelopes))
            return road(envelopes)

    trip(rina, Once())

    assert lost
    assert len(at_city(town)) == 1


def test_a_server_that_does_not_know_looks_takes_everything_else_and_the_looks_stay(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    rina = town.desk("Rina")
    looks.at_record(rina, person(rina))
    fields = [
        (field.name, field.type, field.default)
        if field.default is not msgspec.NODEFAULT
        else (field.name, field.type, msgspec.field(default_factory=field.default_factory))
        if field.default_factory is not msgspec.NODEFAULT
        else (field.name, field.type)
        for field in msgspec.structs.fields(Ask)
        if field.name != "looks"
    ]
    with monkeypatch.context() as older:
        older.setattr(exchange, "Ask", msgspec.defstruct("Ask", fields, frozen=True))
        older.setattr(exchange, "looked", lambda _city, asking: asking)
        town.go(rina)

    assert (status.status(rina).pending, waiting(rina), at_city(town)) == (0, 1, [])

    town.go(rina)

    assert (waiting(rina), len(at_city(town))) == (0, 1)


def test_looks_that_a_server_cannot_read_hold_up_nothing(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    rina = town.desk("Rina")
    looks.at_record(rina, person(rina))
    with monkeypatch.context() as broken:
        broken.setattr(looks, "waiting", lambda _conn, _limit: b"\xc1 of a later version")
        town.go(rina)

    assert (status.status(rina).pending, waiting(rina)) == (0, 1)


def test_a_stick_brings_them_and_takes_the_word_back(town: Town, tmp_path: Path) -> None:
    rina = town.desk("Rina")
    looks.at_record(rina, person(rina))
    stick = Folder(tmp_path / "stick")
    stick.path.mkdir()

    folder.carry_out(rina, stick)
    for _ in range(2):
        city_folder.carry(town.city, stick)
    assert waiting(rina) == 1
    folder.carry_in(rina, stick)

    assert (waiting(rina), len(at_city(town))) == (0, 1)


def test_many_go_in_parts_and_a_slow_line_takes_few(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    rina = town.desk("Rina")
    monkeypatch.setattr("sync.store.outbox.ASKED_MAX", 3)
    for count in range(1, 9):
        looks.at_list(rina, "list", "register", count)

    left = []
    for _ in range(3):
        town.go(rina)
        left.append(waiting(rina))

    assert left == [5, 2, 0]
    assert len(at_city(town)) == 8


def test_a_city_that_was_put_back_has_them_again(town: Town) -> None:
    rina = town.desk("Rina")
    siti = person(rina)
    town.go(rina)
    file = town.back_up("satu.bak")
    looks.at_record(rina, siti)
    town.go(rina)
    assert at_city(town) == [siti.id]

    town.restore(file)
    assert at_city(town) == []
    town.go(rina)
    town.go(rina)

    assert at_city(town) == [siti.id]
    assert verify.verify(town.city) == ()


def test_a_laptop_that_was_put_back_brings_what_the_replaced_store_had_noted(
    town: Town, tmp_path: Path
) -> None:
    rina = town.desk("Rina")
    siti, budi = person(rina), person(rina, "BUDI")
    looks.at_record(rina, siti)
    file = tmp_path / "laptop.bak"
    store_backup.backup(rina, file, PASSPHRASE, keystore=NoKeystore())
    looks.at_record(rina, budi)
    place = rina.folder
    rina.close()
    town.desks.remove(rina)

    again = store_backup.restore(
        place, file, "Rina", PASSPHRASE, keystore=NoKeystore(), now=town.clock
    ).store
    town.desks.append(again)
    town.go(again)

    assert set(at_city(town)) == {siti.id, budi.id}
