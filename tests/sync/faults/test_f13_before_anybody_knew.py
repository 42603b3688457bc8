"""A server whose disk is put back, and what else happens before any desk was there."""

import msgspec

from sync.crypto import signed
from sync.protocol import wire
from sync.protocol.receipt import Receipt
from sync.protocol.stream import Signed
from sync.server import city_keys
from sync.store import incarnation, recovery, settings, status
from sync.store.handle import Store
from tests.sync.faults.carrying import save
from tests.sync.faults.restoring import Town, own

RESIDENT = "residents/resident"


def forgotten(town: Town, store: Store) -> None:
    """Let the city have what a desk saved, and forget it with its disk and its signing key."""
    town.go(store)
    image = town.image()
    save(store, 2)
    town.go(store)
    town.put_back(image)
    city_keys.rotate(town.city, "test", lost=True)


def test_desks_give_back_their_own_acts_though_the_key_of_their_receipts_is_lost(
    town: Town,
) -> None:
    rina = town.desk("Rina")
    forgotten(town, rina)
    epoch = town.city.epoch

    town.go(rina)
    town.go(rina)

    assert town.city.epoch != epoch
    assert status.status(rina).pending == 0
    assert {change.target for change in own(rina)} <= town.held(RESIDENT)
    town.settled(rina)


def test_a_page_of_a_lost_key_is_proof_of_a_past_but_what_others_wrote_is_not_taken_from_it(
    town: Town,
) -> None:
    rina, budi = town.desk("Rina"), town.desk("Budi")
    town.go(rina, budi)
    image = town.image()
    save(rina, 2)
    town.go(rina, budi)
    theirs = {change.target for change in own(rina)}
    town.put_back(image)
    city_keys.rotate(town.city, "test", lost=True)
    save(budi)

    town.go(budi)
    town.go(budi)

    assert not theirs & town.held(RESIDENT)
    assert status.status(budi).pending == 0
    town.settled(rina, budi)
    assert theirs <= town.held(RESIDENT)


def test_who_has_a_lost_key_makes_a_city_begin_anew_once_at_most(town: Town) -> None:
    rina = town.desk("Rina")
    save(rina)
    town.go(rina)
    thief, epochs = town.city.keys.sign, [town.city.epoch]
    city_keys.rotate(town.city, "test", lost=True)

    for _ in range(4):
        with rina.write() as conn:
            own = settings.read(conn, "receipt", Signed)
            assert own is not None
            said = wire.decode(own.plain, Receipt)
            more = msgspec.structs.replace(said, epoch=town.city.epoch, received=99)
            forged = signed.sign(wire.encode(more), thief, "receipt")
            settings.write(conn, "receipt", forged)
            recovery.note_forgotten(conn)
        town.go(rina)
        epochs.append(town.city.epoch)

    assert len(set(epochs)) == 2
    town.settled(rina)


def test_what_a_life_before_had_sent_comes_back_though_the_present_one_was_heard_already(
    town: Town,
) -> None:
    rina = town.desk("Rina")
    forgotten(town, rina)
    with incarnation.renewing(rina) as conn:  # as when a batch waited for a key that is gone
        incarnation.begin(conn)
    save(rina)

    town.go(rina)
    town.go(rina)

    assert status.status(rina).pending == 0
    assert {change.target for change in own(rina)} <= town.held(RESIDENT)
    town.settled(rina)
