"""A device is revoked: what it brings is evidence, what it signs is asked about, and it is told."""

from pathlib import Path

import pytest

from forms.engine.problem import Locked, Refused, Unreachable
from sync.client.trip import trip
from sync.crypto import letter
from sync.protocol.exchange import BATCHES_MAX
from sync.protocol.trust import CLAIMS_BYTES, Revoked
from sync.server import finding, revocation, revoked
from sync.server import records as city_records
from sync.store import checking, evidence, operators, outbox, rekey, staff, status, trust
from sync.store.handle import Store
from sync.store.keystore import NoKeystore
from sync.store.slot_file import SlotFile
from tests.sync.client.road import ADMINISTRATOR, PASSPHRASE
from tests.sync.faults.carrying import RESIDENT, back, issue, out, save, visit
from tests.sync.faults.restoring import DAY_MS, Town, own


def qr(store: Store) -> str:
    """Give the code of the letter that a desk issued last."""
    papers = [change.body.paper for change in own(store) if change.body.paper]
    assert papers
    return str(papers[-1]["qr"])


def refused(town: Town, store: Store) -> str:
    with pytest.raises(Refused) as error:
        trip(store, town)
    return error.value.problems[0].code


class Counted:
    """The road, counting the messages of each exchange; it breaks after so many."""

    def __init__(self, town: Town, most: int = 1_000) -> None:
        self.asked: list[int] = []
        self._town = town
        self._most = most

    def exchange(self, envelopes: list[bytes]) -> bytes:
        if len(self.asked) == self._most:
            raise Unreachable("cut")
        self.asked.append(len(envelopes))
        return self._town.exchange(envelopes)


def known(store: Store) -> int:
    with store.read() as conn:
        return len(trust.revoked(conn))


def test_what_a_revoked_desk_sends_is_kept_and_judged_at_an_administrators_word(
    town: Town,
) -> None:
    rina, budi = town.desk("Rina"), town.desk("Budi")
    save(rina)
    town.go(rina, budi)
    revocation.revoke(town.city, rina.desk.device, ADMINISTRATOR)
    save(rina, 2)
    issue(rina)

    assert refused(town, rina) == "device_revoked"
    save(rina)
    assert refused(town, rina) == "device_revoked"

    waiting = revocation.waiting(town.city)
    assert [(one.device, one.seq) for one in waiting] == [
        (rina.desk.device, seq) for seq in (waiting[0].seq, waiting[0].seq + 1)
    ]
    assert len(city_records.listing(town.city, RESIDENT)) == 1
    assert status.status(rina).pending > 0
    assert revocation.release(town.city, rina.desk.device, ADMINISTRATOR) == []
    assert len(city_records.listing(town.city, RESIDENT)) == 4
    assert revocation.waiting(town.city) == []
    assert refused(town, rina) == "device_revoked"
    assert revocation.waiting(town.city) == []
    town.settled(budi)


def test_a_revoked_desk_brings_everything_in_bounded_portions_and_goes_on_behind_it(
    town: Town,
) -> None:
    rina = town.desk("Rina")
    town.go(rina)
    revocation.revoke(town.city, rina.desk.device, ADMINISTRATOR)
    for _ in range(2 * BATCHES_MAX + 1):
        save(rina)
        outbox.freeze(rina)
    road = Counted(town)

    with pytest.raises(Refused):
        trip(rina, road)

    assert [one.seq for one in revocation.waiting(town.city)] == [
        one.seq for one in outbox.waiting(rina)
    ]
    assert road.asked == [1 + BATCHES_MAX, 1 + BATCHES_MAX, 2]

    save(rina)
    with pytest.raises(Refused):
        trip(rina, road)

    assert road.asked[3:] == [1 + BATCHES_MAX, 2]  # what every trip begins with, and what is new
    assert len(revocation.waiting(town.city)) == 2 * BATCHES_MAX + 2
    assert revocation.release(town.city, rina.desk.device, ADMINISTRATOR) == []


