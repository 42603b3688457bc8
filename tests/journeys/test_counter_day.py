"""A day at a counter, by keys alone: a new laptop joins, a citizen goes home with a letter.

The same letter is then at the city and at the second desk of the office.
"""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from desktop.app import Application
from desktop.pictures import Visitor
from sync.server.city import City
from sync.server.run import Running
from sync.store import letters, read, status
from tests.desktop.office import (
    BUSINESS,
    PRACTICE,
    RESIDENT,
    FakePrinter,
    choose,
)
from tests.journeys import arrival

KEY = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier


def test_a_citizen_goes_home_with_a_letter_and_the_city_has_it(
    application: Application,
    city: City,
    server: Running,
    printer: FakePrinter,
    pictures: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(PRACTICE.parent)  # The name alone is typed: pictures show no machine's paths.
    clerk = Visitor(application.window, application.tasks, pictures)

    store = arrival.join(clerk, application, city, server)
    clerk.take("02_start")

    arrival.bring_residents(clerk)
    assert read.listing(store, RESIDENT, limit=1)

    clerk.press(KEY.Key_F3)
    clerk.type(str(read.listing(store, RESIDENT, limit=1)[0].answers["nama"])[:9])
    clerk.take("05_search")
    clerk.press(KEY.Key_Return)
    clerk.take("06_citizen")
    choose(clerk, BUSINESS)
    clerk.take("07_letter")
    _fill(clerk)
    clerk.take("08_letter_filled")
    clerk.press(KEY.Key_F9)
    clerk.rest(lambda: bool(printer.printed))
    clerk.take("09_issued_and_printed")

    (letter,) = read.listing(store, BUSINESS)
    assert letter.state == "issued"
    assert letter.number is not None
    title, pages = printer.printed[0]
    assert title == letter.number.text
    assert QImage.fromData(pages[0]).width() > 2000

    clerk.press(KEY.Key_F5)
    clerk.press(KEY.Key_Return, CTRL)
    clerk.rest(lambda: status.status(store).safe_to_close)
    clerk.take("10_sent")
    clerk.press(KEY.Key_F4)
    clerk.take("11_records")

    second = arrival.second_desk(tmp_path / "second", city, server)
    try:
        same = read.record(second, letter.id)
        assert (same.answers, same.number) == (letter.answers, letter.number)
        assert letters.qr_text(second, letter.id) == letters.qr_text(store, letter.id)
    finally:
        second.close()


def _fill(clerk: Visitor) -> None:
    for text in (
        "Warung Sari Rasa",
        "Makanan",
        "56102",
        "Jl. Kenari 3",
        "2019",
        "",
        "Kredit usaha",
    ):
        clerk.type(text)
        clerk.press(KEY.Key_Return)
    for _ in range(3):
        clerk.press(KEY.Key_Space)
        clerk.press(KEY.Key_Return)
