"""The printer put right: its test page, three lengths measured on it, what follows from them."""

from functools import partial
from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QShowEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QScrollArea, QWidget

from desktop.calibration import AS_IT_IS, Fit, Measured, keep, mended, read_length, told
from desktop.deed import deed
from desktop.desk import Desk
from desktop.form_view.editors.choice import SegmentsEditor
from desktop.form_view.matching import Option
from desktop.look.ask import Ask
from desktop.look.parts import Button, column, line, words
from desktop.notices import Tone
from desktop.printer import PPI
from desktop.tasks import Lane
from forms.engine.problem import Problem, Refused
from forms.engine.words import say
from forms.paper import trial

# ruff: noqa: N802 - Qt names the methods that it calls in camelCase

_ROOM = 160  # pixels above and below the line in use: a notice may lie over the page's foot


class PrintingSetup(QFrame):
    """Ctrl+P prints the page; Enter goes from length to length and after the last one saves."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._desk = desk
        self._printed: tuple[str, Fit, str] | None = None  # printer, fit and size of the last page
        self._printer = words("", "body", wraps=True)
        paper = desk.store.region.paper
        self._size = SegmentsEditor(
            tuple(Option(size, say(f"printing.size_{size}")) for size in ("f4", "a4"))
        )
        self._size.name(say("printing.size"), "")
        self._size.put(paper)
        self._lengths = {code: Ask(f"printing.{code}") for code in ("left", "top", "width")}
        self._print = deed(self, "printing.print", "Ctrl+P", "printer", self.print_page)
        self._choose = deed(self, "printing.choose", "", "arrows-clockwise", self._choose_again)
        self._keep = deed(self, "printing.keep", "Ctrl+Return", "check", self.keep_measured)
        self._undo = deed(self, "printing.undo", "", "arrow-counter-clockwise", self._as_it_is)
        self._build()
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._follow)

    def showEvent(self, event: QShowEvent) -> None:
        """Say what is true now."""
        super().showEvent(event)
        self._say()

    def print_page(self) -> None:
        """Print the test page with the fit that is in force."""
        printer = self._desk.printer
        if not printer.ask(self.window()):
            return
        size = self._chosen()
        fit = printer.fits.get(printer.name, AS_IT_IS)
        work = partial(trial.picture, size, printer.name, told(fit), PPI)
        done = partial(self._on_paper, (printer.name, fit, size))
        self._desk.tasks.run(self, work, done, lane=Lane.PAPER)
        self._say()

    def keep_measured(self) -> None:
        """Work out the fit from what was measured, and print with it from now on."""
        if self._printed is None:
            self._desk.notices.say("printing.print_first", Tone.CARE)
            return
        printer, before, size = self._printed
        try:
            read = {code: read_length(code, ask.text) for code, ask in self._lengths.items()}
            fit = mended(before, Measured(**read), "a4" if size == "a4" else "f4")
        except Refused as refused:
            self._complain(refused.problems[0])
            return
        self._adopt(printer, fit, "printing.kept")

    def _build(self) -> None:
        inner = column(10, (16, 12, 16, 14))
        inner.addWidget(words(say("printing.title"), "section"))
        inner.addWidget(words(say("printing.lead"), "muted", wraps=True))
        named = column(3)
        named.addWidget(words(say("printing.printer"), "caption"))
        named.addWidget(self._printer)
        inner.addLayout(named)
        sized = column(3)
        sized.addWidget(words(say("printing.size"), "caption"))
        sized.addWidget(self._size)
        inner.addLayout(sized)
        inner.addLayout(_side_by_side(self._print, self._choose))
        asks = list(self._lengths.values())
        for ask, following in pairwise(asks):
            ask.entered.connect(following.setFocus)
        asks[-1].entered.connect(self._keep.trigger)
        for ask in asks:
            inner.addWidget(ask)
        inner.addLayout(_side_by_side(self._keep, self._undo))
        self.setLayout(inner)

    def _chosen(self) -> trial.Size:
        return "a4" if self._size.value() == "a4" else "f4"

    def _on_paper(self, printed: tuple[str, Fit, str], page: bytes) -> None:
        try:
            self._desk.printer.put(say("printing.test_page"), [page])
        except OSError:
            self._desk.notices.say("record.printer_failed", Tone.CARE)
            return
        self._printed = printed
        self._desk.notices.say("printing.printed")
        self._lengths["left"].setFocus(Qt.FocusReason.TabFocusReason)

    def _choose_again(self) -> None:
        self._desk.printer.forget()
        self._printed = None
        self._desk.printer.ask(self.window())
        self._say()

    def _as_it_is(self) -> None:
        if self._desk.printer.name:
            self._adopt(self._desk.printer.name, AS_IT_IS, "printing.undone")

    def _adopt(self, printer: str, fit: Fit, code: str) -> None:
        def kept(_nothing: object) -> None:
            self._desk.printer.fits[printer] = fit
            self._printed = None  # that page was printed otherwise than the next one will be
            for ask in self._lengths.values():
                ask.wipe()
            self._desk.notices.say(code)
            self._say()

        self._desk.tasks.run(self, partial(keep, self._desk.store, printer, fit), kept)

    def _complain(self, problem: Problem) -> None:
        for code, ask in self._lengths.items():
            wrong = code == problem.field
            ask.complain(say(problem.code, **problem.facts) if wrong else "")
            if wrong:
                ask.setFocus(Qt.FocusReason.TabFocusReason)

    def _say(self) -> None:
        name = self._desk.printer.name
        fit = self._desk.printer.fits.get(name, AS_IT_IS)
        self._printer.setText(f"{name}: {told(fit)}" if name else say("printing.not_chosen"))

    def _follow(self, _before: QWidget | None, now: QWidget | None) -> None:
        """Scroll to what has the keyboard: Qt itself does so after Tab only."""
        around = self.parentWidget()
        while around is not None and not isinstance(around, QScrollArea):
            around = around.parentWidget()
        if around is not None and now is not None and self.isAncestorOf(now):
            around.ensureWidgetVisible(now, 0, _ROOM)


def _side_by_side(*actions: QAction) -> QHBoxLayout:
    both = line(8)
    for action in actions:
        both.addWidget(Button(action))
    both.addStretch(1)
    return both
