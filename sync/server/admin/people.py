"""The administrators themselves: accounts, roles, resets; all of it after proving who one is."""

from forms.engine.problem import Problem, Refused
from sync.server import accounts
from sync.server.web.visit import HOME, Page, Reply, Sent, Shown, Visit

LIST = HOME + "/administrators"
NEW = LIST + "/new"
ONE = LIST + "/of/{name:path}"


def show_all(visit: Visit) -> Reply:
    """List accounts."""
    return Shown("admin/people.html", {"people": accounts.listing(visit.city)})


def ask(visit: Visit) -> Reply:
    """Ask for a new account."""
    facts = {
        "problems": visit.problems,
        "name": visit.form.get("name"),
        "role": visit.form.get("role"),
        "roles": accounts.ROLES,
    }
    return Shown("admin/person_new.html", facts)


def add(visit: Visit) -> Reply:
    """Make an account; its owner changes the passphrase and sets up a second factor."""
    form = visit.form
    accounts.add(visit.city, form.get("name"), form.get("role"), form.get("passphrase"), visit.who)
    return Sent(LIST)


def show(visit: Visit) -> Reply:
    """Show one account with what can be done to it."""
    facts = {"problems": visit.problems, "one": _one(visit), "roles": accounts.ROLES}
    return Shown("admin/person.html", facts)


def change(visit: Visit) -> Reply:
    """Do one of the acts on an account; nobody does them on the own one."""
    city, name, who = visit.city, _one(visit).name, visit.who
    if name == who:
        raise Refused(Problem("account_own"))
    match visit.form.get("act"):
        case "role":
            accounts.set_role(city, name, visit.form.get("role"), who)
        case "reset":
            accounts.reset(city, name, visit.form.get("passphrase"), who)
        case "unlock":
            accounts.unlock(city, name, who)
        case "remove":
            accounts.remove(city, name, who)
        case _:
            raise Refused(Problem("form_malformed"))
    return Sent(LIST)


def _one(visit: Visit) -> accounts.Listed:
    name = visit.given["name"]
    found = next((one for one in accounts.listing(visit.city) if one.name == name), None)
    if found is None:
        raise Refused(Problem("page_unknown"))
    return found


PAGES = (
    Page(LIST, accounts.ACTS, show_all, menu="administrators"),
    Page(NEW, accounts.ACTS, ask, add, proved=True),
    Page(ONE, accounts.ACTS, show, change, proved=True),
)
