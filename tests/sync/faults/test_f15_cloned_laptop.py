"""F15: laptops made from one disk image, all of them alive, meet the city in turn."""

from collections.abc import Callable
from pathlib import Path

import pytest

from forms.engine.problem import Refused, Unreachable
from sync.client.trip import trip
from sync.crypto import envelope
from sync.protocol import wire
from sync.protocol.exchange import Answer
from sync.server import audit_file, devices, revocation, settling
from sync.store import inbound, inbox, outbox, records, status
from sync.store.handle import Store
from sync.store.verify import verify
from tests.sync.client.road import LETTER, RESIDENT
from tests.sync.faults.carrying import back, out, save, visit
from tests.sync.faults.cloning import clone, explained, held, image, letters, resident, shown
from tests.sync.faults.restoring import Town, own


def twins(town: Town, count: int = 2) -> list[Store]:
    """One laptop that has worked, and copies of it."""
    rina = town.desk("Rina")
    save(rina)
    letters(rina, 1)
    town.go(rina)
    disk = image(town, rina)
    return [rina, *(clone(town, disk) for _ in range(count - 1))]


def apart(town: Town, *stores: Store) -> None:
    """Check that all are devices of their own which may use other numbers."""
    names = {(store.desk.device, store.desk.incarnation) for store in stores}
    assert len(names) == len(stores)
    assert {store.desk.device for store in stores} == {one.id for one in devices.listing(town.city)}
    used = [letters(store, 3) for store in stores]
    assert sum(map(len, used)) == len(set().union(*used)) == 3 * len(stores)


def test_two_that_both_worked_become_two_devices_and_nothing_is_lost(town: Town) -> None:
    first, second = twins(town)
    save(first, 2)
    save(second, 3)

    town.go(first, second)
    made = second.desk.device
    assert first.desk.device == made  # nobody knows yet that both are alive
    town.go(first, second)

    assert len(held(town)) == 2 + 2 + 3
    assert first.desk.device != made == second.desk.device
    old, new = devices.listing(town.city)
    assert (old.id, new.id, new.parent) == (made, first.desk.device, made)
    town.settled(first, second)


def test_numbers_that_both_used_are_listed_and_no_other_is_ever_used_by_two(town: Town) -> None:
    first, second = twins(town)
    ours, theirs = letters(first, 2), letters(second, 4)
    assert ours < theirs

    town.go(first, second, first, second)

    assert len(town.held(LETTER)) == 1 + 2 + 4
    for store in (first, second):
        assert len([one for one in inbox.listing(store) if one.kind == "number_taken"]) == 2
    states = explained(town)
    assert {states[number] for number in ours} == {"double"}
    assert {states[number] for number in theirs - ours} == {"issued"}
    later = [letters(store, 3) for store in (first, second)]
    assert len(set().union(ours, theirs, *later)) == 4 + 6
    town.go(first, second)
    assert len(town.held(LETTER)) == 7 + 6


def test_of_three_papers_with_one_number_two_stay_in_dispute_when_one_is_void(town: Town) -> None:
    stores = twins(town, 3)
    for store in stores:
        letters(store, 1)
    town.go(*stores, *stores)
    first, *_ = stores
    taken, other = (one.record for one in inbox.listing(first) if one.kind == "number_taken")

    records.move(first, taken, "void", reason="nomor ganda")
    town.go(*stores, *stores)

    for store in stores:
        assert [one.record for one in inbox.listing(store) if one.kind == "number_taken"] == [other]
    assert [one.record for one in settling.listing(town.city)] == [other]


def test_the_work_of_the_life_before_is_taken_from_the_new_device(town: Town) -> None:
    first, second = twins(town)
    save(first)
    save(second)
    town.go(first, second)
    ask = outbox.ask(first)
    assert inbound.take(first, town.exchange([ask.envelope]), ask.nonce).healing
    before = first.desk.device
    name = resident(first)  # between the word that it is a copy and the life of its own
    records.edit(first, name, {"telepon": "081200000001"})

    (done,) = town.go(first)

    assert (done.sent, done.pending, done.to_fix) == (2, 0, 0)
    assert first.desk.device != before
    assert {change.device for change in own(first)} == {before}
    records.edit(first, name, {"telepon": "081200000002"})
    town.settled(first, second)


def test_three_that_were_copied_become_three_devices(town: Town) -> None:
    stores = twins(town, 3)
    for count, store in enumerate(stores, 1):
        save(store, count)
        letters(store, count)

    for _ in range(3):
        town.go(*stores)

    assert len(town.held(RESIDENT)) == 1 + 6
    assert len(town.held(LETTER)) == 1 + 6
    apart(town, *stores)
    for _ in range(2):
        town.go(*stores)
    before = [store.desk for store in stores]
    town.go(*stores, *reversed(stores))
    assert [store.desk for store in stores] == before


