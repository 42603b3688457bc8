from collections.abc import Callable

import pypdfium2
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from desktop.app import Application
from desktop.key_card import gathered
from desktop.pictures import Visitor
from forms.paper import key_card, press
from forms.paper.key_card import Group
from tests.desktop.office import FakePrinter

KEY = Qt.Key


@pytest.fixture
def printed(
    desk: Application, visitor: Visitor, printer: FakePrinter
) -> Callable[[], tuple[str, list[bytes]]]:
    def press_it() -> tuple[str, list[bytes]]:
        visitor.press(KEY.Key_F1, Qt.KeyboardModifier.ShiftModifier)
        visitor.rest(lambda: bool(printer.printed))
        return printer.printed[-1]

    return press_it


def test_the_card_of_keys_is_one_sheet_of_a4(
    printed: Callable[[], tuple[str, list[bytes]]],
) -> None:
    title, (page,) = printed()

    drawn = QImage.fromData(page)
    assert title == "Kartu tombol Teras"
    assert round(drawn.height() / drawn.width(), 2) == round(297 / 210, 2)


def test_a_printer_that_fails_is_told_calmly(
    desk: Application, visitor: Visitor, printer: FakePrinter, heard: list[str]
) -> None:
    printer.broken = True

    visitor.press(KEY.Key_F1, Qt.KeyboardModifier.ShiftModifier)
    visitor.rest(lambda: bool(heard))

    assert "Shift+F1" in heard[-1]


def test_every_key_of_every_page_stands_on_the_card_once(desk: Application) -> None:
    groups = gathered(desk.window._pages, desk.window.everywhere())

    told = {group.title: dict(group.rows) for group in groups}
    assert told["Di mana saja"]["F3"] == "Loket"
    assert told["Di mana saja"]["Ctrl+K"]
    assert told["Di mana saja"]["Shift+F1"] == "Cetak kartu tombol"
    assert {"Enter", "Ctrl+D", "Ctrl+S", "Ctrl+Enter", "F9"} <= set(told["Dalam isian"])
    assert {"Ctrl+N", "F2", "Ctrl+P"} <= set(told["Loket (F3)"])
    for group in groups:
        assert len(dict(group.rows)) == len(group.rows)


def test_what_stands_on_the_card_can_be_read_in_it() -> None:
    groups = [Group("Loket", (("F3", "Cari warga"), ("Ctrl+N", "Warga baru")))]
    facts = {"title": "Kartu", "lead": "Letakkan", "groups": groups}

    (made,) = press.tables(key_card.LAYOUT, facts)

    with pypdfium2.PdfDocument(made) as document:  # type: ignore[no-untyped-call] # has no types
        text = document[0].get_textpage().get_text_range()
    assert all(part in text for part in ("Loket", "F3", "Cari warga", "Ctrl+N", "Warga baru"))
