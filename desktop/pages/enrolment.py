"""The first page on a new laptop: join an office with the code that its city gave."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction

from desktop.look.ask import Ask
from desktop.look.look import Look
from desktop.look.parts import Button
from desktop.pages.gate import Gate
from forms.engine.words import say


@dataclass(frozen=True, slots=True)
class Joining:
    """What a new laptop says to join."""

    url: str
    code: str
    operator: str
    passphrase: str


class Enrolment(Gate):
    """Asks for address, code, operator and a passphrase twice; then `join` begins."""

    def __init__(self, look: Look, join: Callable[[Joining], None]) -> None:
        super().__init__(look, "gate.enrolment", "gate.enrolment_lead")
        self._join = join
        self._url = Ask("gate.url", hint="gate.url_hint")
        self._code = Ask("gate.code", hint="gate.code_hint")
        self._operator = Ask("gate.operator")
        self._passphrase = Ask("gate.new_passphrase", secret=True, hint="gate.passphrase_hint")
        self._again = Ask("gate.again", secret=True)
        self._parts = (self._url, self._code, self._operator, self._passphrase, self._again)
        for part, following in zip(self._parts, self._parts[1:], strict=False):
            part.entered.connect(following.setFocus)
        self._again.entered.connect(self._try)
        self._go = QAction(say("gate.join"), self)
        self._go.setProperty("glyph", "buildings")
        self._go.triggered.connect(self._try)
        for part in self._parts:
            self.body.addWidget(part)
        self.body.addSpacing(6)
        self.body.addWidget(Button(self._go, "primary"))

    def begin(self) -> None:
        """Take the keyboard."""
        self._url.setFocus(Qt.FocusReason.TabFocusReason)

    def refused(self) -> None:
        """Let the clerk try again; what is wrong is told by the notices."""
        self._go.setEnabled(True)
        self._go.setText(say("gate.join"))

    def _try(self) -> None:
        if not self._go.isEnabled():
            return
        for part in self._parts:
            if not part.text:
                part.complain(say("field.required"))
                part.setFocus(Qt.FocusReason.TabFocusReason)
                return
        if self._again.text != self._passphrase.text:
            self._again.complain(say("gate.differs"))
            self._again.setFocus(Qt.FocusReason.TabFocusReason)
            return
        self._go.setEnabled(False)
        self._go.setText(say("gate.joining"))
        self._join(
            Joining(self._url.text, self._code.text, self._operator.text, self._passphrase.text)
        )
