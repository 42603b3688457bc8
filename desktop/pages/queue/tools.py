"""The head of the queue page: its title, and deeds that stand beside it while there is room."""

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout

from desktop.look.look import Look
from desktop.look.parts import Button
from desktop.pages.queue.present import columns

_BESIDE, _BELOW = 3, 1


class Tools(QFrame):
    """Stands at the end of `head`; with large text it moves to the end of `aside`."""

    def __init__(
        self, look: Look, deeds: list[QAction], head: QHBoxLayout, aside: QVBoxLayout
    ) -> None:
        super().__init__()
        self.setProperty("role", "bare")
        self._look = look
        self._head = head
        self._aside = aside
        self._buttons = [Button(action) for action in deeds]
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(8)
        self.setLayout(self._grid)
        look.changed.connect(self._lay)
        self._lay()

    def _lay(self) -> None:
        is_wide = columns(self._look) > 1
        if is_wide:
            self._head.addWidget(self)
        else:
            self._aside.insertWidget(self._aside.count() - 1, self)  # before what stretches
        across = _BESIDE if is_wide else _BELOW
        for at, button in enumerate(self._buttons):
            self._grid.addWidget(button, at // across, at % across)
