"""The day on which a letter of the page for authors is given, in a program that has its folder.

Not collected with the others: `test_new_letter.py` runs it in such a program.
"""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from desktop.app import Application
from desktop.pictures import Visitor
from forms.engine import catalogue
from sync.server import records as held
from sync.server.city import City
from sync.server.run import Running
from sync.store import letters, read, status
from sync.store.handle import Store
from sync.store.read import Record
from sync.store.registers.page import page
from sync.store.registers.table import Period
from tests.desktop.office import PRACTICE, FakePrinter
from tests.journeys import arrival, printed
from tests.journeys.cases import Case, Day
from tests.journeys.clerk import Clerk
from tests.journeys.typist import CTRL, Typist

KEY = Qt.Key
SERVICE = "letters/surat_keterangan_pengurus_rt"
TITLE = "SURAT KETERANGAN PENGURUS RT"
ROOT = Path(__file__).parents[2]


def test_the_new_letter_goes_its_whole_way(
    application: Application,
    city: City,
    server: Running,
    printer: FakePrinter,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert ROOT / "forms" == catalogue.FORMS
    monkeypatch.chdir(PRACTICE.parent)
    visitor = Visitor(application.window, application.tasks, tmp_path / "pictures", quiet=3)
    store = arrival.join(visitor, application, city, server)
    arrival.bring_residents(visitor)
    day = Day(store)
    typist = Typist(visitor, day.known)
    clerk = Clerk(application, typist, day, printer)

    letter = _give(clerk, store, day.comes_for(SERVICE, 1))

    assert letter.number is not None
    assert [title for title, _ in printer.printed] == [letter.number.text]
    typist.press(KEY.Key_F5)
    typist.press(KEY.Key_Return, CTRL)
    visitor.rest(lambda: status.status(store).safe_to_close)
    (kept,) = held.listing(city, SERVICE)
    assert (kept.id, kept.answers, kept.number) == (letter.id, letter.answers, letter.number.text)
    colleague = arrival.second_desk(tmp_path / "second", city, server)
    try:
        _is_whole(colleague, letter)
    finally:
        colleague.close()


def _give(clerk: Clerk, store: Store, case: Case) -> Record:
    """Find the letter by its name at the counter, fill it in and issue it."""
    clerk.find(case)
    clerk.begin(case)
    clerk.fill(case)
    clerk.issue()
    (letter,) = read.of_subject(store, case.citizen.id)
    assert (letter.service, letter.answers, letter.state) == (SERVICE, case.kept, "issued")
    return letter


def _is_whole(store: Store, letter: Record) -> None:
    """See the letter at another desk: as it was typed, in the register, and on paper."""
    assert read.record(store, letter.id).answers == letter.answers
    today = store.scene().today
    assert [row.record for row in page(store, "register", Period(today, today)).rows] == [letter.id]
    text = printed.text(letters.pdf(store, letter.id, preview=True))
    assert TITLE in text
    assert "adalah benar Ketua RT di wilayah Kelurahan" in text
    assert "DAFTAR HADIR SERAH TERIMA" in text
    assert str(letter.answers["nama"]) in text