def test_one_that_only_reads_is_found_when_the_other_has_sent(town: Town) -> None:
    worker, reader = twins(town)
    save(worker, 2)

    town.go(worker, reader)
    town.go(worker, reader)

    assert reader.desk.device != worker.desk.device
    assert shown(reader) == shown(worker) == held(town)
    apart(town, worker, reader)


def test_an_answer_that_was_lost_gives_the_same_device_again(town: Town) -> None:
    first, second = twins(town)
    save(first)
    save(second)
    town.go(first, second)
    lose = _Losing(town, lambda answer: answer.life is not None, first)

    with pytest.raises(Unreachable):
        trip(first, lose)
    assert len(devices.listing(town.city)) == 2
    assert first.desk.device == second.desk.device
    town.go(first)

    assert len(devices.listing(town.city)) == 2
    apart(town, first, second)


class _Losing:
    """A road on which the first answer of a kind is lost."""

    def __init__(self, town: Town, which: Callable[[Answer], bool], store: Store) -> None:
        self._town, self._which, self._store, self.lost = town, which, store, 0

    def exchange(self, envelopes: list[bytes]) -> bytes:
        data = self._town.exchange(envelopes)
        answer = _opened(self._store, data)
        if not self.lost and self._which(answer):
            self.lost += 1
            raise Unreachable
        return data


def _opened(store: Store, data: bytes) -> Answer:
    letter = envelope.read(data)
    plain = envelope.open_sealed(letter, store.desk.server.sign, store.keys.seal)
    return wire.decode(plain, Answer)


def test_a_split_that_was_meant_for_the_life_before_moves_nobody(town: Town) -> None:
    first, second = twins(town)
    early = outbox.ask(second)
    save(first)
    save(second)
    town.go(first, second)  # the second lives as another incarnation now
    late = town.exchange([early.envelope])
    assert _opened(second, late).split
    before = second.desk

    with pytest.raises(Refused, match="answer_unasked"):
        inbound.take(second, late)
    inbound.take(second, late, early.nonce)

    assert second.desk == before
    assert outbox.ask(second).parting is False


def test_by_stick_alone_copies_become_devices_of_their_own(town: Town) -> None:
    first, second = twins(town)
    save(first, 2)
    save(second, 3)
    used = [letters(first, 1), letters(second, 1)]
    assert used[0] == used[1]

    for turn in range(7):
        for number, store in enumerate((first, second)):
            place = town.root / f"stick{turn}-{number}"
            assert out(store, place).refused == []
            _visited(town, place)
            assert back(store, place).refused == []

    assert [status.status(store).pending for store in (first, second)] == [0, 0]
    assert len(held(town)) == 2 + 2 + 3 + 2
    assert verify(first)[0].code == "number_doubled"  # and a person is asked
    apart(town, first, second)


def _visited(town: Town, place: Path) -> None:
    told = visit(town.city, place)
    assert {fault.code for fault in told.refused} <= {"batch_fork"}


def test_the_administrator_reads_of_the_split_in_the_audit(town: Town) -> None:
    first, second = twins(town)
    save(first)
    save(second)
    town.go(first, second)
    town.go(first)

    text = audit_file.export(town.city, "Pengelola").content
    assert b"device_reborn" in text
    assert b"device_split" in text


def test_a_city_that_forgot_the_split_lets_the_new_device_in_again(town: Town) -> None:
    first, second = twins(town)
    file = town.back_up("satu.bak")
    save(first, 2)
    save(second, 3)
    used = letters(first, 2) | letters(second, 2)
    for _ in range(2):
        town.go(first, second)
    there, before = held(town), [first.desk.device, second.desk.device]

    town.restore(file)
    for _ in range(2):
        town.go(first, second)

    assert held(town) == there
    assert [first.desk.device, second.desk.device] == before
    assert {one.parent for one in devices.listing(town.city)} == {b"", second.desk.device}
    assert not (letters(first, 2) | letters(second, 2)) & used
    town.go(first, second)
    assert [status.status(store).pending for store in (first, second)] == [0, 0]


def test_a_copy_that_comes_after_a_restore_of_the_city_is_found_all_the_same(town: Town) -> None:
    first, second = twins(town)
    file = town.back_up("satu.bak")
    save(first, 2)
    town.go(first)
    save(second, 3)

    town.restore(file)
    for _ in range(2):
        town.go(second, first)

    assert len(held(town)) == 2 + 2 + 3
    apart(town, first, second)


def test_one_device_that_was_revoked_takes_its_copy_with_it_until_it_has_parted(
    town: Town,
) -> None:
    first, second = twins(town)
    save(first)
    save(second)
    town.go(first, second)
    town.go(first)
    revocation.revoke(town.city, second.desk.device, "Pengelola")

    with pytest.raises(Refused, match="device_revoked"):
        trip(second, town)
    save(first)
    town.go(first)
    assert status.status(first).pending == 0
