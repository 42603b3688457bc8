"""The waiting room within one transaction: what may be done here, the next number, the time."""

import datetime as dt

from forms.engine.problem import Problem, Refused
from forms.queue import tickets
from forms.queue.tickets import Ticket
from sync.store import queue_board, queue_desk, records, settings
from sync.store.case import Case
from sync.store.handle import Store
from sync.store.statements import Connection

_COUNTED = "queue_counted"  # the highest count of each prefix of a day, whatever became of tickets


class Line:
    """The waiting room within one transaction."""

    def __init__(self, store: Store, conn: Connection) -> None:
        self.store = store
        self.board = queue_board.board(store, conn)
        self._conn = conn
        self._zone = dt.timezone(dt.timedelta(minutes=store.region.offset_minutes))

    def require(self, letter: str, priority: str = "") -> None:
        """Refuse a group or a reason that this office's waiting room does not have."""
        if self.board.plan.group(letter) is None:
            raise Refused(Problem("queue_group", facts={"letter": letter}))
        if priority and self.board.plan.priority(priority) is None:
            raise Refused(Problem("queue_priority", facts={"priority": priority}))

    def case(self, record: bytes) -> Case:
        """Read a ticket's record as it is now."""
        return records.find(self.store, self._conn, record)[0]

    def own(self, record: bytes) -> Ticket:
        """Give a ticket of today that is this desk's to do something with."""
        found = next((ticket for ticket in self.board.tickets if ticket.record == record), None)
        if found is None:
            raise Refused(Problem("record_unknown"))
        if found.holder != self.board.device:
            raise Refused(Problem("queue_elsewhere", facts={"number": found.number}))
        return found

    def number(self, letter: str) -> str:
        """Take the next number of a group: one more than any of the day with our mark."""
        board = self.board
        if len(board.tickets) >= queue_board.DAY_MAX:
            raise Refused(Problem("queue_full", facts={"max": queue_board.DAY_MAX}))
        year = board.day.year
        prefix = f"{letter}{queue_desk.mark(self._conn, self.store.desk, year)}-"
        day, counts = settings.read(self._conn, _COUNTED, tuple[str, dict[str, int]]) or ("", {})
        counts = counts if day == str(board.day) else {}
        known = queue_desk.highest((ticket.number for ticket in board.tickets), prefix)
        count = max(known, counts.get(prefix, 0)) + 1
        settings.write(self._conn, _COUNTED, (str(board.day), counts | {prefix: count}))
        queue_desk.spend(self.store, self._conn, count, year)
        return f"{prefix}{count:03}"

    def stamp(self) -> str:
        """Give the time on the service day, never before one that this desk has stamped today."""
        time = dt.datetime.fromtimestamp(self.store.now() / 1000, self._zone)
        moment = dt.datetime.combine(self.board.day, time.timetz())
        latest = max((_latest(ticket) for ticket in self.board.ours), default=0)
        return tickets.stamped(max(round(moment.timestamp() * 1000), latest), self._zone)


def _latest(ticket: Ticket) -> int:
    return max(ticket.arrived, ticket.entered, ticket.called, ticket.started, ticket.finished)
