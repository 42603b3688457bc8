"""A clerk at the counter: finds the citizen, begins the letter, fills it in, goes on with it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from desktop.app import Application
from desktop.form_view.view import FormView
from desktop.look.lists import EntryList
from forms.engine.words import label
from tests.desktop.office import FakePrinter
from tests.journeys.cases import Case, Day
from tests.journeys.typist import CTRL, Typist

KEY = Qt.Key
QUESTIONS = 3  # That are answered of a letter before its citizen is sent for something.
WORDS = 3  # Of a title, without "Surat": what a clerk types before looking at the list.


class Clerk:
    """Works through the window of an application; every key is counted by the typist."""

    def __init__(
        self, application: Application, typist: Typist, day: Day, printer: FakePrinter
    ) -> None:
        self._application = application
        self._typist = typist
        self._day = day
        self._printer = printer

    def find(self, case: Case) -> None:
        """Search for a citizen and open their page."""
        self._typist.hit(KEY.Key_F3)
        self._typist.type(self._day.known[case.citizen.id.hex()])
        self._typist.visitor.rest()
        lists = self._application.window.findChildren(EntryList)
        hits = next(shown for shown in lists if shown.is_steered and shown.isVisible())
        self._step(hits, case.citizen)
        self._typist.press(KEY.Key_Return)
        assert str(case.citizen.answers["nama"]) in _seen(self._application.window)

    def begin(self, case: Case) -> None:
        """Begin a letter on the citizen's page: type some words, step to it, take it."""
        self._typist.type(" ".join(case.form.title.split()[1 : 1 + WORDS]))
        shown = QApplication.focusWidget()
        assert isinstance(shown, EntryList)
        self._step(shown, case.form.code)
        self._typist.press(KEY.Key_Return)

    def fill(self, case: Case) -> None:
        """Answer the open form to its end; the form has then understood what was meant."""
        self._typist.fill(case.typed)
        (form,) = self._forms()
        assert form.session.answers == case.kept

    def issue(self) -> None:
        """Issue and print the open form."""
        before = len(self._printer.printed)
        self._typist.hit(KEY.Key_F9)
        self._typist.visitor.rest(lambda: len(self._printer.printed) > before)

    def leave_half(self, case: Case) -> None:
        """Answer the first questions, then go back; what was typed stays as a draft."""
        self._typist.fill(case.typed, upto=QUESTIONS)
        self._typist.press(KEY.Key_Escape)
        assert not self._forms()

    def return_with(self, case: Case, missing: str) -> None:
        """Save a letter and give it back with the list of what is missing."""
        self._typist.press(KEY.Key_S, CTRL)
        self._typist.push(label("action", "return"))
        self._typist.type(missing)
        self._typist.press(KEY.Key_Return)
        assert label("state", "returned") in _seen(self._application.window)

    def void(self, reason: str) -> None:
        """Declare the letter that is shown void."""
        self._typist.push(label("action", "void"))
        self._typist.type(reason)
        self._typist.press(KEY.Key_Return)
        assert label("state", "void") in _seen(self._application.window)

    def correct(self, reason: str) -> None:
        """Give a new letter in place of the one that is shown."""
        self._typist.press(KEY.Key_F2)
        self._typist.press(KEY.Key_F6)
        self._typist.type(reason)
        self.issue()

    def print_again(self) -> None:
        """Print a counted copy of the letter that is shown."""
        before = len(self._printer.printed)
        self._typist.press(KEY.Key_P, CTRL)
        self._typist.visitor.rest(lambda: len(self._printer.printed) > before)

    def resume(self, case: Case) -> None:
        """Go on with a draft where it was left, and issue it."""
        self.find(case)
        self.begin(case)
        (form,) = self._forms()
        assert form.session.answers.keys() & case.typed.keys()  # What was typed before is there.
        self.fill(case)
        self.issue()

    def take_again(self, case: Case) -> None:
        """Take a returned letter from the citizen's history, look it through, issue it."""
        self.find(case)
        self._typist.press(KEY.Key_F6)
        self._typist.press(KEY.Key_Return)
        self._typist.press(KEY.Key_F2)
        assert self._forms()
        self.issue()

    def _step(self, shown: EntryList, wanted: object) -> None:
        """Read a list and step down to what is wanted in it."""
        offered = [shown.entries.entry(row) for row in range(shown.entries.rowCount())]
        at = next(n for n, entry in enumerate(offered) if entry and _is(entry.value, wanted))
        for _ in range(at - shown.currentIndex().row()):
            self._typist.hit(KEY.Key_Down)

    def _forms(self) -> list[FormView]:
        """List the form that is open, if one is."""
        return [v for v in self._application.window.findChildren(FormView) if v.isVisible()]


def _is(value: object, wanted: object) -> bool:
    """Tell whether a row of a list means somebody or something, however it has come to be read."""
    return value == wanted or getattr(value, "id", None) == getattr(wanted, "id", value)


def _seen(window: QWidget) -> str:
    """Give all that can be read in a window."""
    texts = (w.property("text") for w in window.findChildren(QWidget) if w.isVisible())
    return " ".join(str(text) for text in texts if text)
