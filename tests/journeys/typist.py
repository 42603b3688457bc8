"""Answers a form as a clerk with ten fingers does: reads where the keyboard is, types, Enter.

Nothing in here sets an answer: every one is typed where the keyboard stands, and what is typed
follows from the kind of question that stands there.
"""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QApplication, QWidget

from desktop.form_view.editors.row import Row
from desktop.form_view.matching import numbered
from desktop.form_view.notation import NOTATIONS
from desktop.pictures import Visitor
from forms.engine import parts
from forms.engine.kinds.choice import options
from forms.engine.spec import Field

QUESTIONS_MAX = 120  # The longest form has some seventy.
CELLS_MAX = 400  # Forty rows of ten cells.
BUTTONS_MAX = 60

KEY = Qt.Key
NO = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier


class Typist:
    """Types through a visitor's window and counts the keys; `known` tells how to find whom."""

    def __init__(self, visitor: Visitor, known: Mapping[str, str]) -> None:
        self.visitor = visitor
        self.keys = 0
        self._known = known

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = NO) -> None:
        """Press a key and wait for all that follows."""
        self.keys += 1
        self.visitor.press(key, modifier)

    def hit(self, key: Qt.Key) -> None:
        """Press a key and go on at once, as fingers do within a form."""
        self.keys += 1
        QTest.keyClick(QApplication.activePopupWidget() or _here(), key)

    def type(self, text: str) -> None:
        """Type a text where the keyboard is."""
        self.keys += len(text)
        self.visitor.type(text)

    def push(self, *said: str) -> None:
        """Go by Tab to the button that says one of these words, and press it."""
        for _ in range(BUTTONS_MAX):
            here = QApplication.focusWidget()
            if isinstance(here, QAbstractButton) and here.text().replace("&", "") in said:
                self.press(KEY.Key_Space)
                return
            self.hit(KEY.Key_Tab)
        raise AssertionError(said)

    def fill(self, answers: Mapping[str, Any], upto: int = QUESTIONS_MAX) -> None:
        """Answer the questions as they come, all of them or the first `upto`."""
        for _ in range(upto):
            row = _question()
            if row is None:
                return
            self._answer(row, answers.get(row.field.key))
        assert upto < QUESTIONS_MAX, f"no end of questions: {_question()}"

    def _answer(self, row: Row, wanted: Any) -> None:
        field = row.field
        if wanted is None or row.editor.value() == wanted:
            self._pass(row)
        elif field.kind == "person":
            self._person(row, wanted)
        elif field.kind == "rows":
            self._rows(row, wanted)
        else:
            self._say(field, wanted)
            self.hit(KEY.Key_Return)
        assert _question() is not row, f"{field.key}: {wanted!r} {row.told}"

    def _pass(self, row: Row) -> None:
        for _ in range(CELLS_MAX):
            if _question() is not row:
                return
            self.hit(KEY.Key_Return)

    def _say(self, field: Field, wanted: Any) -> None:
        """Type what stands for a value in a question or cell that is one line, list or box."""
        if field.kind == "attachment":
            self._attach(wanted)
        elif field.kind == "choices":
            self._tick(field, wanted)
        elif field.kind == "yes_no":
            self.type("1" if wanted else "0")
        elif field.kind == "choice":
            self.type(next(o.code for o in numbered(_pairs(field)) if o.value == wanted))
        elif field.kind in ("paragraph", "note"):
            self._write(str(wanted))
        else:
            notation = NOTATIONS.get(field.kind)
            self.type(notation.show(wanted) if notation else str(wanted))

    def _attach(self, wanted: Mapping[str, Any]) -> None:
        if "number" in wanted:
            self.hit(KEY.Key_Tab)
            self.type(wanted["number"])
        else:
            self._check(wanted=True)

    def _tick(self, field: Field, wanted: list[str]) -> None:
        offered = [value for value, _ in _pairs(field)]
        for value in offered:
            self._check(wanted=value in wanted)
            if value != offered[-1]:
                self.hit(KEY.Key_Tab)

    def _check(self, *, wanted: bool) -> None:
        box = _here()
        assert isinstance(box, QAbstractButton), box
        if box.isChecked() is not wanted:
            self.hit(KEY.Key_Space)

    def _write(self, text: str) -> None:
        self.keys += 1
        QTest.keyClick(_here(), KEY.Key_A, CTRL)
        for at, part in enumerate(text.splitlines()):
            if at:
                self.keys += 1
                QTest.keyClick(_here(), KEY.Key_Return, Qt.KeyboardModifier.ShiftModifier)
            self.type(part)

    def _person(self, row: Row, wanted: Mapping[str, Any]) -> None:
        if _cell() is row:  # The keyboard is in the line that searches, and no part is asked yet.
            self._name(wanted)
        for _ in range(CELLS_MAX):
            if _question() is not row:
                return
            self._part(wanted)

    def _rows(self, row: Row, wanted: list[Mapping[str, Any]]) -> None:
        first = _cell().field.key
        for one in wanted:
            if row.field.party is not None and row.field.party.resident != "never":
                self._name(one)
            else:
                self._part(one)
            for _ in range(CELLS_MAX):
                if _question() is not row or _is_blank(first):
                    break
                self._part(one)
        if _question() is row:
            self.hit(KEY.Key_Return)

    def _part(self, wanted: Mapping[str, Any]) -> None:
        cell = _cell()
        value = wanted.get(cell.field.key)
        if value is not None and cell.editor.value() != value:
            self._say(cell.field, value)
        self.hit(KEY.Key_Return)

    def _name(self, wanted: Mapping[str, Any]) -> None:
        """Say whom: a resident by what finds them, a stranger by stepping to the list's end."""
        record = wanted.get(parts.RECORD)
        if record is not None:
            self.type(self._known[record])
        else:
            self.type(str(wanted["nama"]))
            self.visitor.rest()
            self._to_the_end()
        self.press(KEY.Key_Return)

    def _to_the_end(self) -> None:
        offered = QApplication.activePopupWidget()
        if isinstance(offered, QAbstractItemView):
            last = offered.model().rowCount() - 1
            for _ in range(last - offered.currentIndex().row()):
                self.hit(KEY.Key_Down)


def _here() -> QWidget:
    here = QApplication.focusWidget()
    assert here is not None, "the keyboard is nowhere"
    return here


def _rows_around(widget: QWidget | None) -> list[Row]:
    """List the questions around a widget, the innermost first."""
    found = []
    while widget is not None:
        if isinstance(widget, Row):
            found.append(widget)
        widget = widget.parentWidget()
    return found


def _question() -> Row | None:
    """Give the question of the form that the keyboard stands in."""
    return next(iter(_rows_around(QApplication.focusWidget())[-1:]), None)


def _cell() -> Row:
    """Give the cell that the keyboard stands in: a part of a person, of a row, or the question."""
    return _rows_around(_here())[0]


def _is_blank(first: str) -> bool:
    """Tell whether the keyboard stands at the beginning of a row that says nothing yet."""
    cell = _cell()
    return cell.field.key == first and cell.editor.value() is None


def _pairs(field: Field) -> list[tuple[str, str]]:
    return [(choice.value, choice.label) for choice in options(field)]
