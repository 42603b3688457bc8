"""What a line held before a sign was typed is put back whole: text, selection and undo."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit

from desktop.typed import Typed

KEY = Qt.Key
SHIFT = Qt.KeyboardModifier.ShiftModifier


def line(*before: str | Qt.Key) -> QLineEdit:
    made = QLineEdit("lama")
    press(made, *before)
    return made


def press(where: QLineEdit | QPlainTextEdit, *keys: str | Qt.Key) -> None:
    for key in keys:
        if isinstance(key, str):
            QTest.keyClicks(where, key)
        else:
            QTest.keyClick(where, key, SHIFT)


BEFORE: tuple[tuple[str | Qt.Key, ...], ...] = (
    (),
    ("sari",),
    (KEY.Key_Home,),
    (KEY.Key_Home, "sari"),
    ("sari", KEY.Key_Left, KEY.Key_Left),
    (KEY.Key_Backspace, "x"),
)


def state(where: QLineEdit) -> tuple[str, int, str]:
    return where.text(), where.cursorPosition(), where.selectedText()


@pytest.mark.parametrize("before", BEFORE)
def test_a_line_is_as_it_was_and_undo_goes_on_as_if_nothing_had_been(
    qapp: QApplication, before: tuple[str | Qt.Key, ...]
) -> None:
    touched, untouched = line(*before), line(*before)
    typed = Typed(touched)

    press(touched, "3")
    assert state(touched) != state(untouched)
    typed.put_back()

    assert state(touched) == state(untouched)
    for _ in range(3):
        touched.undo()
        untouched.undo()
        assert touched.text() == untouched.text()


@pytest.mark.parametrize("chosen", [(0, 0), (9, 9), (4, 9), (9, 4)])
def test_a_paragraph_is_as_it_was(qapp: QApplication, chosen: tuple[int, int]) -> None:
    paper = QPlainTextEdit()
    press(paper, "dua kata", KEY.Key_Return, "lagi")
    cursor = paper.textCursor()
    cursor.setPosition(chosen[0])
    cursor.setPosition(chosen[1], QTextCursor.MoveMode.KeepAnchor)
    paper.setTextCursor(cursor)
    before = paper.toPlainText()
    typed = Typed(paper)

    press(paper, "3")
    assert paper.toPlainText() != before
    typed.put_back()

    cursor = paper.textCursor()
    assert paper.toPlainText() == before
    assert (cursor.anchor(), cursor.position()) == chosen
