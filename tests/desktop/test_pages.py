from pathlib import Path
from threading import Event

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from desktop.app import Application
from desktop.look.lists import Entry
from desktop.numbered import Found, rows
from desktop.pages.importing import ImportPage
from desktop.pictures import Visitor
from forms.engine.words import say
from sync.store import operators, read, records, status
from sync.store.handle import Store
from sync.store.keystore import NoKeystore
from sync.store.numbers import Explained
from tests.desktop.office import PASSPHRASE, PRACTICE, RESIDENT, FakeFiles, business

KEY = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier


def _figures(desk: Application) -> list[str]:
    page = desk.window.page()
    assert page is not None
    return [
        label.text() for label in page.findChildren(QLabel) if label.property("role") == "figure"
    ]


def _go_to(visitor: Visitor, name: str) -> None:
    """Press F6 until the part of this name has the keyboard."""
    for _ in range(9):
        focus = QApplication.focusWidget()
        if focus is not None and focus.accessibleName() == name:
            return
        visitor.press(KEY.Key_F6)
    raise AssertionError(name)


def test_trying_an_import_counts_and_changes_nothing(
    store: Store, desk: Application, visitor: Visitor, files: FakeFiles
) -> None:
    files.named = PRACTICE
    visitor.press(KEY.Key_F8)
    visitor.press(KEY.Key_O, CTRL)

    visitor.press(KEY.Key_Return, CTRL)

    assert _figures(desk)[1] not in ("–", "0")
    assert read.listing(store, RESIDENT) == []


def test_an_import_that_is_called_off_takes_nobody(
    store: Store, desk: Application, visitor: Visitor, files: FakeFiles, heard: list[str]
) -> None:
    files.named = PRACTICE
    visitor.press(KEY.Key_F8)
    visitor.press(KEY.Key_O, CTRL)
    gate = Event()
    desk.tasks.run(desk.window, gate.wait)  # what the store is busy with before

    QTest.keyClick(desk.window, KEY.Key_F9)
    QTest.keyClick(desk.window, KEY.Key_Escape)
    gate.set()
    visitor.rest()

    assert read.listing(store, RESIDENT) == []
    assert heard[-1] == say("running.stopped")


def test_an_import_takes_residents_and_saves_its_report(
    store: Store, desk: Application, visitor: Visitor, files: FakeFiles, tmp_path: Path
) -> None:
    report = tmp_path / "hasil.xlsx"
    visitor.press(KEY.Key_F8)
    visitor.type(str(PRACTICE))
    visitor.press(KEY.Key_Return)
    visitor.type(str(report))

    visitor.press(KEY.Key_F9)

    added = len(read.listing(store, RESIDENT))
    assert added > 0
    assert _figures(desk)[1].replace(".", "") == str(added)
    assert report.stat().st_size > 0


def test_a_file_that_is_no_workbook_is_refused_in_words(
    desk: Application, visitor: Visitor, heard: list[str], tmp_path: Path
) -> None:
    wrong = tmp_path / "surat.xlsx"
    wrong.write_text("ini bukan buku kerja")
    visitor.press(KEY.Key_F8)
    visitor.type(str(wrong))

    visitor.press(KEY.Key_F9)

    assert len(heard) == 1
    assert "_" not in heard[0]
    page = desk.window.page()
    assert isinstance(page, ImportPage)
    assert page._take.isEnabled()


def test_a_passphrase_is_changed_by_who_knows_the_old_one(
    store: Store, desk: Application, visitor: Visitor, heard: list[str]
) -> None:
    visitor.press(KEY.Key_F10)
    visitor.press(KEY.Key_F6)
    for text in ("salah sekali ini", "kereta pagi ke kota", "kereta pagi ke kota"):
        visitor.type(text)
        visitor.press(KEY.Key_Return)
    assert "tidak cocok" in heard[-1]
    assert operators.matches(store, PASSPHRASE, keystore=NoKeystore())

    visitor.press(KEY.Key_F6)
    visitor.press(KEY.Key_F6)
    visitor.press(KEY.Key_A, CTRL)
    visitor.type(PASSPHRASE)
    for _ in range(3):
        visitor.press(KEY.Key_Return)

    assert operators.matches(store, "kereta pagi ke kota", keystore=NoKeystore())


