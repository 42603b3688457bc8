"""The language of the window: our own words, and Qt's few of its own from the same files.

Qt asks a translator for the words of its menus and dialogs; the area `qt` of the words has them by
what Qt calls them in English, whatever part of Qt asks. What isn't there stays as Qt has it.
"""

import re

from PySide6.QtCore import QLocale, QObject, QTranslator
from PySide6.QtWidgets import QApplication

from forms.engine import words

# ruff: noqa: N802 - Qt names the methods that it calls in camelCase

AREA = "qt"
_KEYS = "QShortcut"  # what keys are called; they bear the same letters in every country
_LOCALES = {
    "id": (QLocale.Language.Indonesian, QLocale.Country.Indonesia),
    "en": (QLocale.Language.English, QLocale.Country.UnitedKingdom),
}


class Tongue(QObject):
    """Speaks a language on the interface's thread: ours, Qt's, and its dates and figures."""

    def __init__(self, app: QApplication, parent: QObject) -> None:
        super().__init__(parent)
        self._app = app
        self._own = _Own(self)
        app.installTranslator(self._own)

    def speak(self, language: str) -> None:
        """Speak a language from now on; what is shown already has to be said anew."""
        spoken = words.known(language)
        words.speak(spoken)
        self._own.spoken = spoken
        QLocale.setDefault(QLocale(*_LOCALES[spoken]))


class _Own(QTranslator):
    """Answers Qt out of our words; asked in any thread, so it speaks what it was told to."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.spoken = words.OFFICIAL

    def isEmpty(self) -> bool:
        """Qt asks nobody who has nothing to say."""
        return False

    def translate(
        self,
        context: str,
        text: str,
        _disambiguation: str | None = None,
        _count: int = -1,
    ) -> str | None:
        """Give the words for what Qt says; None leaves Qt its own."""
        if context == _KEYS:
            return None
        # Qt's own is said here too: another translator of this process may speak otherwise.
        return words.texts(self.spoken).get(f"{AREA}.{code(text)}", text)


def code(text: str) -> str:
    """Give the code of what Qt says: its letters, without the sign of a mnemonic."""
    return re.sub(r"[^a-z0-9%]+", "_", text.replace("&", "").casefold()).strip("_")
