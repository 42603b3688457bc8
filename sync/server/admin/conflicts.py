"""Disputes that an administrator settles, both values side by side; every look is in the audit."""

from forms.engine.problem import Problem, Refused
from forms.engine.words import worded
from sync.protocol.view import Kept
from sync.server import accounts, audit, settling
from sync.server.admin import places
from sync.server.admin.places import Places, identity
from sync.server.settling import Entry, Slice
from sync.server.web import paging
from sync.server.web.visit import HOME, Page, Reply, Sent, Shown, Visit

LIST = HOME + "/conflicts"
ONE = LIST + "/{conflict}"
KINDS = ("value", "transition", "paper", "number_taken", "number_not_leased", "duplicate")
SEEN = "conflict_seen"
CHOICES: dict[str, Kept] = {"present": "present", "proposed": "proposed"}


def show_all(visit: Visit) -> Reply:
    """List open disputes, the oldest first."""
    kind, office = visit.query.get("kind"), places.chosen(visit)
    after = paging.after(visit, tuple[int, bytes, str])
    found = settling.listing(visit.city, Slice(after, paging.ROWS + 1, kind, office))
    facts = {
        "rows": paging.part(visit, found, lambda entry: entry.place),
        "places": Places(visit.city),
        "office": office,
        "kind": kind,
        "kinds": KINDS,
        "title": lambda service: _title(visit, service),
    }
    return Shown("admin/conflicts.html", facts)


def show(visit: Visit) -> Reply:
    """Show one dispute."""
    entry = _entry(visit)
    with visit.city.database.write() as connection:
        seen = {"record": entry.record.hex(), "group": entry.group}
        audit.append(connection, visit.city.code, visit.city.now(), visit.who, SEEN, facts=seen)
    form = visit.city.catalogue.forms.get(entry.service)
    keys = dict.fromkeys([*entry.present, *entry.proposed])
    labels = {key: worded(form.fields[key].label) for key in keys if form and key in form.fields}
    told = {
        "problems": visit.problems,
        "entry": entry,
        "keys": list(keys),
        "labels": labels,
        "title": _title(visit, entry.service),
        "may_propose": entry.kind == "value",
        "reason": visit.form.get("reason"),
        "spoken": spoken,
    }
    return Shown("admin/conflict.html", told)


def settle(visit: Visit) -> Reply:
    """Settle it."""
    entry = _entry(visit)
    kept = CHOICES.get(visit.form.get("keep"))
    if kept is None:
        raise Refused(Problem("form_malformed"))
    settling.settle(visit.city, entry.id, kept, visit.form.get("reason"), visit.who)
    return Sent(LIST)


def spoken(value: object) -> str:
    """Write an answer for people; "" where it is empty."""
    if value is None:
        return ""
    if isinstance(value, dict):
        return ", ".join(f"{key} {spoken(part)}" for key, part in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(spoken(part) for part in value)
    return str(value)


def _entry(visit: Visit) -> Entry:
    name = identity(visit.given["conflict"], "conflict_unknown")
    entry = next((one for one in settling.listing(visit.city) if one.id == name), None)
    if entry is None:
        raise Refused(Problem("conflict_unknown"))
    return entry


def _title(visit: Visit, service: str) -> str:
    form = visit.city.catalogue.forms.get(service)
    return worded(form.title) if form is not None else service


PAGES = (
    Page(LIST, accounts.ACTS, show_all, menu="conflicts"),
    Page(ONE, accounts.ACTS, show, settle, acts=accounts.ACTS),
)
