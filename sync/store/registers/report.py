"""Registers and reports by name: made for a period, written as PDF or workbook by the ending."""

import datetime as dt
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex

import msgspec

from forms.engine.problem import Problem, Refused
from forms.engine.words import label, official
from sync.store import scope
from sync.store.handle import Store
from sync.store.progress import Progress, unheard
from sync.store.registers import book as books
from sync.store.registers import (
    complaints,
    ended,
    monthly,
    page,
    people,
    population,
    queue_times,
    services,
    sheet,
    tally,
    times,
    unused,
    waiting,
    workbook,
)
from sync.store.registers.people import EVERYWHERE, Place
from sync.store.registers.table import Period, Row, Table
from sync.store.statements import Connection

MONTHLY = "monthly"
TIMES = "times"
SERVICES = "services"
RESIDENTS = "residents"
WAITING = "waiting"
UNUSED = "unused"
ENDED = "ended"
COMPLAINTS = "complaints"
QUEUE = "queue"
COUNTS = (MONTHLY, TIMES, SERVICES, RESIDENTS, QUEUE)
LISTS = (WAITING, UNUSED, ENDED, COMPLAINTS, *COUNTS)
NAMES = (*books.BOOKS, *LISTS)
DAYS_MAX = 3_660  # ten years; a longer period is a slip of the keyboard


class Written(msgspec.Struct, frozen=True):
    """What was written: how many rows, sums included."""

    path: Path
    rows: int


def period(first: dt.date, last: dt.date) -> Period:
    """Make a period; Refused(period_crossed | period_long)."""
    if last < first:
        raise Refused(Problem("period_crossed"))
    if (last - first).days > DAYS_MAX:
        raise Refused(Problem("period_long", facts={"days": DAYS_MAX}))
    return Period(first, last)


@official
def write(
    store: Store,
    name: str,
    asked: Period,
    path: Path,
    *,
    service: str = "",
    place: Place = EVERYWHERE,
    progress: Progress = unheard,
) -> Written:
    """Write a register or report to a file, whole or not at all.

    Refused(report_unknown | report_ending | register_long | report_unwritable | not_in_scope).
    """
    ending = path.suffix.lower()
    if ending not in {".pdf", ".xlsx"}:
        raise Refused(Problem("report_ending", facts={"ending": ending[:20]}))
    with _beside(path) as file, store.read() as conn:
        counted = _Counted(_tables(store, conn, _Wish(name, asked, service, place), progress))
        title = label("report", name)
        if ending == ".pdf":
            file.write_bytes(sheet.pdf(store, conn, title, asked, counted.tables, progress))
        else:
            workbook.write(store, title, asked, counted.tables, file)
    return Written(path, counted.rows)


@official
def pictures(
    store: Store,
    name: str,
    asked: Period,
    *,
    service: str = "",
    place: Place = EVERYWHERE,
    progress: Progress = unheard,
    ppi: float,
) -> list[bytes]:
    """Draw the same pages for a printer; refusals as of `write`, register_long being print_long."""
    with store.read() as conn:
        tables = _tables(store, conn, _Wish(name, asked, service, place), progress)
        title = label("report", name)
        return sheet.pictures(store, conn, title, asked, tables, progress, ppi=ppi)


def lists(
    store: Store,
    name: str,
    asked: Period,
    *,
    service: str = "",
    place: Place = EVERYWHERE,
    progress: Progress = unheard,
) -> tuple[Table, ...]:
    """Make the tables of a report that is no book, all rows in them; a book is read by `page`.

    Refused(report_unknown | service_unknown | not_in_scope).
    """
    if name not in LISTS:
        raise Refused(Problem("report_unknown", facts={"name": name[:40]}))
    with store.read() as conn:
        tables = _tables(store, conn, _Wish(name, asked, service, place), progress)
        return tuple(msgspec.structs.replace(table, rows=tuple(table.rows)) for table in tables)


class _Wish(msgspec.Struct, frozen=True):
    name: str
    period: Period
    service: str = ""
    place: Place = EVERYWHERE


def _tables(
    store: Store, conn: Connection, wish: _Wish, progress: Progress = unheard
) -> tuple[Table, ...]:
    name, asked, service = wish.name, wish.period, wish.service
    if name in books.BOOKS:
        book = page.find(store, name, service)
        return (Table("", book.columns, page.every(store, conn, book, asked, service, progress)),)
    if name not in NAMES:
        raise Refused(Problem("report_unknown", facts={"name": name[:40]}))
    if name == WAITING:
        page.find(store, "incoming")
        return waiting.tables(store, conn, asked)
    if name == COMPLAINTS:
        form = store.catalogue.form(complaints.SERVICE)
        scope.require(store.sees(form), form)
        return complaints.tables(store, conn, asked)
    if name == ENDED:
        return ended.tables(store, conn, asked)
    if name == RESIDENTS:
        form = store.catalogue.form(people.SERVICE)
        scope.require(store.sees(form), form)
        return population.tables(store, people.count(store, conn, asked, wish.place, progress))
    if name == QUEUE:
        return queue_times.tables(store, conn, asked)
    page.find(store, "register", service)
    if name == UNUSED:
        return unused.tables(store, conn, asked)
    handled = list(tally.handled(store, conn, asked, service, progress))
    if name == SERVICES:
        return services.tables(store, conn, asked, handled)
    return monthly.tables(store, handled) if name == MONTHLY else times.tables(store, handled)


class _Counted:
    """Tables whose rows are counted while somebody takes them."""

    def __init__(self, tables: tuple[Table, ...]) -> None:
        self.rows = 0
        self.tables = tuple(
            msgspec.structs.replace(table, rows=self._passing(table)) for table in tables
        )

    def _passing(self, table: Table) -> Iterator[Row]:
        for row in table.rows:
            self.rows += 1
            yield row


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """Give a file beside `path` that takes its name when all went well."""
    fresh = path.with_name(f".{path.name}.{token_hex(4)}")
    try:
        fresh.touch(exist_ok=False)
        yield fresh
        with fresh.open("rb+") as file:
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError as error:
        raise Refused(Problem("report_unwritable")) from error
    finally:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
