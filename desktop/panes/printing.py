"""Puts an issued letter on paper or into a file, and tells what came of it.

Every print is counted before it is made: the original once, then copies that say which they are.
"""

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QWidget

from desktop import acts
from desktop.desk import Desk
from desktop.notices import Tone
from desktop.tasks import Lane
from forms.engine.words import say
from sync.store.read import Record


class Printing:
    """Prints for one page, on whose window the system's dialogs stand."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        self._desk = desk
        self._parent = parent

    def put(self, record: Record, then: Callable[[], None]) -> None:
        """Have a letter printed; `then` is called when it is."""
        if not self._desk.printer.ask(self._parent.window()):
            return
        work = partial(acts.sheets, self._desk.store, record.id)
        done = partial(self._on_paper, _name(record), then)
        self._desk.tasks.run(self._parent, work, done, lane=Lane.PAPER)

    def save(self, record: Record, then: Callable[[], None]) -> None:
        """Have the PDF of the next print saved where the clerk says."""
        proposed = _name(record).replace("/", "-") + ".pdf"
        file = self._desk.files.to_save(self._parent, say("record.pdf"), proposed, "PDF (*.pdf)")
        if file is None:
            return
        store = self._desk.store

        def saved(_: None) -> None:
            self._desk.notices.say("record.pdf_saved", file=file)
            then()

        work = partial(acts.saved_pdf, store, record.id, file)
        self._desk.tasks.run(self._parent, work, saved, lane=Lane.PAPER)

    def _on_paper(self, title: str, then: Callable[[], None], sheets: acts.Sheets) -> None:
        try:
            self._desk.printer.put(title, sheets.pages)
        except OSError:
            self._desk.notices.say("record.printer_failed", Tone.CARE)
            return
        if sheets.copy:
            self._desk.notices.say("record.copy_printed", count=sheets.copy)
        else:
            self._desk.notices.say("record.printed", number=title)
        then()


def _name(record: Record) -> str:
    return record.number.text if record.number is not None else say("desk.name")
