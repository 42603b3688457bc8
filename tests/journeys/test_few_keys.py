"""What is done two hundred times a day takes few keys, every one of them counted."""

from pathlib import Path

from PySide6.QtCore import Qt

from desktop.app import Application
from desktop.pictures import Visitor
from sync.server.city import City
from sync.server.run import Running
from sync.store import read
from sync.store.handle import Store
from tests.desktop.office import FakePrinter, somebody
from tests.journeys import arrival
from tests.journeys.typist import CTRL, Typist

KEY = Qt.Key
LETTER = "letters/surat_keterangan_berkelakuan_baik"
LETTER_MAX = 25
DOCUMENTS = 3  # that were shown
NAME = "RANGGA PRATAMA"
QUIET = 2  # Looks: nothing here waits for a timer.


def test_a_letter_for_a_known_resident_takes_twenty_five_keys(
    application: Application, city: City, server: Running, printer: FakePrinter, tmp_path: Path
) -> None:
    visitor = Visitor(application.window, application.tasks, tmp_path / "pictures", quiet=QUIET)
    store = arrival.join(visitor, application, city, server)
    for serial, name in enumerate(("RATNA DEWI", "RAHMAT HIDAYAT", NAME), start=1):
        somebody(store, name, serial)
    typist = Typist(visitor, {})
    _letter(typist, NAME, purpose="Melamar kerja")  # what was typed once can be repeated
    visitor.rest(lambda: len(printer.printed) == 1)
    before = typist.keys

    _letter(typist, "RAHMAT HIDAYAT", purpose="")
    visitor.rest(lambda: len(printer.printed) == 2)

    assert typist.keys - before <= LETTER_MAX
    assert _purposes(store) == ["Melamar kerja", "Melamar kerja"]


def _letter(typist: Typist, name: str, *, purpose: str) -> None:
    """Find somebody by the first letters, take a letter by its initials, fill, issue and print."""
    typist.press(KEY.Key_F3)
    typist.type(name[:4].lower())
    typist.visitor.rest()
    typist.press(KEY.Key_Return)
    typist.type("skbb")
    typist.press(KEY.Key_Return)
    typist.hit(KEY.Key_Return)  # since when: not asked of everybody
    if purpose:
        typist.type(purpose)
        typist.hit(KEY.Key_Return)
    else:
        typist.press(KEY.Key_D, CTRL)
    typist.hit(KEY.Key_Return)  # to whom: to nobody
    for _ in range(DOCUMENTS):
        typist.hit(KEY.Key_Space)
        typist.hit(KEY.Key_Return)
    typist.press(KEY.Key_F9)


def _purposes(store: Store) -> list[str]:
    return [str(record.answers["keperluan"]) for record in read.listing(store, LETTER)]
