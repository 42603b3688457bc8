"""The laptops: the list, each with its keys and leases, and letting one in no more."""

from forms.engine.problem import Problem, Refused
from sync.server import accounts, device_details, revocation
from sync.server.admin import places
from sync.server.admin.places import Places, identity
from sync.server.device_details import STATES, Asked, Device
from sync.server.web import paging
from sync.server.web.visit import HOME, Page, Reply, Sent, Shown, Visit

LIST = HOME + "/devices"
ONE = LIST + "/{device}"
REVOKE = ONE + "/revoke"
EVIDENCE = HOME + "/evidence"
EVIDENCE_SHOWN = 200  # batches of one laptop that its page lists


def show_all(visit: Visit) -> Reply:
    """List laptops."""
    state, office = visit.query.get("state"), places.chosen(visit)
    asked = Asked(office, state, paging.after(visit, tuple[int, bytes]))
    found = device_details.listing(visit.city, asked, paging.ROWS + 1)
    facts = {
        "rows": paging.part(visit, found, lambda one: one.place),
        "places": Places(visit.city),
        "office": office,
        "state": state,
        "states": STATES,
        "silent_since": visit.city.now() - device_details.SILENT_MS,
    }
    return Shown("admin/devices.html", facts)


def show(visit: Visit) -> Reply:
    """Show one laptop."""
    device = _device(visit)
    kept = revocation.waiting(visit.city, device.id) if device.revoked else []
    facts = {
        "problems": visit.problems,
        "device": device,
        "places": Places(visit.city),
        "leases": device_details.leases(visit.city, device.id),
        "evidence": kept[:EVIDENCE_SHOWN],
        "evidence_count": len(kept),
        "left": visit.query.get("left"),
    }
    return Shown("admin/device.html", facts)


def confirm(visit: Visit) -> Reply:
    """Note that the fingerprint was compared."""
    device = _device(visit)
    device_details.confirm(visit.city, device.id, visit.who)
    return Sent(f"{LIST}/{device.id.hex()}")


def ask_revoke(visit: Visit) -> Reply:
    """Ask whether a laptop is to be let in no more, or what becomes of what it brought since."""
    device = _device(visit)
    facts = {
        "problems": visit.problems,
        "device": device,
        "places": Places(visit.city),
        "waits": device.waits,
    }
    return Shown("admin/revoke.html", facts)


def revoke(visit: Visit) -> Reply:
    """Let a laptop in no more; or decide about what it brought since."""
    device, city, who = _device(visit), visit.city, visit.who
    left = 0
    match visit.form.get("act"):
        case "revoke":
            compromised = visit.form.get("compromised") == "yes"
            revocation.revoke(city, device.id, who, compromised=compromised)
        case "release":
            left = len(revocation.release(city, device.id, who))
        case "refuse":
            revocation.refuse(city, device.id, who)
        case _:
            raise Refused(Problem("form_malformed"))
    return Sent(f"{LIST}/{device.id.hex()}" + (f"?left={left}" if left else ""))


def show_evidence(_visit: Visit) -> Reply:
    """Go on to the laptops whose evidence waits."""
    return Sent(f"{LIST}?state=evidence")


def _device(visit: Visit) -> Device:
    return device_details.find(visit.city, identity(visit.given["device"], "page_unknown"))


PAGES = (
    Page(LIST, accounts.LISTS, show_all, menu="devices"),
    Page(ONE, accounts.LISTS, show, confirm, acts=accounts.ACTS),
    Page(REVOKE, accounts.ACTS, ask_revoke, revoke, proved=True),
    Page(EVIDENCE, accounts.ACTS, show_evidence),
)
