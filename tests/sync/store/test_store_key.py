"""The store's key is changed whole or not at all, and the old one opens nothing of today."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from forms.engine.problem import Locked, Refused
from sync.crypto import envelope
from sync.protocol import authorship
from sync.store import key_list, operators, records, store_key
from sync.store.engine import opened, sqlcipher
from sync.store.handle import FILE, SLOTS, Store
from sync.store.slot_file import SlotFile
from sync.store.verify import verify
from tests.sync.store.laptop import OPERATOR, PASSPHRASE, RESIDENT, Desk

NEW = "perahu kertas biru"
CLERK = ("Petugas Satu", "payung hijau")


class Cut(BaseException):
    """The machine went dark."""


@pytest.fixture
def shared(desk: Desk, resident: Callable[..., Any]) -> Desk:
    """A laptop on which two people sign in, with a resident that was never sent."""
    with desk.unlock() as store:
        operators.add(store, CLERK[0], ["petugas"], CLERK[1], keystore=desk.keystore)
        records.new(store, RESIDENT, resident())
    return desk


def change(desk: Desk) -> list[str]:
    with desk.unlock() as store:
        return store_key.change(store, PASSPHRASE, NEW, keystore=desk.keystore)


def count(store: Store, service: str = RESIDENT) -> int:
    with store.read() as conn:
        query = "SELECT count(*) FROM record WHERE service = ?"
        return int(conn.exec_driver_sql(query, (service,)).scalar_one())


def test_after_it_the_new_passphrase_opens_the_store_with_all_that_was_in_it(shared: Desk) -> None:
    with shared.unlock() as store:
        before = store.key

    assert change(shared) == []

    with shared.unlock(OPERATOR, NEW) as store:
        assert store.key != before
        assert count(store) == 1
        assert verify(store) == []
    with pytest.raises(Locked):
        shared.unlock()


def test_a_colleague_signs_in_as_before(shared: Desk) -> None:
    change(shared)

    for _ in range(2):  # by the box, then by the slot that was written anew
        with shared.unlock(*CLERK) as store:
            assert count(store) == 1
            assert verify(store) == []
    shared.unlock(OPERATOR, NEW).close()


def test_whoever_has_the_old_key_and_passphrase_opens_nothing_of_today(
    shared: Desk, tmp_path: Path
) -> None:
    image = tmp_path / "image"
    shutil.copytree(shared.folder, image)
    with Desk(image, shared.city, shared.clock, shared.keystore).unlock() as store:
        old, seed = store.key, store.own
        assert seed is not None

    change(shared)

    with pytest.raises(sqlcipher.DatabaseError):
        opened(shared.folder / FILE, old)
    slots = SlotFile.read(shared.folder).slots
    assert len(slots.boxes) == 1
    assert envelope.take(slots.boxes[0], seed.seal, b"teras/box/1") is None
    shutil.copy(shared.folder / SLOTS, image / SLOTS)
    with pytest.raises(Locked):
        Desk(image, shared.city, shared.clock, shared.keystore).unlock()


def test_the_operators_key_of_before_signs_its_successor_and_ends(shared: Desk) -> None:
    change(shared)

    with shared.unlock(OPERATOR, NEW) as store:
        (mine,) = [key for key in key_list.keys(store) if key.state == authorship.ENDED_STATE]
        own = store.own
        assert own is not None
        assert own.name != mine.id
        query = "SELECT c.seq, c.plain FROM change c WHERE c.record = ? ORDER BY c.n"
        with store.read() as conn:
            begun = conn.exec_driver_sql(query, (own.name,)).one()
            *_, ended = conn.exec_driver_sql(query, (mine.id,)).all()
        assert begun.seq < ended.seq
        assert mine.id in begun.plain
    with shared.unlock(OPERATOR, NEW) as store:
        assert len(key_list.keys(store)) == 3  # of two people; nothing is said twice


def test_a_second_change_before_a_colleague_came_lets_them_in_all_the_same(shared: Desk) -> None:
    change(shared)
    with shared.unlock(OPERATOR, NEW) as store:
        store_key.change(store, NEW, PASSPHRASE, keystore=shared.keystore)

    with shared.unlock(*CLERK) as store:
        assert count(store) == 1
    shared.unlock().close()


def test_who_has_no_keys_of_their_own_yet_is_named_and_let_in_anew(shared: Desk) -> None:
    with shared.unlock() as store, store.write() as conn:  # as an earlier version left it
        conn.exec_driver_sql("DELETE FROM setting WHERE key = 'readers'")

    assert change(shared) == [CLERK[0]]

    with pytest.raises(Locked):
        shared.unlock(*CLERK)
    with shared.unlock(OPERATOR, NEW) as store:
        assert (CLERK[0], False) in [(one.name, here) for one, here in operators.listing(store)]
        operators.add(store, CLERK[0], ["petugas"], CLERK[1], keystore=shared.keystore)
    shared.unlock(*CLERK).close()


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [("bukan ini juga", NEW, Locked), (PASSPHRASE, "pendek", Refused)],
)
def test_a_wrong_or_weak_passphrase_changes_nothing(
    shared: Desk, old: str, new: str, error: type[Exception]
) -> None:
    with shared.unlock() as store, pytest.raises(error):
        store_key.change(store, old, new, keystore=shared.keystore)

    with shared.unlock() as store:
        assert count(store) == 1


@contextmanager
def _cut(step: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Cut the power before the step-th time that anything of the folder is renamed or removed."""
    done: list[str] = []

    def watched(name: str) -> Callable[..., Any]:
        plain = getattr(Path, name)

        def work(path: Path, *parts: Any, **how: Any) -> Any:
            if len(done) == step:
                raise Cut
            done.append(f"{name} {path.name}")
            return plain(path, *parts, **how)

        return work

    with monkeypatch.context() as patch:
        for name in ("replace", "unlink"):
            patch.setattr(Path, name, watched(name))
        yield done


@pytest.mark.parametrize("step", range(6))
def test_a_power_cut_at_any_step_leaves_a_store_that_one_passphrase_opens(
    shared: Desk, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    store = shared.unlock()
    with _cut(step, monkeypatch) as done:
        try:
            store_key.change(store, PASSPHRASE, NEW, keystore=shared.keystore)
        except Cut:
            pass
        else:
            assert step == 5, "every step is cut once"
    assert len(done) == step

    try:
        again = shared.unlock(OPERATOR, NEW)
    except Locked:
        again = shared.unlock()
    with again:
        assert count(again) == 1
        assert verify(again) == []
    assert not (shared.folder / store_key.NEXT).exists()
    with shared.unlock(*CLERK) as store:
        assert count(store) == 1


def test_a_disk_that_fails_leaves_everything_as_it_was(shared: Desk) -> None:
    (shared.folder / store_key.NEXT).mkdir()

    with shared.unlock() as store, pytest.raises(Refused) as refused:
        store_key.change(store, PASSPHRASE, NEW, keystore=shared.keystore)

    assert refused.value.problems[0].code == "disk_failed"
    with shared.unlock() as store:
        assert count(store) == 1


def test_a_colleague_who_comes_first_after_a_cut_brings_it_to_its_end(
    shared: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = shared.unlock()
    with _cut(2, monkeypatch) as done, pytest.raises(Cut):
        store_key.change(store, PASSPHRASE, NEW, keystore=shared.keystore)
    assert done[-1] == f"replace {SLOTS}.next"

    with shared.unlock(*CLERK) as store:
        assert count(store) == 1
    shared.unlock(OPERATOR, NEW).close()
