"""A desk's own keys change and it stays who it is; copies and old disks are told apart."""

import shutil
from pathlib import Path

from sync.crypto import letter
from sync.protocol.change import Change
from sync.server import city_keys, devices
from sync.server import records as city_records
from sync.store import inbound, outbox, rekey, status, verify
from sync.store import open as door
from sync.store.handle import Store
from sync.store.keystore import NoKeystore
from sync.store.rekey import YEAR_MS
from tests.sync.client.road import PASSPHRASE
from tests.sync.faults.carrying import RESIDENT, back, issue, out, save, visit
from tests.sync.faults.restoring import Town, own


def printed(store: Store) -> list[Change]:
    return [change for change in own(store) if change.body.paper]


def opened(town: Town, folder: Path) -> Store:
    store = door.unlock(folder, "Rina", PASSPHRASE, keystore=NoKeystore(), now=town.clock)
    town.desks.append(store)
    return store


def renewed(town: Town, store: Store) -> None:
    assert rekey.renew(store)
    town.go(store)


def test_a_desk_gets_new_keys_and_keeps_its_id_its_life_and_its_numbers(town: Town) -> None:
    rina = town.desk("Rina")
    issue(rina)
    town.go(rina)
    before, desk = rina.keys, rina.desk

    renewed(town, rina)

    assert {rina.keys.sign, rina.keys.seal, rina.keys.letter}.isdisjoint(
        {before.sign, before.seal, before.letter}
    )
    assert (rina.desk.device, rina.desk.incarnation) == (desk.device, desk.incarnation)
    assert len(devices.listing(town.city)) == 1
    issue(rina)
    town.go(rina)
    first, second = printed(rina)
    assert first.number is not None
    assert second.number is not None
    assert second.number.position == first.number.position + 1
    roots = {town.city.code: town.city.public.root}
    for change in (first, second):
        assert change.body.paper is not None
        assert letter.check(change.body.paper["qr"], roots).office == rina.office.name
    town.settled(rina)


def test_what_was_sealed_by_the_old_keys_is_taken_after_the_change(
    town: Town, tmp_path: Path
) -> None:
    rina = town.desk("Rina")
    town.go(rina)
    save(rina, 2)
    out(rina, tmp_path / "stick")
    assert rekey.renew(rina)
    ask = outbox.ask(rina)
    inbound.take(rina, town.exchange([ask.envelope]), ask.nonce)

    taken = visit(town.city, tmp_path / "stick").taken

    assert taken == 1
    assert len(city_records.listing(town.city, RESIDENT)) == 2
    town.settled(rina)


def test_an_answer_that_was_lost_is_given_again(town: Town) -> None:
    rina = town.desk("Rina")
    town.go(rina)
    rekey.renew(rina)
    town.exchange([outbox.ask(rina).envelope])
    save(rina)

    town.go(rina)

    assert len(devices.listing(town.city)) == 1
    assert status.status(rina).pending == 0
    town.settled(rina)


def test_keys_a_year_old_are_changed_by_the_next_trip(town: Town) -> None:
    rina = town.desk("Rina")
    town.go(rina)
    before = rina.keys
    town.now += YEAR_MS
    town.go(rina)

    assert rina.keys.sign != before.sign
    assert len(devices.listing(town.city)) == 1
    town.settled(rina)


def test_new_keys_come_from_a_city_that_signs_with_a_new_key_meanwhile(town: Town) -> None:
    rina = town.desk("Rina")
    town.go(rina)
    before = rina.keys
    rekey.renew(rina)
    city_keys.rotate(town.city, "Dewi", signing=True)

    town.go(rina)

    assert rina.keys.sign != before.sign
    town.settled(rina)


def test_new_keys_come_by_stick(town: Town, tmp_path: Path) -> None:
    rina = town.desk("Rina")
    before = rina.keys
    save(rina)
    rekey.renew(rina)
    for place in ("one", "two"):
        out(rina, tmp_path / place)
        assert visit(town.city, tmp_path / place).refused == []
        assert back(rina, tmp_path / place).refused == []

    assert rina.keys.sign != before.sign
    assert status.status(rina).pending == 0
    town.settled(rina)