def test_two_different_new_passphrases_are_not_taken(
    store: Store, desk: Application, visitor: Visitor
) -> None:
    visitor.press(KEY.Key_F10)
    visitor.press(KEY.Key_F6)
    for text in (PASSPHRASE, "kereta pagi ke kota", "kereta sore ke kota"):
        visitor.type(text)
        visitor.press(KEY.Key_Return)

    assert operators.matches(store, PASSPHRASE, keystore=NoKeystore())


def test_a_colleague_is_added_and_may_sign_in_here(
    store: Store, desk: Application, visitor: Visitor
) -> None:
    visitor.press(KEY.Key_F10)
    _go_to(visitor, "Nama petugas")
    for text in ("Bima Wardhana", "petugas l", "angin laut di sore"):
        visitor.type(text)
        visitor.press(KEY.Key_Return)

    people = {person.name: here for person, here in operators.listing(store)}
    assert people.get("Bima Wardhana") is True


def test_numbers_of_one_kind_stand_in_one_row() -> None:
    explained = [
        Explained(1, "issued", b"a" * 16),
        Explained(2, "void", b"b" * 16, "Salah nama"),
        *(Explained(number, "leased") for number in range(3, 501)),
    ]

    found = rows(Found(tuple(explained), {}, {}))

    assert [row.title for row in found] == ["Nomor 3 sampai 500", "Nomor 2", "Nomor 1"]
    assert found[1].detail == "Salah nama"
    assert isinstance(found[0], Entry)


def test_a_number_leads_to_its_letter(store: Store, desk: Application, visitor: Visitor) -> None:
    business(store, "Sari Dewi", issue=True)
    visitor.press(KEY.Key_F7)
    visitor.press(KEY.Key_F6)
    visitor.press(KEY.Key_Down)

    visitor.press(KEY.Key_Return)

    shown = [label.text() for label in desk.window.findChildren(QLabel) if label.isVisible()]
    assert "Sari Dewi" in shown


def test_without_an_address_nobody_is_sent_anywhere(
    store: Store, desk: Application, visitor: Visitor, heard: list[str]
) -> None:
    visitor.press(KEY.Key_F5)

    visitor.press(KEY.Key_Return, CTRL)
    visitor.rest(lambda: bool(heard))

    assert len(heard) == 1


def test_a_stick_is_written_by_one_key_and_read_by_another(
    store: Store,
    desk: Application,
    visitor: Visitor,
    files: FakeFiles,
    heard: list[str],
    tmp_path: Path,
) -> None:
    records.new(store, RESIDENT, {"nama": "WARGA BARU"})
    files.named = tmp_path / "usb"
    files.named.mkdir()
    visitor.press(KEY.Key_F5)

    visitor.press(KEY.Key_F9)

    assert status.status(store).carried == 1
    assert len(list(files.named.glob("*.trm"))) == 1
    assert _figures(desk)[:2] == ["1", "1"]

    visitor.press(KEY.Key_O, CTRL)

    assert status.status(store).pending == 1  # the stick was not at the city yet
    assert heard[1:] == [say("sync.stick_read", sent=0, count=0)]


def test_a_stick_that_is_gone_is_told_and_marks_nothing(
    store: Store,
    desk: Application,
    visitor: Visitor,
    files: FakeFiles,
    heard: list[str],
    tmp_path: Path,
) -> None:
    records.new(store, RESIDENT, {"nama": "WARGA BARU"})
    files.named = tmp_path / "tercabut"
    visitor.press(KEY.Key_F5)

    visitor.press(KEY.Key_F9)

    assert status.status(store).carried == 0
    assert heard == [say("stick_missing")]
