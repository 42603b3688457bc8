"""What is known here of the waiting room of a day: its tickets, whoever holds them."""

import datetime as dt

import msgspec

from forms.engine.region_queue import Plan
from forms.queue import tickets
from forms.queue.tickets import Ticket
from sync.store import queue_desk
from sync.store.case import Case, decode
from sync.store.handle import Store
from sync.store.queue_desk import Counter
from sync.store.statements import Connection

DAY_MAX = 2_000  # tickets of one office and day; the largest puskesmas have some hundreds


class Board(msgspec.Struct, frozen=True):
    """The waiting room as this desk knows it; `ours` of the tickets are called here.

    `others` are the office's other desks, in hex, with the name of the counter that they called to
    last, "" where they have called nobody today.
    """

    day: dt.date
    device: str
    plan: Plan
    counter: Counter
    tickets: tuple[Ticket, ...]
    others: dict[str, str]

    def calling(self, said: Counter) -> "Board":
        """Give the same board for a desk that calls and prints otherwise."""
        return msgspec.structs.replace(self, counter=said)

    @property
    def ours(self) -> list[Ticket]:
        """List the tickets that this desk holds."""
        return [ticket for ticket in self.tickets if ticket.holder == self.device]

    @property
    def mine(self) -> list[Ticket]:
        """List those of the groups that are called here."""
        letters = self.counter.letters
        return [ticket for ticket in self.ours if not letters or ticket.group in letters]

    @property
    def present(self) -> Ticket | None:
        """Give the ticket that stands at this counter; the one called last where there are two."""
        here = [ticket for ticket in self.ours if ticket.state in tickets.AT_COUNTER]
        return max(here, key=lambda ticket: (ticket.called, ticket.place), default=None)


def read(store: Store) -> Board:
    """Read the waiting room of the service day."""
    with store.read() as conn:
        return board(store, conn)


def board(store: Store, conn: Connection) -> Board:
    """Do what `read` does, on a connection that is open."""
    day = store.day().date
    found = tuple(ticket for case, ticket in of_day(conn, day) if not store.stands(case.office))
    named: dict[str, str] = dict.fromkeys(queue_desk.others(conn, store.desk), "")
    for ticket in found:
        if ticket.counter and ticket.holder in named:
            named[ticket.holder] = ticket.counter
    counter = queue_desk.read(conn)
    plan = store.region.queue(store.desk.office.kind)
    return Board(day, store.desk.device.hex(), plan, counter, found, named)


def of_day(conn: Connection, day: dt.date) -> list[tuple[Case, Ticket]]:
    """List the tickets of a day, in the order in which they came here."""
    found = [(case, one) for case, one in newest(conn) if case.answers["tanggal"] == str(day)]
    return found[::-1]


def newest(conn: Connection) -> list[tuple[Case, Ticket]]:
    """List the tickets that came here last, the newest first; some are of days before."""
    rows = conn.exec_driver_sql(
        "SELECT n, plain FROM record WHERE service = ? ORDER BY n DESC LIMIT ?",
        (tickets.SERVICE, DAY_MAX),
    )
    found = []
    for row in rows:
        case = decode(row.plain)
        ticket = tickets.ticket(
            case.id, case.state, case.answers, place=row.n, subject=case.subject
        )
        if ticket is not None and "tanggal" in case.answers:
            found.append((case, ticket))
    return found
