"""Composes the application: one window, who may enter it, and how it is left.

The first window needs nothing but Qt; what a signed-in desk needs is loaded while the passphrase
is typed.
"""

import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from desktop.collector import Collector
from desktop.deed import deed
from desktop.files import Files, SystemFiles
from desktop.frame.window import Window
from desktop.leaving import Leaving
from desktop.look import kept
from desktop.look.look import Look
from desktop.look.tokens import ACCENT
from desktop.notices import Notice, Notices, Tone
from desktop.pages.sign_in import SignIn
from desktop.scanner import Scanner, stamp
from desktop.tasks import Lane, Tasks
from desktop.tongue import Tongue
from forms.engine import words
from forms.engine.words import say

if TYPE_CHECKING:  # SQL, keys and paper are not loaded before they are needed
    from desktop.inside import Work
    from desktop.pages.gate import Gate
    from desktop.printer import Printer
    from desktop.wizard.first_run import FirstRun
    from sync.store.handle import Store
    from sync.store.keystore import Keystore
    from sync.store.status import Status

SLOTS = "slots"  # The file by which a folder shows that it has a store.
SETUP = "setup"  # And that its first run is not over (desktop/wizard/kept.py).


def clock() -> int:
    """Tell the time in milliseconds since 1970."""
    return time.time_ns() // 1_000_000


class Application(QObject):
    """One running desk: gate, work, gate again, until the window closes."""

    def __init__(
        self,
        app: QApplication,
        folder: Path,
        *,
        printer: "Printer | None" = None,
        files: Files | None = None,
        keystore: "Keystore | None" = None,
        now: Callable[[], int] = clock,
        travels: bool = True,
    ) -> None:
        super().__init__()
        self._collector = Collector(self)
        self._folder = folder
        self._printer = printer
        self._files = files or SystemFiles()
        self._keystore = keystore
        self._now = now
        self._travels = travels
        ground, scale, language = kept.read(folder)
        self._tongue = Tongue(app, self)
        self._tongue.speak(language)
        self.look = Look(app, ground=ground, scale=scale)
        self.look.changed.connect(self._keep_look)
        self.notices = Notices()
        self.tasks = Tasks(self.notices.trouble)
        self.window = Window(app, self.look, self.notices)
        self.work: Work | None = None
        self._first_run: FirstRun | None = None
        self.notices.fault.connect(partial(_show_fault, self.window))
        self.window.locked.connect(self.lock)
        self.window.language_asked.connect(self._next_language)
        self._leaving = Leaving(app, self.window, self.tasks, self.notices, lambda: self.work)

    def open(self) -> None:
        """Show the gate; load what comes behind it while somebody types."""
        self._show_gate()
        self.window.show()
        QTimer.singleShot(0, self.window, partial(self.tasks.run, self, _preload))

    def enter(self, store: "Store") -> None:
        """Show the pages of an open store."""
        from desktop.capture.watch import Watch
        from desktop.desk import Desk
        from desktop.drafting import Drafting
        from desktop.inside import Work
        from desktop.printer import SystemPrinter

        self.look.wear(accent=store.region.colours.get("accent"))
        if store.language and store.language != words.language():
            self._say_in(store.language)
        printer = self._printer or SystemPrinter()
        keystore, road = self._keys, None
        if store.region.practice:
            from desktop.practice.marked import MarkedPrinter
            from sync.practice import room
            from sync.store.keystore import NoKeystore

            printer = MarkedPrinter(printer)
            keystore, road = NoKeystore, partial(room.send, now=self._now)
        seams = (printer, self._files, Watch(self.tasks, self))
        drafting = Drafting(self.tasks, self.notices, self)
        desk = Desk(store, self.tasks, self.notices, self.look, *seams, drafting)
        self.work = Work(desk, self.window, keystore(), road)
        if self.work.first_day:
            self.work.first_day.again_asked.connect(partial(self.practise, again=True))
            self.work.first_day.end_asked.connect(self.lock)
        self.work.spoken.connect(self.speak)
        self.work.begin(travels=self._travels)

    def practise(self, *, again: bool = False) -> None:
        """Open the practice desk beside the real one, which is neither opened nor read.

        With `again` a new one: all that was practised is thrown away.
        """

        def work() -> "Store":
            from sync.practice import room

            if again:
                room.clear(self._folder)
            return room.enter(self._folder, self._now)

        self.lock()
        self._offer.setEnabled(False)
        self._offer.setText(say("practice.preparing"))
        # Behind the closing of what is open, which waits for its drafts in the store's lane.
        self.tasks.run(
            self,
            lambda: None,
            lambda _: self.tasks.run(
                self, work, self.enter, failed=self._not_practised, lane=Lane.LINE
            ),
        )

    def _not_practised(self, error: Exception) -> None:
        self._offer.setEnabled(True)
        self._offer.setText(say("practice.offer"))
        self.notices.trouble(error)

    def speak(self, language: str) -> None:
        """Speak a language from now on: the pages are built anew, what is typed is a draft."""
        if language == words.language():
            return
        self._say_in(language)
        work, self.work = self.work, None
        if work is None:
            self._show_gate()
            return
        here, store = self.window.here, work.desk.store
        work.leave()
        self.tasks.run(self, partial(store.speak, language))
        store.languages = {**store.languages, store.operator.id.hex(): language}
        self.enter(store)
        self.window.go(here)
        work.deleteLater()

    def lock(self) -> None:
        """Keep drafts, show the gate, and close the store behind whatever still uses it."""
        work, self.work = self.work, None
        store = self._first_run.leave() if self._first_run else None
        if work is not None:
            store = work.desk.store
            work.leave()
            work.deleteLater()
        if store is None:
            return
        if store.region.practice:
            self.look.wear(accent=ACCENT)
        self._show_gate()
        from sync.store import status

        def close(_last: object) -> None:
            self.tasks.run(self, store.close, lane=Lane.LINE)

        def tell(standing: "Status") -> None:
            from desktop.frame.closing import sentence

            tone = Tone.GOOD if standing.safe_to_close else Tone.CALM
            self.notices.banner.emit(Notice(tone, sentence(standing)))
            close(standing)

        # The lanes keep their order: drafts are written, a trip under way ends, then it is closed.
        self.tasks.run(self, partial(status.status, store), tell, failed=close)

    def finish(self) -> None:
        """Leave for good: a last trip if something is only here, then the store is closed."""
        store = self.dismiss()
        if store is not None:
            store.close()

    def dismiss(self) -> "Store | None":
        """Take the window away and finish all work; gives the store that is still open."""
        self._collector.stop()
        work, self.work = self.work, None
        if work is not None:
            work.leave()
        self.window.dismiss()
        if work is None:
            self.tasks.close()
            return self._first_run.leave() if self._first_run else None
        from desktop.inside import go

        store = work.desk.store
        pending = work.status is not None and work.status.pending
        if self._travels and pending and store.desk.url:
            self.tasks.run(self, partial(go, store), lane=Lane.LINE)
        self.tasks.close(finish=True)
        return store

    def _show_gate(self) -> None:
        if self._first_run:
            self._first_run.deleteLater()
            self._first_run = None
        if (self._folder / SLOTS).exists():
            gate: Gate = SignIn(self.look, self._unlock)
        else:
            first = self._first_run = self._made_first_run()
            first.begin()
            gate = first.page
        self._offer = deed(gate, "practice.offer", "Ctrl+F1", "list-checks", self.practise)
        gate.offer(self._offer)
        self.window.show_gate(gate)

    def _keep_look(self) -> None:
        tokens = self.look.tokens
        worn = (tokens.theme, tokens.scale, words.language())
        if worn != kept.read(self._folder):  # a region's colour is nothing that is kept
            kept.keep(self._folder, *worn)

    def _say_in(self, language: str) -> None:
        self._tongue.speak(language)
        self.window.reword()
        self._keep_look()

    def _next_language(self) -> None:
        order = words.LANGUAGES
        self.speak(order[(order.index(words.language()) + 1) % len(order)])

    def _keys(self) -> "Keystore":
        from sync.store.keystore import SystemKeystore

        if self._keystore is None:
            self._keystore = SystemKeystore()
        return self._keystore

    def _unlock(self, operator: str, passphrase: str) -> None:
        def work() -> "Store":
            from sync.store.open import unlock

            return unlock(self._folder, operator, passphrase, keystore=self._keys(), now=self._now)

        self.tasks.run(self, work, self._arrived, failed=self._refused, lane=Lane.LINE)

    def _arrived(self, store: "Store") -> None:
        """Enter a store that was opened; a first run that was cut off there is gone on with."""
        if not (self._folder / SETUP).exists():
            self.enter(store)
            return
        first = self._first_run = self._made_first_run()
        first.go_on(store)
        self.window.show_gate(first.page)

    def _made_first_run(self) -> "FirstRun":
        from desktop.printer import SystemPrinter
        from desktop.wizard.first_run import FirstRun

        first = FirstRun(
            self.window,
            self._folder,
            self.look,
            self.tasks,
            printer=self._printer or SystemPrinter(),
            keystore=self._keys,
            now=self._now,
        )
        first.opened.connect(self.enter)
        first.troubled.connect(self.notices.trouble)
        return first

    def _refused(self, error: Exception) -> None:
        gate = self.window.gate()
        if isinstance(gate, SignIn) and gate.refused(error):
            return
        self.notices.trouble(error)


