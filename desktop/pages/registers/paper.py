"""Puts a book, a report or a disposition sheet on paper or into a file, and tells how it went."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QWidget

from desktop.desk import Desk
from desktop.notices import Tone
from desktop.pages.registers import reading
from desktop.pages.registers.reading import Asked
from desktop.panes.running import RunBar
from desktop.printer import PPI
from forms.engine.words import label, say
from sync.store.progress import Progress
from sync.store.registers import report, sheet
from sync.store.registers.report import Written

_KINDS = "PDF (*.pdf);;Excel (*.xlsx)"


class BookPaper:
    """Prints and saves for one page, on whose window the system's dialogs stand."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        self._desk = desk
        self._parent = parent
        self.run = RunBar(desk)  # to be put where the page has room for it

    def put(self, asked: Asked) -> None:
        """Print what is asked for, with letterhead and signatures."""
        self._print(asked.title, partial(_draw, asked, self._desk))

    def put_sheet(self, letter: bytes) -> None:
        """Print the disposition sheet of a letter that came in."""
        work = partial(sheet.disposed_pictures, self._desk.store, letter, ppi=PPI)
        self._print(label("report", "disposition"), lambda _progress: work())

    def save(self, asked: Asked) -> None:
        """Have it saved where the clerk says, as PDF or workbook by the ending."""
        first, last = asked.period.first.isoformat(), asked.period.last.isoformat()
        proposed = f"{asked.title} {first} {last}.pdf"
        file = self._desk.files.to_save(self._parent, say("registers.save"), proposed, _KINDS)
        if file is None:
            return
        self.run.run("registers.making", partial(_write, asked, self._desk, file), self._saved)

    def _print(self, title: str, work: Callable[[Progress], Sequence[bytes]]) -> None:
        if self._desk.printer.ask(self._parent.window()):
            self.run.run("registers.making", work, partial(self._on_paper, title))

    def _on_paper(self, title: str, pages: Sequence[bytes]) -> None:
        try:
            self._desk.printer.put(title, pages)
        except OSError:
            self._desk.notices.say("registers.printer_failed", Tone.CARE)
            return
        self._desk.notices.say("registers.printed", title=title, count=len(pages))

    def _saved(self, written: Written) -> None:
        self._desk.notices.say("registers.saved", rows=written.rows, file=written.path)


def _write(asked: Asked, desk: Desk, file: Path, progress: Progress) -> Written:
    store = desk.store
    written = report.write(
        store,
        asked.name,
        asked.period,
        file,
        service=asked.service,
        place=asked.place,
        progress=progress,
    )
    reading.note_paper(store, asked, written.rows)
    return written


def _draw(asked: Asked, desk: Desk, progress: Progress) -> Sequence[bytes]:
    store = desk.store
    pages = report.pictures(
        store,
        asked.name,
        asked.period,
        service=asked.service,
        place=asked.place,
        progress=progress,
        ppi=PPI,
    )
    if asked.name not in report.COUNTS:
        rows = sum(leaf.page.total for leaf in reading.leaves(store, asked, 0))
        reading.note_paper(store, asked, rows)
    return pages
