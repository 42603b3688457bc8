"""The door of a page for what is dropped on it or pasted while it has the keyboard."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QDropEvent, QGuiApplication
from PySide6.QtWidgets import QWidget

from desktop.capture import clip
from desktop.capture.source import Source
from desktop.deed import deed
from desktop.notices import Notices
from forms.engine.problem import Refused

# ruff: noqa: N802 - Qt names the methods that it calls in camelCase

_COMES = (QEvent.Type.DragEnter, QEvent.Type.DragMove)


class Door(QObject):
    """Hands sources to `came`; what is none of them is told, and nothing is ever moved from there.

    A line that is being typed into keeps Ctrl+V for itself.
    """

    def __init__(
        self, page: QWidget, notices: Notices, came: Callable[[list[Source]], None]
    ) -> None:
        super().__init__(page)
        self._notices = notices
        self._came = came
        self.paste = deed(page, "capture.paste", "Ctrl+V", "upload-simple", self._paste)
        page.setAcceptDrops(True)
        page.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Take files and pictures that are dragged here."""
        if event.type() in _COMES and isinstance(event, QDropEvent):
            return self._take(event)
        if event.type() == QEvent.Type.Drop and isinstance(event, QDropEvent):
            if self._take(event):
                self._bring(lambda: clip.sources(event.mimeData()))
            return True
        return False

    def _take(self, event: QDropEvent) -> bool:
        ours = clip.is_ours(event.mimeData())
        if ours:
            # A copy in any case: who drags from a telephone or a stick keeps what is there.
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
        return ours

    def _paste(self) -> None:
        self._bring(lambda: clip.sources(QGuiApplication.clipboard().mimeData()))

    def _bring(self, read: Callable[[], list[Source]]) -> None:
        try:
            found = read()
        except Refused as refusal:
            self._notices.trouble(refusal)
            return
        self._came(found)
