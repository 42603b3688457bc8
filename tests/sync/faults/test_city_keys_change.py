"""The city's keys change while laptops are away, by line and by stick, and after a restore."""

from pathlib import Path

import msgspec
import pytest

from forms.engine.problem import Problem, Refused
from sync.client.trip import trip
from sync.crypto import envelope, signed, trust
from sync.crypto.keys import DeviceKeys, RegionKeys, key_id
from sync.protocol import wire
from sync.protocol.epoch import Epoch
from sync.protocol.stream import Signed
from sync.protocol.trust import Shown
from sync.server import city_keys, epochs
from sync.server import records as city_records
from sync.server.ring import KEEP_MS, QUARTER_MS, WITNESS_DAYS
from sync.store import inbound, outbox, recovery, status
from sync.store import trust as kept
from sync.store.handle import Store
from tests.sync.faults.carrying import RESIDENT, back, issue, keeping, out, save, visit
from tests.sync.faults.restoring import Town
from tests.sync.server.living import lived


def number(store: Store) -> int:
    with store.read() as conn:
        return kept.number(conn)


def list_of(store: Store) -> Signed:
    with store.read() as conn:
        known = kept.read(conn)
    assert known is not None
    return known.listed


def test_a_laptop_that_slept_through_two_rotations_goes_on_with_what_it_sealed_before(
    town: Town,
) -> None:
    rina, budi = town.desk("Rina"), town.desk("Budi")
    save(rina, 2)
    town.go(rina, budi)
    save(rina, 3)
    outbox.freeze(rina)
    incarnation = rina.desk.incarnation
    for _ in range(2):
        town.now += QUARTER_MS
        city_keys.rotate(town.city, "test", signing=True)
        save(budi)
        town.go(budi)

    town.go(rina)

    assert status.status(rina).pending == 0
    assert rina.desk.incarnation == incarnation
    assert rina.desk.server == town.city.public
    assert set(rina.desk.signs) == set(town.city.ring.signs)
    town.settled(rina, budi)


def test_what_was_sealed_to_a_destroyed_key_is_sealed_anew_and_nothing_is_lost_or_doubled(
    town: Town,
) -> None:
    rina, budi = town.desk("Rina"), town.desk("Budi")
    save(rina)
    issue(rina)
    town.go(rina, budi)
    save(rina, 2)
    issue(rina)
    outbox.freeze(rina)
    before = keeping(rina).keys()
    city_keys.rotate(town.city, "test", signing=True)
    lived(town.city, town.now, WITNESS_DAYS)
    town.now += KEEP_MS + QUARTER_MS
    town.go(budi)

    town.go(rina)

    assert status.status(rina).pending == 0
    assert before == keeping(rina).keys()
    assert len(city_records.listing(town.city, RESIDENT)) == 3
    town.settled(rina, budi)


def test_a_batch_that_was_received_before_its_key_was_destroyed_is_not_doubled(
    town: Town,
) -> None:
    rina = town.desk("Rina")
    town.go(rina)
    save(rina, 2)
    outbox.freeze(rina)
    town.exchange([outbox.ask(rina).envelope, *outbox.unreceipted(rina)])  # the answer is lost
    city_keys.rotate(town.city, "test")
    lived(town.city, town.now, WITNESS_DAYS)
    town.now += KEEP_MS

    town.go(rina)

    assert status.status(rina).pending == 0
    assert len(city_records.listing(town.city, RESIDENT)) == 2
    town.settled(rina)


@pytest.mark.parametrize("signing", [False, True])
def test_a_city_restored_from_before_a_rotation_takes_its_desks_word_and_heals(
    town: Town, signing: bool
) -> None:
    rina, budi = town.desk("Rina"), town.desk("Budi")
    save(rina, 2)
    town.go(rina, budi)
    file = town.back_up("older")
    city_keys.rotate(town.city, "test", signing=signing)
    lost = town.city.public
    save(rina)
    issue(rina)
    town.go(rina)
    known = number(rina)
    town.restore(file)
    save(rina)
    save(budi)

    town.go(rina, budi, rina)

    assert town.city.public.seal != lost.seal
    assert number(rina) == number(budi) > known
    assert lost.sign in town.city.ring.signs
    assert rina.desk.server == budi.desk.server == town.city.public
    assert len(city_records.listing(town.city, RESIDENT)) == 5
    town.settled(rina, budi)


