"""Prints tickets: on a roll, on the printer of letters, or nowhere; trouble is told calmly."""

from functools import partial

from PySide6.QtWidgets import QWidget

from desktop import ticket_printer
from desktop.dates import clock
from desktop.desk import Desk
from desktop.notices import Tone
from desktop.pages.queue import rows
from desktop.printer import PPI
from desktop.tasks import Lane
from desktop.ticket_printer import PaperEnded
from forms.engine.words import official, say
from forms.engine.written import long_day
from forms.paper import slip
from forms.paper.slip import Slip
from forms.queue.tickets import Ticket
from sync.store.queue_board import Board

PAPER = "paper"


class Slips:
    """The tickets of one page; `owner` is the page, by which the print dialog stands."""

    def __init__(self, desk: Desk, owner: QWidget) -> None:
        self._desk = desk
        self._owner = owner

    def put(self, board: Board, ticket: Ticket) -> bool:
        """Print a ticket where this desk prints; False where it prints nowhere."""
        where = board.counter.printer
        if not where:
            return False
        made = self._made(board, ticket)
        failed = partial(self._failed, ticket.number)
        if where == PAPER:
            if not self._desk.printer.ask(self._owner.window()):
                return False
            draw = partial(slip.picture, made, board.counter.width, PPI)
            then = partial(self._on_paper, ticket.number)
            self._desk.tasks.run(self._owner, draw, then, lane=Lane.PAPER)
            return True

        def send() -> None:
            data = ticket_printer.escpos(made, board.counter.width)
            self._desk.tickets.put(where, data)

        self._desk.tasks.run(self._owner, send, failed=failed, lane=Lane.PAPER)
        return True

    @official
    def trial(self, board: Board) -> None:
        """Print a ticket that nobody has, to see whether the printer does."""
        letter, now = board.plan.groups[0].letter, self._desk.store.now()
        self.put(board, Ticket(b"", say("queue.trial_number"), letter, "waiting", "", 0, now, now))

    @official
    def _made(self, board: Board, ticket: Ticket) -> Slip:
        before = sum(
            one.group == ticket.group and one.state == "waiting" and one.place < ticket.place
            for one in board.tickets
        )
        return Slip(
            self._desk.store.office.name,
            rows.group_name(board.plan, ticket.group),
            ticket.number,
            say("queue.slip_time", day=long_day(board.day), time=clock(ticket.arrived)),
            say("queue.slip_before", count=before),
            say("queue.slip_foot"),
            rows.reason(board.plan, ticket.priority) if ticket.priority else "",
            say("mark.practice") if self._desk.store.region.practice else "",
        )

    def _on_paper(self, number: str, page: bytes) -> None:
        try:
            self._desk.printer.put(number, [page])
        except OSError as error:
            self._failed(number, error)

    def _failed(self, number: str, error: Exception) -> None:
        """Say that the ticket is there all the same; what is no printer's trouble is a fault."""
        if not isinstance(error, OSError):
            self._desk.notices.trouble(error)
            return
        code = "queue.paper_ended" if isinstance(error, PaperEnded) else "queue.printer_away"
        self._desk.notices.say(code, Tone.CARE, number=number)
