"""One question: its label above, the widget for its answer, a problem or a hint below."""

from collections.abc import Sequence

from PySide6.QtWidgets import QFrame, QSizePolicy

from desktop.form_view.editors.editor import Editor
from desktop.look.parts import column, line, restyle, words
from forms.engine.problem import Problem
from forms.engine.spec import Field
from forms.engine.words import say, worded


class Row(QFrame):
    """A field as it is shown; knows nothing of the others."""

    def __init__(self, field: Field, editor: Editor, label: str) -> None:
        super().__init__()
        self.field = field
        self.editor = editor
        self.asked = True
        self._said = worded(field.label)
        self._label = words(label, "caption")
        self._label.setBuddy(editor.core)
        self._need = words("", "need")
        self._below = words("", "problem", wraps=True)
        self._below.hide()
        above = line(3)
        above.addWidget(self._label)
        above.addWidget(self._need)
        above.addStretch(1)
        inner = column(2)
        inner.addLayout(above)
        inner.addWidget(editor)
        inner.addWidget(self._below)
        inner.addStretch(1)
        self.setLayout(inner)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self._describe()

    def require(self, *, required: bool) -> None:
        """Put the star of a question that must be answered; a reader hears the words."""
        self._need.setText("*" if required else "")
        self._describe()

    def call(self, said: str) -> None:
        """Have a reader of the screen hear another name than the label that is seen."""
        self._said = said
        self._describe()

    def blame(self, problems: Sequence[Problem], *, told: bool) -> None:
        """Show problems where they lie; those of the whole answer only if `told`."""
        left = self.editor.point(problems, everything=told)
        if told or not problems:
            self.complain(say(left[0].code, **left[0].facts) if left else "")

    def complain(self, text: str) -> None:
        """Show what is wrong; an empty text says that all is well."""
        self._show_below(text, "problem")
        self.editor.mark("problem" if text else "")

    def doubt(self, text: str) -> None:
        """Show what looks odd in an answer that is right; it keeps nobody from going on."""
        self._show_below(text, "warning")
        self.editor.mark("warning")

    def remark(self, text: str) -> None:
        """Show what was read from the answer, unless a problem is shown there."""
        if self.editor.core.property("state") != "problem":
            self._show_below(text, "muted")

    @property
    def shown_text(self) -> str:
        """The answer as it is read, where it is a text."""
        value = self.editor.value()
        return self.editor.core.property("text") or "" if value is not None else ""

    @property
    def told(self) -> str:
        """What stands below the field."""
        return self._below.text() if not self._below.isHidden() else ""

    def _show_below(self, text: str, role: str) -> None:
        restyle(self._below, role=role)
        self._below.setText(text)
        self._below.setVisible(bool(text))
        self._describe()

    def _describe(self) -> None:
        said = [
            say("field.required") if self._need.text() else say("field.optional"),
            self._below.text(),
            worded(self.field.hint),
        ]
        self.editor.name(self._said, ". ".join(part for part in said if part))
