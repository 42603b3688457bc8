"""Whoever signs in has keys of their own, in a slot that only they open."""

import msgspec

from sync.crypto import slots as key_slots
from sync.crypto import wrap
from sync.protocol import authorship, columns
from sync.store import operators, outbox, staff
from sync.store.handle import Store
from sync.store.slot_file import SlotFile
from sync.store.verify import verify
from tests.sync.store.laptop import OPERATOR, PASSPHRASE, City, Desk

FRIEND = ("Petugas Satu", "payung hijau")


def earlier(desk: Desk) -> None:
    """Let the slots be what an earlier version left: the store key, and nothing else."""
    file = SlotFile.read(desk.folder)
    secret = file.secret(desk.keystore)
    key = file.slots._key(PASSPHRASE, secret)
    bare = wrap.wrap(
        file.slots.open(OPERATOR, PASSPHRASE, secret), key, key_slots._context(OPERATOR)
    )
    file.with_slots(msgspec.structs.replace(file.slots, slots=[bare])).write(desk.folder)


def test_a_slot_of_an_earlier_version_gets_a_seed_at_the_next_sign_in(desk: Desk) -> None:
    earlier(desk)

    with desk.unlock() as store:
        first = store.own
    with desk.unlock() as store:
        assert first is not None
        assert store.own == first
        assert [person for person, here in operators.listing(store) if here] == [store.operator]


def test_a_slot_that_the_store_did_not_know_is_known_again(desk: Desk, store: Store) -> None:
    with store.write() as conn:  # cut between the slot file and the commit
        staff.give_slot(conn, store.operator.id, b"another")
    store.close()

    with desk.unlock() as again, again.read() as conn:
        slots = SlotFile.read(desk.folder).slots.slots
        assert staff.slot_of(conn, again.operator.id, slots) == 0


def test_another_passphrase_leaves_the_keys_as_they_are(desk: Desk, store: Store) -> None:
    before = store.own
    operators.change_passphrase(store, PASSPHRASE, FRIEND[1], keystore=desk.keystore)
    store.close()

    with desk.unlock(OPERATOR, FRIEND[1]) as again:
        assert again.own == before


def test_two_people_of_one_laptop_sign_by_keys_of_their_own(
    desk: Desk, store: Store, city: City
) -> None:
    operators.add(store, FRIEND[0], ["penandatangan", "kepala"], FRIEND[1], keystore=desk.keystore)
    mine = store.own
    store.close()
    with desk.unlock(*FRIEND) as other:
        operators.describe(other, OPERATOR, {"jabatan": "Lurah"})
        (batch,) = outbox.freeze(other)
        changes = columns.decode(city.open(batch.envelope, other).changes)
        theirs = other.own
        assert verify(other) == []

    assert mine is not None
    assert theirs is not None
    assert mine != theirs
    signers = [authorship.signer(change) for change in changes]
    assert signers == [*[mine.name] * 3, theirs.name]
