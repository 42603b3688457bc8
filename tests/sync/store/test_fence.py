"""A store that was put back on the same laptop is found out by its keystore, with no network."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from sync.store import numbers, records
from sync.store.handle import Store
from sync.store.verify import verify
from tests.sync.store.laptop import LETTER, Desk


def issued(store: Store, business: dict[str, Any], count: int = 1) -> list[bool]:
    """Issue letters; tell of each whether its number is final."""
    found = []
    for _ in range(count):
        number = records.new(store, LETTER, business, issue=True).number
        assert number is not None
        found.append(not number.provisional)
    return found


def image(desk: Desk, place: Path) -> Path:
    shutil.copytree(desk.folder, place)
    return place


def put_back(desk: Desk, disk: Path) -> None:
    shutil.rmtree(desk.folder)
    shutil.copytree(disk, desk.folder)


def test_an_old_folder_on_the_same_laptop_takes_no_old_number(
    desk: Desk, business: dict[str, Any], tmp_path: Path
) -> None:
    with desk.unlock() as store:
        issued(store, business, 2)
    disk = image(desk, tmp_path / "image")
    with desk.unlock() as store:
        before = store.desk.incarnation
        assert issued(store, business, 3) == [True] * 3

    put_back(desk, disk)
    with desk.unlock() as store:
        assert store.desk.incarnation != before
        assert issued(store, business) == [False]
        assert {one.state for one in numbers.explain(store, "surat", 2026)[2:]} == {"burned"}
        assert verify(store) == []
        anew = store.desk.incarnation
    with desk.unlock() as store:
        assert store.desk.incarnation == anew


def test_an_old_folder_of_the_life_before_is_found_as_well(
    desk: Desk, business: dict[str, Any], tmp_path: Path
) -> None:
    disk = image(desk, tmp_path / "image")
    with desk.unlock() as store:
        issued(store, business)
    put_back(desk, disk)
    with desk.unlock() as store:
        second = store.desk.incarnation

    put_back(desk, disk)
    with desk.unlock() as store:
        assert store.desk.incarnation not in {second, b""}
        assert issued(store, business) == [False]


def test_a_laptop_that_went_on_as_always_is_left_alone(
    desk: Desk, business: dict[str, Any], tmp_path: Path
) -> None:
    with desk.unlock() as store:
        before = store.desk.incarnation
    for _ in range(3):
        with desk.unlock() as store:
            assert issued(store, business) == [True]
            assert store.desk.incarnation == before


def test_a_cut_before_the_keystore_was_told_is_no_fault(
    desk: Desk, business: dict[str, Any]
) -> None:
    with desk.unlock() as store:
        before = store.desk.incarnation
        issued(store, business)
        kept = dict(desk.keystore.kept)
        issued(store, business, 2)
    desk.keystore.kept = kept

    with desk.unlock() as store:
        assert store.desk.incarnation == before
        assert issued(store, business) == [True]


def test_a_keystore_that_fails_holds_no_letter_up(
    desk: Desk, business: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_name: str, _secret: bytes) -> None:
        raise RuntimeError

    with desk.unlock() as store:
        monkeypatch.setattr(desk.keystore, "put", fail)
        assert issued(store, business) == [True]


def test_what_is_kept_names_nobody(desk: Desk, business: dict[str, Any]) -> None:
    with desk.unlock() as store:
        issued(store, business)
        office, operator = store.office, store.operator

    text = repr(desk.keystore.kept).encode()
    assert office.name.encode() not in text
    assert operator.name.encode() not in text
