"""A fault of the program: the one trouble that is told by a dialog, with its details to copy."""

from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QDialog, QPlainTextEdit, QWidget

from desktop.look.parts import Button, column, line, words
from desktop.notices import Notice
from forms.engine.words import say


class FaultDialog(QDialog):
    """Says that something broke, that what was saved is safe, and shows the details."""

    def __init__(self, parent: QWidget | None, notice: Notice) -> None:
        super().__init__(parent)
        self._details = notice.details
        self.setWindowTitle(say("desk.fault_title"))
        shown = QPlainTextEdit(notice.details)
        shown.setReadOnly(True)
        shown.setTabChangesFocus(True)
        shown.setAccessibleName(say("desk.details"))
        copy = QAction(say("desk.copy_details"), self)
        copy.setProperty("glyph", "copy")
        copy.triggered.connect(self._copy)
        close = QAction(say("desk.go_on"), self)
        close.triggered.connect(self.accept)
        buttons = line(8)
        buttons.addStretch(1)
        buttons.addWidget(Button(copy))
        buttons.addWidget(Button(close, "primary"))
        around = column(12, (22, 20, 22, 18))
        around.addWidget(words(say("desk.fault_title"), "title"))
        around.addWidget(words(notice.text, wraps=True))
        around.addWidget(shown, 1)
        around.addLayout(buttons)
        self.setLayout(around)
        self.resize(640, 420)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._details)
