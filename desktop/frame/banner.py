"""A strip above the foot of the page: one notice at a time, never in the way of the keyboard."""

from PySide6.QtCore import QRect, QTimer
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QAction
from PySide6.QtWidgets import QFrame, QSizePolicy

from desktop.look.parts import Button, Glyph, line, restyle, words
from desktop.notices import Notice, Tone
from forms.engine.words import say

GOOD_MS = 5_000  # News that all went well leaves by itself; trouble stays until it is put away.

_ABOVE = 96  # The status line, a row of buttons and a little air: nothing to press is covered.

_GLYPHS = {
    Tone.GOOD: "check-circle",
    Tone.CALM: "info",
    Tone.CARE: "warning",
    Tone.DANGER: "warning-octagon",
}


class Banner(QFrame):
    """Shows the newest notice; it takes no focus and is read out by a screen reader."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "banner")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self._glyph = Glyph("info")
        self._text = words("", "strong", wraps=True)
        self._close = QAction(self)
        self._close.triggered.connect(self.hide)
        inner = line(10, (12, 7, 8, 7))
        inner.addWidget(self._glyph)
        inner.addWidget(self._text, 1)
        inner.addWidget(Button(self._close, "quiet"))
        self.setLayout(inner)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(GOOD_MS)
        self._timer.timeout.connect(self.hide)
        self.hide()

    def place(self, window: QRect) -> None:
        """Lie across the foot of the window, above the status line."""
        wide = min(720, window.width() - 120)
        high = self.heightForWidth(wide) if self.hasHeightForWidth() else self.sizeHint().height()
        high = max(high, self.minimumSizeHint().height())
        left = (window.width() - wide) // 2
        self.setGeometry(left, window.bottom() - high - _ABOVE, wide, high)

    def tell(self, notice: Notice) -> None:
        """Show a notice in place of the one before."""
        restyle(self, tone=notice.tone.value)
        self._glyph.show_as(_GLYPHS[notice.tone], notice.tone.value)
        self._close.setText(say("desk.put_away"))
        self._text.setText(notice.text)
        self.setAccessibleName(notice.text)
        self.place(self.window().rect())
        self.show()
        self.raise_()
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, notice.text))
        if notice.tone is Tone.GOOD:
            self._timer.start()
        else:
            self._timer.stop()
