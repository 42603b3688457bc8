"""The services that can be begun: typed by words or initials, the first nine by their digit."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame

from desktop.look.lists import Entry, EntryList
from desktop.look.look import Look
from desktop.look.parts import Glyph, column, line, words
from forms.engine.form import Form
from forms.engine.words import say, worded

# ruff: noqa: N802 - Qt names the methods that it calls in camelCase

DIGITS_MAX = 9  # Services that have a digit of their own; further ones are typed or stepped to.
_UNBOUND = 16_777_215  # QWIDGETSIZE_MAX, which PySide does not name.


def fitting(text: str, titles: Sequence[str]) -> list[int]:
    """Give the places of the titles that `text` may mean: the very title, initials, then its words.

    "sktm" and "tidak mampu" both mean "Surat Keterangan Tidak Mampu"; of equals the order stays.
    """
    typed = text.casefold().split()
    graded = [(_grade(typed, title), at) for at, title in enumerate(titles)]
    return [at for grade, at in sorted((g, at) for g, at in graded if g is not None)]


def _grade(typed: list[str], title: str) -> int | None:
    named = title.casefold().replace("/", " ").replace("(", " ").split()
    initials = "".join(word[0] for word in named)
    joined = "".join(typed)
    if not typed or joined == initials or typed == named:
        return 0
    if len(joined) > 1 and initials.startswith(joined):
        return 1
    if all(any(word.startswith(part) for word in named) for part in typed):
        return 2
    return 3 if all(part in title.casefold() for part in typed) else None


class Services(QFrame):
    """A list that narrows while it is typed in; `picked` comes with the code of a service."""

    picked = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._forms: Sequence[Form] = ()
        self._typed = ""
        self.rows = _TypedList(look, say("counter.services"))
        self.rows.setProperty("role", "plain")
        self._told = words("", "muted")
        self._empty = words("", "muted", wraps=True)
        self._empty.setContentsMargins(14, 2, 14, 12)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        head = line(8, (14, 11, 14, 8))
        head.addWidget(Glyph("files", tone="accent"))
        head.addWidget(words(say("counter.services"), "section"))
        head.addStretch(1)
        head.addWidget(self._told)
        inner = column(0, (1, 1, 1, 6))
        inner.addLayout(head)
        inner.addWidget(self._empty, 1)
        inner.addWidget(self.rows, 1)
        self.setLayout(inner)
        self.setFocusProxy(self.rows)
        self.rows.typed.connect(self._type)
        self.rows.erased.connect(self._erase)
        self.rows.picked.connect(lambda entry: self.picked.emit(entry.value))

    def put(self, forms: Sequence[Form]) -> None:
        """Offer these services; what is typed stays."""
        self._forms = forms
        self._show()

    def begin(self) -> None:
        """Take the keyboard with nothing typed yet."""
        self._typed = ""
        self._show()
        self.rows.choose(0)
        self.rows.setFocus(Qt.FocusReason.TabFocusReason)

    def pick_digit(self, digit: int) -> None:
        """Begin the service that bears a digit now."""
        entry = self.rows.entries.entry(digit - 1)
        if entry is not None:
            self.picked.emit(entry.value)

    def _type(self, text: str) -> None:
        self._typed = (self._typed + text).lstrip()
        self._show()
        self.rows.choose(0)

    def _erase(self) -> None:
        self._typed = self._typed[:-1]
        self._show()
        self.rows.choose(0)

    def _show(self) -> None:
        found = [
            self._forms[at] for at in fitting(self._typed, [worded(f.title) for f in self._forms])
        ]
        self.rows.put(
            [
                Entry(
                    form.code,
                    worded(form.title),
                    glyph="file-text",
                    aside=str(n) if n <= DIGITS_MAX else "",
                )
                for n, form in enumerate(found, 1)
            ]
        )
        typing = bool(self._typed)
        code = "counter.typed" if typing else "counter.services_count"
        self._told.setText(say(code, text=self._typed, count=len(found)))
        self.rows.setAccessibleDescription(self._told.text())
        none = say("counter.no_such_service", text=self._typed)
        self._empty.setText(none if typing else say("counter.no_services"))
        self._empty.setVisible(not found)
        # Hidden, it would lose the keyboard, and with it the key that erases.
        self.rows.setMaximumHeight(_UNBOUND if found else 1)


class _TypedList(EntryList):
    """A list whose letters are sent out instead of stepping to a row."""

    typed = Signal(str)
    erased = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take letters, blanks and Backspace; arrows and Enter are the list's."""
        held = event.modifiers() & (
            Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
        )
        if event.key() == Qt.Key.Key_Backspace:
            self.erased.emit()
        elif event.text().isprintable() and event.text() and not held:
            self.typed.emit(event.text())
        else:
            super().keyPressEvent(event)
