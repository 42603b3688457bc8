"""The people of the offices and their roles; what is changed here reaches their desks."""

from sync.server import accounts, operators
from sync.server.admin import places
from sync.server.admin.places import Places, identity
from sync.server.codes import ROLES
from sync.server.web import paging
from sync.server.web.visit import HOME, Page, Reply, Sent, Shown, Visit

LIST = HOME + "/operators"
ONE = LIST + "/{operator}"


def show_all(visit: Visit) -> Reply:
    """List operators, of one office or of all."""
    office = places.chosen(visit)
    found = operators.listing(
        visit.city,
        office=office,
        after=paging.after(visit, tuple[int, bytes]),
        limit=paging.ROWS + 1,
    )
    facts = {
        "rows": paging.part(visit, found, lambda one: one.place),
        "places": Places(visit.city),
        "office": office,
    }
    return Shown("admin/operators.html", facts)


def show(visit: Visit) -> Reply:
    """Show one operator with the roles that there are."""
    person = _person(visit)
    facts = {
        "problems": visit.problems,
        "person": person,
        "places": Places(visit.city),
        "roles": ROLES,
        "done": visit.query.get("done"),
    }
    return Shown("admin/operator.html", facts)


def change(visit: Visit) -> Reply:
    """Change the roles, or let the operator leave."""
    person = _person(visit)
    if visit.form.get("act") == "leave":
        operators.remove(visit.city, person.id, visit.form.get("reason"), visit.who)
    else:
        operators.set_roles(visit.city, person.id, visit.form.every("role"), visit.who)
    return Sent(f"{LIST}/{person.id.hex()}?done=1")


def _person(visit: Visit) -> operators.Person:
    return operators.find(visit.city, identity(visit.given["operator"], "page_unknown"))


PAGES = (
    Page(LIST, accounts.LISTS, show_all, menu="operators"),
    Page(ONE, accounts.ACTS, show, change, acts=accounts.ACTS),
)
