"""Notices that nobody has touched the keyboard or the mouse for a while."""

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication

LOCK_MS = 10 * 60_000  # A counter that stands alone so long is locked; drafts are kept.

_TOUCHES = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
    }
)


class Idle(QObject):
    """Sends `passed` once after `LOCK_MS` without a touch; a touch begins the wait anew."""

    passed = Signal()

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(LOCK_MS)
        self._timer.timeout.connect(self.passed)
        app.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt calls it
        """Begin the wait anew with every touch; nothing is kept from anybody."""
        if event.type() in _TOUCHES:
            self._timer.start()
        return False
