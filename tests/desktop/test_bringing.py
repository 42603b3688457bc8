"""Photographs and scans on their way to a record: dropped, pasted, from the scanner's folder."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QLabel

from desktop.app import Application
from desktop.capture import chosen, watch
from desktop.capture.chosen import Scans
from desktop.panes.record import RecordPane
from desktop.pictures import Visitor
from desktop.tasks import Tasks
from forms.engine.problem import Refused
from forms.engine.words import say
from sync.store import attachments, read
from sync.store.handle import Store
from tests.desktop import photographs
from tests.desktop.office import FakeFiles, business

KEY = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
PAPER = "surat_pengantar"


@pytest.fixture
def record(store: Store, visitor: Visitor) -> bytes:
    """A letter that is open in the window."""
    made = business(store, "Sari Dewi")
    visitor.press(KEY.Key_F4)
    visitor.press(KEY.Key_Return)
    return made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a scanner puts its files."""
    made = tmp_path / "pemindai"
    made.mkdir()
    return made


@pytest.fixture
def clipboard(qapp: QApplication) -> Iterator[Any]:
    board = QGuiApplication.clipboard()
    yield board
    board.clear()


def photo(folder: Path, name: str = "IMG_0001.jpg", orientation: int = 1) -> Path:
    path = folder / name
    path.write_bytes(photographs.snapshot(photographs.image(), orientation))
    return path


def asked(desk: Application) -> bool:
    """Whether it is asked to which paper something belongs."""
    return say("attach.which") in shown(desk)


def pane(desk: Application) -> RecordPane:
    [shown] = [pane for pane in desk.window.findChildren(RecordPane) if pane.isVisible()]
    return shown


