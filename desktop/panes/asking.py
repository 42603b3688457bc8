"""What an action asks for before it is done: the lines that its row of the machine names.

What was filled in becomes the act's reason, in words: "diambil oleh …, telepon …".
"""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame

from desktop.look.ask import Ask
from desktop.look.parts import column, line, words
from forms.engine.machine import Action
from forms.engine.words import label, say


class Asking(QFrame):
    """Stands below a record while something is asked; `given` comes with the row and the reason."""

    given = Signal(object, str)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._row: Action | None = None
        self._asks: list[Ask] = []
        self._said = words("", "strong", wraps=True)
        self._lines = line(10)
        inner = column(8, (14, 10, 14, 12))
        inner.addWidget(self._said)
        inner.addLayout(self._lines)
        self.setLayout(inner)
        self.hide()

    def ask(self, row: Action) -> None:
        """Ask for what an action needs; Enter goes on, and after the last line it is done."""
        self._clear()
        self._row = row
        self._said.setText(say("asked.for", action=label("action", row.action)))
        for code in row.asks:
            made = Ask(f"asked.{code}", hint=f"asked.hint_{code}")
            made.entered.connect(self._onward)
            self._lines.addWidget(made, 1)
            self._asks.append(made)
        self.show()
        self._asks[0].setFocus(Qt.FocusReason.TabFocusReason)

    def put_away(self) -> bool:
        """Ask no more; False where nothing was asked."""
        asked = self._row is not None
        self._clear()
        self.hide()
        return asked

    def _onward(self) -> None:
        first = self._asks[0]
        if not first.text:
            first.complain(say("field.required"))
            first.setFocus(Qt.FocusReason.TabFocusReason)
            return
        at = next((n for n, ask in enumerate(self._asks) if ask.edit.hasFocus()), 0)
        if at + 1 < len(self._asks):
            self._asks[at + 1].setFocus(Qt.FocusReason.TabFocusReason)
        elif self._row is not None:
            self.given.emit(self._row, self._reason(self._row))

    def _reason(self, row: Action) -> str:
        filled = [(code, ask.text) for code, ask in zip(row.asks, self._asks, strict=True)]
        return ", ".join(say(f"asked.told_{code}", text=text) for code, text in filled if text)

    def _clear(self) -> None:
        self._row = None
        for ask in self._asks:
            ask.hide()
            self._lines.removeWidget(ask)
            ask.deleteLater()
        self._asks = []
