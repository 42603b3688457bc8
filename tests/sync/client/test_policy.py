"""A new region file, and an office's new address, reach a desk by line and by stick."""

import shutil
from collections.abc import Callable
from pathlib import Path

from sync.server import offices, policies
from sync.server.city import City
from sync.store import records, texts
from sync.store.handle import Store
from tests.sync.client.road import LETTER, REGION, filled, go
from tests.sync.faults.carrying import back, out, visit
from tests.sync.faults.restoring import own


def renamed(place: Path) -> Path:
    """Write the region's file with another name."""
    path = place / REGION.name
    shutil.copytree(REGION.with_suffix(""), path.with_suffix(""))
    text = REGION.read_text("utf-8").replace('"Kota Contoh"', '"Kota Percontohan"')
    path.write_text(text, "utf-8")
    return path


def head(store: Store, letter: bytes) -> str:
    """Give the letterhead with which a letter was printed."""
    papers = [one.body.paper for one in own(store) if one.target == letter and one.body.paper]
    [digest] = {paper["head"] for paper in papers}
    with store.read() as conn:
        return texts.get(conn, [digest])[digest]


def test_the_next_letter_bears_the_new_letterhead_and_the_old_one_its_own(
    city: City, desk: Callable[..., Store], tmp_path: Path
) -> None:
    store = desk("Rina")
    before = records.new(store, LETTER, filled(store, LETTER), issue=True)
    policies.apply(city, renamed(tmp_path / "baru"), "test")
    offices.edit(city, "KEL-1", "test", address="Jalan Melati 1", postcode="15111")
    go(store)

    after = records.new(store, LETTER, filled(store, LETTER), issue=True)
    go(store)

    assert store.region.name == "Kota Percontohan"
    assert store.office.address == "Jalan Melati 1"
    printed = [head(store, one.record) for one in (before, after)]
    assert ["Jalan Melati 1" in one for one in printed] == [False, True]
    assert ["KOTA PERCONTOHAN" in one for one in printed] == [False, True]


def test_a_stick_brings_it_too(city: City, desk: Callable[..., Store], tmp_path: Path) -> None:
    store, stick = desk("Rina"), tmp_path / "stick"
    go(store)
    policies.apply(city, renamed(tmp_path / "baru"), "test")

    out(store, stick)
    visit(city, stick)
    back(store, stick)

    assert store.region.name == "Kota Percontohan"
    assert go(store).pending == 0
