import pytest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from desktop.look.lists import Entry, EntryList
from desktop.look.look import Look
from desktop.look.turning import Turning

WIDE = 300


@pytest.fixture
def page(qtbot: QtBot) -> QWidget:
    """A window of its own would never be narrower than its row."""
    made = QWidget()
    qtbot.addWidget(made)
    made.show()
    return made


def row(page: QWidget) -> tuple[Turning, QLabel, QLabel]:
    made = Turning(8)
    made.setParent(page)
    parts = QLabel("Simpan"), QLabel("Cetak")
    for part in parts:
        part.setMinimumWidth(WIDE)
        made.add(part)
    made.show()
    return made, *parts


def test_parts_stand_beside_each_other_where_there_is_room(
    look: Look, qtbot: QtBot, page: QWidget
) -> None:
    made, one, other = row(page)
    made.resize(2 * WIDE + 8, 100)

    qtbot.waitUntil(lambda: one.y() == other.y() and one.x() < other.x())


def test_parts_stand_below_each_other_where_there_is_none(
    look: Look, qtbot: QtBot, page: QWidget
) -> None:
    made, one, other = row(page)
    made.resize(2 * WIDE, 100)

    qtbot.waitUntil(lambda: one.x() == other.x() and one.y() < other.y())
    assert made.minimumSizeHint().width() == WIDE


def test_a_part_that_leaves_makes_room_for_a_row_again(
    look: Look, qtbot: QtBot, page: QWidget
) -> None:
    made, one, other = row(page)
    third = QLabel("Batal")
    third.setMinimumWidth(WIDE)
    made.add(third)
    made.resize(2 * WIDE + 8, 200)
    qtbot.waitUntil(lambda: one.x() == other.x())

    third.hide()

    qtbot.waitUntil(lambda: one.y() == other.y())


def test_a_list_shows_whole_rows_alone(look: Look, qtbot: QtBot) -> None:
    made = EntryList(look, "Layanan")
    qtbot.addWidget(made)
    made.put([Entry(at, f"Layanan {at}", "rincian") for at in range(20)])
    made.show()
    high = made.sizeHintForRow(0)

    for height in range(2 * high, 4 * high, 7):
        made.resize(300, height)
        assert made.viewport().height() % high == 0
