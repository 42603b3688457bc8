"""The word beside a form's title: when its draft was written, or that it couldn't be yet."""

from PySide6.QtWidgets import QLabel

from desktop.dates import clock
from desktop.desk import Desk
from forms.engine.words import say


class KeptWord(QLabel):
    """Says what became of one draft; whoever types clears it."""

    def __init__(self, desk: Desk, draft: str) -> None:
        super().__init__()
        self.setProperty("role", "muted")
        self._desk = desk
        self._draft = draft
        desk.drafting.kept.connect(self._say_kept)
        desk.drafting.held.connect(self._say_held)

    def _say_kept(self, draft: str) -> None:
        if draft == self._draft:
            self.setText(say("form.kept", time=clock(self._desk.store.now())))

    def _say_held(self, draft: str) -> None:
        if draft == self._draft:
            self.setText(say("form.held"))
