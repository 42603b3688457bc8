from collections.abc import Callable
from typing import Any, TypeAlias

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QWidget

from desktop.app import Application
from desktop.form_view.editors.person import PersonEditor
from desktop.form_view.editors.rows import RowsEditor
from desktop.form_view.view import FormView
from desktop.pictures import Visitor
from forms.engine import parts
from sync.store import drafts, read
from sync.store.handle import Store
from tests.desktop.office import RESIDENT, somebody

KEY = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
DEATH = "kematian"
HEIRS = "pernyataan ahli"
Opener: TypeAlias = Callable[[str, str], FormView]


@pytest.fixture
def opened(store: Store, desk: Application, visitor: Visitor) -> Opener:
    """Open a service for a citizen by its words, and go to one of its questions."""
    people = (("Siti Aminah", "P"), ("Budi Raharja", "L"), ("Sari Dewi", "P"))
    for serial, (name, sex) in enumerate(people, 1):
        somebody(store, name, serial, jenis_kelamin=sex)

    def open_it(service: str, key: str) -> FormView:
        visitor.type("sari dewi")
        visitor.rest()
        visitor.press(KEY.Key_Return)
        visitor.type(service)
        visitor.press(KEY.Key_Return)
        view = next(view for view in desk.window.findChildren(FormView) if view.isVisible())
        view.row(key).editor.setFocus(Qt.FocusReason.TabFocusReason)
        return view

    return open_it


def _here() -> QWidget:
    focus = QApplication.focusWidget()
    assert focus is not None
    return focus


def _resident(store: Store, name: str) -> tuple[str, dict[str, Any]]:
    record = next(r for r in read.listing(store, RESIDENT) if r.answers["nama"] == name)
    return record.id.hex(), record.answers


def _rows(view: FormView) -> list[dict[str, Any]]:
    answered = view.session.answers["ahli_waris"]
    assert isinstance(answered, list)
    return [dict(row) for row in answered if isinstance(row, dict)]


def _say(visitor: Visitor, *texts: str) -> None:
    for text in texts:
        visitor.type(text)
        visitor.press(KEY.Key_Return)


def _shown(view: FormView, key: str) -> str:
    """Give all texts that are seen at a question."""
    row = view.row(key)
    labels = (w.property("text") for w in row.findChildren(QWidget) if w.isVisibleTo(row))
    return " ".join(str(text) for text in labels if text)


def test_a_resident_found_while_typing_is_kept_with_what_is_asked_of_them(
    opened: Opener, visitor: Visitor, store: Store
) -> None:
    view = opened(DEATH, "saksi_1")
    record, answers = _resident(store, "Siti Aminah")

    _say(visitor, "siti")

    party = view.row("saksi_1").field.party
    assert party is not None
    assert view.session.answers["saksi_1"] == parts.snapshot(party, record, answers)
    assert view.row("saksi_2").isAncestorOf(_here())
    assert "9971" in _shown(view, "saksi_1")


def test_enter_before_the_register_has_answered_waits_for_it(
    opened: Opener, visitor: Visitor
) -> None:
    view = opened(DEATH, "saksi_1")

    visitor.type("siti")
    visitor.press(KEY.Key_Return)

    answer = view.session.answers["saksi_1"]
    assert isinstance(answer, dict)
    assert answer["nama"] == "Siti Aminah"


def test_a_resident_is_found_by_nik(opened: Opener, visitor: Visitor, store: Store) -> None:
    view = opened(DEATH, "saksi_1")
    record, answers = _resident(store, "Budi Raharja")

    _say(visitor, str(answers["nik"]))

    answer = view.session.answers["saksi_1"]
    assert isinstance(answer, dict)
    assert answer["record"] == record


def test_a_stranger_is_told_in_fields_that_open_with_what_was_typed(
    opened: Opener, visitor: Visitor
) -> None:
    view = opened(DEATH, "saksi_1")

    _say(visitor, "Hasan Basri", "9971010101700003")

    answer = view.session.answers["saksi_1"]
    assert answer == {"nik": "9971010101700003", "nama": "Hasan Basri"}
    assert view.row("saksi_1").isAncestorOf(_here())


def test_what_is_wrong_with_a_stranger_stands_at_the_part(opened: Opener, visitor: Visitor) -> None:
    view = opened(DEATH, "saksi_1")

    _say(visitor, "Hasan Basri", "1234")

    assert "NIK harus 16 angka." in _shown(view, "saksi_1")
    assert view.row("saksi_1").told == ""


def test_a_resident_beyond_the_limits_is_told_so(opened: Opener, visitor: Visitor) -> None:
    view = opened(DEATH, "ayah")

    _say(visitor, "siti")

    assert view.row("ayah").told == "Jenis kelamin orang ini tidak sesuai."
    assert "ayah" not in view.session.answers


def test_ctrl_delete_forgets_a_person_and_searches_again(opened: Opener, visitor: Visitor) -> None:
    view = opened(DEATH, "saksi_1")
    _say(visitor, "Hasan Basri")

    visitor.press(KEY.Key_Delete, CTRL)
    assert view.session.raw["saksi_1"] is None

    _say(visitor, "siti")
    answer = view.session.answers["saksi_1"]
    assert isinstance(answer, dict)
    assert answer["nama"] == "Siti Aminah"


