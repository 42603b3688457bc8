"""A person in an answer: the NIK where there is one, and the name."""

from PySide6.QtWidgets import QWidget

from desktop.form_view.editors.editor import Editor, Line
from desktop.form_view.notation import NOTATIONS, PLAIN
from desktop.look.parts import line
from forms.engine.answers import Value
from forms.engine.words import say


class PersonEditor(Editor):
    """Two lines side by side; what else is known of the person is kept as it came."""

    def __init__(self) -> None:
        around = QWidget()
        super().__init__(around)
        self._kept: dict[str, str | bool] = {}
        self._nik, self._name = Line(), Line()
        self._nik.setPlaceholderText(say("field.nik"))
        self._name.setPlaceholderText(say("field.person_name"))
        inner = line(8)
        around.setLayout(inner)
        inner.addWidget(self._nik, 2)
        inner.addWidget(self._name, 3)
        for part, following in ((self._nik, self._name), (self._name, None)):
            part.textEdited.connect(self._edit)
            part.left.connect(self.part_left)
            part.entered.connect(following.setFocus if following else self.onward)
        self.setFocusProxy(self._nik)

    def name(self, label: str, hint: str) -> None:
        """Name both lines after the question."""
        self._nik.setAccessibleName(f"{label}: {say('field.nik')}")
        self._name.setAccessibleName(f"{label}: {say('field.person_name')}")
        self._nik.setAccessibleDescription(hint)
        self._name.setAccessibleDescription(hint)

    def value(self) -> Value:
        """Give the person in words, or the pointer to a record that was put here."""
        if "record" in self._kept:
            return dict(self._kept)
        nik, name = NOTATIONS["nik"].read(self._nik.text()), PLAIN.read(self._name.text())
        said = {"nik": nik, "nama": name}
        told = self._kept | {key: str(part) for key, part in said.items() if part}
        return {key: told[key] for key in told if key not in said or said[key]} or None

    def put(self, value: Value) -> None:
        """Show a person."""
        if self.value() == value:
            return
        self._kept = dict(value) if isinstance(value, dict) else {}
        self._nik.setText(NOTATIONS["nik"].show(str(self._kept.get("nik", ""))))
        self._name.setText(str(self._kept.get("nama", "")))

    def mark(self, state: str) -> None:
        """Mark both lines."""
        for part in (self._nik, self._name):
            part.setProperty("state", state)
            part.style().unpolish(part)
            part.style().polish(part)

    def _edit(self) -> None:
        self._kept.pop("record", None)
        self.edited.emit()
