"""What the registers page asks of the store in one go; runs in the store's lane, no widget."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from desktop import acts
from forms.engine.form import Form
from forms.engine.words import label, worded
from forms.mail import series as post
from sync.protocol import looks as said
from sync.protocol.change import NOBODY
from sync.store import drafts, looks, read
from sync.store.handle import Store
from sync.store.registers import book, complaints, disposition, page, report
from sync.store.registers.disposition import Link
from sync.store.registers.page import LIMIT, Page
from sync.store.registers.people import EVERYWHERE, Place
from sync.store.registers.table import Period, Table

END = -1  # In place of a row's: the last page of a book.


@dataclass(frozen=True, slots=True)
class Asked:
    """A book or report by name, the period, one service or with "" all, and where people live."""

    name: str
    period: Period
    service: str = ""
    place: Place = EVERYWHERE

    @property
    def is_book(self) -> bool:
        """Tell whether it is read a page at a time."""
        return self.name in book.BOOKS

    @property
    def title(self) -> str:
        """Give its name in words."""
        return label("report", self.name)


@dataclass(frozen=True, slots=True)
class Leaf:
    """A table as it is shown first: a page of a book, or a whole table of a report."""

    title: str
    page: Page


@dataclass(frozen=True, slots=True)
class Begun:
    """What a form of the mail begins with, and the record that it is about."""

    form: Form
    number: str
    answers: Mapping[str, Any]
    subject: bytes = NOBODY

    @property
    def title(self) -> str:
        """Name the form, and the record by its number."""
        return " · ".join(filter(None, (worded(self.form.title), self.number)))


def leaves(store: Store, asked: Asked, place: int) -> list[Leaf]:
    """Read what is asked: of a book the page that holds a place, END for its last; else all tables.

    Refused(service_unknown | not_in_scope).
    """
    if not asked.is_book:
        made = report.lists(store, asked.name, asked.period, service=asked.service)
        tables = [whole(table) for table in made]
        if asked.name not in report.COUNTS:
            _note(store, said.LIST, asked, sum(leaf.page.total for leaf in tables))
        return tables
    shown = part(store, asked, max(place, 0))
    last = max(shown.total - 1, 0)
    if (place == END or not shown.rows) and last // LIMIT * LIMIT != shown.first:
        shown = part(store, asked, last)
    _note(store, said.LIST, asked, shown.total)
    return [Leaf("", shown)]


def part(store: Store, asked: Asked, place: int) -> Page:
    """Read the page of a book that holds a place; refusals as `leaves`."""
    start = place // LIMIT * LIMIT
    return page.page(store, asked.name, asked.period, service=asked.service, start=start)


def note_paper(store: Store, asked: Asked, rows: int) -> None:
    """Note that a book or report went to a printer or into a file."""
    if asked.name not in report.COUNTS:
        _note(store, said.REPORT, asked, rows)


def _note(store: Store, how: str, asked: Asked, count: int) -> None:
    looks.at_list(store, how, asked.name, count)


def chain(store: Store, letter: bytes) -> tuple[Link, ...]:
    """Read who is to do what about a letter that came in, the oldest first."""
    with store.read() as conn:
        return disposition.chains(store, conn, [letter]).get(letter, ())


def begin(store: Store, service: str, about: bytes = NOBODY) -> Begun:
    """Give what a form begins with: its draft, else today and what it takes from a record.

    Refused(record_unknown).
    """
    form = store.catalogue.form(service)
    taken = read.record(store, about).number if about else None
    number = taken.text if taken is not None else ""
    kept = drafts.get(store, acts.draft_key(service, about))
    if kept is not None:
        return Begun(form, number, kept.answers, about)
    today = store.day().date.isoformat()
    answers: dict[str, Any] = {_DAYS[service]: today}
    if service == post.HANDWRITTEN:
        answers["cara"] = "berikut"
    elif service == post.DISPOSITION:
        answers |= _passed_on(store, about, today)
    elif service == post.EXPEDITION and about:
        answers |= _sent_out(store, about)
    filled = {key: value for key, value in answers.items() if value}
    return Begun(form, number, filled, about)


_DAYS = {**post.DAYS, post.DISPOSITION: "tanggal", complaints.SERVICE: "tanggal"}


def _passed_on(store: Store, letter: bytes, today: str) -> dict[str, Any]:
    """Who got the letter last passes it on; it is due when the letter is."""
    links = chain(store, letter)
    due = str(read.record(store, letter).answers.get("batas_waktu") or "")
    return {"dari": links[-1].receiver if links else "", "tenggat": due if due >= today else ""}


def _sent_out(store: Store, letter: bytes) -> dict[str, Any]:
    """Say of a letter what the expedition book wants to know of it."""
    found = read.record(store, letter)
    answers = found.answers
    form = store.catalogue.form(found.service)
    return {
        "nomor_surat": found.number.text if found.number else "",
        "isi_singkat": answers.get("perihal") or form.title,
        "tujuan": answers.get("penerima") or answers.get("nama"),
    }


def whole(table: Table) -> Leaf:
    """Show a table that is read at once."""
    rows = tuple(table.rows)
    return Leaf(table.title, Page(table.columns, rows, 0, len(rows)))
