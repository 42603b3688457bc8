"""A list of small records: one row is open as cells, the others stand above and below in a line."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from desktop.form_view.editors.cells import Cells
from desktop.form_view.editors.editor import Editor
from desktop.form_view.editors.finder import FinderEditor
from desktop.form_view.editors.person import Make, Tell
from desktop.form_view.editors.stack import Stack
from desktop.form_view.residents import Resident, Residents
from desktop.form_view.told import limits_text
from desktop.look.parts import card, column, line, words
from forms.engine import parts
from forms.engine.answers import Value
from forms.engine.kinds.rows import ROWS_MAX, columns
from forms.engine.problem import Problem
from forms.engine.spec import Field
from forms.engine.words import say, worded

_NAMING = ("nama", "nik")  # Who changes one of them speaks of somebody else.


@dataclass(slots=True, eq=False)
class _Entry:
    """One row's answers, and whether the clerk has left it once: then it may be complained of."""

    values: dict[str, Any] = field(default_factory=dict)
    seen: bool = False
    wrong: list[Problem] = field(default_factory=list)


class RowsEditor(Editor):
    """Enter goes from cell to cell and begins a new row after the last; on an empty row it goes on.

    Ctrl+Up and Ctrl+Down change the row, Ctrl+Delete removes it.
    """

    def __init__(self, spec: Field, make: Make, tell: Tell, residents: Residents | None) -> None:
        around = QWidget()
        super().__init__(around)
        self._spec = spec
        self._tell = tell
        self._residents = residents
        self._columns = columns(spec)
        self._max = min(spec.max or ROWS_MAX, ROWS_MAX)
        self._entries = [_Entry()]
        self._at = 0
        self._label = ""
        self._cells = Cells(self._columns, make, ends_empty=True)
        needs = spec.party.needs if spec.party else ()
        self._cells.require({*needs, *(c.key for c in spec.column if c.required)})
        self._number = words("1", "strong")
        self._below = words("", "problem", wraps=True)
        self._open = self._make_open()
        limits = limits_text(spec.party) if spec.party else ""
        keys = say("field.row_keys", max=self._max)
        told = " · ".join(text for text in (worded(spec.hint), limits, keys) if text)
        keys_line = words(told, "muted", wraps=True)
        self._stack = Stack(around, self._open, keys_line, self._go_to)
        self.setFocusProxy(self._cells.rows[self._columns[0].key].editor)
        self._connect()
        self._cells.ask_only([c.key for c in self._columns])
        self._paint()

    def name(self, label: str, hint: str) -> None:
        """Name every cell after the list and its row."""
        self._label = label
        self.core.setAccessibleName(label)
        self.core.setAccessibleDescription(hint)
        self._name_cells()

    def value(self) -> Value:
        """List the rows that say something."""
        return [dict(entry.values) for entry in self._filled()] or None

    def put(self, value: Value) -> None:
        """Show these rows, and an empty one after them while there may be more."""
        if self.value() == value:
            return
        given = value if isinstance(value, list) else []
        self._entries = [_Entry(dict(row), seen=True) for row in given if isinstance(row, dict)]
        if len(self._entries) < self._max:
            self._entries.append(_Entry())
        self._at = len(self._entries) - 1
        self._reopen()
        for entry in self._entries:
            self._resolve(entry)

    def mark(self, state: str) -> None:
        """Leave the marks to the cells: each row has its own problems."""

    def point(self, problems: Sequence[Problem], *, everything: bool) -> Sequence[Problem]:
        """Show problems at their rows: at the cells of the open one, below the others."""
        filled = self._filled()
        rowless = []
        for entry in self._entries:
            entry.wrong = []
            entry.seen = entry.seen or (everything and bool(entry.values))
        for problem in problems:
            if problem.row is not None and problem.row <= len(filled):
                filled[problem.row - 1].wrong.append(problem)
            else:
                rowless.append(problem)
        here = self._entries[self._at]
        left = self._cells.point(here.wrong, everything=here.seen)
        told = _sentences(left) if here.seen else ""
        self._below.setText(told)
        self._below.setVisible(bool(told))
        self._paint()
        return rowless

    def seek(self, problem: Problem) -> None:
        """Open the row that is wrong and go to its cell."""
        filled = self._filled()
        if problem.row is not None and problem.row <= len(filled):
            entry = filled[problem.row - 1]
            wrong, place = entry.wrong, self._entries.index(entry)
            self._go_to(place, str(problem.facts.get("key")))
            self._cells.point(wrong, everything=True)
        else:
            self._cells.go()

    def _connect(self) -> None:
        self._cells.edited.connect(self._edited)
        self._cells.left.connect(self._cell_left)
        self._cells.onward.connect(self._next)
        self._cells.commanded.connect(self._obey)
        first = self._cells.rows[self._columns[0].key].editor
        if isinstance(first, FinderEditor):
            first.finder.chosen.connect(self._choose)
            first.finder.stranger.connect(self._name_stranger)
            first.finder.cleared.connect(self._remove)

    def _make_open(self) -> QWidget:
        inner = line(8, (6, 4, 6, 4))
        inner.addWidget(self._number, 0, Qt.AlignmentFlag.AlignTop)
        beside = column(2)
        beside.addWidget(self._cells)
        beside.addWidget(self._below)
        inner.addLayout(beside, 1)
        self._below.hide()
        return card(inner, role="inset")

    def _filled(self) -> list[_Entry]:
        return [entry for entry in self._entries if entry.values]

    def _edited(self, key: str) -> None:
        entry = self._entries[self._at]
        known = entry.values
        if parts.RECORD in known and key in _NAMING:
            self._forget(key)
            known = {}
        kept = {k: v for k, v in known.items() if k not in self._cells.rows}
        cells = self._cells.values()
        entry.values = {**kept, **cells} if cells else {}
        self.edited.emit()

    def _forget(self, key: str) -> None:
        """Empty what the register said of somebody who is no longer meant."""
        if self._spec.party is None:
            return
        for part in parts.asked(self._spec.party):
            if part.key != key:
                self._cells.show_value(part.key, None)

    def _choose(self, found: Resident) -> None:
        here = self._entries[self._at]
        self._fill(here, found)
        self.edited.emit()
        if self._cells.isAncestorOf(self.window().focusWidget() or self):
            self._cells.go()

    def _fill(self, entry: _Entry, found: Resident) -> None:
        assert self._spec.party is not None, "only a list of persons finds residents"
        own = {c.key for c in self._spec.column}
        told = {k: v for k, v in entry.values.items() if k in own}
        known = parts.snapshot(self._spec.party, found.record, found.answers, self._spec.column)
        entry.values = {**known, **told}
        if entry is self._entries[self._at]:
            self._cells.put(entry.values)

    def _resolve(self, entry: _Entry) -> None:
        """Fill in a row that only points to a resident, as soon as the register answers."""
        own = {c.key for c in self._spec.column}
        if self._residents is None or entry.values.keys() - own != {parts.RECORD}:
            return

        def told(found: Resident) -> None:
            if entry in self._entries and entry.values.get(parts.RECORD) == found.record:
                self._fill(entry, found)
                self._paint()
                self.edited.emit()

        self._residents.know(str(entry.values[parts.RECORD]), told)

    def _name_stranger(self, text: str) -> None:
        digits = "".join(text.split())
        first = self._columns[0].key
        if digits.isdecimal() and first != "nik" and "nik" in self._cells.rows:
            self._cells.show_value(first, None)
            self._cells.show_value("nik", digits)
            self._edited("nik")
        if self._cells.rows[first].editor.core.hasFocus():
            self._cells.go()

    def _cell_left(self, _key: str) -> None:
        if self.isVisible():
            self.part_left()
            self.edited.emit()  # What is wrong in the cell that was left can be told now.

    def _next(self) -> None:
        if not self._entries[self._at].values:
            self.onward.emit()
        elif self._at + 1 < len(self._entries):
            self._go_to(self._at + 1)
        elif len(self._entries) < self._max:
            self._entries.append(_Entry())
            self._go_to(len(self._entries) - 1)
        else:
            self.onward.emit()

    def _obey(self, key: Qt.Key) -> None:
        if key == Qt.Key.Key_Delete:
            self._remove()
        elif key == Qt.Key.Key_Up:
            self._go_to(max(self._at - 1, 0))
        elif self._entries[self._at].values:
            self._next()

    def _remove(self) -> None:
        del self._entries[self._at]
        if not self._entries:
            self._entries.append(_Entry())
        self._at = min(self._at, len(self._entries) - 1)
        self._reopen()
        self._cells.go(self._columns[0].key)
        self._cells.forget()  # The cell that was left last belonged to the row that is gone.
        self.edited.emit()

    def _go_to(self, place: int, key: str = "") -> None:
        """Open a row; the one that was open becomes a line, or goes if it says nothing."""
        left, wanted = self._entries[self._at], self._entries[place]
        self._cells.go(self._columns[0].key)  # What is open in a cell still belongs to its row.
        left.seen = True
        if left is not wanted and not left.values:
            self._entries.remove(left)
        self._at = self._entries.index(wanted)
        self._reopen()
        self._cells.go(key or self._columns[0].key)
        self._cells.forget()  # The cell that was left last belonged to the other row.
        self.edited.emit()
        self.moved.emit(self._open)

    def _reopen(self) -> None:
        """Show the open row in the cells, as if nobody had looked at them yet."""
        self._cells.put(self._entries[self._at].values)
        self._paint()

    def _paint(self) -> None:
        """Stand the rows in their order around the open one, where anything has changed."""
        if self._stack.show([self._line(at, entry) for at, entry in enumerate(self._entries)]):
            self._number.setText(str(self._at + 1))
            self._name_cells()

    def _line(self, at: int, entry: _Entry) -> tuple[str, str] | None:
        """Give what a row that is not open says, and what is wrong with it."""
        if at == self._at:
            return None
        values = entry.values
        told = [self._tell(c, values[c.key]) for c in self._columns if values.get(c.key)]
        return " · ".join(told), _sentences(entry.wrong) if entry.seen else ""

    def _name_cells(self) -> None:
        self._cells.name(
            say("field.row", label=self._label, row=self._at + 1, rows=len(self._entries))
        )


def _sentences(problems: Iterable[Problem]) -> str:
    return " ".join(dict.fromkeys(say(p.code, **p.facts) for p in problems))
