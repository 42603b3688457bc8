import os

from sync.store import drafts, operators
from sync.store.handle import Store
from tests.sync.store.laptop import LETTER, Desk


def test_a_draft_is_as_it_was_left_also_after_a_crash(desk: Desk) -> None:
    subject = os.urandom(16)
    with desk.unlock() as store:
        drafts.put(store, "loket", LETTER, {"nama": "Sit", "omzet": "abc"}, subject=subject)

    with desk.unlock() as store:
        left = drafts.get(store, "loket")
        assert left is not None
        assert (left.key, left.service, left.subject) == ("loket", LETTER, subject)
        assert left.answers == {"nama": "Sit", "omzet": "abc"}


def test_the_last_draft_of_a_key_counts(store: Store) -> None:
    drafts.put(store, "loket", LETTER, {"nama": "A"})
    drafts.put(store, "loket", LETTER, {"nama": "B"})

    assert [draft.answers for draft in drafts.listing(store)] == [{"nama": "B"}]
    drafts.drop(store, "loket")
    drafts.drop(store, "loket")
    assert drafts.get(store, "loket") is None


def test_operators_have_their_own_drafts(desk: Desk, store: Store) -> None:
    drafts.put(store, "loket", LETTER, {"nama": "A"})
    operators.add(store, "Petugas Satu", ["petugas"], "payung hijau", keystore=desk.keystore)
    store.close()

    with desk.unlock("Petugas Satu", "payung hijau") as other:
        assert drafts.get(other, "loket") is None
        drafts.put(other, "loket", LETTER, {"nama": "B"})
        assert len(drafts.listing(other)) == 1


def test_drafts_are_bounded_and_the_oldest_go(store: Store) -> None:
    for number in range(drafts.DRAFTS_MAX + 3):
        drafts.put(store, str(number), LETTER, {})

    kept = drafts.listing(store)
    assert len(kept) == drafts.DRAFTS_MAX
    assert kept[0].key == str(drafts.DRAFTS_MAX + 2)
