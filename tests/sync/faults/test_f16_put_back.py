"""F16: a laptop is put back from an image of its disk, told to nobody, and goes on working."""

from pathlib import Path

from sync.server import devices
from sync.store import inbox, operators, read, records, status
from sync.store.handle import Store
from sync.store.verify import verify
from tests.sync.client.road import LETTER, RESIDENT
from tests.sync.faults.carrying import back, out, save, visit
from tests.sync.faults.cloning import (
    at_desk,
    explained,
    held,
    image,
    letters,
    put_back,
    resident,
    shown,
)
from tests.sync.faults.restoring import Town


def test_one_that_sent_since_comes_back_as_a_new_incarnation_and_shows_it_all(town: Town) -> None:
    rina = town.desk("Rina")
    save(rina, 2)
    town.go(rina)
    disk = image(town, rina)
    save(rina, 3)
    first = letters(rina, 2)
    town.go(rina)
    before, there = rina.desk, held(town)

    rina = put_back(town, rina, disk)
    (done,) = town.go(rina)

    assert (done.pending, done.conflicts, done.to_fix) == (0, 0, 0)
    assert rina.desk.device == before.device
    assert rina.desk.incarnation != before.incarnation
    assert shown(rina) == held(town) == there
    assert len(devices.listing(town.city)) == 1
    assert not letters(rina, 2) & first
    town.settled(rina)


def test_new_work_on_the_old_image_is_kept_beside_what_was_sent_before(town: Town) -> None:
    rina = town.desk("Rina")
    name = resident(rina, telepon="081200000001")
    town.go(rina)
    disk = image(town, rina)
    save(rina, 2)
    town.go(rina)
    there = held(town)

    rina = put_back(town, rina, disk)
    save(rina, 3)
    records.edit(rina, name, {"telepon": "081200000002"})
    (done,) = town.go(rina)

    assert (done.sent, done.pending, done.conflicts) == (4, 0, 0)
    assert held(town) > there
    assert len(held(town)) == len(there) + 3
    assert read.record(rina, name).answers["telepon"] == "081200000002"
    town.settled(rina)


def test_a_number_that_went_twice_keeps_both_papers_and_is_listed(town: Town) -> None:
    rina, budi = town.desk("Rina"), town.desk("Budi")
    town.go(rina, budi)
    disk = image(town, rina)
    first = letters(rina, 3)
    town.go(rina)

    rina = put_back(town, rina, disk)
    again = letters(rina, 2)
    assert again < first
    town.go(rina, budi)

    assert len(town.held(LETTER)) == 5
    for store in (rina, budi):
        doubled = [one for one in inbox.listing(store) if one.kind == "number_taken"]
        assert len(doubled) == 2
    states = explained(town)
    assert {states[number] for number in again} == {"double"}
    assert {at_desk(rina)[number].state for number in range(4, 11)} == {"burned"}
    assert not letters(rina, 3) & (first | again)


def test_put_back_again_and_again_it_stays_one_device(town: Town) -> None:
    rina = town.desk("Rina")
    town.go(rina)
    disk = image(town, rina)
    used = letters(rina, 2)
    town.go(rina)
    for _ in range(3):
        rina = put_back(town, rina, disk)
        save(rina)
        (done,) = town.go(rina)
        assert done.pending == 0
        used |= letters(rina, 2)
        town.go(rina)

    assert len(used) == 8
    (only,) = devices.listing(town.city)
    assert (only.id, only.incarnation) == (rina.desk.device, rina.desk.incarnation)
    assert len(held(town)) == 2 + 3 + 6
    town.settled(rina)


def test_nothing_happens_to_one_that_did_nothing_since(town: Town) -> None:
    rina = town.desk("Rina")
    save(rina)
    town.go(rina)
    disk = image(town, rina)
    before = rina.desk.incarnation

    rina = put_back(town, rina, disk)
    town.go(rina)

    assert rina.desk.incarnation == before
    town.settled(rina)


def test_numbers_that_were_granted_meanwhile_are_enough_to_find_out(town: Town) -> None:
    rina = town.desk("Rina")
    letters(rina, 1)
    town.go(rina)
    disk = image(town, rina)
    with rina.write() as conn:  # as a long day would
        conn.exec_driver_sql("UPDATE lease SET next = high WHERE series = 'surat'")
    town.go(rina)
    before = rina.desk.incarnation

    rina = put_back(town, rina, disk)
    town.go(rina)

    assert rina.desk.incarnation != before
    town.settled(rina)


def test_a_refusal_of_what_was_sealed_again_finds_the_change_of_its_own_life(town: Town) -> None:
    rina, budi = town.desk("Rina"), town.desk("Budi")
    town.go(rina, budi)
    disk = image(town, rina)
    save(rina)
    town.go(rina)
    operators.remove(budi, "Rina", reason="pindah tugas")
    town.go(budi)

    rina = put_back(town, rina, disk)
    first = resident(rina)
    town.go(rina)
    second = resident(rina)  # the first act of the new life, as the one before was of the old
    assert {one.id: one.sync for one in read.listing(rina, RESIDENT)}[second] == "local"

    assert status.status(rina).to_fix == 1
    assert read.record(rina, first).sync == "to_fix"
    town.go(rina)
    assert status.status(rina).to_fix == 2
    assert verify(rina) == []


def test_by_stick_alone_it_is_found_and_healed_too(town: Town) -> None:
    rina = town.desk("Rina")
    sticks = [town.root / f"stick{number}" for number in range(6)]
    _carried(town, rina, sticks[0])
    disk = image(town, rina)
    save(rina, 2)
    used = letters(rina, 2)
    _carried(town, rina, sticks[1])
    there = held(town)

    rina = put_back(town, rina, disk)
    save(rina, 3)
    for stick in sticks[2:]:
        _carried(town, rina, stick)

    assert status.status(rina).pending == 0
    assert len(held(town)) == len(there) + 3
    assert shown(rina) == held(town)
    assert not letters(rina, 2) & used
    assert verify(rina) == []


def _carried(town: Town, store: Store, place: Path) -> None:
    out(store, place)
    visit(town.city, place)
    back(store, place)


def test_a_late_stick_of_the_life_before_says_nothing_new(town: Town) -> None:
    rina = town.desk("Rina")
    town.go(rina)
    disk = image(town, rina)
    save(rina)
    out(rina, town.root / "late")
    town.go(rina)
    rina = put_back(town, rina, disk)
    town.go(rina)
    before = rina.desk

    told = visit(town.city, town.root / "late")
    done = back(rina, town.root / "late")

    assert told.known == 1
    assert (done.refused, rina.desk) == ([], before)
    town.go(rina)
    assert rina.desk == before
    assert len(devices.listing(town.city)) == 1
