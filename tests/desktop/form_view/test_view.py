from collections.abc import Callable
from typing import TypeAlias

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QRadioButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.form_view.view import FormView
from desktop.look.look import Look
from forms.engine import example
from forms.engine.answers import Scene, Value
from forms.engine.form import Form
from forms.engine.problem import Problem, Refused
from forms.engine.session import Session
from sync.store.handle import Store
from tests.desktop.office import BUSINESS

Opener: TypeAlias = Callable[..., FormView]


@pytest.fixture
def opened(qtbot: QtBot, look: Look, form: Form, scene: Scene) -> Opener:
    def open_it(answers: dict[str, Value] | None = None, **repeats: Value) -> FormView:
        view = FormView(Session(form, scene, answers), repeats)
        qtbot.addWidget(view)
        view.resize(700, 600)
        view.show()
        view.activateWindow()
        qtbot.waitUntil(lambda: QApplication.activeWindow() is view)
        return view

    return open_it


def _focus(view: FormView, key: str) -> QWidget:
    view.row(key).editor.setFocus(Qt.FocusReason.TabFocusReason)
    return _here()


def _here() -> QWidget:
    focus = QApplication.focusWidget()
    assert focus is not None
    return focus


def _type(view: FormView, key: str, text: str) -> None:
    QTest.keyClicks(_focus(view, key), text)
    QTest.keyClick(_here(), Qt.Key.Key_Return)


@pytest.mark.parametrize(
    ("key", "typed", "value"),
    [
        ("nik", "9901015608900001", "9901015608900001"),
        ("nomor_kk", "9901010608900001", "9901010608900001"),
        ("nama", "Sari Dewi", "Sari Dewi"),
        ("tanggal", "16081990", "1990-08-16"),
        ("jam", "730", "07:30"),
        ("anak", "3", 3),
        ("gaji", "1500000", 1500000),
        ("telepon", "0812 3456 789", "08123456789"),
        ("menikah", "y", True),
        ("menikah", "t", False),
        ("kelamin", "p", "P"),
        ("tanaman", "3", "c"),
        ("tanaman", "kac", "d"),
        ("kelurahan", "suka d", "99.01.01.1002"),
        ("letak", "-6.2, 106.8", {"lat": "-6.200000", "lon": "106.800000"}),
        ("rt", "7", "007"),
        ("uraian", "Baik", "Baik"),
        ("catatan", "Lengkap", "Lengkap"),
    ],
)
def test_each_kind_is_answered_by_typing_and_enter(
    opened: Opener, key: str, typed: str, value: Value
) -> None:
    view = opened()

    _type(view, key, typed)

    assert view.session.answers[key] == value
    assert view.row(key).told in ("", "Lahir 16-08-1990 · perempuan")


def test_several_choices_are_ticked_with_the_blank_key(opened: Opener) -> None:
    view = opened()
    first = _focus(view, "ternak")

    QTest.keyClick(first, Qt.Key.Key_Space)
    QTest.keyClick(first, Qt.Key.Key_Tab)
    QTest.keyClick(_here(), Qt.Key.Key_Space)

    assert view.session.answers["ternak"] == ["a", "b"]


def test_a_paper_is_seen_or_has_a_number(opened: Opener) -> None:
    view = opened()
    box = _focus(view, "pengantar")

    QTest.keyClick(box, Qt.Key.Key_Space)
    assert view.session.answers["pengantar"] == {"seen": True}

    QTest.keyClick(box, Qt.Key.Key_Tab)
    QTest.keyClicks(_here(), "12/RT03")
    assert view.session.answers["pengantar"] == {"number": "12/RT03"}


def test_a_person_is_told_by_nik_and_name(opened: Opener) -> None:
    view = opened({"menikah": True})

    QTest.keyClicks(_focus(view, "pasangan"), "9901015608900001")
    QTest.keyClick(_here(), Qt.Key.Key_Return)
    QTest.keyClicks(_here(), "Sari")

    assert view.session.answers["pasangan"] == {"nik": "9901015608900001", "nama": "Sari"}


def test_arrows_go_from_segment_to_segment(opened: Opener) -> None:
    view = opened({"kelamin": "L"})
    segment = _focus(view, "kelamin")
    assert isinstance(segment, QRadioButton)

    QTest.keyClick(segment, Qt.Key.Key_Right)

    assert view.session.answers["kelamin"] == "P"


def test_enter_goes_from_question_to_question_and_finishes_after_the_last(
    opened: Opener, qtbot: QtBot
) -> None:
    view = opened()
    focus = _focus(view, "nik")

    QTest.keyClick(focus, Qt.Key.Key_Return)
    assert view.row("nomor_kk").isAncestorOf(_here())

    with qtbot.waitSignal(view.finished):
        QTest.keyClick(_focus(view, "catatan"), Qt.Key.Key_Return)


def test_a_problem_is_shown_when_the_field_is_left_and_goes_when_it_is_mended(
    opened: Opener,
) -> None:
    view = opened()
    line = _focus(view, "nik")

    QTest.keyClicks(line, "99010156")
    assert view.row("nik").told == ""

    QTest.keyClick(line, Qt.Key.Key_Return)
    assert view.row("nik").told != ""
    assert view.row("nik").editor.core.property("state") == "problem"

    QTest.keyClicks(_focus(view, "nik"), "9901015608900001")
    assert view.row("nik").editor.core.property("state") == ""


