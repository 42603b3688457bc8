"""The reports page by keyboard: parts and pictures, what is asked for, files, calling off."""

from collections.abc import Iterator
from pathlib import Path
from threading import Event

import openpyxl
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QProgressBar, QWidget

from desktop.app import Application
from desktop.look.lists import EntryList
from desktop.look.look import Look
from desktop.pages.registers.table import BookTable
from desktop.pages.reports.page import ReportsPage
from desktop.pages.reports.picture import Picture
from desktop.panes.running import RunBar
from desktop.pictures import Visitor
from sync.store.handle import Store
from sync.store.progress import Progress
from sync.store.registers.chart import chart
from tests.desktop.office import FakeFiles, business, somebody

KEY = Qt.Key
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def page(desk: Application, store: Store, visitor: Visitor) -> ReportsPage:
    """Residents and a letter, and the page open on what the counter did this month."""
    somebody(store, "Sari Dewi", 1, agama="1", rw="001")
    somebody(store, "Budi", 2, agama="2", rw="002")
    business(store, "Sari Dewi", issue=True)
    visitor.press(KEY.Key_F11, SHIFT)
    shown = desk.window.page()
    assert isinstance(shown, ReportsPage)
    return shown


def _focus() -> QWidget:
    focus = QApplication.focusWidget()
    assert focus is not None
    return focus


def _parts(visitor: Visitor) -> list[str]:
    """Walk down the list of parts and give their names."""
    rows = _focus()
    assert isinstance(rows, EntryList)
    visitor.press(KEY.Key_Home)
    names = []
    for _ in range(rows.entries.rowCount()):
        entry = rows.chosen()
        assert entry is not None
        names.append(entry.title)
        visitor.press(KEY.Key_Down)
    return names


def _ask(visitor: Visitor, text: str) -> None:
    for _ in range(6):
        if _focus().accessibleName() == "Buku atau laporan":
            break
        visitor.press(KEY.Key_F6)
    visitor.type(text)
    visitor.press(KEY.Key_Return)


def test_each_part_is_shown_as_its_table_and_its_picture_is_told_in_words(
    page: ReportsPage, visitor: Visitor
) -> None:
    assert _parts(visitor)[0] == "Menurut hari"
    _ask(visitor, "laporan penduduk")

    names = _parts(visitor)

    assert {"Umur dan jenis kelamin", "Menurut RW", "Agama"} <= set(names)
    visitor.press(KEY.Key_Home)
    for _ in range(names.index("Agama")):
        visitor.press(KEY.Key_Down)
    assert page.table.accessibleName() == "Agama"
    picture = page.findChild(Picture)
    assert isinstance(picture, Picture)
    assert "Islam: Jumlah 1; Kristen: Jumlah 1" in picture.accessibleDescription()


def test_residents_of_one_rw_are_counted_and_saved_as_asked(
    page: ReportsPage, visitor: Visitor, files: FakeFiles, tmp_path: Path
) -> None:
    _ask(visitor, "laporan penduduk")
    visitor.press(KEY.Key_Tab)
    rw = next(w for w in page.findChildren(QWidget) if w.accessibleName().startswith("RW"))
    rw.setFocus()
    visitor.type("2")
    visitor.press(KEY.Key_Return)
    files.named = tmp_path / "penduduk.xlsx"

    visitor.press(KEY.Key_E, CTRL)

    summary = openpyxl.load_workbook(files.named).worksheets[0]
    assert [cell.value for cell in summary[7]][:2] == ["Jumlah", 1]


def test_enter_leads_from_a_part_into_its_table(page: ReportsPage, visitor: Visitor) -> None:
    assert page.isVisible()

    visitor.press(KEY.Key_Return)

    assert isinstance(_focus(), BookTable)


def test_esc_calls_off_what_is_being_counted(
    page: ReportsPage, visitor: Visitor, heard: list[str]
) -> None:
    begun, ended = Event(), Event()
    came: list[str] = []

    def work(told: Progress) -> str:
        begun.set()
        while not ended.is_set():
            told(1, 10)
        return "counted"

    bar = page.findChild(RunBar)
    assert isinstance(bar, RunBar)
    bar.run("reports.counting", work, came.append)
    begun.wait()
    bar.show()
    shown = bar.findChild(QProgressBar)
    assert isinstance(shown, QProgressBar)
    assert shown.accessibleName() == "Menghitung …"

    visitor.press(KEY.Key_Escape)
    ended.set()

    assert came == []
    assert not bar.is_busy
    assert heard[-1] == "Dibatalkan. Tidak ada yang berubah."


def test_what_is_asked_last_is_what_comes(page: ReportsPage, visitor: Visitor) -> None:
    came: list[str] = []
    bar = page.findChild(RunBar)
    assert isinstance(bar, RunBar)

    bar.run("reports.counting", lambda _told: "first", came.append)
    bar.run("reports.counting", lambda _told: "second", came.append)
    visitor.rest()

    assert came == ["second"]


@pytest.fixture
def picture(look: Look) -> Iterator[Picture]:
    around = QWidget()
    made = Picture(look)
    made.setParent(around)
    made.resize(600, 300)
    yield made
    around.deleteLater()


def _ink(picture: Picture, shade: str) -> list[int]:
    """Count the pixels of a shade in each line of the picture."""
    image, ink = picture.grab().toImage(), QColor(shade).rgb()
    width = range(image.width())
    return [sum(image.pixel(x, y) == ink for x in width) for y in range(image.height())]


def test_a_bar_is_as_long_as_its_value(look: Look, picture: Picture) -> None:
    picture.put("Contoh", chart("bars", ["n"], ["a", "b"], [[100, 50]], label=0, start=1))
    picture.resize(600, picture.sizeHint().height())

    ink = _ink(picture, look.tokens.colours.accent)

    upper, lower = ink[: len(ink) // 2], ink[len(ink) // 2 :]
    assert max(upper) == pytest.approx(2 * max(lower), abs=4)


def test_two_lines_are_told_apart_without_their_colours(look: Look, picture: Picture) -> None:
    series = [[9, 9, 9], [5, 5, 5]]
    picture.put("Contoh", chart("lines", ["x", "y"], ["a", "b", "c"], series, label=0, start=1))

    solid = max(_ink(picture, look.tokens.colours.accent))
    dashed = max(_ink(picture, look.tokens.colours.warn))

    assert 0 < dashed < 0.9 * solid
    assert "a: x 9, y 5" in picture.accessibleDescription()


def test_the_sides_of_a_pyramid_are_told_apart_in_shades_of_grey(
    look: Look, picture: Picture
) -> None:
    series = [[9, 9], [9, 9]]
    picture.put("Contoh", chart("pyramid", ["x", "y"], ["a", "b"], series, label=0, start=1))

    dark, pale = (QColor(getattr(look.tokens.colours, f"accent{end}")) for end in ("", "_soft"))

    assert max(_ink(picture, dark.name())) > 100
    assert max(_ink(picture, pale.name())) > 100
    assert abs(dark.lightness() - pale.lightness()) > 60