def drop(desk: Application, *paths: Path) -> bool:
    """Drag files onto the record and let them go; tell whether they were taken."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    target, buttons = pane(desk), Qt.MouseButton.LeftButton
    actions = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction
    plain = Qt.KeyboardModifier.NoModifier
    over = QDragEnterEvent(QPointF(9, 9).toPoint(), actions, mime, buttons, plain)
    QApplication.sendEvent(target, over)
    if not over.isAccepted():
        return False
    let_go = QDropEvent(QPointF(9, 9), actions, mime, buttons, plain)
    QApplication.sendEvent(target, let_go)
    assert let_go.dropAction() == Qt.DropAction.CopyAction
    return True


def scan(store: Store, record: bytes) -> bytes:
    return attachments.opened(store, read.record(store, record).answers[PAPER])


def size(content: bytes) -> tuple[int, int]:
    seen = QImage.fromData(content)
    return seen.width(), seen.height()


def shown(desk: Application) -> str:
    labels = desk.window.findChildren(QLabel)
    return "\n".join(label.text() for label in labels if label.isVisible())


def test_what_is_dropped_is_shown_and_asked_about_one_after_the_other(
    store: Store,
    desk: Application,
    visitor: Visitor,
    record: bytes,
    heard: list[str],
    tmp_path: Path,
) -> None:
    before = read.record(store, record).answers
    drop(desk, photo(tmp_path, "salah.jpg"), photo(tmp_path, "lain.jpg"))
    visitor.press(KEY.Key_Escape)
    assert not asked(desk)
    assert read.record(store, record).answers == before

    letter = tmp_path / "surat.docx"
    letter.write_bytes(b"PK\x03\x04 no picture")
    drop(desk, photo(tmp_path, "satu.jpg", 6), letter, tmp_path, photo(tmp_path, "dua.jpg"))
    visitor.rest()
    assert "satu.jpg (1 dari 4)" in shown(desk)
    visitor.press(KEY.Key_Return)
    assert "dua.jpg (4 dari 4)" in shown(desk)
    visitor.press(KEY.Key_Down)
    visitor.press(KEY.Key_Return)

    answers = read.record(store, record).answers
    files = [value for value in answers.values() if isinstance(value, dict) and "file" in value]
    assert size(scan(store, record)) == (480, 640)  # as the camera was held
    assert len(files) == 2
    assert f"surat.docx: {say('attachment_type')}" in heard[-1]
    assert f"{tmp_path.name}: {say('attachment_no_file')}" in heard[-1]
    assert not asked(desk)
    focus = QApplication.focusWidget()
    assert focus is not None
    assert pane(desk).isAncestorOf(focus)


def test_what_cannot_be_taken_is_one_calm_sentence_and_changes_nothing(
    store: Store,
    desk: Application,
    visitor: Visitor,
    record: bytes,
    heard: list[str],
    clipboard: Any,
    tmp_path: Path,
) -> None:
    before = read.record(store, record).answers
    path = tmp_path / "foto.heic"
    for content, code in (
        (photographs.bomb(), "picture_vast"),
        (b"\0\0\0\x20ftypheic" + bytes(400), "attachment_type"),
        (photographs.bomb(400, 300)[:60], "picture_damaged"),
        (b"%PDF-1.7 rubbish", "pdf_damaged"),
        (b"\xff\xd8\xff" + bytes(20_000_000), "attachment_too_large"),
        (b"", "attachment_type"),
    ):
        path.write_bytes(content)
        heard.clear()
        drop(desk, path)
        visitor.rest()
        told = say(code, max=20 if code == "attachment_too_large" else 64)
        assert heard == [f"foto.heic: {told}"]
        assert not asked(desk)

    heard.clear()
    drop(desk, *(tmp_path / f"{at}.jpg" for at in range(500)))
    clipboard.setText("x" * 3_000_000)
    visitor.press(KEY.Key_V, CTRL)
    assert heard == [say("clip_many", count=500, max=20), say("clip_empty")]
    assert read.record(store, record).answers == before

    heard.clear()
    business(store, "Budi Santoso", issue=True)  # what is on paper takes no more files
    visitor.press(KEY.Key_Escape)
    visitor.press(KEY.Key_Home)
    visitor.press(KEY.Key_Return)
    drop(desk, photo(tmp_path))
    visitor.rest()
    assert heard == [say("attach.none")]


def test_nothing_of_what_is_pasted_lies_in_the_clear(
    store: Store,
    desk: Application,
    visitor: Visitor,
    record: bytes,
    clipboard: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    elsewhere = tmp_path / "sementara"
    elsewhere.mkdir()
    for name in ("TMPDIR", "TEMP", "TMP"):
        monkeypatch.setenv(name, str(elsewhere))
    monkeypatch.setattr(tempfile, "tempdir", None)
    clipboard.setImage(photographs.image(800, 600))
    visitor.press(KEY.Key_V, CTRL)
    assert say("capture.pasted") in shown(desk)
    visitor.press(KEY.Key_Return)
    assert size(scan(store, record)) == (800, 600)

    brought = tmp_path / "dibawa"
    brought.mkdir()
    path = brought / "IMG_0001.jpg"
    path.write_bytes(photographs.snapshot(photographs.noise(300, 200)))
    given = path.read_bytes()
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    clipboard.setMimeData(mime)
    visitor.press(KEY.Key_V, CTRL)
    visitor.press(KEY.Key_Return)
    sealed = scan(store, record)
    assert size(sealed) == (300, 200)
    assert not any(secret in sealed for secret in photographs.SECRETS)

    # Parts of what was given and of what is kept, from the middle: heads are alike everywhere.
    middles = (whole[len(whole) // 2 :][:24] for whole in (given, sealed))
    parts = [*photographs.SECRETS, *middles]
    lying = [one for place in (store.folder, elsewhere) for one in place.rglob("*")]
    assert any(one.parent.name == "chunks" for one in lying)
    for one in lying:
        held = one.read_bytes() if one.is_file() else b""
        assert not any(part in held for part in parts), one
        assert "IMG_0001" not in one.name
    assert path.read_bytes() == given


def test_a_scan_that_lands_in_the_folder_is_told_and_offered_and_goes_only_as_agreed(
    store: Store,
    desk: Application,
    visitor: Visitor,
    record: bytes,
    heard: list[str],
    files: FakeFiles,
    folder: Path,
) -> None:
    photo(folder, "kemarin.jpg")
    files.named = folder
    deeds = {action.text(): action for action in settings(desk, visitor)}
    deeds[say("capture.choose")].trigger()
    assert desk.work is not None
    scans = desk.work.desk.scans
    visitor.rest(lambda: scans.settled)
    assert chosen.kept(store) == Scans(str(folder))
    assert folder.name in shown(desk)
    heard.clear()

    path = photo(folder, "baru.jpg")
    visitor.rest(lambda: len(heard) == 1)
    assert heard == [say("capture.arrived", name="baru.jpg")]
    attach_newest(visitor)
    assert size(scan(store, record)) == (640, 480)
    assert path.exists()
    assert [one.path.name for one in scans.lying] == ["kemarin.jpg"]

    scans.follow(chosen.keep(store, Scans(str(folder), clears=True)))
    with (folder / "kemarin.jpg").open("rb") as held:
        attach_newest(visitor)
        visitor.rest(lambda: [one.name for one in folder.iterdir()] == ["baru.jpg"])
        assert held.read().strip(b"\0") == b""

    deeds = {action.text(): action for action in settings(desk, visitor)}
    deeds[say("capture.stop")].trigger()
    visitor.rest()
    assert chosen.kept(store) == Scans()
    assert say("capture.no_folder") in shown(desk)


def settings(desk: Application, visitor: Visitor) -> list[QAction]:
    visitor.press(KEY.Key_F10)
    return list(desk.window.deeds())


def attach_newest(visitor: Visitor) -> None:
    """Open the first letter of the list, and give its first paper the newest scan."""
    visitor.press(KEY.Key_F4)
    visitor.press(KEY.Key_Escape)
    visitor.press(KEY.Key_F4)
    visitor.press(KEY.Key_Return)
    visitor.press(KEY.Key_B, CTRL)
    visitor.press(KEY.Key_Return)
    visitor.press(KEY.Key_Return)


def test_a_file_that_is_still_being_written_is_waited_for(
    qapp: QApplication, tasks: Tasks, folder: Path, qtbot: Any
) -> None:
    seen = watch.Watch(tasks, qapp, settle_ms=100)
    whole = photographs.snapshot(photographs.image())
    path = folder / "pelan.jpg"
    path.write_bytes(whole[:100])
    seen.follow(Scans(str(folder)))
    for at in range(100, len(whole), len(whole) // 4):
        qtbot.waitUntil(lambda: seen.looks > 0)
        assert all(one.size in {at, len(whole)} for one in seen.lying)
        with path.open("ab") as file:
            file.write(whole[at : at + len(whole) // 4])
    qtbot.waitUntil(lambda: [one.size for one in seen.lying] == [path.stat().st_size])
    seen.stop()
    seen.deleteLater()


def test_links_hidden_and_strange_files_in_the_folder_are_not_offered(folder: Path) -> None:
    photo(folder, "benar.jpg")
    photo(folder, ".tersembunyi.jpg")
    (folder / "catatan.txt").write_text("bukan pindaian")
    (folder / "dalam.jpg").mkdir()
    (folder / "pintasan.jpg").symlink_to(folder / "benar.jpg")

    assert [one.path.name for one in watch.listing(folder)] == ["benar.jpg"]


def test_a_folder_that_is_gone_is_told_once_and_found_again(
    qapp: QApplication, tasks: Tasks, folder: Path, qtbot: Any
) -> None:
    seen = watch.Watch(tasks, qapp, settle_ms=10, poll_ms=20)
    told: list[Exception] = []
    seen.troubled.connect(told.append)
    shutil.rmtree(folder)
    seen.follow(Scans(str(folder)))
    qtbot.waitUntil(lambda: seen.looks > 3)
    assert [str(error) for error in told] == ["scans_gone"]

    folder.mkdir()
    photo(folder)
    qtbot.waitUntil(lambda: len(seen.lying) == 1)
    assert len(told) == 1
    seen.stop()
    seen.deleteLater()


def test_our_own_folder_is_no_scanners(store: Store, tmp_path: Path) -> None:
    for folder in (store.folder, store.folder / "chunks", store.folder.parent):
        with pytest.raises(Refused) as refusal:
            chosen.keep(store, Scans(str(folder)))
        assert refusal.value.problems[0].code == "scans_own_folder"
    assert chosen.kept(store) == Scans()
