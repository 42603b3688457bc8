"""The first page on a laptop that belongs to an office: who are you, and your passphrase."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction

from desktop.look.ask import Ask
from desktop.look.look import Look
from desktop.look.parts import Button
from desktop.pages.gate import Gate
from forms.engine.problem import Locked
from forms.engine.words import say


class SignIn(Gate):
    """Asks for operator and passphrase; `enter` begins, `refused` or the opened desk follows."""

    def __init__(self, look: Look, enter: Callable[[str, str], None]) -> None:
        super().__init__(look, "gate.sign_in", "gate.sign_in_lead")
        self._enter = enter
        self._operator = Ask("gate.operator")
        self._passphrase = Ask("gate.passphrase", secret=True)
        self._go = QAction(say("gate.go"), self)
        self._go.triggered.connect(self._try)
        self._operator.entered.connect(self._passphrase.setFocus)
        self._passphrase.entered.connect(self._try)
        for part in (self._operator, self._passphrase):
            self.body.addWidget(part)
        self.body.addSpacing(6)
        self.body.addWidget(Button(self._go, "primary"))

    def begin(self) -> None:
        """Ask for the name first, or for the passphrase where the name stands already."""
        target = self._passphrase if self._operator.text else self._operator
        target.setFocus(Qt.FocusReason.TabFocusReason)

    def refused(self, error: BaseException) -> bool:
        """Show at the passphrase that it was wrong; False for any other trouble."""
        self._go.setEnabled(True)
        self._go.setText(say("gate.go"))
        self._passphrase.wipe()
        self._passphrase.setFocus(Qt.FocusReason.TabFocusReason)
        if not isinstance(error, Locked):
            return False
        self._passphrase.complain(say("gate.wrong"))
        return True

    def _try(self) -> None:
        if not self._go.isEnabled():
            return
        for part in (self._operator, self._passphrase):
            if not part.text:
                part.complain(say("field.required"))
                part.setFocus(Qt.FocusReason.TabFocusReason)
                return
        self._go.setEnabled(False)
        self._go.setText(say("gate.opening"))
        self._enter(self._operator.text, self._passphrase.text)
