"""A device that types as a keyboard does is told from a person, wherever the keyboard stands."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from desktop.app import Application, listen
from desktop.form_view.editors.editor import Line
from desktop.form_view.editors.row import Row
from desktop.pictures import Visitor
from desktop.scanner import LEAST, Scanner
from forms.engine.words import say
from sync.store import drafts, letters, read
from sync.store.handle import Store
from tests.desktop.hands import SCANNER, TYPIST, Hands
from tests.desktop.office import BUSINESS, business, choose, somebody

KEY = Qt.Key
NIK = "3273014501900001"


@pytest.fixture
def hands(qapp: QApplication, desk: Application) -> Hands:
    made = Hands()
    listen(qapp, desk, made.when)
    return made


def shown(desk: Application) -> list[str]:
    return [label.text() for label in desk.window.findChildren(QLabel) if label.isVisible()]


def here() -> QLineEdit:
    focus = QApplication.focusWidget()
    assert isinstance(focus, QLineEdit)
    return focus


def to_services(visitor: Visitor, store: Store) -> None:
    somebody(store, "Sari Dewi", 1)
    visitor.type("sari")
    visitor.rest()
    visitor.press(KEY.Key_Return)


def into_a_form(visitor: Visitor, store: Store) -> Line:
    to_services(visitor, store)
    choose(visitor, BUSINESS)
    line = here()
    assert isinstance(line, Line)
    return line


def nik_of(store: Store, name: str) -> str:
    return str(read.find(store, name)[0].answers["nik"])


def test_a_card_opens_its_person_from_any_page(
    store: Store, desk: Application, visitor: Visitor, hands: Hands
) -> None:
    somebody(store, "Sari Dewi", 1)
    for page in (KEY.Key_F4, KEY.Key_F12):
        visitor.press(page)

        hands.scan(nik_of(store, "Sari"))
        visitor.rest()

        assert desk.window.here == "counter"
        assert "Sari Dewi" in shown(desk)


def test_a_number_of_nobody_begins_nothing_and_a_dialog_is_answered_first(
    desk: Application, visitor: Visitor, hands: Hands, heard: list[str]
) -> None:
    visitor.type("budi")
    hands.scan(NIK)
    visitor.rest()

    assert here().text() == NIK
    assert say("counter.nobody", text=NIK) in shown(desk)

    dialog = QDialog(desk.window)
    line = QLineEdit("lama", dialog)
    dialog.open()
    line.setFocus()
    hands.scan(NIK)

    assert line.text() == "lama"
    assert say("capture.dialog_first") in heard
    dialog.close()


def test_a_scan_within_a_form_leaves_it_as_a_draft_without_a_sign_of_the_scan(
    store: Store, desk: Application, visitor: Visitor, hands: Hands
) -> None:
    line = into_a_form(visitor, store)
    hands.type("Warung", TYPIST)
    assert line.text() == "Warung"

    hands.scan(letters.qr_text(store, business(store, "Budi Raharja", issue=True)))
    visitor.rest()

    assert desk.window.here == "check"
    assert say("checking.genuine") in shown(desk)
    visitor.press(KEY.Key_F3)
    visitor.rest()
    (draft,) = drafts.listing(store)
    kept = " ".join(str(answer) for answer in draft.answers.values())
    assert "Warung" in kept
    assert "WarungT" not in kept


def test_a_card_read_into_a_question_for_a_nik_stays_there_in_place_of_what_was(
    desk: Application, visitor: Visitor, hands: Hands
) -> None:
    visitor.press(KEY.Key_N, Qt.KeyboardModifier.ControlModifier)
    rows = desk.window.findChildren(Row)
    nik = next(row for row in rows if row.isVisible() and row.field.key == "nik").editor
    nik.setFocus()
    hands.type("3273", TYPIST)

    hands.scan(NIK)
    visitor.rest()

    assert nik.value() == NIK
    assert desk.window.here == "counter"
    assert not nik.core.hasFocus()  # the Enter of the card reader goes on, as a clerk's does


@pytest.fixture
def line(qapp: QApplication) -> Iterator[QLineEdit]:
    """A line of a window without any desk."""
    made = QLineEdit()
    made.show()
    made.setFocus()
    yield made
    made.close()
    made.deleteLater()  # With its scanner, which would hear the keys of the next test.
    QCoreApplication.sendPostedEvents(made, QEvent.Type.DeferredDelete.value)


@pytest.fixture
def watched(qapp: QApplication, line: QLineEdit) -> tuple[Hands, list[str]]:
    """Who types there, and what was taken for a scan."""
    made, taken = Hands(), list[str]()
    Scanner(qapp, lambda: True, line, made.when).scanned.connect(taken.append)
    return made, taken


def test_a_fast_typist_is_never_taken_for_a_device(
    line: QLineEdit, watched: tuple[Hands, list[str]]
) -> None:
    hands, taken = watched

    hands.type(NIK, TYPIST, KEY.Key_Return)

    assert line.text() == NIK
    assert taken == []


def test_a_device_is_known_from_its_sixth_sign(
    line: QLineEdit, watched: tuple[Hands, list[str]]
) -> None:
    hands, taken = watched
    entered: list[str] = []
    line.returnPressed.connect(lambda: entered.append(line.text()))

    hands.scan(NIK[: LEAST - 1])
    hands.scan(NIK[:LEAST])

    assert entered == [NIK[: LEAST - 1]]
    assert line.text() == NIK[: LEAST - 1]
    assert taken == [NIK[:LEAST]]


def test_two_keys_struck_at_once_arrive_in_their_order(
    qtbot: QtBot, line: QLineEdit, watched: tuple[Hands, list[str]]
) -> None:
    hands, _ = watched

    hands.type("sar", SCANNER)
    qtbot.waitUntil(lambda: line.text() == "sar")
    hands.type("i dewi", TYPIST)

    assert line.text() == "sari dewi"


def test_nothing_is_taken_where_letters_are_hidden(
    line: QLineEdit, watched: tuple[Hands, list[str]]
) -> None:
    hands, taken = watched
    line.setEchoMode(QLineEdit.EchoMode.Password)

    hands.scan("pagi cerah 123456")

    assert line.text() == "pagi cerah 123456"
    assert taken == []


def test_a_device_without_enter_is_known_by_its_silence(
    qtbot: QtBot, line: QLineEdit, watched: tuple[Hands, list[str]]
) -> None:
    hands, taken = watched

    hands.type(NIK, SCANNER)
    qtbot.waitUntil(lambda: bool(taken))

    assert taken == [NIK]
    assert line.text() == ""
