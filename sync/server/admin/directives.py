"""The pages behind the live room: what is open in an area, and dispositions to its offices."""

import datetime as dt
from typing import Any

from sqlalchemy import select

from forms.engine.problem import Problem, Refused
from sync.server import accounts, tables
from sync.server.city import City
from sync.server.wall import directives, lists
from sync.server.wall.directives import Directive
from sync.server.web.visit import HOME, Page, Reply, Sent, Shown, Visit

ROOM, GIVEN = HOME + "/live", HOME + "/directives"
DUE_DAYS = 3  # that the form begins with


def area(visit: Visit) -> Reply:
    """Show what is open in an area."""
    code = visit.given["area"]
    listed = lists.waiting(visit.city, code, visit.who)
    found = visit.city.region.areas.area(code)
    due = visit.city.day(visit.city.now()) + dt.timedelta(days=DUE_DAYS)
    facts = {
        "problems": visit.problems,
        "area": found,
        "listed": listed,
        "offices": _offices(visit.city, code),
        "due": visit.form.get("due") or due.isoformat(),
        "text": visit.form.get("text"),
        "about": visit.form.get("about") or visit.query.get("about"),
        "sender": visit.form.get("sender"),
    }
    return Shown("admin/live_area.html", facts)


def give(visit: Visit) -> Reply:
    """Give a disposition to an office."""
    form = visit.form
    try:
        due = dt.date.fromisoformat(form.get("due"))
    except ValueError as error:
        facts = {"max": directives.DAYS_MAX}
        raise Refused(Problem("directive_due", "due", facts)) from error
    asked = Directive(
        form.get("office"), form.get("sender"), form.get("about"), form.get("text"), due
    )
    directives.give(visit.city, asked, visit.who)
    return Sent(GIVEN)


def given(visit: Visit) -> Reply:
    """Show the dispositions, and what became of them."""
    facts = {"problems": visit.problems, "directives": directives.listing(visit.city)}
    return Shown("admin/directives.html", facts)


def withdraw(visit: Visit) -> Reply:
    """Take one back."""
    try:
        record = bytes.fromhex(visit.form.get("record"))
    except ValueError as error:
        raise Refused(Problem("record_unknown")) from error
    directives.withdraw(visit.city, record, visit.form.get("reason"), visit.who)
    return Sent(GIVEN)


def _offices(city: City, area: str) -> list[Any]:
    """List whom a disposition of this area may go to: its own offices, then the city's dinas."""
    table, kinds = tables.office, city.catalogue.form(directives.SERVICE).office_kinds
    with city.database.read() as connection:
        rows = connection.execute(
            select(table.c.code, table.c.name, table.c.kind, table.c.area)
            .where(table.c.region == city.code, table.c.kind.in_(kinds))
            .order_by(table.c.name)
        ).all()
    near = [row for row in rows if row.area == area]
    return near + [row for row in rows if row.area != area and _over(row.area, area)]


def _over(place: str, area: str) -> bool:
    """Tell whether an office's place holds the area: its kecamatan, or the whole city."""
    return area.startswith(f"{place}.")


PAGES = (
    Page(ROOM + "/{area}", accounts.LISTS, area, give, accounts.DIRECTS),
    Page(GIVEN, accounts.LISTS, given, withdraw, accounts.DIRECTS, menu="directives"),
)