def test_a_birth_date_that_differs_from_the_nik_is_doubted_and_taken(
    qtbot: QtBot, look: Look, form: Form, scene: Scene
) -> None:
    view = FormView(Session(form, scene, {"nik": "9901015608900001", "tanggal": "1991-08-16"}), {})
    qtbot.addWidget(view)
    view.show()

    view._left("tanggal")
    view._left("nik")

    assert view.row("nik").told.startswith("Tanggal lahir berbeda")
    assert view.row("nik").editor.core.property("state") == "warning"
    assert view.session.answers["nik"] == "9901015608900001"


def test_sections_that_somebodys_data_fill_in_begin_folded(
    qtbot: QtBot, look: Look, store: Store
) -> None:
    letter = store.catalogue.form(BUSINESS)
    known = example.fill(letter.example, store.scene())
    asked = {key: known[key] for key, field in letter.fields.items() if field.prefill}
    session = Session(letter, store.scene(), asked)
    view = FormView(session, {}, fold=True)
    qtbot.addWidget(view)
    view.show()
    assert view.row("nama").isHidden()

    left = view.reveal([Problem("required", "nama")])

    assert left == ()
    assert not view.row("nama").isHidden()


def test_an_answer_shows_and_hides_other_questions(opened: Opener) -> None:
    view = opened()
    assert view.row("pasangan").isHidden()

    _type(view, "menikah", "y")
    assert not view.row("pasangan").isHidden()

    _type(view, "menikah", "t")
    assert view.row("pasangan").isHidden()


def test_a_computed_answer_follows_and_cannot_be_typed(opened: Opener) -> None:
    view = opened()

    _type(view, "gaji", "1000000")

    assert view.row("setahun").editor.value() == 12_000_000
    QTest.keyClicks(_focus(view, "setahun"), "5")
    assert view.session.answers["setahun"] == 12_000_000


def test_ctrl_d_repeats_the_last_value_and_goes_on(opened: Opener) -> None:
    view = opened(None, nama="Sari")

    QTest.keyClick(_focus(view, "nama"), Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)

    assert view.session.answers["nama"] == "Sari"
    assert view.row("tanggal").isAncestorOf(_here())


def test_an_unfinished_form_goes_to_its_first_problem(opened: Opener) -> None:
    view = opened()
    try:
        view.session.finish()
    except Refused as refused:
        left = view.reveal(refused.problems)

    assert left == ()
    assert view.row("nik").told != ""
    assert view.row("nama").told != ""
    assert view.row("nik").isAncestorOf(_here())


def test_shift_enter_begins_a_new_line_in_a_paragraph(opened: Opener) -> None:
    view = opened()
    paper = _focus(view, "uraian")

    QTest.keyClicks(paper, "satu")
    QTest.keyClick(paper, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClicks(paper, "dua")

    assert view.session.answers["uraian"] == "satu\ndua"


def test_typing_is_not_overwritten_while_it_goes_on(opened: Opener) -> None:
    view = opened()
    line = _focus(view, "gaji")

    QTest.keyClicks(line, "1500000")

    assert line.property("text") == "1500000"
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert line.property("text") == "1.500.000"


def test_the_answers_of_a_draft_stand_in_their_fields(opened: Opener) -> None:
    answers: dict[str, Value] = {
        "nik": "9901015608900001", "tanggal": "1990-08-16", "menikah": True, "kelamin": "P",
        "tanaman": "c", "ternak": ["a", "c"], "pengantar": {"number": "7"}, "gaji": 1500000,
        "pasangan": {"nama": "Budi"}, "kelurahan": "99.01.01.1001", "uraian": "satu\ndua",
    }  # fmt: skip
    view = opened(answers)

    shown = {key: view.row(key).editor.value() for key in answers}
    assert shown == answers | {"gaji": 1500000}


def test_no_widget_that_takes_the_keyboard_is_without_a_name(opened: Opener) -> None:
    view = opened({"menikah": True})

    assert unnamed(view) == []


def test_the_tab_order_is_the_order_that_is_seen(opened: Opener) -> None:
    view = opened()
    focus = _focus(view, "nik")
    visited: list[str] = []
    for _ in range(60):
        key = next((k for k in view.session.form.fields if view.row(k).isAncestorOf(focus)), "")
        if key and key not in visited:
            visited.append(key)
        QTest.keyClick(focus, Qt.Key.Key_Tab)
        focus = _here()

    assert visited == [key for key in view.session.form.fields if key != "pasangan"]


@pytest.mark.parametrize(("width", "scale"), [(320, 1.0), (700, 1.0), (1100, 1.0), (700, 2.0)])
def test_nothing_is_cut_at_any_width(
    qtbot: QtBot, look: Look, form: Form, scene: Scene, width: int, scale: float
) -> None:
    look.wear(scale=scale)
    view = FormView(Session(form, scene, {"menikah": True}), {}, scale=scale)
    qtbot.addWidget(view)
    view.resize(width, 600)
    view.show()
    qtbot.waitUntil(view.isVisible)

    sheet = view.widget()
    assert sheet is not None
    assert sheet.width() <= view.viewport().width()
    cut = [
        row
        for row in sheet.children()
        if isinstance(row, QWidget) and row.isVisible() and row.geometry().right() > sheet.width()
    ]
    assert cut == []


def unnamed(root: QWidget) -> list[str]:
    """Name the visible widgets that take the keyboard but say nothing of themselves."""
    return [
        f"{type(widget).__name__} {widget.objectName()}"
        for widget in root.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.isVisibleTo(root)
        and not QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)
    ]
