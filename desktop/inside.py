"""What is built when somebody has signed in: the pages, and the trips that start by themselves.

Imported only then: it brings SQL, paper and the line with it, and the first window waits for none.
"""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication

from desktop import calibration
from desktop.acts import PEOPLE, Shown
from desktop.capture import chosen
from desktop.dates import day
from desktop.desk import Desk
from desktop.frame.rail import Stop
from desktop.frame.status_line import sentence
from desktop.frame.window import Inside, Window
from desktop.key_card import KeyCard
from desktop.pages.checking import CheckPage
from desktop.pages.counter.page import CounterPage
from desktop.pages.importing import ImportPage
from desktop.pages.numbering import NumbersPage
from desktop.pages.queue.page import QueuePage
from desktop.pages.records import RecordsPage
from desktop.pages.registers.page import RegistersPage
from desktop.pages.reports.page import ReportsPage
from desktop.pages.settings import SettingsPage
from desktop.pages.syncing import SyncPage
from desktop.panes.opening import Opening
from desktop.practice.first_day import FirstDayPage
from desktop.tasks import Latest
from desktop.trips import Trips
from forms.paper import letter
from forms.queue import tickets
from sync.client import journey
from sync.client.timetable import morning
from sync.crypto.letter import PREFIX
from sync.store import status
from sync.store.handle import Store
from sync.store.keystore import Keystore
from sync.store.read import Record
from sync.store.status import Status

LOOK_AGAIN_MS = 60_000  # "Waiting for three days" becomes true without anybody's doing.


