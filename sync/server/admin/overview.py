"""The first page: how the city stands, and what waits for a person."""

from sqlalchemy import func, select

from sync.server import accounts, administration, device_details, tables
from sync.server.backup_tables import backup
from sync.server.city import City
from sync.server.device_tables import evidence
from sync.server.web.visit import HOME, Page, Reply, Shown, Visit


def show(visit: Visit) -> Reply:
    """Show the counts, and which of them somebody has to see to."""
    city = visit.city
    status = administration.status(city)
    facts = {
        "status": status,
        "silent": device_details.count_silent(city),
        "evidence": _waiting(city),
        "backup": _last_backup(city),
        "offices": _offices(city),
    }
    return Shown("admin/overview.html", facts)


def _offices(city: City) -> int:
    query = select(func.count()).where(tables.office.c.region == city.code)
    with city.database.read() as connection:
        return int(connection.scalar(query) or 0)


def _waiting(city: City) -> int:
    """Count what revoked devices brought and nobody has decided."""
    query = select(func.count()).where(evidence.c.region == city.code, evidence.c.verdict == "")
    with city.database.read() as connection:
        return int(connection.scalar(query) or 0)


def _last_backup(city: City) -> int:
    """Give the time in ms of the newest verified backup; 0 where there is none."""
    query = select(func.max(backup.c.made)).where(backup.c.region == city.code)
    with city.database.read() as connection:
        return int(connection.scalar(query) or 0)


PAGES = (Page(HOME, accounts.OVERVIEW, show, menu="overview"),)
