"""What the tests of joining share: small bounds, a desk that joins, all that a desk holds."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from forms.engine.problem import Unreachable
from sync.server import compacting, enrolment, exchange, snapshots
from sync.server.city import City
from sync.store import search, starts
from sync.store import snapshot as taking
from sync.store.handle import Store

WELCOME_ROWS = 6
PART_ROWS = 6
NEVER = 10**9

# What a desk holds of what the city said, and nothing of when and how it heard.
_HELD = {
    "record": "SELECT id, service, subject, trouble, plain FROM record",
    "mirror": "SELECT id, plain FROM mirror",
    "unique": "SELECT service, key, value, record FROM unique_value",
    "number": "SELECT series, year, position, record FROM number_use",
    "line": "SELECT * FROM register_line",
    "lease": "SELECT id, office, series, year, low, high, device FROM lease",
    "over": "SELECT id, why, rest FROM lease_end",
    "people": "SELECT id, name, roles FROM operator",
    "dispute": 'SELECT change, "group", record, kind, code, proposed, settlement, closed IS NULL '
    "FROM conflict WHERE record IN (SELECT id FROM record)",
    "found": "SELECT record FROM search_row",
    "stream": "SELECT name, row, chain, head FROM stream",
}


@contextmanager
def small(*, offered: bool = True) -> Iterator[None]:
    """Let few rows be many; or let nobody be offered a snapshot."""
    least = 8 if offered else NEVER
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(enrolment, "WELCOME_ROWS", WELCOME_ROWS)
        patch.setattr(compacting, "PART_ROWS", PART_ROWS)
        patch.setattr(snapshots, "BEHIND_MIN", least)
        patch.setattr(snapshots, "BEHIND_SHARE", 0.5)
        patch.setattr(snapshots, "NEAR_ROWS", 3)
        patch.setattr(snapshots, "PORTION_BYTES", 1)
        patch.setattr(taking, "BEHIND_MIN", 8)
        yield


def held(store: Store) -> dict[str, list[Any]]:
    """Give all that a desk holds of what the city said."""
    with store.read() as conn:
        return {
            name: sorted(map(tuple, conn.exec_driver_sql(query)), key=repr)
            for name, query in _HELD.items()
        }


def listed(store: Store, service: str) -> list[bytes]:
    """Give a service's records in the order of listings."""
    with store.read() as conn:
        query = "SELECT id FROM record WHERE service = ? ORDER BY n"
        return list(conn.exec_driver_sql(query, (service,)).scalars())


def hits(store: Store, text: str, service: str) -> set[bytes]:
    """Give what a search finds."""
    with store.read() as conn:
        return {hit.record for hit in search.find(conn, text, service=service, limit=500)}


def acts(store: Store) -> set[bytes]:
    """Name the changes that a desk holds."""
    with store.read() as conn:
        return set(conn.exec_driver_sql("SELECT id FROM change").scalars())


def parts_taken(store: Store) -> int | None:
    """Tell how many parts of the snapshot under way are here, None without one."""
    with store.read() as conn:
        found = taking.progress(conn)
    return None if found is None else found.taken


def began(store: Store) -> bool:
    """Tell whether a desk began by a snapshot."""
    with store.read() as conn:
        return bool(starts.read(conn))


class Straight:
    """The way to the city; it breaks behind every answer that is a number of `cuts`."""

    def __init__(self, city: City, cuts: tuple[int, ...] = (), most: int = NEVER) -> None:
        self.city, self.cuts, self.most = city, cuts, most
        self.count = self.bytes = 0

    def exchange(self, envelopes: list[bytes]) -> bytes:
        if self.count >= self.most:
            raise Unreachable
        self.count += 1
        answer = exchange.exchange(self.city, envelopes)
        if self.count in self.cuts:
            raise Unreachable
        self.bytes += len(answer)
        return answer
