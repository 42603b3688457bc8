"""The queue of this desk: one key takes a number, one calls the next, and the line is in sight."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QWidget

from desktop.deed import deed
from desktop.desk import Desk
from desktop.look.lists import Entry
from desktop.look.parts import column, held, line, words
from desktop.look.titled import TitledList
from desktop.notices import Tone
from desktop.pages.head import Head
from desktop.pages.page import Page
from desktop.pages.queue import rows
from desktop.pages.queue.behind import Behind
from desktop.pages.queue.doing import Doing
from desktop.pages.queue.present import AtCounter
from desktop.pages.queue.room import Room
from desktop.pages.queue.slips import Slips
from desktop.pages.queue.taking import Taking
from desktop.pages.queue.tools import Tools
from desktop.tasks import Latest
from forms.engine.region_queue import Plan
from forms.engine.words import say
from forms.queue.tickets import AT_COUNTER, Ticket
from sync.store import queue, queue_board
from sync.store.handle import Store
from sync.store.queue_board import Board
from sync.store.queue_desk import Counter

LOOK_MS = 20_000  # minutes go by, and tickets of other desks come by themselves


class QueuePage(Page):
    """Numbers at the left, the line at the right; who is passed on, figures and setup behind.

    `citizen_asked` comes with whom a ticket concerns, to open their page; `plan` are the groups.
    """

    citizen_asked = Signal(object)

    def __init__(self, desk: Desk, plan: Plan) -> None:
        super().__init__()
        self._desk = desk
        self.plan = plan
        self._board: Board | None = None
        self._reading = Latest(desk.tasks, self)
        self._slips = Slips(desk, self)
        self._room = Room(desk, self)
        self._doing = Doing(desk, self)
        self._doing.done.connect(self._done)
        self._doing.taken.connect(self._took)
        self._make_deeds()
        self._here = AtCounter(
            desk.look,
            [self._next, self._go, self._recall, self._miss, self._pass, self._cancel, self._open],
        )
        self._taking = Taking(self, plan, desk.look)
        self._taking.asked.connect(self._doing.take)
        self._line = TitledList(desk.look, "queue.line", "users", "queue.line_empty")
        self._line.rows.picked.connect(lambda entry: self._with(self._doing.call, entry))
        self._summed = words("", "muted", wraps=True)
        self._behind = Behind(desk, plan, self)
        self._behind.turned.connect(self._taking.offer)
        self._behind.target_picked.connect(self._pass_to)
        self._behind.adopted.connect(self._doing.adopt)
        self._behind.trial_asked.connect(self._print_trial)
        self._behind.over_asked.connect(self._doing.take_over)
        self._build()
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._look_again)
        self._timer.start()
        self._show_keys()

    def begin(self) -> None:
        """Show what is true now."""
        self.refresh()
        if self._behind.is_line:
            self._line.rows.setFocus(Qt.FocusReason.TabFocusReason)
            if not self._line.rows.isVisible():
                self.setFocus(Qt.FocusReason.OtherFocusReason)

    def chosen(self) -> None:
        """Show the line, whatever is open."""
        self.back()

    def resume(self) -> None:
        """End what is left of days before, and open the waiting room where it was open last."""
        work = partial(_opened, self._desk.store)
        self._desk.tasks.run(self, work, self._resumed)

    def back(self) -> bool:
        """Go from what is behind to the line, or take a reason back."""
        if not self._behind.is_line:
            self._behind.show_line()
            self.begin()
            return True
        return self._taking.disarm()

    def refresh(self) -> None:
        """Fetch the waiting room."""
        self._reading.ask(partial(queue_board.read, self._desk.store), self._put)

    def take_for(self, letter: str, subject: bytes) -> None:
        """Give a citizen the next number of a group, from their own page."""
        self._doing.take(letter, "", subject)

    def leave(self) -> None:
        """Let the waiting room's window go with who is signed in."""
        self._timer.stop()
        self._room.close()

    def panes(self) -> list[QWidget]:
        """List the parts between which F6 goes."""
        return [self._line.rows] if self._behind.is_line else self._behind.panes()

    def hints(self) -> list[tuple[str, str]]:
        """Name the keys that matter now."""
        if not self._behind.is_line:
            return [("Enter", say("hint.choose")), ("Esc", say("desk.do_back"))]
        letters = "".join(group.letter for group in self.plan.groups)
        return [
            (" ".join(letters), say("queue.hint_take")),
            ("F2", say("queue.next")),
            ("Ctrl+Enter", say("queue.hint_go")),
        ]

    def _make_deeds(self) -> None:
        self._next = deed(self, "queue.next", "F2", "bell", self._doing.call_next)
        self._go = deed(self, "queue.begin", "Ctrl+Return", "check", self._on(self._doing.step))
        self._recall = deed(
            self, "queue.recall", "F9", "arrows-clockwise", self._on(self._doing.recall)
        )
        self._miss = deed(self, "queue.miss", "Delete", "prohibit", self._on(self._doing.miss))
        self._pass = deed(self, "queue.pass", "Ctrl+M", "arrow-right", self._choose_target)
        self._cancel = deed(self, "queue.cancel", "Ctrl+Delete", "x-circle", self._cancel_chosen)
        self._open = deed(self, "queue.citizen", "Ctrl+O", "user", self._open_citizen)
        self._print = deed(self, "queue.print", "Ctrl+P", "printer", self._print_again)
        self._show_room = deed(self, "queue.room_open", "Ctrl+W", "eye", self._toggle_room)
        self._figures = deed(self, "queue.times", "Ctrl+I", "clock", self._show_times)
        self._set = deed(self, "queue.setup", "Ctrl+E", "gear", self._set_up)

    def _build(self) -> None:
        left = column(12)
        left.addWidget(self._here)
        left.addWidget(self._taking)
        left.addStretch(1)
        right = column(6)
        right.addWidget(self._line, 1)
        right.addWidget(self._summed)
        inner = line(14)
        inner.addLayout(held(left), 6)
        inner.addLayout(right, 5)
        first = QWidget()
        first.setLayout(inner)
        self._behind.fill(first)
        around = column(12, (18, 16, 18, 12))
        head = line(8)
        head.addWidget(Head("queue.title", "queue.lead"), 1)
        self._tools = Tools(
            self._desk.look, [self._set, self._figures, self._show_room], head, left
        )
        around.addLayout(head)
        around.addWidget(self._behind, 1)
        self.setLayout(around)

    # What a key does

    def _took(self, board: Board, ticket: Ticket) -> None:
        self._put(board)
        if not self._slips.put(board, ticket) or ticket.subject:
            self._desk.notices.say("queue.taken", number=ticket.number)

    def _open_citizen(self) -> None:
        found = self._meant()
        if found is not None and found.subject:
            self.citizen_asked.emit(found.subject)

    def _cancel_chosen(self) -> None:
        self._with(self._doing.cancel, self._line.rows.chosen())

    def _choose_target(self) -> None:
        """Ask where who is here, or else who is chosen in the line, is to go."""
        found = self._meant()
        if found is not None and self._board is not None:
            self._behind.show_targets(self._board, found)

    def _pass_to(self, target: rows.Target) -> None:
        found = self._meant()
        if found is not None:
            self._doing.pass_on(found, target)

    def _print_again(self) -> None:
        found = self._ticket(self._line.rows.chosen()) or self._present()
        board = self._board
        if found is not None and board is not None and not self._slips.put(board, found):
            self._desk.notices.say("queue.prints_nowhere", Tone.CALM)

    def _toggle_room(self) -> None:
        self._room.toggle()
        self._doing.show_room(shows=self._room.is_open)

    def _show_times(self) -> None:
        self._behind.show_times()

    def _set_up(self) -> None:
        if self._board is not None:
            self._behind.show_setup(self._board)

    def _print_trial(self, said: Counter) -> None:
        if self._board is not None:
            self._slips.trial(self._board.calling(said))

    # What is true now

    def _put(self, board: Board) -> None:
        self._board = board
        self._here.put(board)
        self._taking.count(board.ours)
        had_keyboard = self._line.rows.hasFocus()
        self._line.put(rows.line(board, self._desk.store.now()))
        if had_keyboard and not self._line.rows.isVisible():  # nobody waits: the keys go on here
            self.setFocus(Qt.FocusReason.OtherFocusReason)
        self._behind.put(board)
        self._summed.setText(rows.summed(board))
        self._room.put(board)
        self._show_keys()

    def _show_keys(self) -> None:
        """Offer what can be done now."""
        here = self._present()
        called = here is not None and here.state == AT_COUNTER[0]
        self._go.setText(say("queue.begin" if here is None or called else "queue.finish"))
        self._go.setEnabled(here is not None)
        for action in (self._recall, self._miss):
            action.setEnabled(called)

    def _resumed(self, board: Board) -> None:
        self._put(board)
        if board.counter.shows_room and not self._room.is_open:
            self._room.toggle()

    def _look_again(self) -> None:
        """Read again; where other desks may send somebody, a trip asks for them."""
        self.refresh()
        if self._board is not None and self._board.others and self.isVisible():
            self.worked.emit()

    def _present(self) -> Ticket | None:
        return self._board.present if self._board is not None else None

    def _meant(self) -> Ticket | None:
        return self._present() or self._ticket(self._line.rows.chosen())

    def _ticket(self, entry: Entry | None) -> Ticket | None:
        found = self._board.tickets if self._board is not None and entry is not None else ()
        return next((one for one in found if entry and one.record == entry.value), None)

    def _with(self, act: Callable[[Ticket], None], entry: Entry | None) -> None:
        """Do something with a ticket of the line."""
        found = self._ticket(entry)
        if found is not None:
            act(found)

    def _on(self, act: Callable[[Ticket], None]) -> Callable[[], None]:
        """Make what does something with who stands at the counter, and nothing with nobody."""

        def do() -> None:
            here = self._present()
            if here is not None:
                act(here)

        return do

    def _done(self) -> None:
        """Show the line again, what is true in it, and let it travel."""
        if self.isVisible() and not self._behind.is_line:
            self.back()
        self.worked.emit()
        self.refresh()


def _opened(store: Store) -> Board:
    queue.end_days(store)
    return queue_board.read(store)
