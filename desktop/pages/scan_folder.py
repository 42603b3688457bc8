"""The folder of the scanner or camera: which one, and whether what was attached goes from there."""

from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QFrame

from desktop.capture import chosen
from desktop.capture.chosen import Scans
from desktop.capture.clip import shown_name
from desktop.deed import deed
from desktop.desk import Desk
from desktop.form_view.editors.choice import SegmentsEditor
from desktop.form_view.matching import Option
from desktop.look.parts import Button, column, line, words
from forms.engine.words import say

_STAYS, _GOES = "no", "yes"


class ScanFolder(QFrame):
    """A card with the folder and two segments; a choice is in force at once."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._desk = desk
        self._folder = words("", "fact", wraps=True)
        self._choose = deed(self, "capture.choose", "", "folder-open", self._ask)
        self._stop = deed(self, "capture.stop", "", "x-circle", self._give_up)
        self._clears = SegmentsEditor(
            tuple(Option(code, say(f"capture.clears_{code}")) for code in (_STAYS, _GOES))
        )
        self._clears.name(say("capture.clears"), "")
        self._clears.edited.connect(self._keep_clears)
        buttons = line(8)
        buttons.addWidget(Button(self._choose))
        buttons.addWidget(Button(self._stop))
        buttons.addStretch(1)
        inner = column(10, (16, 12, 16, 14))
        inner.addWidget(words(say("capture.folder"), "section"))
        inner.addWidget(self._folder)
        inner.addLayout(buttons)
        self._asked = words(say("capture.clears"), "caption")
        inner.addWidget(self._asked)
        inner.addWidget(self._clears)
        inner.addWidget(words(say("capture.folder_told"), "muted", wraps=True))
        self.setLayout(inner)
        self.setFocusProxy(self._clears)
        self.refresh()

    def refresh(self) -> None:
        """Show what is watched now."""
        scans = self._desk.scans.scans
        named = bool(scans.folder)
        self._folder.setText(_shown(scans.folder) if named else say("capture.no_folder"))
        self._stop.setVisible(named)
        for part in (self._asked, self._clears):
            part.setVisible(named)
        self._clears.put(_GOES if scans.clears else _STAYS)

    def _ask(self) -> None:
        folder = self._desk.files.to_folder(self, say("capture.folder"))
        if folder is not None:
            self._keep(Scans(str(folder), self._desk.scans.scans.clears))

    def _give_up(self) -> None:
        self._keep(Scans())

    def _keep_clears(self) -> None:
        self._keep(Scans(self._desk.scans.scans.folder, self._clears.value() == _GOES))

    def _keep(self, scans: Scans) -> None:
        work = partial(chosen.keep, self._desk.store, scans)
        self._desk.tasks.run(self, work, self._kept, failed=self._refused)

    def _kept(self, scans: Scans) -> None:
        self._desk.scans.follow(scans)
        self._desk.notices.say("capture.changed")
        self.refresh()

    def _refused(self, error: Exception) -> None:
        self._desk.notices.trouble(error)
        self.refresh()


def _shown(folder: str) -> str:
    return " / ".join(shown_name(part) for part in Path(folder).parts if part != "/")
