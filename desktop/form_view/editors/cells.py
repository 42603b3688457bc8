"""A few fields side by side in as many lines as they need: the parts of a person, a row's cells."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QWidget

from desktop.form_view.editors.choice import SegmentsEditor
from desktop.form_view.editors.editor import Editor
from desktop.form_view.editors.row import Row
from desktop.look.parts import column, line
from forms.engine.answers import Value
from forms.engine.problem import Problem
from forms.engine.spec import Field, Kind
from forms.engine.words import say, worded

# ruff: noqa: N802 - Qt names the methods that it calls in camelCase

# The least width of a cell in digits of the text, so that it grows with it.
_WIDTHS: dict[Kind, int] = {
    "nik": 21,
    "kk": 21,
    "date": 13,
    "time": 8,
    "number": 9,
    "money": 14,
    "yes_no": 14,
    "phone": 16,
}
_NAME, _TEXT, _SEGMENTS, _BY_DIGIT = 26, 17, 27, 2
_NARROW = 6  # A text of so few digits (an RT) needs not much more than them.
_LETTER = 0.85  # What a letter of a caption takes, in digits of an answer.
_GAP = 8


class Cells(QFrame):
    """Fields with a caption each; Enter goes from one to the next, `onward` comes after the last.

    `edited` comes with every answer and its field's key, `commanded` with a key together with
    Ctrl that is not for one cell: Up, Down, Delete. With `ends_empty`, Enter in the first cell goes
    onward while nothing is filled in.
    """

    edited = Signal(str)
    left = Signal(str)
    onward = Signal()
    commanded = Signal(object)

    def __init__(
        self, fields: Sequence[Field], make: Callable[[Field], Editor], *, ends_empty: bool = False
    ) -> None:
        super().__init__()
        self.setProperty("role", "bare")
        self._ends_empty = ends_empty
        self._touched: set[str] = set()
        self._asked = [field.key for field in fields]
        self._broken: list[list[str]] = []
        self._line_of: dict[str, QHBoxLayout] = {}
        self.rows = {field.key: self._row(field, make(field)) for field in fields}
        self._lines = column(4)
        self.setLayout(self._lines)

    def values(self) -> dict[str, Value]:
        """Give what is filled in."""
        found = {key: self.rows[key].editor.value() for key in self._asked}
        return {key: value for key, value in found.items() if value is not None}

    def put(self, values: Mapping[str, Value]) -> None:
        """Show these values in place of all before, as if nothing had been looked at yet."""
        self.forget()
        for key, row in self.rows.items():
            row.complain("")
            row.editor.put(values.get(key))

    def show_value(self, key: str, value: Value) -> None:
        """Show another value in one cell."""
        self.rows[key].editor.put(value)

    def ask_only(self, keys: Collection[str]) -> None:
        """Ask for these fields and no others."""
        self._asked = [key for key in self.rows if key in keys]
        for key, row in self.rows.items():
            row.setVisible(key in keys)
        self._place()

    def require(self, keys: Collection[str]) -> None:
        """Put the star on these fields."""
        for key, row in self.rows.items():
            row.require(required=key in keys)

    def name(self, label: str) -> None:
        """Tell the reader of the screen whose cells these are."""
        for row in self.rows.values():
            row.call(f"{label}: {worded(row.field.label)}")

    def point(self, problems: Iterable[Problem], *, everything: bool) -> tuple[Problem, ...]:
        """Show problems at the cells that were left, or at all; give those of no cell here."""
        wrong: dict[str, str] = {}
        others = []
        for problem in problems:
            key = str(problem.facts.get("key"))
            if key not in self._asked:
                others.append(problem)
            elif everything or key in self._touched:
                wrong.setdefault(key, say(problem.code, **problem.facts))
        for key, row in self.rows.items():
            row.complain(wrong.get(key, ""))
        return tuple(others)

    def forget(self) -> None:
        """Take every cell for one that nobody has looked at yet."""
        self._touched.clear()

    def go(self, key: str = "") -> None:
        """Put the keyboard into a cell, by default the first that is empty."""
        empty = (k for k in self._asked if self.rows[k].editor.value() is None)
        wanted = key if key in self._asked else next(empty, self._asked[0])
        editor = self.rows[wanted].editor
        editor.setFocus(Qt.FocusReason.TabFocusReason)
        if isinstance(editor.core, QLineEdit):
            editor.core.selectAll()  # Also where the keyboard was here already: typing replaces.

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the keys that are for the whole before a cell does."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
            keys = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Delete)
            if control and event.key() in keys:
                self.commanded.emit(Qt.Key(event.key()))
                return True
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Break the lines where there is room for them."""
        super().resizeEvent(event)
        self._place()

    def _row(self, field: Field, editor: Editor) -> Row:
        made = Row(field, editor, worded(field.label).replace("&", "&&"))
        made.setParent(self)
        key = field.key
        editor.edited.connect(lambda: self.edited.emit(key))
        editor.left.connect(lambda: self._leave(key))
        editor.onward.connect(lambda: self._go_on(key))
        for widget in (editor.core, *editor.core.findChildren(QWidget)):
            widget.installEventFilter(self)
        return made

    def _leave(self, key: str) -> None:
        self._touched.add(key)
        self.left.emit(key)

    def _go_on(self, key: str) -> None:
        self._touched.add(key)
        following = self._asked[self._asked.index(key) + 1 :]
        empty = key == self._asked[0] and self._ends_empty and not self.values()
        if following and not empty:
            self.go(following[0])
        else:
            self.onward.emit()

    def _place(self) -> None:
        broken = self._break()
        if broken == self._broken:
            return
        self._broken = broken
        for row in self.rows.values():
            row_line = self._line_of.pop(row.field.key, None)
            if row_line is not None:
                row_line.removeWidget(row)
        while self._lines.takeAt(0) is not None:
            pass
        for place, keys in enumerate(broken, 1):
            inner: QHBoxLayout = line(_GAP)
            for key in keys:
                inner.addWidget(self.rows[key], self._width(key))
                self._line_of[key] = inner
            if 1 < place == len(broken):  # The last line keeps the measure of those above it.
                taken = sum(map(self._width, keys))
                inner.addStretch(max(sum(map(self._width, broken[0])) - taken, 0))
            self._lines.addLayout(inner)

    def _break(self) -> list[list[str]]:
        unit = self.fontMetrics().horizontalAdvance("0")
        broken: list[list[str]] = []
        room = 0
        for key in self._asked:
            wide = self._width(key) * unit
            if not broken or wide > room:
                broken.append([])
                room = self.width()
            broken[-1].append(key)
            room -= wide + _GAP
        return broken

    def _width(self, key: str) -> int:
        """Tell how many digits wide a cell is at least: its answer, or the words above it."""
        row = self.rows[key]
        field = row.field
        wide = _WIDTHS.get(field.kind, _NAME if key == "nama" else _TEXT)
        if isinstance(row.editor, SegmentsEditor) and field.kind != "yes_no":
            wide = _SEGMENTS
        elif field.kind == "text" and field.digits:
            wide = _NARROW + _BY_DIGIT * min(field.digits, _NARROW)
        return max(wide, round(len(worded(field.label)) * _LETTER))
