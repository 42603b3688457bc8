"""Who looked at whom at the desks, newest first; reading it is written into the audit."""

from urllib.parse import urlencode

from sync.server import accounts, looked_at, looks, looks_file
from sync.server.admin import places
from sync.server.admin.places import Places
from sync.server.looks import Asked
from sync.server.web import paging
from sync.server.web.fields import Fields
from sync.server.web.visit import HOME, Page, Reply, Sent, Shown, Told, Visit

LIST = HOME + "/looks"
JSON, FILE = "application/json", "pembukaan-data.json"


def show(visit: Visit) -> Reply:
    """List looks at a person, by an operator, of an office."""
    beyond = paging.after(visit, tuple[int, bytes, int])
    asked = _asked(visit, visit.query)
    wanted = Asked(asked.subject, asked.operator, asked.office, beyond=beyond)
    found = looks.read(visit.city, wanted, paging.ROWS + 1, visit.who)
    facts = {
        "problems": visit.problems,
        "rows": paging.part(visit, found, lambda one: (one.at, one.office, one.number)),
        "names": looked_at.names(visit.city, found),
        "whom": visit.query.get("whom"),
        "operator": visit.query.get("operator"),
        "office": places.chosen(visit),
        "places": Places(visit.city),
        "title": lambda code: looked_at.title(visit.city, code),
    }
    return Shown("admin/looks.html", facts)


def act(visit: Visit) -> Reply:
    """Find whom it is about, since no NIK may stand in an address; or give the signed file.

    What isn't asked for is in the file as digests.
    """
    asked = _asked(visit, visit.form)
    if visit.form.get("do") == "find":
        plain = {"whom": asked.subject, "operator": asked.operator, "office": asked.office}
        query = urlencode({key: value.hex() for key, value in plain.items() if value})
        return Sent(LIST + (f"?{query}" if query else ""))
    code = Places(visit.city).of(asked.office).code
    wanted = looks_file.Asked(code, asked.subject, asked.operator)
    return Told(looks_file.export(visit.city, visit.who, wanted).content, JSON, FILE)


def _asked(visit: Visit, fields: Fields) -> Asked:
    """Read whom, by whom, where; Refused(record_unknown | operator_unknown)."""
    office = fields.get("office")
    whom, operator = fields.get("whom").strip(), fields.get("operator").strip()
    return Asked(
        looked_at.person(visit.city, whom) if whom else b"",
        places.identity(operator, "operator_unknown") if operator else b"",
        places.identity(office, "page_unknown") if office else b"",
    )


PAGES = (Page(LIST, accounts.AUDIT, show, act, accounts.AUDIT, menu="looks"),)
