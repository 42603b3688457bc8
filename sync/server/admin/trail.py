"""Who has been where: the audit's chain, newest first; reading it is written into it."""

import re

from forms.engine.words import OFFICIAL, label, texts
from sync.server import accounts, audit_file, offices, trail
from sync.server.admin import places
from sync.server.admin.places import Places
from sync.server.trail import Asked
from sync.server.web import paging
from sync.server.web.visit import HOME, Page, Reply, Shown, Told, Visit

LIST = HOME + "/trail"
AREA = "audit"
JSON, FILE = "application/json", "jejak-audit.json"


def show(visit: Visit) -> Reply:
    """List events of whom, what and where is asked for."""
    asked = Asked(
        visit.query.get("by"),
        visit.query.get("act"),
        places.chosen(visit),
        paging.after(visit, int) or 0,
    )
    found = trail.look(visit.city, asked, paging.ROWS, visit.who)
    more = paging.address(visit, found.before) if found.before else ""
    facts = {
        "events": found.events,
        "more": more,
        "first": paging.address(visit, None) if asked.before else "",
        "asked": asked,
        "places": Places(visit.city),
        "acts": _acts(),
        "fact": _fact,
    }
    return Shown("admin/trail.html", facts)


def export(visit: Visit) -> Reply:
    """Give the whole chain as a signed file, other offices' events as digests."""
    code = ""
    if chosen := visit.form.get("office"):
        office = places.identity(chosen, "page_unknown")
        with visit.city.database.read() as connection:
            code = offices.by_id(connection, visit.city.code, office).code
    made = audit_file.export(visit.city, visit.who, code)
    return Told(made.content, JSON, FILE)


def _acts() -> list[tuple[str, str]]:
    """List the acts that have words, by their words."""
    found = [code.partition(".")[2] for code in texts(OFFICIAL) if code.startswith(AREA + ".")]
    return sorted(((code, label(AREA, code)) for code in found), key=lambda pair: pair[1])


def _fact(key: str, value: str) -> str:
    """Write a fact for people; ids are shortened, which are for comparing alone."""
    if key in ("role", "roles"):
        return ", ".join(_role(role) for role in value.split(","))
    if key == "what":
        return label(AREA, value)
    return value[:8] + "…" if re.fullmatch(r"[0-9a-f]{24,}", value) else value


def _role(role: str) -> str:
    """Name a role of an office, or one of these pages."""
    return label("admin_role", role) if role in accounts.ROLES else label("role", role)


PAGES = (Page(LIST, accounts.AUDIT, show, export, accounts.AUDIT, menu="trail"),)
