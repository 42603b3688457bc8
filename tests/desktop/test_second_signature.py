"""A letter that the camat signs too, at the desks of both offices."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QSize, Qt
from PySide6.QtWidgets import QApplication, QLabel

from desktop import acts
from desktop.app import Application, open_window
from desktop.look.lists import EntryList
from desktop.pages.filters import chosen
from desktop.pictures import Visitor
from forms.engine import example
from forms.engine.region import Office
from forms.engine.words import say
from sync.client.https import Https
from sync.client.trip import trip
from sync.server import offices
from sync.server.run import start
from sync.store import read, records
from sync.store.handle import Store
from sync.store.keystore import NoKeystore
from tests.desktop.office import FakeFiles, FakePrinter, business, copied, make_city, make_desk

KEY = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
HEIRS = "letters/surat_pernyataan_ahli_waris"
NAMES = ("first", "second")


@dataclass
class Both:
    """The two offices' stores, and a letter that both have."""

    kelurahan: Store
    kecamatan: Store
    letter: bytes

    def travel(self, *stores: Store) -> None:
        for store in stores:
            road = Https(store.desk.url)
            trip(store, road)
            road.close()


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Both]:
    city = make_city(tmp_path / "city")
    area = city.region.areas.first(city.region.code, "kecamatan")
    offices.add(city, Office(b"", "KEC-1", "kecamatan", "Kecamatan Satu", area), "test")
    server = start(tmp_path / "city")
    make_desk(tmp_path / "first", city, server, "kepala")
    make_desk(tmp_path / "second", city, server, "kepala", "KEC-1")
    first, second = (copied(tmp_path / name, tmp_path / f"{name}_open") for name in NAMES)
    answers = example.fill(first.catalogue.form(HEIRS).example, first.scene())
    business(first, "Sari Dewi", issue=True)
    made = Both(first, second, records.new(first, HEIRS, answers, issue=True).record)
    made.travel(first, second)
    yield made
    first.close()
    second.close()
    server.stop()
    city.close()


@pytest.fixture
def window(qapp: QApplication, both: Both) -> Iterator[Application]:
    """The kecamatan's desk."""
    opened = open_window(
        qapp, both.kecamatan, printer=FakePrinter(), files=FakeFiles(), keystore=NoKeystore()
    )
    opened.window.resize(QSize(1093, 580))
    yield opened
    opened.dismiss()
    opened.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def shown(window: Application) -> str:
    labels = window.window.findChildren(QLabel)
    return "\n".join(label.text() for label in labels if label.isVisible())


def waiting(store: Store) -> list[bytes]:
    found = [(one, store.catalogue.form(one.service)) for one in acts.recent(store)]
    return [record.id for record, _ in chosen(found, "second", "", store)]


def test_the_camat_finds_what_waits_sees_it_and_signs_with_one_key(
    both: Both, window: Application, tmp_path: Path
) -> None:
    visitor = Visitor(window.window, window.tasks, tmp_path / "pictures", quiet=3)
    visitor.rest(lambda: window.work is not None and window.work.status is not None)
    visitor.press(KEY.Key_F4)
    for _ in range(3):
        visitor.press(KEY.Key_F6)
    visitor.type(say("records.second"))
    visitor.press(KEY.Key_Return)
    focus = QApplication.focusWidget()
    assert isinstance(focus, EntryList)
    assert focus.entries.rowCount() == 1
    visitor.press(KEY.Key_Return)
    assert "Menunggu tanda tangan di kantor ini" in shown(window)

    visitor.press(KEY.Key_Return, CTRL)

    signed = read.record(both.kecamatan, both.letter)
    assert signed.state == "countersigned"
    assert signed.register is not None
    assert f"nomor register {signed.register.text}" in shown(window)


def test_both_offices_see_what_waits_until_it_is_signed(both: Both) -> None:
    assert waiting(both.kelurahan) == waiting(both.kecamatan) == [both.letter]
    here, there = (acts.look(store, both.letter) for store in (both.kelurahan, both.kecamatan))
    assert (here.waits, there.waits) == (True, True)
    assert (here.stands, there.stands) == ("", "kecamatan")
    assert there.onward is not None
    assert there.onward.action == "countersign"
    assert {row.action for row in there.actions} == {"countersign", "return"}
    assert not {"countersign", "return"} & {row.action for row in here.actions}
    assert (here.may_correct, there.may_correct) == (True, False)

    records.move(both.kecamatan, both.letter, "countersign")
    both.travel(both.kecamatan, both.kelurahan)

    assert waiting(both.kelurahan) == waiting(both.kecamatan) == []


def test_a_letter_that_the_rule_spares_the_camat_waits_for_nobody(both: Both) -> None:
    service = "letters/surat_rekomendasi_kegiatan"
    answers = example.fill(both.kelurahan.catalogue.form(service).example, both.kelurahan.scene())
    for place, waits in (("kecamatan", True), ("kelurahan", False)):
        made = records.new(both.kelurahan, service, answers | {"lingkup": place}, issue=True)
        assert acts.look(both.kelurahan, made.record).waits is waits
