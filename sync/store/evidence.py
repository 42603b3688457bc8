"""How far a city that has revoked this laptop was brought what waits here, to decide about it.

No receipt answers a revoked laptop. It notes what it brought, so that the next trip goes on behind
that; once a day it begins again, for a city that was put back meanwhile has lost it.
"""

import msgspec

from sync.store import settings
from sync.store.handle import Store

AGAIN_MS = 24 * 3_600_000


class Brought(msgspec.Struct, frozen=True):
    """The row of the last batch that was brought, and when the first of them was, in ms."""

    row: int
    since: int


def reached(store: Store) -> int:
    """Tell the row of `batch` up to which the city was brought everything of late; 0 for none."""
    with store.read() as conn:
        found = settings.read(conn, "evidence", Brought)
    return found.row if found is not None and _is_late(store, found) else 0


def reach(store: Store, row: int) -> None:
    """Note that batches up to this row were brought."""
    with store.write() as conn:
        found = settings.read(conn, "evidence", Brought)
        now = store.now()
        since = found.since if found is not None and _is_late(store, found) else now
        settings.write(conn, "evidence", Brought(row, since))


def _is_late(store: Store, found: Brought) -> bool:
    return 0 <= store.now() - found.since < AGAIN_MS
