"""Which books there are for this operator, and what is written in which of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from forms.engine.problem import Refused
from forms.mail import series as post
from forms.queue import tickets
from sync.protocol.ties import countersigns
from sync.store.handle import Store
from sync.store.registers import complaints, page, people, report

INCOMING = "incoming"
_SECOND = "countersigned"
# In the order in which they are offered: what is opened daily stands first.
_ORDER = (
    "register", "outgoing", INCOMING, report.WAITING, "expedition", _SECOND, report.UNUSED,
    report.MONTHLY, report.TIMES, report.COMPLAINTS, report.QUEUE, report.ENDED,
)  # fmt: skip
BY_SERVICE = frozenset(
    {"register", "outgoing", _SECOND, report.MONTHLY, report.TIMES, report.SERVICES}
)
_HELD_BY = {
    report.WAITING: INCOMING, report.UNUSED: "register", report.MONTHLY: "register",
    report.TIMES: "register", report.ENDED: "register", report.SERVICES: "register",
}  # fmt: skip
_OF_SERVICE = {
    report.RESIDENTS: people.SERVICE, report.COMPLAINTS: complaints.SERVICE,
    report.QUEUE: tickets.SERVICE,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Writes:
    """The services that are begun from a book: a new line of it, and what follows on a line."""

    new: str = ""
    follow: str = ""


WRITES: dict[str, Writes] = {
    "register": Writes(post.HANDWRITTEN, post.EXPEDITION),
    "outgoing": Writes(post.HANDWRITTEN, post.EXPEDITION),
    INCOMING: Writes(post.INCOMING, post.DISPOSITION),
    "expedition": Writes(post.EXPEDITION),
    report.COMPLAINTS: Writes(complaints.SERVICE),
}


def books(store: Store, names: Sequence[str] = _ORDER) -> list[str]:
    """List what this operator may look into, in the order in which it is offered."""
    return [name for name in names if _seen(store, name)]


def writes(store: Store, name: str) -> Writes:
    """Give what this operator may begin from a book."""
    offered = WRITES.get(name, Writes())
    return Writes(_taken(store, offered.new), _taken(store, offered.follow))


def _taken(store: Store, service: str) -> str:
    form = store.form(service) if service else None
    return service if form is not None and store.takes(form) else ""


def _seen(store: Store, name: str) -> bool:
    if name in _OF_SERVICE:
        form = store.form(_OF_SERVICE[name])
        return form is not None and store.sees(form)
    if name == _SECOND:
        forms = store.catalogue.forms.values()
        if not any(countersigns(form, store.office.kind) for form in forms):
            return False
    try:
        page.find(store, _HELD_BY.get(name, name))
    except Refused:
        return False
    return True