class Work(QObject):
    """One operator's time at the desk, from signing in to locking; `spoken` asks for a language.

    `road` is the way that trips go. Where somebody practises there is a page of tasks, and nothing
    is imported: the people are invented there and nobody else's data may get in.
    """

    spoken = Signal(str)

    def __init__(
        self,
        desk: Desk,
        window: Window,
        keystore: Keystore,
        road: Callable[[Store], int] | None = None,
    ) -> None:
        super().__init__()
        self.desk = desk
        desk.scans.setParent(self)
        desk.drafting.setParent(self)
        self._window = window
        self._reading = Latest(desk.tasks, self)
        self.status: Status | None = None
        self._travels = False  # trips are to begin as soon as it is known how things stand
        self._reaches = road is not None or bool(desk.store.desk.url)
        self.trips = Trips(desk.tasks, partial(road or go, desk.store), self._pending)
        self.first_day = FirstDayPage(desk) if desk.store.region.practice else None
        self._counter = CounterPage(desk)
        self._records = RecordsPage(desk)
        self._numbers = NumbersPage(desk)
        self._registers = RegistersPage(desk)
        self._sync = SyncPage(desk)
        self._checking = CheckPage(desk)
        some: list[tuple[Stop, FirstDayPage | ImportPage]] = []  # that not everybody has
        if self.first_day is not None:
            some.append((Stop("practice", "list-checks", "Ctrl+F1"), self.first_day))
        elif desk.store.takes(desk.store.catalogue.form(PEOPLE)):
            some.append((Stop("import", "download-simple", "F8"), ImportPage(desk)))
        self._settings = SettingsPage(desk, keystore)
        self._queue = _queue(desk)
        self._pages = {
            stop.code: (stop, page)
            for stop, page in (
                (Stop("counter", "storefront", "F3"), self._counter),
                *(((Stop("queue", "users", "Shift+F3"), self._queue),) if self._queue else ()),
                (Stop("records", "files", "F4"), self._records),
                (Stop("sync", "arrows-clockwise", "F5"), self._sync),
                (Stop("numbers", "hash", "F7"), self._numbers),
                *some,
                (Stop("registers", "archive", "F11"), self._registers),
                (Stop("reports", "sort-ascending", "Shift+F11"), ReportsPage(desk)),
                (Stop("check", "qr-code", "F12"), self._checking),
                (Stop("settings", "gear", "F10"), self._settings),
            )
        }
        self._clock = QTimer(self)
        self._clock.setInterval(LOOK_AGAIN_MS)
        self._clock.timeout.connect(self.look)
        self._connect()

    def begin(self, *, travels: bool = True) -> None:
        """Show the pages; with `travels` trips start by themselves from now on."""
        store = self.desk.store
        initials = "".join(word[0] for word in store.operator.name.split()[:2]).upper()
        above = self.first_day.strip if self.first_day else None
        self._window.enter(Inside(self._pages, initials, store.office.name, above))
        if self.first_day:
            self._window.go("practice")
        self._card = KeyCard(self.desk, self._window, self._pages)
        self._window.offer(self._card.action)
        self._counter.ask_day()
        if self._queue is not None:
            self._queue.resume()
        self._window.status.opened.connect(lambda: self._window.go("sync"))
        self._travels = travels and bool(store.desk.url)
        self._clock.start()
        self.look()
        self.desk.tasks.run(self, letter.warm)
        self.desk.tasks.run(self, partial(chosen.kept, store), self.desk.scans.follow)
        self.desk.tasks.run(self, partial(calibration.fits, store), self.desk.printer.fits.update)

    def leave(self) -> None:
        """Keep what is typed, start no more trips."""
        self._travels = False
        self.trips.stop()
        self.desk.scans.stop()
        self._clock.stop()
        self._card.leave()
        for _, page in self._pages.values():
            page.leave()
        self.desk.drafting.flush()

    def look(self) -> None:
        """Read how things stand, and say so."""
        self._reading.ask(partial(status.status, self.desk.store), self._say)

    def _connect(self) -> None:
        for _, page in self._pages.values():
            page.worked.connect(self._worked)
        if self.first_day:
            self.first_day.page_picked.connect(self._window.go)
            self.trips.came.connect(self.first_day.refresh)
            self.trips.arrived.connect(self.first_day.refresh)
        if self._queue:
            self._queue.citizen_asked.connect(self._open_citizen)
            self._counter.person.offer_tickets(self._queue.plan.groups, self._queue.take_for)
        self._records.edit_asked.connect(self._edit)
        self._records.correct_asked.connect(self._correct)
        self._numbers.record_picked.connect(self._open)
        self._numbers.void_asked.connect(self._void)
        self._numbers.form_asked.connect(self._begin)
        self._checking.record_picked.connect(self._open)
        self._registers.record_picked.connect(self._open)
        self._settings.record_picked.connect(self._open)
        self._registers.letter_edit_asked.connect(self._edit)
        self._sync.record_picked.connect(self._open_any)
        self._sync.go_asked.connect(self._go_now)
        self._sync.carried.connect(self._carried)
        self._settings.spoken.connect(self.spoken)
        self.trips.changed.connect(self.look)
        self.trips.came.connect(self._window.refresh)
        self.trips.failed.connect(self.desk.notices.trouble)
        self.desk.scans.arrived.connect(
            lambda name: self.desk.notices.say("capture.arrived", name=name)
        )
        self.desk.scans.troubled.connect(self.desk.notices.trouble)
        self.trips.arrived.connect(lambda: self.desk.notices.say("sync.arrived"))

    def _pending(self) -> int:
        return self.status.pending if self.status is not None else 0

    def _say(self, found: Status) -> None:
        self.status = found
        if self._travels:
            self._travels = False
            self.trips.start(self._first(found))
        sending = self.trips.sending(found.pending)
        now = self.desk.store.now()
        told = status.state(
            found,
            now,
            sending=sending,
            online=self.trips.online,
            patience=self.desk.store.region.unsent,
        )
        self._window.status.show_sync(told)
        self._sync.show_state(told, found, sentence(told))

    def _first(self, found: Status) -> float:
        """Tell how long the first trip may wait: the first of a day, with nothing to bring."""
        heard = found.last_receipt
        if found.pending or heard is None or day(heard) == day(self.desk.store.now()):
            return 0.0
        return morning(self.desk.store.desk.device)

    def copy_out(self) -> None:
        """Ask for a stick, and write on it what is only here."""
        self._window.go("sync")
        self._sync.copy_out()

    def _worked(self) -> None:
        self.trips.saved()
        self.look()
        if self.first_day:
            self.first_day.refresh()

    def scanned(self, text: str) -> None:
        """Bring what a device typed to where it belongs; a dialog is answered first."""
        if QApplication.activeModalWidget() is not None:
            self.desk.notices.say("capture.dialog_first")
        elif text.startswith(PREFIX) or (self._window.here == "check" and not text.isdecimal()):
            self._window.go("check").search(text)
        else:
            self._window.go("counter")
            self._counter.search(text, opens=True)

    def send(self) -> None:
        """Show how things stand, and send at once."""
        self._window.go("sync")
        self._go_now()

    def _go_now(self) -> None:
        if self._reaches:
            self.trips.now()
        else:
            self.desk.notices.say("sync.no_line")

    def _carried(self, rows: int) -> None:
        self.look()
        if rows:
            self._window.refresh()

    def _edit(self, shown: Shown) -> None:
        self._window.go("counter")
        self._counter.edit(shown)

    def _correct(self, shown: Shown) -> None:
        self._window.go("counter")
        self._counter.correct(shown)

    def _void(self, record: bytes) -> None:
        self._window.go("counter")
        self._counter.void(record)

    def _begin(self, begun: Opening) -> None:
        self._window.go("counter")
        self._counter.open_form(begun)

    def _open(self, record: bytes) -> None:
        self._window.go("counter")
        self._counter.open_case(record)

    def _open_citizen(self, record: bytes) -> None:
        self._window.go("counter")
        self._counter.open_citizen(record)

    def _open_any(self, record: Record) -> None:
        self._window.go("counter")
        self._counter.open_record(record)


def _queue(desk: Desk) -> QueuePage | None:
    """Make the page of the queue where this operator works in an office that has one."""
    plan = desk.store.region.queue(desk.store.office.kind)
    takes = desk.store.takes(desk.store.catalogue.form(tickets.SERVICE))
    return QueuePage(desk, plan) if takes and plan.groups else None


def go(store: Store) -> int:
    """Make one trip over the network; gives how many rows came."""
    return journey.go(store).received
