"""Every page and pane of the window, and how a person comes to it from the counter by keys.

A page, pane, gate or dialog of the window that no scene `shows` fails a test: whoever makes one
adds the line that leads to it.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, chdir, contextmanager, nullcontext
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from desktop.app import Application
from desktop.form_view.view import FormView
from desktop.frame.banner import Banner
from desktop.frame.closing import ClosingDialog
from desktop.frame.fault import FaultDialog
from desktop.frame.keys import KeysSheet
from desktop.frame.palette import Palette
from desktop.notices import Notice, Tone
from desktop.pages.checking import CheckPage
from desktop.pages.counter.citizen import CitizenPane
from desktop.pages.counter.page import CounterPage
from desktop.pages.counter.results import ResultsPane
from desktop.pages.counter.start import StartPane
from desktop.pages.importing import ImportPage
from desktop.pages.keys import KeysPane
from desktop.pages.numbering import NumbersPage
from desktop.pages.queue.page import QueuePage
from desktop.pages.records import RecordsPage
from desktop.pages.registers.book import BookPane
from desktop.pages.registers.page import RegistersPage
from desktop.pages.reports.page import ReportsPage
from desktop.pages.settings import SettingsPage
from desktop.pages.syncing import SyncPage
from desktop.panes.asking import Asking
from desktop.panes.attaching import Attaching
from desktop.panes.choosing import ChoicePane
from desktop.panes.day import DayQuestion
from desktop.panes.form import FormPane
from desktop.panes.record import RecordPane
from desktop.pictures import Visitor
from desktop.waiting_room import WaitingRoom
from forms.engine.words import label, say
from sync.store import letters, read
from sync.store.handle import Store
from tests.desktop.office import PRACTICE

KEY = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier

_PARTS_MAX = 9  # No page has more.
_BACK = 2  # Esc leaves what a scene opened, then empties the search box.


@dataclass(frozen=True, slots=True)
class Walk:
    """One person at one signed-in window."""

    visitor: Visitor
    application: Application
    store: Store

    def home(self) -> None:
        """Go to the counter with nothing open and nothing typed."""
        self.visitor.press(KEY.Key_F3)
        for _ in range(_BACK):
            self.visitor.press(KEY.Key_Escape)

    def to(self, key: Qt.Key) -> None:
        """Go to a page by its key."""
        self.visitor.press(key)

    def find(self, text: str) -> None:
        """Search at the counter."""
        self.visitor.press(KEY.Key_F3)
        self.visitor.type(text)
        self.visitor.rest()

    def open(self, text: str) -> None:
        """Open the page of whom a search finds first."""
        self.find(text)
        self.visitor.press(KEY.Key_Return)

    def begin(self, text: str, service: str) -> None:
        """Begin a letter for whom a search finds first."""
        self.open(text)
        self.visitor.type(service)
        self.visitor.press(KEY.Key_Return)

    def record(self, service: str, state: str) -> None:
        """Open the newest record of a service in a state."""
        found = [one for one in read.listing(self.store, service) if one.state == state]
        assert self.application.work is not None, "nobody is signed in"
        self.application.work._open(found[-1].id)
        self.visitor.rest()

    def part(self, name: str) -> None:
        """Go round the parts of the page to one, by the beginning of its name."""
        for _ in range(_PARTS_MAX):
            self.visitor.press(KEY.Key_F6)
            here = QApplication.focusWidget()
            if here is not None and here.accessibleName().startswith(name):
                return
        raise LookupError(name)

    def action(self, name: str) -> None:
        """Do one of the actions of the page by its words."""
        deeds = self.application.window.deeds()
        next(one for one in deeds if one.text().replace("&", "") == name).trigger()
        self.visitor.rest()


Shown = AbstractContextManager[QWidget | None]


@dataclass(frozen=True, slots=True)
class Scene:
    """What a picture is called, what it is of, the widgets that it proves, and the way there.

    The way gives what is to be looked at, for as long as it is; None is the window itself.
    """

    name: str
    about: str
    shows: tuple[type[QWidget], ...]
    way: Callable[[Walk], Shown | None]

    def seen(self, walk: Walk) -> Shown:
        """Go there from the counter."""
        return self.way(walk) or nullcontext(None)


@contextmanager
def _dialog(made: QDialog) -> Iterator[QWidget]:
    made.show()
    yield made
    made.close()
    made.deleteLater()


def _then(*steps: Callable[[Walk], object]) -> Callable[[Walk], None]:
    def way(walk: Walk) -> None:
        for step in steps:
            step(walk)

    return way


def _page(key: Qt.Key) -> Callable[[Walk], None]:
    return lambda walk: walk.to(key)


def _types(*lines: str) -> Callable[[Walk], None]:
    """Answer one line after the other."""

    def way(walk: Walk) -> None:
        for text in lines:
            walk.visitor.type(text)
            walk.visitor.press(KEY.Key_Return)

    return way


def _press(
    key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> Callable[[Walk], None]:
    return lambda walk: walk.visitor.press(key, modifier)


def _scan(walk: Walk) -> None:
    issued = [one for one in read.listing(walk.store, USAHA) if one.state == "issued"]
    walk.visitor.type(letters.qr_text(walk.store, issued[0].id))
    walk.visitor.press(KEY.Key_Return)


def _import(walk: Walk) -> None:
    with chdir(PRACTICE.parent):  # The name alone is typed: pictures show no machine's paths.
        walk.visitor.type(PRACTICE.name)
        walk.visitor.press(KEY.Key_Return, CTRL)


def _book(name: str) -> Callable[[Walk], None]:
    def way(walk: Walk) -> None:
        walk.to(KEY.Key_F11)
        walk.part(say("registers.book"))
        walk.visitor.type(label("report", name))
        walk.visitor.press(KEY.Key_Return)

    return way


def _closing(walk: Walk) -> Shown:
    work = walk.application.work
    assert work is not None, "nobody is signed in"
    assert work.status is not None, "the status was never read"
    return _dialog(ClosingDialog(walk.application.window, work.status))


def _fault(walk: Walk) -> Shown:
    details = "Traceback (most recent call last):\n  …\nOSError: [Errno 28] No space left on device"
    notice = Notice(Tone.DANGER, "Penyimpanan laptop penuh.", details)
    return _dialog(FaultDialog(walk.application.window, notice))


def _keys(walk: Walk) -> Shown:
    window = walk.application.window
    return _dialog(KeysSheet(window, window.deeds()))


@contextmanager
def _palette(walk: Walk) -> Iterator[None]:
    walk.visitor.press(KEY.Key_K, CTRL)
    yield None
    walk.visitor.press(KEY.Key_Escape)


@contextmanager
def _waiting_room(walk: Walk) -> Iterator[QWidget]:
    _queue(walk)
    walk.visitor.press(KEY.Key_W, CTRL)
    shown = [one for one in QApplication.topLevelWidgets() if one.isVisible()]
    yield next(one for one in shown if isinstance(one, WaitingRoom))
    walk.visitor.press(KEY.Key_W, CTRL)


@contextmanager
def _trouble(walk: Walk) -> Iterator[None]:
    walk.to(KEY.Key_F3)
    walk.application.notices.say("sync.no_line", Tone.CARE)
    walk.visitor.rest()
    yield None
    walk.visitor.press(KEY.Key_Escape)


_queue = _press(KEY.Key_F3, SHIFT)

USAHA = "letters/surat_keterangan_usaha"
MISKIN = "letters/surat_keterangan_tidak_mampu"
LAJANG = "letters/surat_keterangan_belum_menikah"

SCENES = (
    Scene("counter_start", "The counter before anybody is searched", (CounterPage, StartPane),
          _page(KEY.Key_F3)),
    Scene("counter_search", "Results while a name is typed", (ResultsPane,),
          lambda walk: walk.find("dewi")),
    Scene("counter_nobody", "A name that nobody bears", (ResultsPane,),
          lambda walk: walk.find("zulaikha qonita")),
    Scene("citizen", "A citizen: what can be done, what was done, who lives there", (CitizenPane,),
          lambda walk: walk.open("slamet budi nug")),
    Scene("letter_begun", "A letter begun for a known citizen", (FormPane, FormView),
          lambda walk: walk.begin("slamet budi nug", "keterangan usaha")),
    Scene("letter_filled", "The same with answers, one of them wrong", (FormPane,),
          _then(lambda walk: walk.begin("maulana guna", "keterangan usaha"),
                _types("Warung Sari Rasa", "Makanan", "56102", "Jl. Kenari 3", "1019"))),
    Scene("letter_long", "A letter with parties and rows", (FormPane,),
          lambda walk: walk.begin("slamet budi nug", "ahli waris")),
    Scene("citizen_new", "A new citizen; the name that was searched goes along", (FormPane,),
          _then(lambda walk: walk.find("zulaikha qonita"), _press(KEY.Key_N, CTRL))),
    Scene("record_issued", "A letter as it was issued", (RecordPane,),
          lambda walk: walk.record(MISKIN, "issued")),
    Scene("record_returned", "A letter that waits for missing papers", (RecordPane,),
          lambda walk: walk.record(LAJANG, "returned")),
    Scene("record_void", "A letter that was made void", (RecordPane,),
          lambda walk: walk.record(MISKIN, "void")),
    Scene("record_asked", "What an action asks for", (Asking,),
          _then(lambda walk: walk.record(MISKIN, "issued"),
                lambda walk: walk.action(label("action", "void")))),
    Scene("record_attach", "A file for one of a letter's papers", (Attaching,),
          _then(lambda walk: walk.record(LAJANG, "returned"), _press(KEY.Key_B, CTRL))),
    Scene("day_question", "Which day it is, where that is in doubt", (DayQuestion,),
          _then(_page(KEY.Key_F3), lambda walk: walk.action(say("day.change")))),
    Scene("queue", "The queue: who is at the counter, who waits, a number by one key", (QueuePage,),
          _queue),
    Scene("queue_pass", "Where somebody is passed on to, with the same number", (QueuePage,),
          _then(_queue, _press(KEY.Key_M, CTRL))),
    Scene("queue_times", "How long people waited and were served today", (QueuePage,),
          _then(_queue, _press(KEY.Key_I, CTRL))),
    Scene("queue_setup", "How this counter calls and where its tickets are printed", (QueuePage,),
          _then(_queue, _press(KEY.Key_E, CTRL))),
    Scene("waiting_room", "What the waiting room reads on a second screen", (WaitingRoom,),
          _waiting_room),
    Scene("records", "What was taken and what waits", (RecordsPage,), _page(KEY.Key_F4)),
    Scene("sync", "What is only here and what the city has", (SyncPage,), _page(KEY.Key_F5)),
    Scene("sync_choice", "Two values of one thing, side by side", (ChoicePane,),
          _then(_page(KEY.Key_F5), _press(KEY.Key_Return))),
    Scene("numbers", "Every number of a series explained", (NumbersPage,), _page(KEY.Key_F7)),
    Scene("import", "Residents from a workbook, before it is tried", (ImportPage,),
          _page(KEY.Key_F8)),
    Scene("import_tried", "The same, tried", (ImportPage,), _then(_page(KEY.Key_F8), _import)),
    Scene("register", "The register of letters", (RegistersPage, BookPane), _page(KEY.Key_F11)),
    Scene("register_incoming", "The agenda of letters that came in", (BookPane,),
          _book("incoming")),
    Scene("register_monthly", "The month in figures", (BookPane,), _book("monthly")),
    Scene("reports", "What was done, in tables with their pictures", (ReportsPage,),
          _press(KEY.Key_F11, SHIFT)),
    Scene("check", "A letter's code, before one is scanned", (CheckPage,), _page(KEY.Key_F12)),
    Scene("check_genuine", "A letter that is genuine", (CheckPage,),
          _then(_page(KEY.Key_F12), _scan)),
    Scene("settings", "This laptop: look, printer, passphrase, people", (SettingsPage,),
          _page(KEY.Key_F10)),
    Scene("settings_keys", "Whose keys sign here, and what was done without them", (KeysPane,),
          _then(_page(KEY.Key_F10), _press(KEY.Key_G, CTRL))),
    Scene("palette", "Ctrl+K: everything that can be done here", (Palette,), _palette),
    Scene("notice", "One calm message with the next step", (Banner,), _trouble),
    Scene("keys", "F1: the keys that work here", (KeysSheet,), _keys),
    Scene("closing", "What is only here, when the window is closed", (ClosingDialog,), _closing),
    Scene("fault", "A fault of the program", (FaultDialog,), _fault),
)  # fmt: skip
