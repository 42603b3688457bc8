"""The sync line and the closing sentence say what a real store holds, in words, icon and tone."""

import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QPushButton

from desktop.app import Application
from desktop.dates import clock
from desktop.frame import closing
from desktop.frame.closing import ClosingDialog
from desktop.frame.status_line import sentence
from desktop.pages.sign_in import SignIn
from desktop.pages.syncing import SyncPage
from desktop.pictures import Visitor
from desktop.tones import sync_line
from forms.engine import example
from forms.engine.region import Unsent
from forms.engine.words import say
from sync.store import outbox, records, status
from sync.store.handle import Store
from sync.store.status import DAY_MS, HOUR_MS
from tests.desktop.office import FakeFiles, business
from tests.sync.client import scans
from tests.sync.store.laptop import RESIDENT, Desk, make_desk

CHANGES = "perubahan menunggu — tersimpan aman di laptop ini"


@pytest.fixture(scope="module")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return make_desk(tmp_path_factory.mktemp("line") / "data")


@pytest.fixture
def laptop(pattern: Desk, tmp_path: Path) -> Iterator[tuple[Desk, Store]]:
    """A laptop of its own, open, with a city that signs what a test says."""
    folder = tmp_path / "laptop"
    shutil.copytree(pattern.folder, folder)
    made = Desk(folder, pattern.city, pattern.clock, pattern.keystore.copied())
    pattern.city.received.clear()
    heads = dict(pattern.city.heads)
    with made.unlock() as store:
        yield made, store
    pattern.city.heads = heads


def somebody(store: Store, serial: int) -> bytes:
    filled = example.fill(store.catalogue.form(RESIDENT).example, store.scene())
    nik = f"{filled['nik'][:12]}{serial:04}"
    return records.new(store, RESIDENT, filled | {"nik": nik}).record


def line(store: Store, **seen: Any) -> tuple[str, str, str]:
    """What the line shows: its sentence, its icon, its tone."""
    told = status.state(status.status(store), store.now(), **seen)
    return sentence(told), *sync_line(told)


def test_all_is_received(laptop: tuple[Desk, Store]) -> None:
    desk, store = laptop
    assert line(store)[0] == say("sync.nothing_yet")

    somebody(store, 1)
    desk.city.agree(store)

    said = say("sync.all_received", time=clock(desk.city.time))
    assert line(store) == (said, "check-circle", "ok")
    assert closing.sentence(status.status(store)) == "Aman dimatikan"


def test_some_wait_here(laptop: tuple[Desk, Store]) -> None:
    _, store = laptop
    somebody(store, 1)
    somebody(store, 2)

    assert line(store) == (f"2 {CHANGES}", "pause-circle", "wait")
    told = closing.sentence(status.status(store))
    assert told == "2 perubahan hanya ada di laptop ini"


def test_some_are_being_sent(laptop: tuple[Desk, Store]) -> None:
    _, store = laptop
    for serial in range(1, 4):
        somebody(store, serial)

    assert line(store, sending=(1, 4)) == ("Mengirim 1 dari 4", "arrow-up", "wait")


def test_all_are_on_a_stick(laptop: tuple[Desk, Store]) -> None:
    _, store = laptop
    somebody(store, 1)
    for frozen in outbox.freeze(store):
        outbox.sent(store, frozen.n, "folder")

    said = "1 perubahan di USB, menunggu tanda terima"
    assert line(store) == (said, "usb", "wait")
    assert closing.sentence(status.status(store)) == say("closing.elsewhere", count=1)

    somebody(store, 2)
    assert line(store) == (f"2 {CHANGES}", "pause-circle", "wait")
    told = closing.sentence(status.status(store))
    assert told == "1 perubahan hanya ada di laptop ini"


def test_something_is_to_be_mended(laptop: tuple[Desk, Store]) -> None:
    desk, store = laptop
    somebody(store, 1)
    desk.city.agree(store, verdict="refused", code="role_missing")

    assert line(store) == ("1 berkas perlu diperbaiki", "warning-circle", "danger")


@pytest.mark.parametrize(
    ("hours", "patience", "said", "tone"),
    [
        (23, Unsent(), f"1 {CHANGES}", "wait"),
        (24, Unsent(), "1 perubahan belum terkirim 1 hari", "warn"),
        (72, Unsent(), "1 perubahan belum terkirim 3 hari", "danger"),
        (72, Unsent(late_days=7, urgent_days=14), f"1 {CHANGES}", "wait"),
        (
            14 * 24,
            Unsent(late_days=7, urgent_days=14),
            "1 perubahan belum terkirim 14 hari",
            "danger",
        ),
    ],
)
def test_something_has_waited_too_long_for_this_region(
    laptop: tuple[Desk, Store], hours: int, patience: Unsent, said: str, tone: str
) -> None:
    desk, store = laptop
    before = desk.clock.time
    somebody(store, 1)
    try:
        desk.clock.time = before + hours * HOUR_MS + 60_000
        shown = line(store, patience=patience)
    finally:
        desk.clock.time = before
    assert (shown[0], shown[2]) == (said, tone)


