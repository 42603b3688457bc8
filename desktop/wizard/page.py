"""One step of a first run on the gate's card: where it is, what is asked, what is in the way."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QAction
from PySide6.QtWidgets import QApplication, QProgressBar, QVBoxLayout, QWidget

from desktop.look.look import Look
from desktop.look.parts import Button, words
from desktop.pages.gate import Gate
from desktop.wizard import steps
from desktop.wizard.questions import Question
from forms.engine.words import say


@dataclass(frozen=True, slots=True)
class Screen:
    """What a step shows: its question, what Enter does, and what may be done instead.

    All texts are codes of words; `told` are the facts of the explanation below the question.
    """

    step: int
    question: Question
    go: str
    glyph: str
    do: Callable[[], None]
    other: str = ""
    instead: Callable[[], None] | None = None
    told: tuple[tuple[str, str], ...] = ()


class WizardPage(Gate):
    """Shows one screen at a time; `left` comes with Esc."""

    left = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__(look, "setup.title", "setup.lead")
        self._progress = QProgressBar()
        self._progress.setRange(0, steps.COUNT)
        self._progress.setTextVisible(False)
        self._progress.setAccessibleName(say("setup.progress"))
        self._place = words("", "caption")
        self._title = words("", "lead", wraps=True)
        self._why = words("", "muted", wraps=True)
        self._said = words("", "problem", wraps=True)
        self._asked = QVBoxLayout()
        self._buttons = QVBoxLayout()
        self._buttons.setSpacing(8)
        for part in (self._place, self._progress, self._title, self._why):
            self.body.addWidget(part)
        self.body.addLayout(self._asked)
        self.body.addWidget(self._said)
        self.body.addLayout(self._buttons)
        self._screen: Screen | None = None
        self._go: QAction | None = None
        self._first: Button | None = None

    @property
    def step(self) -> int:
        """Tell which step is shown."""
        return self._screen.step if self._screen is not None else 0

    @property
    def is_busy(self) -> bool:
        """Tell whether something is under way that Enter began."""
        return self._go is not None and not self._go.isEnabled()

    def show_screen(self, screen: Screen) -> None:
        """Show a step in place of the one before, and give it the keyboard."""
        before = _taken(self._asked) + _taken(self._buttons)
        self._screen = screen
        name = steps.NAMES[screen.step]
        place = say("setup.place", at=screen.step + 1, count=steps.COUNT)
        self._place.setText(f"{place} · {say(f'setup.step_{name}')}")
        self._progress.setValue(screen.step + 1)
        self._title.setText(say(f"setup.ask_{name}"))
        self._why.setText(say(f"setup.why_{name}", **dict(screen.told)))
        self._said.hide()
        self._asked.addWidget(screen.question)
        self._go = self._action(screen.go, screen.glyph, self._enter)
        self._first = Button(self._go, "primary")
        self._buttons.addWidget(self._first)
        if screen.instead is not None:
            self._buttons.addWidget(Button(self._action(screen.other, "", screen.instead), "quiet"))
        screen.question.entered.connect(self._enter)
        for made in (screen.question, self._first):
            made.show()  # what isn't shown yet can't take the keyboard
        self.begin()
        for widget in before:  # only now: who goes with the keyboard takes it along
            widget.hide()
            widget.deleteLater()

    def begin(self) -> None:
        """Take the keyboard."""
        asked = self._screen.question if self._screen is not None else None
        first = asked if asked is not None and asked.focusProxy() is not None else self._first
        if first is not None:
            first.setFocus(Qt.FocusReason.TabFocusReason)

    def back(self) -> None:
        """Go one step back, with Esc."""
        if not self.is_busy:
            self.left.emit()

    def wait(self, code: str) -> None:
        """Say what is being done; nothing else is begun meanwhile."""
        self.complain("")
        if self._go is not None:
            self._go.setEnabled(False)
            self._go.setText(say(code))

    def complain(self, text: str) -> None:
        """Say what stands in the way and what to do next; Enter tries again."""
        self._said.setText(text)
        self._said.setVisible(bool(text))
        if text:
            self.reveal(self._said)
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))
        if self._go is not None and self._screen is not None:
            self._go.setEnabled(True)
            self._go.setText(say(self._screen.go))
            focus = QApplication.focusWidget()
            if text and (focus is None or not self._screen.question.isAncestorOf(focus)):
                self.begin()  # a button that waits loses the keyboard

    def _action(self, code: str, glyph: str, do: Callable[[], None]) -> QAction:
        action = QAction(say(code), self)
        action.setProperty("glyph", glyph)
        action.triggered.connect(lambda _checked=False: do())
        return action

    def _enter(self) -> None:
        if self._screen is None or self.is_busy:
            return
        missing = self._screen.question.missing()
        if missing:
            self.complain(missing)
            return
        self._screen.do()


def _taken(layout: QVBoxLayout) -> list[QWidget]:
    """Take all widgets out of a layout."""
    taken = []
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            taken.append(widget)
    return taken