def test_a_desk_that_joined_with_keys_the_restored_city_never_had_is_let_in_again(
    town: Town,
) -> None:
    rina = town.desk("Rina")
    town.go(rina)
    file = town.back_up("older")
    city_keys.rotate(town.city, "test", signing=True)
    budi = town.desk("Budi")
    save(budi, 2)
    town.go(budi)
    town.restore(file)

    town.go(budi, rina)

    assert len(city_records.listing(town.city, RESIDENT)) == 2
    town.settled(rina, budi)


def test_a_disk_put_back_and_told_nobody_is_healed_across_a_rotation(town: Town) -> None:
    rina, budi = town.desk("Rina"), town.desk("Budi")
    save(rina, 2)
    town.go(rina, budi)
    image = town.image()
    city_keys.rotate(town.city, "test", signing=True)
    save(rina, 2)
    town.go(rina, budi)
    town.put_back(image)
    save(budi)

    town.go(rina, budi, rina)

    assert len(city_records.listing(town.city, RESIDENT)) == 5
    town.settled(rina, budi)


def test_rotations_and_what_waits_travel_by_stick_alone(town: Town, tmp_path: Path) -> None:
    rina = town.desk("Rina")
    save(rina, 2)
    stick = tmp_path / "stick"
    for _ in range(2):
        out(rina, stick)
        city_keys.rotate(town.city, "test", signing=True)
        assert visit(town.city, stick).refused == []
        assert back(rina, stick).refused == []
        save(rina)

    out(rina, stick)
    assert visit(town.city, stick).refused == []
    assert back(rina, stick).refused == []

    assert rina.desk.server == town.city.public
    assert status.status(rina).pending == 0
    town.settled(rina)


def test_a_stick_heals_what_was_sealed_to_a_destroyed_key(town: Town, tmp_path: Path) -> None:
    rina = town.desk("Rina")
    save(rina)
    stick = tmp_path / "stick"
    out(rina, stick)
    city_keys.rotate(town.city, "test")
    lived(town.city, town.now, WITNESS_DAYS)
    town.now += KEEP_MS

    told = [fault.code for fault in visit(town.city, stick).refused]
    back(rina, stick)
    for _ in range(2):
        out(rina, stick)
        assert visit(town.city, stick).refused == []
        assert back(rina, stick).refused == []

    assert set(told) == {"key_gone"}
    assert status.status(rina).pending == 0
    assert len(city_records.listing(town.city, RESIDENT)) == 1


def test_a_restored_city_hears_of_its_newer_keys_by_stick(town: Town, tmp_path: Path) -> None:
    rina = town.desk("Rina")
    town.go(rina)
    file = town.back_up("older")
    city_keys.rotate(town.city, "test", signing=True)
    save(rina, 2)
    town.go(rina)
    town.restore(file)
    known = number(rina)
    save(rina)

    for place in ("one", "two", "three", "four", "five"):
        out(rina, tmp_path / place)
        visit(town.city, tmp_path / place)
        back(rina, tmp_path / place)

    assert number(rina) > known
    assert len(city_records.listing(town.city, RESIDENT)) == 3
    town.settled(rina)


def test_anybodys_stick_brings_the_list_to_a_desk_without_an_ask(
    town: Town, tmp_path: Path
) -> None:
    rina, budi = town.desk("Rina"), town.desk("Budi")
    town.go(rina, budi)
    city_keys.rotate(town.city, "test", signing=True)
    stick = tmp_path / "stick"
    out(rina, stick)
    visit(town.city, stick)

    back(budi, stick)

    assert budi.desk.server == town.city.public


def test_an_older_list_played_again_changes_nothing(town: Town) -> None:
    rina = town.desk("Rina")
    town.go(rina)
    older = list_of(rina)
    city_keys.rotate(town.city, "test")
    town.go(rina)
    desk, newer = rina.desk, list_of(rina)

    assert not kept.take(rina, older)
    assert not kept.take(rina, newer)

    assert rina.desk == desk
    assert list_of(rina) == newer


