"""A day at a counter, by keys alone: a new laptop joins, a citizen goes home with a letter.

The same letter is then at the city and at the second desk of the office.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QSize, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from desktop.app import Application
from desktop.pictures import Visitor
from sync.client.enrol import enrol
from sync.client.https import Https
from sync.client.trip import trip
from sync.server import codes
from sync.server.city import City, clock
from sync.server.run import Running
from sync.store import letters, read, status
from sync.store.handle import Store
from tests.desktop.office import (
    BUSINESS,
    OFFICE,
    OPERATOR,
    PASSPHRASE,
    PRACTICE,
    RESIDENT,
    FakeFiles,
    FakePrinter,
    NoKeystore,
    choose,
)

KEY = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def printer() -> FakePrinter:
    return FakePrinter()


@pytest.fixture
def application(qapp: QApplication, tmp_path: Path, printer: FakePrinter) -> Iterator[Application]:
    made = Application(
        qapp, tmp_path / "desk", printer=printer, files=FakeFiles(), keystore=NoKeystore()
    )
    made.window.resize(QSize(1366, 728))
    made.open()
    yield made
    made.finish()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


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

    _join(clerk, application, city, server)
    assert application.work is not None
    store = application.work.desk.store
    clerk.take("02_start")

    _import(clerk)
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

    second = _second_desk(tmp_path / "second", city, server)
    try:
        road = Https(server.url)
        trip(second, road)
        road.close()
        same = read.record(second, letter.id)
        assert (same.answers, same.number) == (letter.answers, letter.number)
        assert letters.qr_text(second, letter.id) == letters.qr_text(store, letter.id)
    finally:
        second.close()


def _join(clerk: Visitor, application: Application, city: City, server: Running) -> None:
    code, _ = codes.make(city, OFFICE, "kepala", "test")
    clerk.take("01_join")
    for text in (server.url, code, OPERATOR, PASSPHRASE, PASSPHRASE):
        clerk.type(text)
        clerk.press(KEY.Key_Return)
    clerk.rest(lambda: application.work is not None)


def _import(clerk: Visitor) -> None:
    clerk.press(KEY.Key_F8)
    clerk.type(PRACTICE.name)
    clerk.press(KEY.Key_Return, CTRL)
    clerk.take("03_import_tried")
    clerk.press(KEY.Key_F9)
    clerk.take("04_import_taken")


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


def _second_desk(folder: Path, city: City, server: Running) -> Store:
    code, _ = codes.make(city, OFFICE, "petugas", "test")
    return enrol(
        folder,
        url=server.url,
        code=code,
        operator="Bima Wardhana",
        phrase=PASSPHRASE,
        keystore=NoKeystore(),
        now=clock,
    )
