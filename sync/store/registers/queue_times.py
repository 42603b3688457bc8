"""The waiting room of a period: by group, by day, by the hour in which people came."""

import datetime as dt
from collections.abc import Iterable, Iterator

from forms.engine.region_queue import Plan
from forms.engine.words import say
from forms.queue import figures, tickets
from forms.queue.figures import Times
from forms.queue.tickets import Ticket
from sync.store import scope
from sync.store.case import decode
from sync.store.handle import Store
from sync.store.registers.table import Cell, Column, Period, Row, Table
from sync.store.statements import Connection

_FIGURES = (
    Column("taken", 22, "number"),
    Column("missed", 24, "number"),
    Column("wait_half", 26, "number"),
    Column("wait_most", 26, "number"),
    Column("serve_half", 26, "number"),
    Column("serve_most", 26, "number"),
    Column("late", 26, "number"),
)
_GROUPS = (Column("group", 60), *_FIGURES)
_DAYS = (Column("day", 30, "date"), *_FIGURES)
_HOURS = (Column("hour", 30), *_FIGURES)


def tables(store: Store, conn: Connection, period: Period) -> tuple[Table, ...]:
    """Make the tables of a period; Refused(not_in_scope) for who has no business there."""
    form = store.catalogue.form(tickets.SERVICE)
    scope.require(store.sees(form), form)
    plan = store.region.queue(store.desk.office.kind)
    found = list(_tickets(store, conn, period))
    every = [ticket for _, ticket in found]
    zone = dt.timezone(dt.timedelta(minutes=store.region.offset_minutes))

    def hour(moment: int) -> int:
        return dt.datetime.fromtimestamp(moment / 1000, zone).hour

    by_hour = figures.by_hour(every, plan, hour)
    return (
        Table(say("queue.report_groups"), _GROUPS, tuple(_by_group(every, plan))),
        Table(say("queue.report_days"), _DAYS, tuple(_by_day(found, plan))),
        Table(
            say("queue.report_hours"),
            _HOURS,
            tuple(Row((f"{at:02}.00–{at + 1:02}.00", *_cells(times))) for at, times in by_hour),
        ),
    )


def _by_group(found: list[Ticket], plan: Plan) -> Iterator[Row]:
    """One line a group of the plan, one for each that the region has taken away since, the sum."""
    letters = [group.letter for group in plan.groups]
    for letter in [*letters, *sorted({ticket.group for ticket in found} - set(letters))]:
        part = [ticket for ticket in found if ticket.group == letter]
        group = plan.group(letter)
        if part:
            name = f"{letter} · {group.name}" if group is not None else letter
            yield Row((name, *_cells(figures.times(part, plan))))
    if found:
        yield Row((say("queue.report_all"), *_cells(figures.times(found, plan))), strong=True)


def _by_day(found: Iterable[tuple[dt.date, Ticket]], plan: Plan) -> Iterator[Row]:
    days: dict[dt.date, list[Ticket]] = {}
    for day, ticket in found:
        days.setdefault(day, []).append(ticket)
    for day in sorted(days):
        yield Row((day, *_cells(figures.times(days[day], plan))))


def _tickets(store: Store, conn: Connection, period: Period) -> Iterator[tuple[dt.date, Ticket]]:
    """Read the tickets of this office that were taken on days of a period."""
    rows = conn.exec_driver_sql(
        "SELECT n, plain FROM record WHERE service = ? ORDER BY n", (tickets.SERVICE,)
    )
    for row in rows:
        case = decode(row.plain)
        ticket = tickets.ticket(case.id, case.state, case.answers, place=row.n, subject=b"")
        if ticket is None or store.stands(case.office):
            continue
        day = dt.date.fromisoformat(str(case.answers["tanggal"]))
        if period.holds(day):
            yield day, ticket


def _cells(times: Times) -> tuple[Cell, ...]:
    return (
        times.taken,
        times.missed,
        times.wait_half,
        times.wait_most,
        times.serve_half,
        times.serve_most,
        times.late,
    )
