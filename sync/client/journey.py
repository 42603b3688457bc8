"""A desk's trip over its network, by the office's hub or by itself, with what it knows of the line.

The hub goes first: it is near, and where it reaches the city its answer is the city's. Otherwise
the desk tries its own line too, and what a hub keeps stays pending: only a receipt ends that.
"""

from forms.engine.problem import Problem, Refused, Unreachable
from sync.client import hub_road
from sync.client.carrier import AtHub
from sync.client.https import Https
from sync.client.hub_road import HubRoad
from sync.client.pace import Pace
from sync.client.trip import Trip, trip
from sync.protocol.exchange import BATCHES_MAX
from sync.store import giving, inbound, outbox, settings, status
from sync.store.handle import Store

PORTIONS_MAX = 64  # exchanges that are left at a hub at once: a thousand batches


def go(store: Store) -> Trip:
    """Make one trip to the server that the desk knows; as `trip`, and Refused(url_missing).

    A trip that left everything at the hub is one, with all still pending.
    """
    hub, url = address(store), store.desk.url
    if not hub and not url:
        raise Refused(Problem("url_missing"))
    left = None
    if hub:
        try:
            left, whole = _by_hub(store, hub)
        except Unreachable:
            if not url:
                raise
        else:
            if whole:
                return left
    if not url:
        assert left is not None, "a desk without a line of its own has a hub"
        return left
    try:
        return _by_itself(store, url)
    except Unreachable:
        if left is None:
            raise
        return left


def address(store: Store) -> str:
    """Tell the address of the office's hub, "" without one."""
    with store.read() as conn:
        return settings.read(conn, "hub", str) or ""


def use_hub(store: Store, hub: str) -> None:
    """Go by this hub from now on, "" by none; Refused(hub_address)."""
    if hub:
        hub_road.read(hub)
    with store.write() as conn:
        settings.write(conn, "hub", hub)


def _by_itself(store: Store, url: str) -> Trip:
    """Go by the desk's own line; the next trip begins at the pace that this one came to."""
    with store.read() as conn:
        known = settings.read(conn, "pace", int)
    pace = Pace() if known is None else Pace(known)
    began = pace.size
    road = Https(url, pace)
    try:
        return trip(store, road, pace)
    finally:
        road.close()
        if pace.size != began:
            with store.write() as conn:
                settings.write(conn, "pace", pace.size)


def _by_hub(store: Store, hub: str) -> tuple[Trip, bool]:
    """Go by the hub; what was done, and whether it reached the city."""
    before = status.status(store)
    road = HubRoad(hub)
    try:
        return trip(store, road), True
    except AtHub as kept:
        rows = _take(store, kept.answers) + _leave(store, road)
    finally:
        road.close()
    after = status.status(store)
    done = Trip(
        sent=max(0, before.pending - after.pending),
        received=rows,
        pending=after.pending,
        durable=after.durable,
        conflicts=after.conflicts,
        to_fix=after.to_fix,
    )
    return done, False


def _leave(store: Store, road: HubRoad) -> int:
    """Leave everything without a receipt at the hub; gives how many rows came of it."""
    rows = reached = 0
    for _ in range(PORTIONS_MAX):
        portion = outbox.waiting(store, BATCHES_MAX, reached)
        if not portion or giving.returns(store):
            break
        ask = outbox.ask(store)
        if ask.parting:
            break
        try:
            answer = road.exchange([ask.envelope, *(batch.envelope for batch in portion)])
        except AtHub as kept:
            rows += _take(store, kept.answers)
            reached = portion[-1].n
            outbox.sent(store, reached, "hub")
        else:
            rows += inbound.take(store, answer, ask.nonce).rows
            break
    return rows


def _take(store: Store, answers: list[bytes]) -> int:
    """Take answers that came by themselves; one that is none of ours, or old, changes nothing."""
    rows = 0
    for answer in answers:
        try:
            rows += inbound.take(store, answer).rows
        except Refused:
            continue
    return rows
