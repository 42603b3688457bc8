"""What lies on a laptop that is lost: the figures, and everything as a file."""

from forms.engine.problem import Problem, Refused
from sync.server import accounts, lost, lost_sheet
from sync.server.admin.devices import ONE
from sync.server.admin.places import identity
from sync.server.web.visit import Page, Reply, Shown, Told, Visit

REPORT = ONE + "/lost"
PDF, CSV, JSON = "pdf", "csv", "json"
KINDS = {PDF: "application/pdf", CSV: "text/csv", JSON: "application/json"}


def show(visit: Visit) -> Reply:
    """Show how many persons' data it is about, and how the laptop stood."""
    found = _found(visit)
    facts = {
        "problems": visit.problems,
        "lost": found,
        "told": lost_sheet.facts(visit.city, found),
        "kinds": tuple(KINDS),
    }
    return Shown("admin/lost.html", facts)


def take(visit: Visit) -> Reply:
    """Give the file that is asked for."""
    kind = visit.form.get("kind")
    if kind not in KINDS:
        raise Refused(Problem("form_malformed"))
    found, city = _found(visit), visit.city
    match kind:
        case "pdf":
            content = lost_sheet.as_pdf(city, found, visit.who)
        case "csv":
            content = lost_sheet.as_csv(city, found)
        case _:
            content = lost_sheet.as_json(city, found)
    name = f"perangkat-hilang-{found.device.id.hex()[:8]}.{kind}"
    return Told(content, KINDS[kind], name)


def _found(visit: Visit) -> lost.Lost:
    device = identity(visit.given["device"], "page_unknown")
    return lost.report(visit.city, device, visit.who)


PAGES = (Page(REPORT, accounts.AUDIT, show, take, accounts.AUDIT, proved=True),)
