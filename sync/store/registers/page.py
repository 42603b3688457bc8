"""A book on the screen: as many rows of it as are seen, and how many there are."""

from collections.abc import Iterator

import msgspec

from forms.engine.problem import Problem, Refused
from forms.mail import series as post
from sync.store import scope
from sync.store.handle import Store
from sync.store.progress import Progress, unheard
from sync.store.registers import book as books
from sync.store.registers import lines, query
from sync.store.registers.book import Book
from sync.store.registers.query import Wanted
from sync.store.registers.table import Column, Period, Row
from sync.store.statements import Connection

LIMIT = 50  # rows that a screen shows without scrolling, twice

_SERVICES = {lines.INCOMING: post.INCOMING, lines.EXPEDITION: post.EXPEDITION}


class Page(msgspec.Struct, frozen=True):
    """Some rows of a book; `first` is the place of the first one, counted from 0."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    first: int
    total: int


def page(
    store: Store,
    name: str,
    period: Period,
    *,
    service: str = "",
    start: int = 0,
    limit: int = LIMIT,
) -> Page:
    """Read a page of the book of this name, in the order of its numbers.

    Refused(report_unknown | service_unknown | not_in_scope).
    """
    book = find(store, name, service)
    wanted = Wanted(book.lines, period, service)
    with store.read() as conn:
        found = query.part(conn, wanted, start, limit)
        rows = books.rows(store, conn, book, found, start + 1)
        return Page(book.columns, tuple(rows), start, query.count(conn, wanted))


def every(
    store: Store,
    conn: Connection,
    book: Book,
    period: Period,
    service: str = "",
    progress: Progress = unheard,
) -> Iterator[Row]:
    """Give all rows of a book in a period, read while they are taken."""
    first = 1
    wanted = Wanted(book.lines, period, service)
    whole = query.count(conn, wanted)
    for found in query.every(conn, wanted):
        progress(first - 1, whole)
        yield from books.rows(store, conn, book, found, first)
        first += len(found)


def find(store: Store, name: str, service: str = "") -> Book:
    """Find a book that this operator may look into; refusals as `page` says."""
    book = books.BOOKS.get(name)
    if book is None:
        raise Refused(Problem("report_unknown", facts={"name": name[:40]}))
    if service:
        form = store.catalogue.form(service)
        scope.require(store.sees(form), form)
    elif not any(store.sees(store.catalogue.form(code)) for code in _held(store, book)):
        raise Refused(Problem("not_in_scope", facts={"service": name}))
    return book


def _held(store: Store, book: Book) -> list[str]:
    """List the services whose records may stand in a book."""
    if book.lines in _SERVICES:
        return [_SERVICES[book.lines]]
    letters = [form.code for form in store.catalogue.forms.values() if form.letter is not None]
    return [*letters, post.HANDWRITTEN]