def test_a_scan_that_only_this_laptop_has_is_not_safe(
    laptop: tuple[Desk, Store], tmp_path: Path
) -> None:
    desk, store = laptop
    scans.begun(store, scans.scan(tmp_path, 500))
    desk.city.agree(store)

    said = "Semua data sudah diterima; 1 lampiran masih menunggu"
    assert line(store) == (said, "arrow-up", "wait")
    assert closing.sentence(status.status(store)) == "1 lampiran hanya ada di laptop ini"


@pytest.mark.parametrize("seed", [3, 11])
def test_nothing_unreceipted_is_ever_called_received(laptop: tuple[Desk, Store], seed: int) -> None:
    """Whatever happened in whichever order, the words follow from what has a receipt."""
    desk, store = laptop
    chance = random.Random(seed)  # noqa: S311 - a walk, not a secret
    saved = told = 0
    before = desk.clock.time

    def receipts() -> None:
        nonlocal told
        desk.city.agree(store)
        told = saved

    def save() -> None:
        nonlocal saved
        saved += 1
        somebody(store, saved)

    def stick() -> None:
        for frozen in outbox.freeze(store):
            outbox.sent(store, frozen.n, chance.choice(("folder", "hub", "https")))

    def clock_moves() -> None:
        desk.clock.time += chance.choice((-DAY_MS, HOUR_MS, DAY_MS))

    acts: list[Callable[[], None]] = [save, save, stick, receipts, clock_moves]
    try:
        for _ in range(40):
            chance.choice(acts)()
            found = status.status(store)
            state = status.state(found, store.now(), sending=chance.choice((None, (0, 1))))
            assert found.pending == saved - told
            assert (state.code == "all_received") == (saved == told)
            assert found.safe_to_close == (saved == told)
            assert (closing.sentence(found) == "Aman dimatikan") == (saved == told)
    finally:
        desk.clock.time = before


def answer(text: str, seen: list[str]) -> None:
    """Press a button of the closing dialog once it stands there."""

    context = QApplication.instance()
    assert context is not None

    def press() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, ClosingDialog)
        seen.append(dialog.findChildren(QLabel)[1].text())
        buttons = {button.text(): button for button in dialog.findChildren(QPushButton)}
        seen.extend(buttons)
        buttons[text].click()

    def wait() -> None:
        if isinstance(QApplication.activeModalWidget(), QDialog):
            press()
        else:
            QTimer.singleShot(10, context, wait)

    wait()


def test_closing_asks_after_the_last_save_and_leads_to_a_stick_or_lets_go(
    store: Store, desk: Application, visitor: Visitor, files: FakeFiles, tmp_path: Path
) -> None:
    # Saved in the lane a moment ago: the window has not heard of it.
    desk.tasks.run(desk, lambda: business(store, "Sari Dewi"))
    files.named = tmp_path / "usb"
    files.named.mkdir()
    seen: list[str] = []
    answer(say("closing.copy"), seen)
    desk.window.close()
    visitor.rest(lambda: bool(list(files.named.glob("*.trm")) if files.named else []))

    pending = status.status(store).pending
    assert seen[0] == f"{pending} perubahan hanya ada di laptop ini"
    assert {"Kembali", "Salin ke USB", "Kirim dulu", "Tutup saja"} <= set(seen)
    assert status.status(store).carried == pending
    assert isinstance(desk.window.page(), SyncPage)
    assert desk.window.isVisible()

    seen.clear()
    answer(say("closing.close_anyway"), seen)
    desk.window.close()
    visitor.rest(lambda: not desk.window.isVisible())
    assert seen[0] == say("closing.elsewhere", count=pending)
    assert status.status(store).pending == pending  # nothing is ever deleted by closing
    desk.window.show()


def test_locking_says_what_is_only_here(
    store: Store, desk: Application, visitor: Visitor, heard: list[str]
) -> None:
    desk.tasks.run(desk, lambda: business(store, "Sari Dewi"))
    desk.lock()
    visitor.rest()

    assert isinstance(desk.window.gate(), SignIn)
    assert len(heard) == 1
    assert heard[0].endswith("perubahan hanya ada di laptop ini")
