"""The questions of a first run: each a widget that is asked once and says what was answered."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from desktop.look.ask import Ask
from desktop.look.lists import Entry, EntryList
from desktop.look.look import Look
from desktop.look.parts import column
from desktop.wizard import regions
from forms.engine.words import say

_ROWS = 5  # regions that are seen at once; the list scrolls


class Question(QWidget):
    """One question; `entered` comes with Enter."""

    entered = Signal()

    def answer(self) -> str:
        """Give what was answered, "" for nothing yet."""
        return ""

    def put(self, text: str) -> None:
        """Show what was answered before."""

    def missing(self) -> str:
        """Say what is missing before it can be gone on, "" for nothing."""
        return ""


class RegionQuestion(Question):
    """A list of regions, with one row for those that are not on it."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._rows = EntryList(look, say("setup.ask_region"))
        self._rows.put(
            [
                *(Entry(one.code, one.name, glyph="map-pin") for one in regions.known()),
                Entry("", say("setup.other_region"), glyph="question"),
            ]
        )
        self._rows.setMinimumHeight(_ROWS * look.tokens.measures.row)
        self._rows.picked.connect(lambda _: self.entered.emit())
        inner = column(0)
        inner.addWidget(self._rows)
        self.setLayout(inner)
        self.setFocusProxy(self._rows)
        self._rows.choose(0)

    def answer(self) -> str:
        """Give the region's code, "" for one that is not on the list."""
        chosen = self._rows.chosen()
        return str(chosen.value) if chosen is not None else ""

    def put(self, text: str) -> None:
        """Choose a region."""
        codes = [one.code for one in regions.known()]
        self._rows.choose(codes.index(text) if text in codes else len(codes))


class LineQuestion(Question):
    """One line to type."""

    def __init__(self, code: str, hint: str = "") -> None:
        super().__init__()
        self._line = Ask(code, hint=hint)
        self._line.entered.connect(self.entered)
        inner = column(0)
        inner.addWidget(self._line)
        self.setLayout(inner)
        self.setFocusProxy(self._line)

    def answer(self) -> str:
        """Give what was typed."""
        return self._line.text

    def put(self, text: str) -> None:
        """Show what was typed before, to be typed over."""
        self._line.edit.setText(text)
        self._line.edit.selectAll()

    def missing(self) -> str:
        """Ask for something."""
        return "" if self._line.text else say("field.required")


class PhraseQuestion(Question):
    """A new passphrase, twice."""

    def __init__(self) -> None:
        super().__init__()
        self._first = Ask("gate.new_passphrase", secret=True, hint="gate.passphrase_hint")
        self._again = Ask("gate.again", secret=True)
        self._first.entered.connect(self._again.setFocus)
        self._again.entered.connect(self.entered)
        inner = column(10)
        inner.addWidget(self._first)
        inner.addWidget(self._again)
        self.setLayout(inner)
        self.setFocusProxy(self._first)

    def answer(self) -> str:
        """Give the passphrase."""
        return self._first.text

    def missing(self) -> str:
        """Ask for both, and that they are the same."""
        wanting = self._again if self._first.text else self._first
        if not wanting.text:
            wanting.setFocus(Qt.FocusReason.TabFocusReason)
            return say("field.required")
        if self._first.text != self._again.text:
            self._again.setFocus(Qt.FocusReason.TabFocusReason)
            return say("gate.differs")
        return ""
