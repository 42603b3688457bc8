"""What a page asks of the store in one go; runs in the store's lane, knows no widget."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from desktop import steps
from forms.engine import prefill
from forms.engine.form import Form
from forms.engine.machine import Action
from forms.queue import tickets
from sync.protocol import looks as said
from sync.protocol.change import NOBODY
from sync.store import drafts, household, letters, looks, read, records
from sync.store.handle import Store
from sync.store.read import Event, Record
from sync.store.records import Saved

_CORRECTS = "+"  # Before the record in a draft's name.
PEOPLE = "residents/resident"  # Whom letters concern; what a new citizen is registered as.
_PERSONS = PEOPLE.partition("/")[0]
_HEAD = ("kepala",)  # The head may take every step: a form without one for the head has none.
PRINT_PPI = 300.0
USED_NEWEST = 1_000  # Records that say which services an office gives most: some weeks of work.
RECENT_MAX = 500  # Rows of a page; what is older is searched for.


@dataclass(frozen=True, slots=True)
class Work:
    """An open form as it is to be saved: a new record, or `record` changed.

    A new one may correct the letter of another, `replaces`, for the `reason` given.
    """

    service: str
    answers: Mapping[str, Any]
    subject: bytes = NOBODY
    record: bytes = NOBODY
    reason: str = ""
    replaces: bytes = NOBODY


@dataclass(frozen=True, slots=True)
class Sheets:
    """A letter as it goes to the printer, and the PDF of that print; copy 0 is the original."""

    pages: tuple[bytes, ...]
    pdf: bytes
    copy: int


@dataclass(frozen=True, slots=True)
class Shown:
    """A record with all that its page shows.

    `stands` is our kind of office where the record is another's, `waits` whether it waits for the
    office that signs second. `before` is the letter that this one corrects, `after` those that
    correct it.
    """

    record: Record
    history: tuple[Event, ...]
    actions: tuple[Action, ...]
    form: Form
    may_edit: bool
    may_correct: bool = False
    onward: Action | None = None
    stands: str = ""
    waits: bool = False
    before: Record | None = None
    after: tuple[Record, ...] = ()

    @property
    def is_issued(self) -> bool:
        """Tell whether there is a letter on paper, and here what stands on it."""
        paper = self.form.letter is not None and self.record.number is not None
        return paper and not self.record.erased


def look(store: Store, name: bytes) -> Shown:
    """Read a record, its way so far, and what this operator may do with it now."""
    found = read.record(store, name)
    looks.at_record(store, found)
    form = store.catalogue.form(found.service)
    stands = store.stands(found.office)
    after = tuple(read.corrections(store, name))
    standing = [one for one in after if one.state != letters.VOID]
    printed = form.letter is not None and found.number is not None and not found.erased
    by_queue = form.code == tickets.SERVICE  # whose page does all with it, and nobody else
    allowed = form.machine.allowed(found.state, store.operator.roles, stands)
    return Shown(
        found,
        read.history(store, name),
        () if found.erased or by_queue else allowed,
        form,
        read.may_edit(store, found),
        may_correct=printed and not stands and not standing and store.takes(form),
        onward=None if found.erased or by_queue else steps.onward(store, found, form),
        stands=stands,
        waits=steps.waits_for_second(store, found, form),
        before=read.record(store, found.replaces) if found.replaces else None,
        after=after,
    )


@dataclass(frozen=True, slots=True)
class Citizen:
    """A resident, the records that concern them, the newest first, and what can be done.

    `household` are the others on the same family card; `services` are those that this office takes,
    the most used of late first.
    """

    record: Record
    form: Form
    history: tuple[Record, ...]
    may_edit: bool
    services: tuple[Form, ...]
    household: tuple[Record, ...] = ()


@dataclass(frozen=True, slots=True)
class Beginning:
    """What the counter shows before anybody is searched: drafts with their subjects' names."""

    drafts: tuple[tuple[drafts.Draft, str], ...]
    recent: tuple[Record, ...]


def is_person(form: Form) -> bool:
    """Tell whether a form describes somebody."""
    return form.group == _PERSONS


def is_case(form: Form) -> bool:
    """Tell whether records of a form are worked off towards an end, as letters are."""
    return form.machine.forward(form.machine.start, _HEAD) is not None


def citizen(store: Store, name: bytes) -> Citizen:
    """Read a resident with everything that was done for them."""
    found = read.record(store, name)
    looks.at_record(store, found)
    form = store.catalogue.form(found.service)
    history = tuple(read.of_subject(store, name))
    lived = tuple(household.members(store, found))
    offered = () if found.erased else services(store)
    return Citizen(found, form, history, read.may_edit(store, found), offered, lived)


