"""One-time codes for new devices: made, shown once as text and as a drawing, withdrawn."""

from typing import Any

from markupsafe import Markup
from sqlalchemy import literal, select, tuple_

from forms.paper import qr
from sync.crypto.keys import fingerprint
from sync.server import accounts, codes, tables
from sync.server.admin import places
from sync.server.admin.places import Places, identity
from sync.server.web import paging
from sync.server.web.visit import HOME, Page, Reply, Sent, Shown, Visit

LIST = HOME + "/codes"


def show_all(visit: Visit) -> Reply:
    """List codes, the newest first, with what became of each."""
    table, office = tables.enrol_code, places.chosen(visit)
    order = (table.c.made, table.c.hashed)
    query = select(table).where(table.c.region == visit.city.code)
    if office:
        query = query.where(table.c.office == office)
    after = paging.after(visit, tuple[int, bytes])
    if after is not None:
        query = query.where(tuple_(*order) < tuple_(*map(literal, after)))
    query = query.order_by(*(column.desc() for column in order))
    with visit.city.database.read() as connection:
        found = connection.execute(query.limit(paging.ROWS + 1)).all()
    facts = {
        "problems": visit.problems,
        "rows": paging.part(visit, found, lambda row: (row.made, row.hashed)),
        "places": Places(visit.city),
        "office": office,
        "roles": codes.ROLES,
        "given": visit.form.get("office"),
        "state": lambda row: _state(row, visit.city.now()),
    }
    return Shown("admin/codes.html", facts)


def act(visit: Visit) -> Reply:
    """Make a code and show it this once, or withdraw one."""
    if visit.form.get("act") == "withdraw":
        codes.withdraw(visit.city, identity(visit.form.get("code"), "code_unknown"), visit.who)
        return Sent(LIST)
    office = Places(visit.city).of(identity(visit.form.get("office"), "office_unknown"))
    text, expires = codes.make(visit.city, office.code, visit.form.get("role"), visit.who)
    facts = {
        "code": text,
        "drawing": Markup(qr.draw(text).svg),  # noqa: S704 - our own drawing
        "expires": expires,
        "office": office,
        "role": visit.form.get("role"),
        "fingerprint": fingerprint(visit.city.public.sign),
    }
    return Shown("admin/code.html", facts)


def _state(row: Any, now: int) -> str:
    if row.used:
        return "used"
    return "open" if row.expires >= now else "over"


PAGES = (Page(LIST, accounts.ACTS, show_all, act, menu="codes"),)
