"""One trip brings everything there and back, over a real network and a real server."""

from collections.abc import Callable
from pathlib import Path

import pytest

from forms.engine.problem import Refused, Unreachable
from sync.client.enrol import enrol
from sync.client.https import Https
from sync.client.trip import trip
from sync.server import codes
from sync.server import records as city_records
from sync.server.city import City, clock
from sync.server.run import Running
from sync.store import letters, read, records, status
from sync.store.handle import Store
from sync.store.keystore import NoKeystore
from tests.sync.client.road import LETTER, PASSPHRASE, RESIDENT, filled, go

Enrol = Callable[..., Store]


def test_a_hundred_letters_made_offline_arrive_in_one_trip_and_at_the_second_desk(
    desk: Enrol, city: City
) -> None:
    first, second = desk("Rina"), desk("Budi")
    made = [records.new(first, LETTER, filled(first, LETTER), issue=True) for _ in range(100)]

    there = go(first)
    back = go(second)

    assert (there.pending, there.conflicts, there.to_fix) == (0, 0, 0)
    listed = city_records.listing(city, LETTER)
    assert {row.id for row in listed} == {saved.record for saved in made}
    assert {row.number for row in listed} == {saved.number.text for saved in made if saved.number}
    assert back.received >= 100
    pulled = read.listing(second, LETTER)
    assert {row.id for row in pulled} == {saved.record for saved in made}
    assert {row.state for row in pulled} == {"issued"}


def test_the_second_desk_prints_the_very_letter_of_the_first(desk: Enrol) -> None:
    first, second = desk("Rina"), desk("Budi")
    saved = records.new(first, LETTER, filled(first, LETTER), issue=True)
    go(first)
    go(second)

    original = letters.pdf(first, saved.record, preview=True)
    elsewhere = letters.pdf(second, saved.record, preview=True)

    assert original.data == elsewhere.data


def test_two_desks_of_an_office_never_take_the_same_number(desk: Enrol) -> None:
    first, second = desk("Rina"), desk("Budi")

    numbers = [
        records.new(store, LETTER, filled(store, LETTER), issue=True).number
        for store in (first, second) * 5
    ]

    assert len(set(numbers)) == 10


def test_a_resident_goes_to_the_city_and_an_edit_comes_back(desk: Enrol) -> None:
    first, second = desk("Rina"), desk("Budi")
    saved = records.new(first, RESIDENT, {"nama": "SARI MELATI", "telepon": "081200000001"})
    go(first)
    go(second)
    records.edit(second, saved.record, {"telepon": "081200000002"})
    go(second)

    go(first)

    assert read.record(first, saved.record).answers["telepon"] == "081200000002"
    assert read.record(first, saved.record).sync == "received"


def test_what_two_desks_changed_apart_becomes_a_conflict_with_both_values_kept(
    desk: Enrol, city: City
) -> None:
    first, second = desk("Rina"), desk("Budi")
    saved = records.new(first, RESIDENT, {"nama": "SARI MELATI", "telepon": "081200000001"})
    go(first)
    go(second)
    records.edit(first, saved.record, {"telepon": "081200000002"})
    records.edit(second, saved.record, {"telepon": "081200000003"})
    go(first)

    there = go(second)

    assert there.conflicts == 1
    assert read.record(second, saved.record).answers["telepon"] == "081200000002"
    assert read.record(second, saved.record).sync == "conflict"
    kept = [event for event in read.history(second, saved.record) if event.verdict == "conflict"]
    assert [event.keys for event in kept] == [("telepon",)]


def test_a_trip_without_anything_to_do_changes_nothing(desk: Enrol) -> None:
    store = desk("Rina")
    go(store)

    again = go(store)

    assert (again.sent, again.received, again.pending) == (0, 0, 0)


class Cut:
    """A road that loses the answer of its first exchanges: what was sent has arrived."""

    def __init__(self, url: str, cuts: int) -> None:
        self.road = Https(url)
        self.cuts = cuts

    def exchange(self, envelopes: list[bytes]) -> bytes:
        answer = self.road.exchange(envelopes)
        if self.cuts:
            self.cuts -= 1
            raise Unreachable
        return answer


def test_an_answer_that_was_lost_is_asked_for_again_and_nothing_is_doubled(
    desk: Enrol, city: City
) -> None:
    store = desk("Rina")
    saved = records.new(store, LETTER, filled(store, LETTER), issue=True)
    road = Cut(store.desk.url, cuts=1)

    with pytest.raises(Unreachable):
        trip(store, road)
    assert status.status(store).pending > 0
    trip(store, road)

    assert status.status(store).pending == 0
    assert [row.id for row in city_records.listing(city, LETTER)] == [saved.record]


def test_without_a_server_nothing_is_lost(desk: Enrol, server: Running) -> None:
    store = desk("Rina")
    saved = records.new(store, LETTER, filled(store, LETTER), issue=True)
    server.stop()

    with pytest.raises(Unreachable):
        go(store)

    assert read.record(store, saved.record).state == "issued"
    assert status.status(store).pending > 0


def test_a_code_is_good_once(tmp_path: Path, city: City, server: Running) -> None:
    text, _ = codes.make(city, "KEL-1", "kepala", "test")

    def join(name: str) -> None:
        enrol(
            tmp_path / name,
            url=server.url,
            code=text,
            operator=name,
            phrase=PASSPHRASE,
            keystore=NoKeystore(),
            now=clock,
        ).close()

    join("rina")
    with pytest.raises(Refused) as refused:
        join("budi")

    assert refused.value.problems[0].code == "code_used"
    assert not (tmp_path / "budi" / "store.db").exists()


def test_another_server_is_refused_before_anything_is_told(tmp_path: Path, server: Running) -> None:
    from sync.crypto import code, keys

    text, _ = code.make(keys.RegionKeys.make().public().sign)

    with pytest.raises(Refused) as refused:
        enrol(
            tmp_path / "desk",
            url=server.url,
            code=text,
            operator="Rina",
            phrase=PASSPHRASE,
            keystore=NoKeystore(),
            now=clock,
        )

    assert refused.value.problems[0].code == "server_unknown"