def test_a_stick_from_before_the_change_whose_answer_was_lost_makes_no_second_device(
    town: Town, tmp_path: Path
) -> None:
    rina = town.desk("Rina")
    town.go(rina)
    save(rina)
    out(rina, tmp_path / "stick")
    rekey.renew(rina)
    town.exchange([outbox.ask(rina).envelope])
    desk = rina.desk

    assert visit(town.city, tmp_path / "stick").taken == 1
    assert back(rina, tmp_path / "stick").refused == []
    town.go(rina)

    assert len(devices.listing(town.city)) == 1
    assert (rina.desk.device, rina.desk.incarnation) == (desk.device, desk.incarnation)
    assert status.status(rina).pending == 0
    town.settled(rina)


def test_a_copy_that_has_an_older_stick_and_asks_for_new_keys_still_parts(
    town: Town, tmp_path: Path
) -> None:
    rina = town.desk("Rina")
    town.go(rina)
    rina.close()
    town.desks.remove(rina)
    shutil.copytree(rina.folder, town.root / "copy")
    rina, copy = opened(town, rina.folder), opened(town, town.root / "copy")
    renewed(town, rina)
    save(copy, 2)
    out(copy, tmp_path / "stick")
    rekey.renew(copy)
    visit(town.city, tmp_path / "stick")
    back(copy, tmp_path / "stick")

    town.go(copy)

    assert copy.desk.device != rina.desk.device
    assert len(devices.listing(town.city)) == 2
    town.settled(rina, copy)


def test_a_copy_from_before_the_change_becomes_a_device_of_its_own(town: Town) -> None:
    rina = town.desk("Rina")
    town.go(rina)
    rina.close()
    town.desks.remove(rina)
    shutil.copytree(rina.folder, town.root / "copy")
    rina, copy = opened(town, rina.folder), opened(town, town.root / "copy")
    renewed(town, rina)
    save(copy, 2)

    town.go(copy)

    assert copy.desk.device != rina.desk.device
    assert len(city_records.listing(town.city, RESIDENT)) == 2
    town.settled(rina, copy)


def test_of_two_copies_that_change_their_keys_one_stays_and_one_parts(town: Town) -> None:
    rina = town.desk("Rina")
    town.go(rina)
    rina.close()
    town.desks.remove(rina)
    shutil.copytree(rina.folder, town.root / "copy")
    rina, copy = opened(town, rina.folder), opened(town, town.root / "copy")
    device = rina.desk.device
    for store in (rina, copy):
        rekey.renew(store)

    town.go(rina, copy)

    assert rina.desk.device == device
    assert copy.desk.device != device
    assert len(devices.listing(town.city)) == 2
    town.settled(rina, copy)


def test_a_city_put_back_to_before_the_change_knows_the_desk_by_its_own_word(
    town: Town,
) -> None:
    rina = town.desk("Rina")
    save(rina)
    town.go(rina)
    file = town.back_up("older")
    renewed(town, rina)
    save(rina)
    town.go(rina)
    town.restore(file)
    save(rina)

    town.go(rina)

    assert len(city_records.listing(town.city, RESIDENT)) == 3
    assert len(devices.listing(town.city)) == 1
    town.settled(rina)


def test_a_city_put_back_knows_a_desks_new_keys_though_its_signing_key_of_then_is_lost(
    town: Town,
) -> None:
    rina, budi = town.desk("Rina"), town.desk("Budi")
    town.go(rina, budi)
    file = town.back_up("older")
    renewed(town, rina)
    _forget_and_lose_the_key(town, budi, file)
    save(rina)

    town.go(rina)

    assert len(city_records.listing(town.city, RESIDENT)) == 1
    assert len(devices.listing(town.city)) == 2
    town.settled(rina, budi)


def test_a_city_put_back_knows_a_desk_that_joined_since_though_its_signing_key_of_then_is_lost(
    town: Town,
) -> None:
    budi = town.desk("Budi")
    town.go(budi)
    file = town.back_up("older")
    rina = town.desk("Rina")
    _forget_and_lose_the_key(town, budi, file)
    save(rina)

    town.go(rina)

    assert len(city_records.listing(town.city, RESIDENT)) == 1
    town.settled(rina, budi)


def _forget_and_lose_the_key(town: Town, witness: Store, file: Path) -> None:
    """Put the city back, and let a desk tell it that its signing key is lost."""
    key = town.city.public.sign
    city_keys.rotate(town.city, "Dewi", lost=True)
    town.go(witness)
    town.restore(file)
    town.go(witness)
    assert key in town.city.ring.lost


def test_the_store_still_verifies_what_the_old_keys_signed(town: Town) -> None:
    rina = town.desk("Rina")
    save(rina)
    town.go(rina)
    for _ in range(2):
        renewed(town, rina)
        save(rina)
        town.go(rina)

    assert verify.verify(rina) == []