def test_a_revoked_desk_whose_line_breaks_goes_on_with_what_is_left(town: Town) -> None:
    rina = town.desk("Rina")
    town.go(rina)
    revocation.revoke(town.city, rina.desk.device, ADMINISTRATOR)
    for _ in range(BATCHES_MAX + 1):
        save(rina)
        outbox.freeze(rina)
    with pytest.raises(Unreachable):
        trip(rina, Counted(town, most=1))
    assert len(revocation.waiting(town.city)) == BATCHES_MAX

    road = Counted(town)
    with pytest.raises(Refused):
        trip(rina, road)

    assert road.asked == [1 + BATCHES_MAX, 2]
    assert len(revocation.waiting(town.city)) == BATCHES_MAX + 1


def test_a_revoked_desk_begins_again_after_a_day(town: Town) -> None:
    rina = town.desk("Rina")
    town.go(rina)
    revocation.revoke(town.city, rina.desk.device, ADMINISTRATOR)
    save(rina)
    assert refused(town, rina) == "device_revoked"
    assert evidence.reached(rina) > 0

    town.now += DAY_MS

    assert evidence.reached(rina) == 0


def test_a_revoked_desk_that_asks_for_new_keys_brings_its_work_all_the_same(town: Town) -> None:
    rina = town.desk("Rina")
    town.go(rina)
    revocation.revoke(town.city, rina.desk.device, ADMINISTRATOR)
    rekey.renew(rina)
    save(rina, 2)

    assert refused(town, rina) == "device_revoked"

    assert len(revocation.waiting(town.city)) == 1


def test_what_an_administrator_refuses_is_let_be(town: Town) -> None:
    rina = town.desk("Rina")
    town.go(rina)
    revocation.revoke(town.city, rina.desk.device, ADMINISTRATOR)
    save(rina, 2)
    refused(town, rina)

    assert revocation.refuse(town.city, rina.desk.device, ADMINISTRATOR) == 1

    assert revocation.release(town.city, rina.desk.device, ADMINISTRATOR) == []
    refused(town, rina)
    assert revocation.waiting(town.city) == []
    assert city_records.listing(town.city, RESIDENT) == []


def test_nothing_of_anybody_else_is_kept_as_evidence(town: Town) -> None:
    rina, budi = town.desk("Rina"), town.desk("Budi")
    town.go(rina, budi)
    revocation.revoke(town.city, rina.desk.device, ADMINISTRATOR)
    save(budi)
    outbox.freeze(budi)
    (own_batch,) = outbox.unreceipted(budi)
    flipped = own_batch[:-1] + bytes([own_batch[-1] ^ 1])

    assert revocation.keep(town.city, [own_batch, flipped, b"", b"x" * 100]) == 0


def test_a_revoked_desk_is_told_and_its_work_is_kept_by_stick_too(
    town: Town, tmp_path: Path
) -> None:
    rina = town.desk("Rina")
    town.go(rina)
    revocation.revoke(town.city, rina.desk.device, ADMINISTRATOR)
    save(rina, 2)
    before = status.status(rina).pending
    out(rina, tmp_path / "stick")

    seen = visit(town.city, tmp_path / "stick")
    told = back(rina, tmp_path / "stick")

    assert [fault.code for fault in seen.refused] == ["device_revoked"]
    assert [fault.code for fault in told.refused] == ["device_revoked"]
    assert told.pending == before > 0
    assert len(revocation.waiting(town.city)) == 1


def test_a_letter_of_a_compromised_laptop_counts_only_if_the_city_has_it(town: Town) -> None:
    rina, budi = town.desk("Rina"), town.desk("Budi")
    issue(rina)
    town.go(rina)
    sent = qr(rina)
    issue(rina)
    unsent = qr(rina)
    revocation.revoke(town.city, rina.desk.device, ADMINISTRATOR, compromised=True)
    town.go(budi)

    assert checking.by_qr(budi, sent).status == "genuine"
    assert checking.by_qr(budi, unsent).status == "revoked"
    assert finding.by_qr(town.city, sent).status == "genuine"
    assert finding.by_qr(town.city, unsent).status == "disputed"
    refused(town, rina)
    revocation.release(town.city, rina.desk.device, ADMINISTRATOR)
    town.go(budi)
    assert checking.by_qr(budi, unsent).status == "genuine"


