"""What goes to other systems: how each item stands, which destination rests, and a new try."""

from forms.engine.problem import Problem, Refused
from sync.server import accounts, edge_queue
from sync.server.admin.places import Places, identity
from sync.server.edges import places as destinations
from sync.server.web import paging
from sync.server.web.visit import HOME, Page, Reply, Sent, Shown, Visit

EDGES = HOME + "/edges"


def show(visit: Visit) -> Reply:
    """List items, the newest first."""
    city, state = visit.city, visit.query.get("state")
    if state and state not in {*edge_queue.OPEN, *edge_queue.ENDED}:
        raise Refused(Problem("page_unknown"))
    after = paging.after(visit, tuple[int, bytes])
    found = edge_queue.listing(city, after=after, limit=paging.ROWS + 1, state=state)
    with city.database.read() as connection:
        rests = edge_queue.rests(connection, city)
        counts = edge_queue.counts(connection, city)
    problems, known = visit.problems, set[str]()
    try:
        known = set(destinations.read(city.folder))
    except Refused as refused:
        problems = (*problems, *refused.problems)
    facts = {
        "problems": problems,
        "rows": paging.part(visit, found, lambda one: one.place),
        "places": Places(city),
        "rests": rests,
        "counts": [(name, counts[name]) for name in _ORDER if name in counts],
        "known": known,
        "again": {state for state, event in edge_queue.MOVES if event == "retry"},
        "done": visit.query.get("done"),
    }
    return Shown("admin/edges.html", facts)


def retry(visit: Visit) -> Reply:
    """Let one item go at once."""
    change = identity(visit.form.get("item"), "edge_unknown")
    edge_queue.retry(visit.city, change, visit.who)
    return Sent(f"{EDGES}?done=1")


_ORDER = (*edge_queue.OPEN, *edge_queue.ENDED)
PAGES = (Page(EDGES, accounts.ACTS, show, retry, menu="edges"),)