def services(store: Store) -> tuple[Form, ...]:
    """List the services that can be begun for a citizen, the most used of late first."""
    forms = store.catalogue.forms.values()
    offered = [form for form in forms if store.takes(form) and is_case(form)]
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


def draft_key(service: str, about: bytes, *, corrects: bool = False) -> str:
    """Name a draft: one for each service and the record or subject that it is about.

    One that `corrects` a record is another than one that changes it.
    """
    return f"{service}/{_CORRECTS if corrects else ''}{about.hex()}"


def drafted(draft: drafts.Draft) -> tuple[bytes, bytes]:
    """Tell which record a draft changes, and which it corrects; empty for a new case."""
    about = draft.key.rpartition("/")[2]
    if about.startswith(_CORRECTS):
        return NOBODY, bytes.fromhex(about.removeprefix(_CORRECTS))
    return (NOBODY if about == draft.subject.hex() else bytes.fromhex(about)), NOBODY


def _whom(store: Store, draft: drafts.Draft) -> str:
    told = draft.answers.get("nama")
    return str(
        told or (read.record(store, draft.subject).answers.get("nama") if draft.subject else "")
    )


def recent(store: Store, limit: int = RECENT_MAX) -> list[Record]:
    """List the records of services that are worked off, such as letters, the newest first."""
    services = [
        form.code for form in store.catalogue.forms.values() if store.sees(form) and is_case(form)
    ]
    found = [record for service in services for record in read.listing(store, service)]
    return sorted(found, key=lambda record: record.updated, reverse=True)[:limit]


def worked_on(store: Store) -> list[Record]:
    """List the same for whoever goes through the list itself."""
    found = recent(store)
    looks.at_list(store, said.LIST, "recent", len(found))
    return found


def save(store: Store, work: Work) -> Saved:
    """Save a form: one transaction; Refused with every problem."""
    if work.record:
        return records.edit(store, work.record, work.answers, reason=work.reason)
    return _begin(store, work)


def save_and_go_on(store: Store, work: Work) -> Saved:
    """Save a form and take the one next step of its machine, as far as this operator may."""
    saved = save(store, work)
    form = store.catalogue.form(work.service)
    row = form.machine.forward(saved.state, store.operator.roles)
    waits = records.waits_for_day(store, form, saved.state)
    if row is None or waits:
        return msgspec.structs.replace(saved, waits=waits)
    return records.move(store, saved.record, row.action)


def save_and_issue(store: Store, work: Work) -> Saved:
    """Save a form and walk on to issued, as far as this operator may."""
    if not work.record:
        return _begin(store, work, issue=True)
    return walk(
        store, records.edit(store, work.record, work.answers, reason=work.reason), work.service
    )


def _begin(store: Store, work: Work, *, issue: bool = False) -> Saved:
    return records.new(
        store,
        work.service,
        work.answers,
        subject=work.subject,
        reason=work.reason,
        replaces=work.replaces,
        issue=issue,
    )


def issue(store: Store, record: Record) -> Saved:
    """Walk a record on to issued, as far as this operator may."""
    return walk(store, Saved(record.id, record.state, record.number), record.service)


def walk(store: Store, saved: Saved, service: str) -> Saved:
    """Take the steps to issued that may be taken now; no way is longer than its states."""
    form = store.catalogue.form(service)
    for _ in form.machine.states:
        row = form.machine.forward(saved.state, store.operator.roles)
        waits = records.waits_for_day(store, form, saved.state)
        if row is None or waits:
            return msgspec.structs.replace(saved, waits=waits)
        saved = records.move(store, saved.record, row.action)
    return saved


def sheets(store: Store, record: bytes) -> Sheets:
    """Draw what the next print shows, then count it; Refused(letter_not_issued)."""
    pages = letters.pictures(store, record, ppi=PRINT_PPI)
    pdf = letters.pdf(store, record)
    looks.at_record(store, read.record(store, record), said.LETTER)
    return Sheets(tuple(pages), pdf.data, pdf.copy or 0)


def saved_pdf(store: Store, record: bytes, file: Path) -> None:
    """Write the PDF of the next print; refusals as of `letters.pdf`, and OSError of the disk."""
    file.write_bytes(letters.pdf(store, record).data)
    looks.at_record(store, read.record(store, record), said.LETTER)
