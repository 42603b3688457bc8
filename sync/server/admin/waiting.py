"""What waits for an administrator's word: removals that were too many, changes in quarantine."""

from forms.engine.problem import Problem, Refused
from forms.engine.words import worded
from sync.server import accounts, quarantine, removals
from sync.server.admin.places import Places, identity
from sync.server.web import paging
from sync.server.web.visit import HOME, Page, Reply, Sent, Shown, Visit

REMOVALS, QUARANTINE = HOME + "/removals", HOME + "/quarantine"
ALL = "all"


def show_removals(visit: Visit) -> Reply:
    """List removals, in the order in which they came."""
    found = removals.listing(visit.city, paging.after(visit, int) or 0, paging.ROWS + 1)
    facts = {
        "problems": visit.problems,
        "rows": paging.part(visit, found, lambda one: one.place),
        "done": visit.query.get("done"),
        "title": lambda service: _title(visit, service),
    }
    return Shown("admin/removals.html", facts)


def decide(visit: Visit) -> Reply:
    """Allow or refuse those that are ticked, or all."""
    named = _ticked(visit, "removal_unknown", "removals_unticked")
    match visit.form.get("act"):
        case "allow":
            count = removals.release(visit.city, named, visit.who)
        case "refuse":
            count = removals.refuse(visit.city, named, visit.who)
        case _:
            raise Refused(Problem("form_malformed"))
    return Sent(f"{REMOVALS}?done={count}")


def show_quarantine(visit: Visit) -> Reply:
    """List changes in quarantine."""
    after = paging.after(visit, tuple[int, bytes])
    found = quarantine.listing(visit.city, after=after, limit=paging.ROWS + 1)
    facts = {
        "problems": visit.problems,
        "rows": paging.part(visit, found, lambda one: one.place),
        "places": Places(visit.city),
        "done": visit.query.get("done"),
        "kept": visit.query.get("kept"),
        "title": lambda service: _title(visit, service),
    }
    return Shown("admin/quarantine.html", facts)


def retry(visit: Visit) -> Reply:
    """Try those that are ticked again, or all."""
    named = _ticked(visit, "page_unknown", "quarantine_none")
    done, kept = quarantine.retry(visit.city, named, visit.who)
    return Sent(f"{QUARANTINE}?done={done}&kept={kept}")


def _ticked(visit: Visit, unknown: str, nothing: str) -> list[bytes]:
    """Read what is meant: the ticked ones, or none of them for all."""
    if visit.form.get("which") == ALL:
        return []
    named = [identity(text, unknown) for text in visit.form.every("change")]
    if not named:
        raise Refused(Problem(nothing))
    return named


def _title(visit: Visit, service: str) -> str:
    form = visit.city.catalogue.forms.get(service)
    return worded(form.title) if form is not None else service


PAGES = (
    Page(REMOVALS, accounts.ACTS, show_removals, decide, menu="removals"),
    Page(QUARANTINE, accounts.ACTS, show_quarantine, retry, menu="quarantine"),
)