def test_an_accepted_letter_counts_where_it_is_not_recorded_itself(town: Town) -> None:
    rina = town.desk("Rina")
    issue(rina)
    town.go(rina)
    sent = qr(rina)
    revocation.revoke(town.city, rina.desk.device, ADMINISTRATOR, compromised=True)
    (entry,) = (one for one in _entries(town) if one.compromised)

    assert len(entry.accepted) == CLAIMS_BYTES
    assert not revocation.doubts(town.city, _checked(town, sent))


def test_a_letter_of_a_laptop_that_was_only_taken_out_of_service_stays_as_good_as_before(
    town: Town,
) -> None:
    rina, budi = town.desk("Rina"), town.desk("Budi")
    town.go(rina, budi)
    issue(rina)
    revocation.revoke(town.city, rina.desk.device, ADMINISTRATOR)
    town.go(budi)

    assert checking.by_qr(budi, qr(rina)).status == "unknown"
    assert known(budi) == 1


def test_a_revoked_laptop_may_turn_out_to_be_compromised_but_not_the_other_way(
    town: Town,
) -> None:
    rina = town.desk("Rina")
    town.go(rina)
    numbers = []
    for compromised in (False, False, True, False, True):
        revocation.revoke(town.city, rina.desk.device, ADMINISTRATOR, compromised=compromised)
        numbers.append((town.city.ring.number, _entries(town)[0].compromised))

    assert numbers == [(2, False), (2, False), (3, True), (3, True), (3, True)]


def test_a_city_put_back_to_before_a_revocation_hears_of_it_from_its_desks(town: Town) -> None:
    rina, budi = town.desk("Rina"), town.desk("Budi")
    town.go(rina, budi)
    file = town.back_up("older")
    revocation.revoke(town.city, rina.desk.device, ADMINISTRATOR, compromised=True)
    town.go(budi)
    town.restore(file)
    town.go(budi)
    save(rina)

    assert refused(town, rina) == "device_revoked"
    assert _entries(town)[0].compromised
    town.settled(budi)


def test_a_revoked_device_that_joined_after_the_backup_is_not_let_in_again(town: Town) -> None:
    budi = town.desk("Budi")
    town.go(budi)
    file = town.back_up("older")
    rina = town.desk("Rina")
    town.go(rina)
    revocation.revoke(town.city, rina.desk.device, ADMINISTRATOR)
    town.go(budi)
    town.restore(file)
    town.go(budi)

    assert refused(town, rina) == "device_revoked"


def by_stick(town: Town, store: Store, place: Path) -> None:
    out(store, place)
    assert visit(town.city, place).refused == []
    assert back(store, place).refused == []


def test_an_operator_who_left_loses_their_key_slot_on_laptops_that_only_see_sticks(
    town: Town, tmp_path: Path
) -> None:
    rina, budi = town.desk("Rina"), town.desk("Budi")
    by_stick(town, budi, tmp_path / "budi")
    by_stick(town, rina, tmp_path / "rina")
    operators.add(budi, "Rina", ["kepala"], PASSPHRASE, keystore=NoKeystore())
    assert len(SlotFile.read(budi.folder).slots.slots) == 2

    operators.remove(budi, "Rina", reason="pindah tugas")
    operators.add(rina, "Budi", ["kepala"], PASSPHRASE, keystore=NoKeystore())
    by_stick(town, budi, tmp_path / "budi2")
    by_stick(town, rina, tmp_path / "rina2")

    slots = SlotFile.read(rina.folder).slots
    assert slots.open("Budi", PASSPHRASE)
    with pytest.raises(Locked):
        slots.open("Rina", PASSPHRASE)


def test_the_only_slot_of_a_laptop_stays_so_that_its_work_can_be_read(
    town: Town, tmp_path: Path
) -> None:
    rina, budi = town.desk("Rina"), town.desk("Budi")
    town.go(rina, budi)
    operators.remove(budi, "Rina", reason="pindah tugas")
    town.go(budi)

    by_stick(town, rina, tmp_path / "stick")

    assert SlotFile.read(rina.folder).slots.open("Rina", PASSPHRASE)
    with rina.read() as conn:
        assert staff.named(conn, "Rina") is None


def _entries(town: Town) -> list[Revoked]:
    with town.city.database.read() as connection:
        return revoked.listed(connection, town.city.code)


def _checked(town: Town, text: str) -> letter.Checked:
    return letter.check(text, {town.city.code: town.city.public.root})
