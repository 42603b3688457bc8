"""The region's own files: what they say, since when, and others seen before they count."""

from collections.abc import Mapping
from itertools import groupby

from sync.server import accounts, policies, proposals, region_change, trail
from sync.server.admin.places import Places
from sync.server.region_change import Change, Line
from sync.server.web.visit import HOME, Page, Reply, Sent, Shown, Visit

LIST = HOME + "/region"
NEW = LIST + "/new"
ONE = LIST + "/proposed/{name}"
EVERY = ("region", "letterhead", "terms", "colours", "numbers", "classification", "codes", "hours",
         "validity", "signers", "standard_minutes", "services", "live")  # fmt: skip
MADE = "server_made"  # the event with which a region begins
HISTORY = 20
SHOWN_MAX = 500  # lines of a difference; a new list of areas has thousands


def show(visit: Visit) -> Reply:
    """Show what the region's files say, since when, and what was before."""
    city = visit.city
    with city.database.read() as connection:
        city.know_region(connection)
    pack = city.region.pack()
    said = region_change.lines(pack)
    parts = {line.part: [one for one in said if one.part == line.part] for line in said}
    history = trail.of(city, {policies.APPLIED, MADE}, HISTORY)
    facts = {
        "number": city.policy,
        "digest": city.pack_digest.hex()[: region_change.DIGITS],
        "since": history[0] if history else None,
        "history": history,
        "files": _files(pack),
        "parts": sorted(parts.items(), key=_place),
        "silent": [part for part in EVERY if part not in parts],
        "areas": _areas(visit),
        "codes": len(city.region.codes),
        "offices": len(Places(city).every),
        "applied": visit.query.get("applied"),
    }
    return Shown("admin/region.html", facts)


def ask(visit: Visit) -> Reply:
    """Ask for the files that differ."""
    facts = {"problems": visit.problems, "files": _files(visit.city.region.pack())}
    return Shown("admin/region_new.html", facts)


def bring(visit: Visit) -> Reply:
    """Judge them, and show what they would change."""
    name = proposals.bring(visit.city, visit.form.files, visit.who)
    return Sent(f"{LIST}/proposed/{name}")


def show_change(visit: Visit) -> Reply:
    """Show what differs, before anything counts."""
    found = proposals.find(visit.city, visit.given["name"])
    before = visit.city.region.pack()
    differs = region_change.changes(before, found.pack)
    facts = {
        "problems": visit.problems,
        "name": visit.given["name"],
        "found": found,
        "differs": _grouped(differs[:SHOWN_MAX]),
        "left": max(0, len(differs) - SHOWN_MAX),
        "counts": any(one.part == "numbers" and one.key == "series" for one in differs),
    }
    return Shown("admin/region_change.html", facts)


def decide(visit: Visit) -> Reply:
    """Go by it from now on, or let it go."""
    name = visit.given["name"]
    if visit.form.get("act") == "drop":
        proposals.drop(visit.city, name)
        return Sent(LIST)
    done = proposals.take(visit.city, name, visit.who)
    return Sent(f"{LIST}?applied={done.number}")


def _files(pack: Mapping[str, bytes]) -> list[tuple[str, int, str]]:
    """Name each file, how long it is, and its digest; a file that isn't there has no length."""
    return [
        (name, len(pack.get(name, b"")), region_change.digest(pack[name]) if name in pack else "")
        for name in proposals.NAMES
    ]


def _areas(visit: Visit) -> list[tuple[str, int]]:
    """Count the areas of each level."""
    counts: dict[str, int] = {}
    for area in visit.city.region.areas:
        counts[area.level] = counts.get(area.level, 0) + 1
    return list(counts.items())


def _grouped(differs: list[Change]) -> list[tuple[str, list[Change]]]:
    return [(part, list(found)) for part, found in groupby(differs, key=lambda one: one.part)]


def _place(item: tuple[str, list[Line]]) -> int:
    return EVERY.index(item[0]) if item[0] in EVERY else len(EVERY)


PAGES = (
    Page(LIST, accounts.LISTS, show, menu="region"),
    Page(NEW, accounts.ACTS, ask, bring, proved=True, encloses=True),
    Page(ONE, accounts.ACTS, show_change, decide, proved=True),
)
