"""Hands and devices at one keyboard: they type real keys, at times that a test says."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

SCANNER, TYPIST = 5, 80  # milliseconds between two keys
BREAK = 1_000


class Hands:
    """Types key by key where the keyboard is; the times are the test's own, nobody waits."""

    def __init__(self) -> None:
        self.now = BREAK

    def when(self, _key: QKeyEvent) -> int:
        return self.now

    def type(self, text: str, apart: int, end: Qt.Key | None = None) -> None:
        self.now += BREAK
        for sign in text:
            self.now += apart
            QTest.keyClicks(_here(), sign)
        if end is not None:
            self.now += apart
            QTest.keyClick(_here(), end)

    def scan(self, text: str) -> None:
        self.type(text, SCANNER, Qt.Key.Key_Return)


def _here() -> QWidget:
    found = QApplication.activePopupWidget() or QApplication.focusWidget()
    assert found is not None
    return found