def run(folder: Path, *, practises: bool = False) -> int:
    """Open the application on one desk's folder; gives the exit status when it is closed.

    Where somebody `practises` it opens on the practice desk beside that folder.
    """
    running = QApplication.instance()
    app = running if isinstance(running, QApplication) else QApplication(sys.argv[:1])
    app.setApplicationDisplayName(say("desk.name"))
    desk = Application(app, folder)
    from desktop.idle import Idle

    idle = Idle(app)
    idle.passed.connect(desk.lock)
    listen(app, desk)
    sys.excepthook = partial(_told, desk.notices)
    desk.open()
    if practises:
        desk.practise()
    status = app.exec()
    desk.finish()
    return status


def listen(
    app: QApplication, desk: Application, when: Callable[[QKeyEvent], int] = stamp
) -> Scanner:
    """Have devices that type as keyboards be heard wherever the keyboard stands."""
    scanner = Scanner(app, lambda: bool(desk.window.here), desk, when)
    scanner.scanned.connect(lambda text: desk.work.scanned(text) if desk.work else None)
    return scanner


def open_window(app: QApplication, store: "Store", **seams: Any) -> Application:
    """Open the window on a store that is open already, for tests and pictures; no trips start."""
    desk = Application(app, store.folder, travels=False, **seams)
    desk.window.show()
    desk.enter(store)
    return desk


def _show_fault(window: Window, notice: Notice) -> None:
    from desktop.frame.fault import FaultDialog

    FaultDialog(window, notice).open()


def _told(
    notices: Notices,
    _kind: type[BaseException],
    error: BaseException,
    _trace: TracebackType | None,
) -> None:
    if not isinstance(error, KeyboardInterrupt):
        notices.trouble(error)


def _preload() -> None:
    """Load what signing in needs, in a lane, while the passphrase is typed."""
    import desktop.inside
    import sync.store.open

    assert desktop.inside
    assert sync.store.open
