"""Keeps the window where it can be seen when a screen is unplugged."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, QPoint, QRect, QTimer
from PySide6.QtWidgets import QApplication, QWidget

_SEEN = 120  # pixels of its head that somebody needs to take hold of it with the mouse


def within(window: QRect, screens: Sequence[QRect]) -> QRect:
    """Give where a window is to be: as it is while its head is seen, else whole on the first.

    `screens` are what is free on each, the main one first; without any it stays.
    """
    head = QRect(window.topLeft(), QPoint(window.right(), window.top() + _SEEN))
    for screen in screens:
        seen = head.intersected(screen)
        if seen.width() >= _SEEN and seen.height() >= _SEEN // 2:
            return window
    if not screens:
        return window
    main = screens[0]
    size = window.size().boundedTo(main.size())
    place = QRect(main.topLeft(), size)
    place.moveCenter(main.center())
    return place


class Place(QObject):
    """Brings a window back after a screen went or came; whether it fills the screen stays."""

    def __init__(self, app: QApplication, window: QWidget) -> None:
        super().__init__(window)
        self._app = app
        self._window = window
        # The system moves windows itself, after it told of the screen: look when that is done.
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self.look)
        for told in (app.screenRemoved, app.screenAdded, app.primaryScreenChanged):
            told.connect(self._told)

    def look(self) -> None:
        """Bring the window back if it can't be seen."""
        main = self._app.primaryScreen()
        others = [screen for screen in self._app.screens() if screen is not main]
        screens = [screen.availableGeometry() for screen in (main, *others) if screen is not None]
        before = self._window.frameGeometry()
        after = within(before, screens)
        if after != before:
            self._window.move(after.topLeft())
            grown = before.size() - self._window.size()
            self._window.resize(after.size() - grown)

    def _told(self, _screen: object) -> None:
        self._soon.start(0)
