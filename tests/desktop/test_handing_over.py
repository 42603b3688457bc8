from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from desktop.app import Application
from desktop.pictures import Visitor
from sync.store import read, records
from sync.store.handle import Store
from tests.desktop.office import business

KEY = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier


def act(visitor: Visitor, name: str) -> None:
    """Do an action of the open record by its name."""
    visitor.press(KEY.Key_K, CTRL)
    visitor.type(name)
    visitor.press(KEY.Key_Return)


def opened(visitor: Visitor) -> None:
    visitor.press(KEY.Key_F4)
    visitor.press(KEY.Key_Return)


def shown(desk: Application) -> list[str]:
    return [label.text() for label in desk.window.findChildren(QLabel) if label.isVisible()]


def test_handing_over_asks_who_takes_it_and_their_telephone(
    store: Store, desk: Application, visitor: Visitor
) -> None:
    record = business(store, "Sari Dewi", issue=True)
    opened(visitor)

    act(visitor, "serahkan")
    visitor.press(KEY.Key_Return)
    assert read.record(store, record).state == "issued"

    visitor.type("Rina Dewi")
    visitor.press(KEY.Key_Return)
    visitor.type("081234567890")
    visitor.press(KEY.Key_Return)
    assert read.record(store, record).state == "handed_over"
    told = "diambil oleh Rina Dewi, telepon 081234567890"
    assert read.history(store, record)[-1].reason == told
    assert any(told in text for text in shown(desk))


def test_who_signs_the_book_needs_no_telephone(
    store: Store, desk: Application, visitor: Visitor
) -> None:
    record = business(store, "Sari Dewi", issue=True)
    opened(visitor)

    act(visitor, "serahkan")
    visitor.type("Rina Dewi")
    visitor.press(KEY.Key_Return)
    visitor.press(KEY.Key_Return)

    assert read.history(store, record)[-1].reason == "diambil oleh Rina Dewi"


def test_a_returned_letter_lists_what_is_missing_and_that_the_clock_stands_still(
    store: Store, desk: Application, visitor: Visitor
) -> None:
    record = business(store, "Sari Dewi")
    opened(visitor)

    act(visitor, "kembalikan")
    visitor.type("KK asli; pengantar RT;")
    visitor.press(KEY.Key_Return)

    assert read.record(store, record).state == "returned"
    said = shown(desk)
    assert any("Waktu layanan berhenti" in text for text in said)
    assert {"• KK asli", "• pengantar RT"} <= set(said)
    records.move(store, record, "submit")
    visitor.press(KEY.Key_Escape)
    visitor.press(KEY.Key_Return)
    assert not any("Waktu layanan berhenti" in text for text in shown(desk))


def test_esc_takes_a_question_back_before_it_leaves_the_record(
    store: Store, desk: Application, visitor: Visitor
) -> None:
    record = business(store, "Sari Dewi", issue=True)
    opened(visitor)
    act(visitor, "batalkan")

    visitor.press(KEY.Key_Escape)
    assert "Perjalanan berkas" in shown(desk)
    assert "Alasan" not in shown(desk)

    visitor.press(KEY.Key_Escape)
    assert "Perjalanan berkas" not in shown(desk)
    assert read.record(store, record).state == "issued"
