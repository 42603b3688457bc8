import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from desktop import acts
from desktop.app import Application
from desktop.panes import opening
from desktop.pictures import Visitor
from sync.store import drafts, read, records
from sync.store.handle import Store
from tests.desktop.office import BUSINESS, FakePrinter, business

KEY = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def issued(store: Store, visitor: Visitor) -> bytes:
    """Open an issued letter on the page of records."""
    record = business(store, "Sari Dewi", issue=True)
    visitor.press(KEY.Key_F4)
    visitor.press(KEY.Key_Return)
    return record


def shown(desk: Application) -> str:
    labels = desk.window.findChildren(QLabel)
    return "\n".join(label.text() for label in labels if label.isVisible())


def number(store: Store, record: bytes) -> str:
    found = read.record(store, record).number
    assert found is not None
    return found.text


def test_a_letter_is_corrected_by_a_new_one_and_both_say_so(
    store: Store, desk: Application, visitor: Visitor, printer: FakePrinter, issued: bytes
) -> None:
    visitor.press(KEY.Key_F2)
    visitor.press(KEY.Key_F6)
    visitor.type("Alamat usaha keliru")
    visitor.press(KEY.Key_F9)

    (made,) = read.corrections(store, issued)
    assert (made.state, made.replaces) == ("issued", issued)
    assert made.answers == read.record(store, issued).answers
    assert read.history(store, made.id)[0].reason == "Alamat usaha keliru"
    assert [title for title, _ in printer.printed] == [number(store, made.id)]
    assert f"Menggantikan surat nomor {number(store, issued)}" in shown(desk)

    visitor.press(KEY.Key_G, CTRL)
    assert f"Digantikan oleh surat nomor {number(store, made.id)}" in shown(desk)


def test_nothing_is_corrected_without_a_reason(
    store: Store, visitor: Visitor, issued: bytes
) -> None:
    visitor.press(KEY.Key_F2)
    visitor.press(KEY.Key_F9)
    assert read.corrections(store, issued) == []

    visitor.type("Salah nama")
    visitor.press(KEY.Key_F9)
    assert len(read.corrections(store, issued)) == 1


def test_what_was_begun_as_a_correction_goes_on_as_one(
    store: Store, visitor: Visitor, issued: bytes
) -> None:
    visitor.press(KEY.Key_F2)
    visitor.type("62019")
    visitor.press(KEY.Key_Escape)
    visitor.rest()

    (kept,) = drafts.listing(store)
    begun = opening.drafted(kept, store.catalogue.form(BUSINESS))
    assert (begun.replaces, begun.record) == (issued, b"")
    assert begun.draft == kept.key


@pytest.mark.parametrize(("state", "may"), [("drafted", False), ("issued", False), ("void", True)])
def test_a_letter_with_a_correction_that_stands_is_not_corrected_twice(
    store: Store, state: str, *, may: bool
) -> None:
    old = business(store, "Sari Dewi", issue=True)
    assert acts.look(store, old).may_correct
    answers = read.record(store, old).answers
    new = records.new(store, BUSINESS, answers, replaces=old, reason="Keliru")
    records.move(store, new.record, "submit")
    if state != "drafted":
        for action in ("check", "approve", "issue"):
            records.move(store, new.record, action)
    if state == "void":
        records.move(store, new.record, "void", reason="Salah juga")

    assert acts.look(store, old).may_correct is may


def test_a_letter_that_is_not_on_paper_is_changed_and_not_corrected(store: Store) -> None:
    view = acts.look(store, business(store, "Sari Dewi"))

    assert (view.may_edit, view.may_correct) == (True, False)
