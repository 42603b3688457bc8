"""A labelled line outside of any form: a name, an address, a passphrase."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QPalette
from PySide6.QtWidgets import QLineEdit, QWidget

from desktop.look.icons import icon
from desktop.look.parts import column, restyle, words
from forms.engine.words import say


class Ask(QWidget):
    """One line with its label above and what is wrong below; `entered` comes with Enter."""

    entered = Signal()

    def __init__(self, code: str, *, secret: bool = False, hint: str = "") -> None:
        super().__init__()
        label = say(code)
        self.edit = QLineEdit()
        self.edit.setPlaceholderText(say(hint) if hint else "")
        self.edit.returnPressed.connect(self.entered)
        self.edit.textEdited.connect(lambda _: self.complain(""))
        self.edit.setAccessibleName(label.replace("&", ""))
        self._shown: QAction | None = None
        if secret:
            self._hide_letters()
        above = words(label, "caption")
        above.setBuddy(self.edit)
        self._below = words("", "problem", wraps=True)
        self._below.hide()
        inner = column(3)
        inner.addWidget(above)
        inner.addWidget(self.edit)
        inner.addWidget(self._below)
        self.setLayout(inner)
        self.setFocusProxy(self.edit)

    @property
    def text(self) -> str:
        """Give what was typed, without blanks at the ends unless it is secret."""
        return self.edit.text() if self._shown is not None else self.edit.text().strip()

    def wipe(self) -> None:
        """Forget what was typed, undo steps included."""
        self.edit.clear()

    def complain(self, text: str) -> None:
        """Show what is wrong; an empty text says that all is well."""
        self._below.setText(text)
        self._below.setVisible(bool(text))
        self.edit.setAccessibleDescription(text)
        restyle(self.edit, state="problem" if text else "")

    def _hide_letters(self) -> None:
        self.edit.setEchoMode(QLineEdit.EchoMode.Password)
        self.edit.setInputMethodHints(Qt.InputMethodHint.ImhSensitiveData)
        self._shown = QAction(say("desk.show_letters"), self.edit)
        self._shown.setCheckable(True)
        self._shown.toggled.connect(self._show_letters)
        self.edit.addAction(self._shown, QLineEdit.ActionPosition.TrailingPosition)
        self._show_letters(shown=False)

    def _show_letters(self, shown: bool) -> None:  # noqa: FBT001 - Qt's signal hands it in
        if self._shown is None:
            return
        mode = QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password
        self.edit.setEchoMode(mode)
        ink = self.palette().color(QPalette.ColorRole.PlaceholderText).name()
        drawn = icon("eye-slash" if shown else "eye", ink, QSize(18, 18).width())
        self._shown.setIcon(drawn)