def test_a_flipped_list_and_one_of_another_city_are_refused_by_a_desk(town: Town) -> None:
    rina = town.desk("Rina")
    town.go(rina)
    desk, listed = rina.desk, list_of(rina)
    plain = trust.checked(listed, town.city.public.root)
    other = RegionKeys.make()
    foreign = msgspec.structs.replace(plain, number=9, root=other.public().root)
    mixed = msgspec.structs.replace(plain, number=9)

    for wrong, code in (
        (
            Signed(listed.plain[:-1] + bytes([listed.plain[-1] ^ 1]), listed.signature),
            "signature_wrong",
        ),
        (signed.sign(wire.encode(foreign), other.root, "keys"), "signature_wrong"),
        (signed.sign(wire.encode(mixed), town.city.keys.sign, "keys"), "signature_wrong"),
        (signed.sign(wire.encode(foreign), town.city.keys.root, "keys"), "key_list_malformed"),
    ):
        with pytest.raises(Refused) as error:
            kept.take(rina, wrong)
        assert error.value.problems[0].code == code
    assert rina.desk == desk


def test_an_answer_of_a_lost_signing_key_is_not_believed(town: Town) -> None:
    rina = town.desk("Rina")
    town.go(rina)
    thief = town.city.keys
    ask = outbox.ask(rina)
    answer = town.exchange([ask.envelope])
    city_keys.rotate(town.city, "test", lost=True)
    town.go(rina)
    assert envelope.read(answer).header.writer == key_id(next(iter(town.city.ring.lost)))

    with pytest.raises(Refused) as error:
        inbound.take(rina, answer, ask.nonce)

    assert error.value.problems[0].code == "signature_wrong"
    assert thief.sign != town.city.keys.sign


def test_a_desk_that_shows_a_receipt_of_a_lost_signing_key_goes_on(town: Town) -> None:
    rina = town.desk("Rina")
    save(rina)
    town.go(rina)
    with rina.write() as conn:
        recovery.note_forgotten(conn)  # as after a receipt that came late
    city_keys.rotate(town.city, "test", lost=True)
    save(rina)

    town.go(rina)

    assert status.status(rina).pending == 0
    town.settled(rina)


def test_an_epoch_that_only_a_lost_signing_key_vouches_for_ends_nothing(town: Town) -> None:
    old, now = town.city.keys.sign, town.city.now()
    other = Epoch(9, bytes(16), town.city.epoch, [], {}, now + 1)
    said = signed.sign(wire.encode(other), old, "epoch")
    city_keys.rotate(town.city, "test", lost=True)

    with town.city.database.write() as connection:
        present = epochs.shown(connection, town.city, [said])
        epochs.check_present(connection, town.city.code)

    assert present == town.city.epoch


def test_a_desk_believes_no_new_signing_key_that_only_the_new_key_vouches_for(town: Town) -> None:
    rina = town.desk("Rina")
    town.go(rina)
    ask = outbox.ask(rina)
    answer = town.exchange([ask.envelope])
    letter = envelope.read(answer)
    content = envelope.unseal(letter, rina.keys.seal)
    thief = DeviceKeys.make()
    header = msgspec.structs.replace(letter.header, writer=key_id(thief.public().sign))
    forged = envelope.seal(content, header, sign=thief.sign, reader=rina.keys.public().seal)

    with pytest.raises(Refused) as error:
        inbound.take(rina, forged, ask.nonce)

    assert error.value.problems[0].code == "signature_wrong"


class _Deaf:
    """A road on which somebody says key_gone for ever."""

    def __init__(self, town: Town) -> None:
        self.town, self.asked = town, 0

    def exchange(self, envelopes: list[bytes]) -> bytes:
        self.asked += 1
        if envelope.read(envelopes[0]).header.kind == "trust":
            return self.town.exchange(envelopes)
        raise Refused(Problem("key_gone"))


def test_somebody_on_the_line_who_says_key_gone_makes_no_desk_seal_anew(town: Town) -> None:
    rina = town.desk("Rina")
    town.go(rina)
    save(rina)
    incarnation, road = rina.desk.incarnation, _Deaf(town)

    with pytest.raises(Refused) as error:
        trip(rina, road)

    assert error.value.problems[0].code == "key_gone"
    assert road.asked == 2
    assert rina.desk.incarnation == incarnation
    town.settled(rina)


def test_a_city_tells_its_list_to_who_has_none(town: Town) -> None:
    rina = town.desk("Rina")

    answer = town.exchange([kept.shown(rina)])

    assert trust.opened(answer, town.city.public.root) == Shown(town.city.ring.listed)