def test_typing_over_a_chosen_resident_means_somebody_else(
    opened: Opener, visitor: Visitor
) -> None:
    view = opened(DEATH, "saksi_1")
    _say(visitor, "siti")
    view.row("saksi_1").editor.setFocus(Qt.FocusReason.TabFocusReason)

    _say(visitor, "budi")

    answer = view.session.answers["saksi_1"]
    assert isinstance(answer, dict)
    assert answer["nama"] == "Budi Raharja"


def test_a_bare_pointer_is_filled_in_when_it_is_shown(
    opened: Opener, visitor: Visitor, store: Store
) -> None:
    view = opened(DEATH, "saksi_1")
    record, answers = _resident(store, "Siti Aminah")
    editor = view.row("saksi_1").editor
    assert isinstance(editor, PersonEditor)

    editor.put({"record": record})
    visitor.rest()

    answer = view.session.answers["saksi_1"]
    assert isinstance(answer, dict)
    assert answer["nik"] == answers["nik"]


def test_rows_are_typed_one_after_the_other(opened: Opener, visitor: Visitor, store: Store) -> None:
    view = opened(HEIRS, "ahli_waris")
    record, _ = _resident(store, "Siti Aminah")

    _say(visitor, "siti", "istri")
    _say(visitor, "Hasan Basri", "9971010101700003", "Contoh", "01011970", "anak")
    assert view.row("ahli_waris").isAncestorOf(_here())
    visitor.press(KEY.Key_Return)

    first, second = _rows(view)
    assert (first["record"], first["hubungan_waris"]) == (record, "istri")
    assert second == {
        "nama": "Hasan Basri",
        "nik": "9971010101700003",
        "tempat_lahir": "Contoh",
        "tanggal_lahir": "1970-01-01",
        "hubungan_waris": "anak",
    }
    assert view.row("keperluan").isAncestorOf(_here())


def test_a_row_that_was_left_unfinished_says_what_it_lacks(
    opened: Opener, visitor: Visitor
) -> None:
    view = opened(HEIRS, "ahli_waris")
    _say(visitor, "Hasan Basri")
    assert "wajib diisi" not in _shown(view, "ahli_waris")

    visitor.press(KEY.Key_Down, CTRL)

    assert "Hubungan wajib diisi pada setiap baris." in _shown(view, "ahli_waris")


def test_ctrl_delete_removes_a_row_and_ctrl_up_goes_back_to_one(
    opened: Opener, visitor: Visitor
) -> None:
    view = opened(HEIRS, "ahli_waris")
    _say(visitor, "siti", "istri", "budi", "anak")

    visitor.press(KEY.Key_Up, CTRL)
    visitor.press(KEY.Key_Up, CTRL)
    visitor.press(KEY.Key_Delete, CTRL)

    (left,) = _rows(view)
    assert left["nama"] == "Budi Raharja"


def test_another_name_in_a_row_forgets_the_resident_who_stood_there(
    opened: Opener, visitor: Visitor
) -> None:
    view = opened(HEIRS, "ahli_waris")
    _say(visitor, "siti", "istri")
    visitor.press(KEY.Key_Up, CTRL)

    visitor.type("Hasan Basri")
    visitor.press(KEY.Key_Return)

    assert view.session.answers["ahli_waris"] == [
        {"nama": "Hasan Basri", "hubungan_waris": "istri"}
    ]


def test_no_more_rows_than_may_be_can_be_begun(opened: Opener, visitor: Visitor) -> None:
    view = opened(HEIRS, "ahli_waris")
    editor = view.row("ahli_waris").editor
    assert isinstance(editor, RowsEditor)
    full = [{"nama": f"Ahli {n}", "hubungan_waris": "anak"} for n in range(20)]

    editor.put(full)
    editor.edited.emit()
    editor.setFocus(Qt.FocusReason.TabFocusReason)
    visitor.press(KEY.Key_Down, CTRL)

    assert editor.value() == full
    assert view.row("keperluan").isAncestorOf(_here())


def test_the_first_problem_of_a_refused_form_is_gone_to_within_its_row(
    opened: Opener, visitor: Visitor
) -> None:
    view = opened(HEIRS, "ahli_waris")
    _say(visitor, "Hasan Basri")
    visitor.press(KEY.Key_Down, CTRL)
    problems = [p for p in view.session.problems if p.field == "ahli_waris"]

    view.reveal(problems)

    said = QAccessible.queryAccessibleInterface(_here()).text(QAccessible.Text.Name)
    assert said == "Daftar ahli waris, baris 1 dari 1: Hubungan"


def test_persons_and_rows_come_back_from_a_draft(
    opened: Opener, visitor: Visitor, store: Store
) -> None:
    view = opened(HEIRS, "ahli_waris")
    _say(visitor, "siti", "istri")
    before, window = view.session.answers["ahli_waris"], view.window()

    visitor.press(KEY.Key_Escape)
    visitor.rest(lambda: bool(drafts.listing(store)))
    visitor.type(HEIRS)
    visitor.press(KEY.Key_Return)

    again = next(v for v in window.findChildren(FormView) if v.isVisible())
    assert again.session.answers["ahli_waris"] == before


def test_every_part_that_takes_the_keyboard_has_a_name(opened: Opener, visitor: Visitor) -> None:
    view = opened(DEATH, "saksi_1")
    _say(visitor, "Hasan Basri")

    nameless = [
        widget
        for widget in view.row("saksi_1").findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.isVisible()
        and not QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)
    ]
    assert nameless == []
