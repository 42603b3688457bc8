"""A person in an answer: a resident who is found while typing, or somebody in words."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeAlias

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from desktop.form_view.editors.cells import Cells
from desktop.form_view.editors.editor import Editor
from desktop.form_view.editors.finder import Finder
from desktop.form_view.residents import Resident, Residents
from desktop.form_view.told import limits_text
from desktop.look.parts import column, restyle, words
from forms.engine import parts
from forms.engine.answers import Value
from forms.engine.problem import Problem
from forms.engine.spec import Field, Party
from forms.engine.words import say

Make: TypeAlias = Callable[[Field], Editor]
Tell: TypeAlias = Callable[[Field, Value], str]


class PersonEditor(Editor):
    """One line to search in; below it what is known of who was chosen, or a stranger's fields.

    A chosen resident is kept as `parts.snapshot` has it, which is what the form's check asks for.
    """

    def __init__(self, party: Party, make: Make, tell: Tell, residents: Residents | None) -> None:
        around = QWidget()
        super().__init__(around)
        self._party = party
        self._make = make
        self._tell = tell
        self._residents = residents
        self._asked = tuple(parts.asked(party))
        self._known: dict[str, Any] = {}  # of a chosen resident
        self._said = ("", "")
        self._cells: Cells | None = None  # Made when they are first needed: most never are.
        self._limits = limits_text(party)
        self._finder = Finder(residents, strangers=party.resident != "required")
        self._finder.setPlaceholderText(
            " · ".join(text for text in (say("field.find_person"), self._limits) if text)
        )
        self._below = words("", "muted", wraps=True)
        inner = column(4)
        around.setLayout(inner)
        inner.addWidget(self._finder)
        inner.addWidget(self._below)
        self._connect()
        self._show()

    def name(self, label: str, hint: str) -> None:
        """Name the line, the list below it and every part after the question."""
        self._said = (label, hint)
        self._finder.setAccessibleName(f"{label}: {say('field.find_person')}")
        self._finder.setAccessibleDescription(". ".join(t for t in (hint, self._limits) if t))
        self._finder.popup.setAccessibleName(label)
        if self._cells is not None:
            self._cells.name(label)

    def value(self) -> Value:
        """Give the person as far as they are told."""
        if self._is_searched:
            text = self._finder.text().strip()
            return {_part_of(text): text} if text else None
        told = self._cells.values() if self._cells is not None else {}
        return {key: v for key, v in {**self._known, **told}.items() if v is not None} or None

    def put(self, value: Value) -> None:
        """Show a person; a bare pointer is filled in as soon as the register answers."""
        if self.value() == value:
            return
        given: dict[str, Any] = dict(value) if isinstance(value, dict) else {}
        record = given.get(parts.RECORD)
        self._known = given if record else {}
        self._finder.settle(str(given.get("nama", "")) if record else "")
        self._show(in_words=bool(given) and not record)
        if self._cells is not None:
            self._cells.put(given)
        if record and given.keys() == {parts.RECORD} and self._residents is not None:
            self._residents.know(str(record), partial(self._fill, str(record)))

    def mark(self, state: str) -> None:
        """Mark the line that is searched in; the parts are marked each by its own problem."""
        restyle(self._finder, state=state)

    def point(self, problems: Sequence[Problem], *, everything: bool) -> Sequence[Problem]:
        """Show problems at the parts that are asked now."""
        if self._cells is None or self._is_searched:
            return problems
        return self._cells.point(problems, everything=everything)

    def seek(self, problem: Problem) -> None:
        """Go to the part that is wrong."""
        if self._cells is not None and not self._cells.isHidden():
            self._cells.go(str(problem.facts.get("key")))
        else:
            self._finder.setFocus(Qt.FocusReason.TabFocusReason)

    @property
    def _is_searched(self) -> bool:
        return not self._finder.isHidden() and not self._known

    def _connect(self) -> None:
        self._finder.textEdited.connect(self._typed)
        self._finder.chosen.connect(self._choose)
        self._finder.stranger.connect(self._name_stranger)
        self._finder.passed.connect(self._go_on)
        self._finder.cleared.connect(self._clear)
        self._finder.left.connect(self.part_left)

    def _typed(self, _text: str) -> None:
        if self._known:
            self._known = {}
            self._show()
        self.edited.emit()

    def _choose(self, found: Resident) -> None:
        here = self._finder.hasFocus()
        self._fill(found.record, found)
        if here:
            self._go_on()

    def _fill(self, record: str, found: Resident) -> None:
        """Keep a resident as they are now, unless another has been put here meanwhile."""
        if self._known.get(parts.RECORD, record) != record:
            return
        self._known = dict(parts.snapshot(self._party, record, found.answers))
        self._finder.settle(found.name)
        self._show()
        if self._cells is not None:
            self._cells.put(self._known)
        self.edited.emit()

    def _name_stranger(self, text: str) -> None:
        if self._party.resident == "required":
            self.edited.emit()
            return
        here = self._finder.hasFocus()
        self._show(in_words=True, keeps_keyboard=here)
        assert self._cells is not None, "made for a stranger just now"
        self._cells.put({_part_of(text): text})
        if here:
            self._cells.go()
            self._finder.hide()
            self.moved.emit(self._cells)
        self.edited.emit()

    def _go_on(self) -> None:
        if self._cells is None or self._cells.isHidden():
            self.onward.emit()
        else:
            self._cells.go()

    def _clear(self) -> None:
        self._known = {}
        self._finder.settle("")
        self._show()
        if self._cells is not None:
            self._cells.put({})
        self.setFocus(Qt.FocusReason.TabFocusReason)
        self.edited.emit()

    def _show(self, *, in_words: bool = False, keeps_keyboard: bool = False) -> None:
        """Show the line, the parts that are asked beside it, and what is known in words."""
        in_words = in_words or self._party.resident == "never"
        asked = [field.key for field in self._asked] if in_words else self._unknown()
        if asked:
            self._cells = self._cells or self._make_cells()
            self._cells.ask_only(asked)
        if self._cells is not None:
            self._cells.setVisible(bool(asked))
            first = self._cells.rows[asked[0]].editor if in_words else self._finder
            self.setFocusProxy(first)
        else:
            self.setFocusProxy(self._finder)
        self._finder.setVisible(not in_words or keeps_keyboard)
        self._below.setText(self._told(in_words=in_words))
        self._below.setVisible(bool(self._below.text()))

    def _unknown(self) -> list[str]:
        """List what is still to be asked of a chosen resident: what the register can't say."""
        if not self._known or self._known.keys() == {parts.RECORD}:
            return []
        return [f.key for f in self._asked if not f.prefill or not self._known.get(f.key)]

    def _told(self, *, in_words: bool) -> str:
        if in_words:
            never = self._party.resident == "never"
            said = (self._limits, "" if never else say("field.in_words"))
            return " · ".join(text for text in said if text)
        known = self._known
        return " · ".join(
            self._tell(f, known[f.key]) for f in self._asked if f.key != "nama" and known.get(f.key)
        )

    def _make_cells(self) -> Cells:
        made = Cells(self._asked, self._make)
        made.require(self._party.needs)
        made.name(self._said[0])
        made.edited.connect(lambda _: self.edited.emit())
        made.left.connect(lambda _: self._leave())
        made.onward.connect(self.onward)
        made.commanded.connect(self._obey)
        layout = self.core.layout()
        assert layout is not None, "it was set when this was made"
        layout.addWidget(made)
        return made

    def _leave(self) -> None:
        if self._cells is not None and self.isVisible():
            self.part_left()
            self.edited.emit()  # What is wrong in the part that was left can be told now.

    def _obey(self, key: Qt.Key) -> None:
        if key == Qt.Key.Key_Delete:
            self._clear()


def _part_of(text: str) -> str:
    """Tell which part a typed text names: a number the NIK, anything else the name."""
    return "nik" if "".join(text.split()).isdecimal() else "nama"
