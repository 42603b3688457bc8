"""Final numbers for papers that were printed with a provisional one, as soon as a lease comes.

The laptop that printed the paper gives it, by a change of its own that nobody has to wait for; the
paper stays as it was printed, and the book shows both numbers. A paper that is void needs none.
"""

import datetime as dt
from typing import NamedTuple

from forms.mail import series as post
from sync.protocol.change import NUMBERING, STATE, Number
from sync.protocol.ties import dating
from sync.store import incarnation, kept, numbers, settings
from sync.store.case import ORIGIN, Case, decode
from sync.store.handle import Store
from sync.store.journal import Act, Journal
from sync.store.registers import lines, numbering
from sync.store.registers.lines import Line
from sync.store.statements import Connection

_GIVEN = "provisional"  # the setting that counts them
AT_ONCE = 500  # papers of one transaction; the next answer of the city brings the others theirs


class Waiting(NamedTuple):
    """A paper of ours whose final number is to come, and the change that printed it."""

    case: Case
    line: Line
    printed: bytes


def waiting(store: Store, conn: Connection) -> list[Waiting]:
    """List our papers that wait, oldest first: of this year and the one before."""
    if not settings.read(conn, _GIVEN, int):
        return []  # none was ever given here, so no book is searched
    year = store.day().date.year
    found = []
    for line in lines.waiting(conn, (year - 1, year, year + 1)):
        plain = conn.exec_driver_sql(
            "SELECT plain FROM record WHERE id = ?", (line.record,)
        ).scalar()
        case = decode(plain) if plain is not None else None
        number = _number(case, line) if case is not None else None
        if case is None or number is None or case.erased or case.state == numbers.VOID:
            continue
        printed = line.change or case.heads[ORIGIN]
        if number.provisional and number.text == line.text and _is_ours(store, conn, printed):
            found.append(Waiting(case, line, printed))
    return found


def wanted(store: Store, conn: Connection) -> list[tuple[str, int]]:
    """List series and years whose leases are half used, and those that papers of ours wait for."""
    low = numbers.wanted(store, conn)
    short = {(one.line.series, one.line.year) for one in waiting(store, conn)}
    return low + sorted(short - set(low))


def give(store: Store) -> int:
    """Give what our leases have to papers that wait; return how many got their number."""
    if not store.setting(_GIVEN, int):
        return 0
    with store.read() as conn:
        if not waiting(store, conn):
            return 0
    with store.write() as conn:
        journal, given = Journal(store, conn), 0
        for one in waiting(store, conn)[:AT_ONCE]:
            number = _taken(store, conn, one)
            if number is None:
                continue
            act = Act(
                NUMBERING,
                base={STATE: one.printed},
                number=number,
                extra=dating(one.line.day),
            )
            journal.add(store.catalogue.form(one.case.service), one.case, act)
            given += 1
        journal.flush()
    return given


def _taken(store: Store, conn: Connection, one: Waiting) -> Number | None:
    line, form = one.line, store.catalogue.form(one.case.service)
    date = dt.date.fromisoformat(line.day)
    if date.year != line.year:  # the date of post was put right since
        date = dt.date(line.year, 12, 31)
    code = "" if form.letter is None else numbers.code_of(form, store.region)
    taken = numbers.final(store, conn, line.series, date, code)
    return numbering.agenda(taken) if taken is not None and line.series == post.AGENDA else taken


def _number(case: Case, line: Line) -> Number | None:
    return case.register if line.book == lines.SECOND else case.number


def _is_ours(store: Store, conn: Connection, change: bytes) -> bool:
    """Tell whether this laptop made a change, in this life or an earlier one."""
    plain = conn.exec_driver_sql("SELECT plain FROM change WHERE id = ?", (change,)).scalar()
    if plain is None:
        return False
    made = kept.glance(plain)
    present = (made.device, made.incarnation) == (store.desk.device, store.desk.incarnation)
    return present or incarnation.was_ours(conn, made.device, made.incarnation)
