from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from pytestqt.qtbot import QtBot

from desktop.look import kept
from desktop.look.lists import Entries, Entry, EntryList
from desktop.look.look import Look
from desktop.look.tokens import Theme

ROWS = [
    Entry("a", "Surat Keterangan Domisili", "baru"),
    Entry("b", "Surat Keterangan Usaha", "lama", chip="Terbit"),
    Entry("c", "Surat Pengantar Nikah"),
]


@pytest.fixture
def shown(qtbot: QtBot, look: Look) -> EntryList:
    made = EntryList(look, "Layanan")
    qtbot.addWidget(made)
    made.put(ROWS)
    made.show()
    made.setFocus()
    return made


def test_the_rows_are_a_sound_model(qtbot: QtBot) -> None:
    model = Entries()
    tester = QAbstractItemModelTester(model)

    model.put(ROWS)
    model.put(ROWS[:1])

    assert tester.model() is model
    assert model.rowCount() == 1


def test_a_reader_hears_everything_that_a_row_shows(shown: EntryList) -> None:
    index = shown.entries.index(1, 0)

    said = shown.entries.data(index, Qt.ItemDataRole.AccessibleTextRole)

    assert said == "Surat Keterangan Usaha, lama, Terbit"


def test_typing_goes_to_the_next_row_with_such_a_word(shown: EntryList) -> None:
    QTest.keyClicks(shown, "nik")

    chosen = shown.chosen()
    assert chosen is not None
    assert chosen.value == "c"


def test_new_rows_keep_the_row_that_was_chosen(shown: EntryList) -> None:
    shown.choose(1)

    shown.put(list(reversed(ROWS)))

    chosen = shown.chosen()
    assert chosen is not None
    assert chosen.value == "b"


def test_enter_picks_the_chosen_row(qtbot: QtBot, shown: EntryList) -> None:
    shown.choose(2)

    with qtbot.waitSignal(shown.picked, check_params_cb=lambda entry: entry.value == "c"):
        QTest.keyClick(shown, Qt.Key.Key_Return)


def test_the_chosen_look_is_kept_and_read_again(tmp_path: Path) -> None:
    kept.keep(tmp_path, Theme.CONTRAST, 1.5, "en")

    assert kept.read(tmp_path) == (Theme.CONTRAST, 1.5, "en")


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[1]", '{"ground": "pink", "scale": 1}', '{"ground": "dark", "scale": 9}'],
)
def test_a_kept_look_that_makes_no_sense_is_the_plain_one(tmp_path: Path, text: str) -> None:
    (tmp_path / kept.FILE).write_text(text)

    assert kept.read(tmp_path)[1] == 1.0


def test_a_look_that_cannot_be_kept_troubles_nobody(tmp_path: Path) -> None:
    kept.keep(tmp_path / "nowhere", Theme.DARK, 1.0, "en")

    assert kept.read(tmp_path / "nowhere") == (Theme.LIGHT, 1.0, "id")
