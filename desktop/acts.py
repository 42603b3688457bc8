"""What a page asks of the store in one go; runs in the store's lane, knows no widget."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from forms.engine import prefill
from forms.engine.form import Form
from forms.engine.machine import Action
from sync.protocol.change import NOBODY
from sync.store import drafts, letters, read, records
from sync.store.handle import Store
from sync.store.read import Event, Record
from sync.store.records import Saved

PEOPLE = "residents/resident"  # Whom letters concern; what a new citizen is registered as.
_HEAD = ("kepala",)  # The head may take every step: a form without one for the head has none.
PRINT_PPI = 300.0
USED_NEWEST = 1_000  # Records that say which services an office gives most: some weeks of work.
RECENT_MAX = 500  # Rows of a page; what is older is searched for.


@dataclass(frozen=True, slots=True)
class Work:
    """An open form as it is to be saved: a new record, or `record` changed."""

    service: str
    answers: Mapping[str, Any]
    subject: bytes = NOBODY
    record: bytes = NOBODY
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Sheets:
    """A letter as it goes to the printer, and the PDF of that print; copy 0 is the original."""

    pages: tuple[bytes, ...]
    pdf: bytes
    copy: int


@dataclass(frozen=True, slots=True)
class Shown:
    """A record with all that its page shows."""

    record: Record
    history: tuple[Event, ...]
    actions: tuple[Action, ...]
    form: Form
    may_edit: bool

    @property
    def is_issued(self) -> bool:
        """Tell whether there is a letter on paper."""
        return self.form.letter is not None and self.record.number is not None


def look(store: Store, name: bytes) -> Shown:
    """Read a record, its way so far, and what this operator may do with it now."""
    found = read.record(store, name)
    form = store.catalogue.form(found.service)
    rows = form.machine.allowed(found.state, store.operator.roles)
    history = read.history(store, name)
    return Shown(found, history, rows, form, read.may_edit(store, found))


@dataclass(frozen=True, slots=True)
class Citizen:
    """A resident, the records that concern them, the newest first, and what can be done.

    `services` are those that this office takes, the most used of late first.
    """

    record: Record
    form: Form
    history: tuple[Record, ...]
    may_edit: bool
    services: tuple[Form, ...]


@dataclass(frozen=True, slots=True)
class Beginning:
    """What the counter shows before anybody is searched: drafts with their subjects' names."""

    drafts: tuple[tuple[drafts.Draft, str], ...]
    recent: tuple[Record, ...]


def is_person(form: Form) -> bool:
    """Tell whether a form describes somebody, and is no case that is worked off towards an end."""
    return form.machine.forward(form.machine.start, _HEAD) is None


def citizen(store: Store, name: bytes) -> Citizen:
    """Read a resident with everything that was done for them."""
    found = read.record(store, name)
    form = store.catalogue.form(found.service)
    history = tuple(read.of_subject(store, name))
    return Citizen(found, form, history, read.may_edit(store, found), services(store))


def services(store: Store) -> tuple[Form, ...]:
    """List the services that can be begun for a citizen, the most used of late first."""
    forms = store.catalogue.forms.values()
    offered = [form for form in forms if store.takes(form) and not is_person(form)]
    count = read.used(store, [form.code for form in offered], USED_NEWEST)
    return tuple(sorted(offered, key=lambda form: -count.get(form.code, 0)))


def beginning(store: Store, limit: int) -> Beginning:
    """Read what is unfinished and what was done last."""
    kept = drafts.listing(store)
    named = tuple((draft, _whom(store, draft)) for draft in kept)
    return Beginning(named, tuple(recent(store, limit)))


def prefilled(store: Store, service: str, subject: bytes) -> dict[str, Any]:
    """Give what a form begins with: the draft of this subject, else what their own data fill in."""
    form = store.catalogue.form(service)
    kept = drafts.get(store, draft_key(service, subject))
    if kept is not None:
        return kept.answers
    return dict(prefill.from_subject(form, read.record(store, subject).answers)) if subject else {}


def draft_key(service: str, about: bytes) -> str:
    """Name a draft: one for each service and the record or subject that it is about."""
    return f"{service}/{about.hex()}"


def _whom(store: Store, draft: drafts.Draft) -> str:
    told = draft.answers.get("nama")
    return str(
        told or (read.record(store, draft.subject).answers.get("nama") if draft.subject else "")
    )


def recent(store: Store, limit: int = RECENT_MAX) -> list[Record]:
    """List the records of services that are worked off, such as letters, the newest first."""
    services = [
        form.code
        for form in store.catalogue.forms.values()
        if store.sees(form) and not is_person(form)
    ]
    found = [record for service in services for record in read.listing(store, service)]
    return sorted(found, key=lambda record: record.updated, reverse=True)[:limit]


def save(store: Store, work: Work) -> Saved:
    """Save a form: one transaction; Refused with every problem."""
    if work.record:
        return records.edit(store, work.record, work.answers, reason=work.reason)
    return records.new(store, work.service, work.answers, subject=work.subject, reason=work.reason)


def save_and_go_on(store: Store, work: Work) -> Saved:
    """Save a form and take the one next step of its machine, as far as this operator may."""
    saved = save(store, work)
    form = store.catalogue.form(work.service)
    row = form.machine.forward(saved.state, store.operator.roles)
    return records.move(store, saved.record, row.action) if row else saved


def save_and_issue(store: Store, work: Work) -> Saved:
    """Save a form and walk on to issued, as far as this operator may."""
    if not work.record:
        return records.new(
            store,
            work.service,
            work.answers,
            subject=work.subject,
            reason=work.reason,
            issue=True,
        )
    return walk(
        store, records.edit(store, work.record, work.answers, reason=work.reason), work.service
    )


def walk(store: Store, saved: Saved, service: str) -> Saved:
    """Take the steps to issued that this operator may take; no way is longer than its states."""
    machine = store.catalogue.form(service).machine
    for _ in machine.states:
        row = machine.forward(saved.state, store.operator.roles)
        if row is None:
            break
        saved = records.move(store, saved.record, row.action)
    return saved


def sheets(store: Store, record: bytes) -> Sheets:
    """Draw what the next print shows, then count it; Refused(letter_not_issued)."""
    pages = letters.pictures(store, record, ppi=PRINT_PPI)
    pdf = letters.pdf(store, record)
    return Sheets(tuple(pages), pdf.data, pdf.copy or 0)


def next_step(form: Form, state: str, roles: tuple[str, ...]) -> Action | None:
    """Name the next step towards issued from a state; from "" after the record is begun."""
    return form.machine.forward(state or form.machine.start, roles)


def reaches(form: Form, state: str, roles: tuple[str, ...]) -> str:
    """Tell the state in which the walk of these roles ends."""
    here = state or form.machine.start
    for _ in form.machine.states:
        row = form.machine.forward(here, roles)
        if row is None:
            break
        here = row.target
    return here
