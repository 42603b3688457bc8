"""F24: with 200 MB of scans pending, a new record leaves within two chunks."""

from pathlib import Path

import pytest

from forms.engine.problem import Refused, Unreachable
from sync.client.trip import trip
from sync.crypto import envelope
from sync.server import exchange
from sync.store import status
from sync.store.handle import Store
from tests.sync.client import scans
from tests.sync.faults.carrying import save
from tests.sync.faults.restoring import Town

MEGABYTE = 1_000_000
SAVED_AT = (3, 4, 10, 30)  # chunks that have gone when a clerk saves


class Slow:
    """A road on which a clerk saves now and then, and that ends after so many chunks."""

    def __init__(self, town: Town, last: int) -> None:
        self._town = town
        self._store = town.desks[0]
        self._last = last
        self._saved_at: int | None = None
        self.chunks = 0
        self.waits: list[int] = []  # chunks that went between a save and its batch

    def exchange(self, envelopes: list[bytes]) -> bytes:
        kinds = [envelope.read(data).header.kind for data in envelopes]
        if "batch" in kinds and self._saved_at is not None:
            self.waits.append(self.chunks - self._saved_at)
            self._saved_at = None
        carried = kinds.count("chunk")
        if carried and self.chunks in SAVED_AT and self._saved_at is None:
            self._saved_at = self.chunks  # while this very chunk is on its way
            save(self._store)
        self.chunks += carried
        if self.chunks > self._last:
            raise Unreachable("cut")
        return exchange.exchange(self._town.city, envelopes)


@pytest.fixture
def heavy(town: Town, tmp_path: Path) -> Town:
    """A desk with 200 MB of scans that nobody has."""
    rina = town.desk("Rina")
    for place in range(11):
        scans.begun(rina, scans.scan(tmp_path, 18 * MEGABYTE + place, str(place)))
    return town


def test_a_new_record_leaves_within_two_chunks_of_200_megabytes(heavy: Town) -> None:
    rina = heavy.desks[0]
    assert status.status(rina).file_bytes > 198 * MEGABYTE
    road = Slow(heavy, 40)

    with pytest.raises(Unreachable):
        trip(rina, road)

    assert len(road.waits) == len(SAVED_AT)
    assert max(road.waits) <= 2
    found = status.status(rina)
    assert (found.pending, found.safe_to_close) == (0, False)


def test_what_went_before_a_cut_does_not_go_again(town: Town, tmp_path: Path) -> None:
    rina = town.desk("Rina")
    for place in range(3):
        scans.begun(rina, scans.scan(tmp_path, 5 * MEGABYTE, str(place)))
    with pytest.raises(Unreachable):
        trip(rina, Slow(town, 20))
    road = Slow(town, 10_000)

    trip(rina, road)

    whole = status.status(rina)
    assert whole.safe_to_close
    with rina.read() as conn:
        count = conn.exec_driver_sql("SELECT count(*) FROM chunk").scalar_one()
    assert count >= 3 * (5 * MEGABYTE // scans.CHUNK)
    assert road.chunks == count - 20


def test_a_city_put_back_is_offered_what_it_lacks(town: Town, tmp_path: Path) -> None:
    rina, budi = town.desk("Rina"), town.desk("Budi")
    before = scans.begun(rina, scans.scan(tmp_path, 400_000, "before"))
    town.go(rina)
    file = town.back_up("malam")
    town.go(rina)
    after = scans.begun(rina, scans.scan(tmp_path, 300_000, "after"))
    town.go(rina, budi)
    assert _marks(rina) == [(1, 1), (1, 0)]  # received, durable

    town.restore(file)
    town.go(rina)

    assert [received for received, _ in _marks(rina)] == [1, 1]
    town.go(budi)
    for record, size, seed in ((before, 400_000, "before"), (after, 300_000, "after")):
        _wish(budi, record)
        town.go(budi)
        assert scans.content(budi, record) == scans.picture(size, seed)


def test_any_desk_that_has_a_scan_gives_it_back(town: Town, tmp_path: Path) -> None:
    rina, budi, tari = (town.desk(name) for name in ("Rina", "Budi", "Tari"))
    file = town.back_up("malam")
    record = scans.begun(rina, scans.scan(tmp_path, 600_000, "one"))
    town.go(rina, budi)
    _wish(budi, record)
    town.go(budi)
    town.restore(file)

    town.go(budi, tari)  # Rina's laptop is gone
    _wish(tari, record)
    town.go(tari)

    assert scans.content(tari, record) == scans.picture(600_000, "one")


def test_only_a_backup_makes_a_scan_durable(town: Town, tmp_path: Path) -> None:
    rina = town.desk("Rina")
    scans.begun(rina, scans.scan(tmp_path, 1_000, "x"))
    town.go(rina, rina)
    assert _marks(rina) == [(1, 0)]

    town.back_up("malam")
    town.go(rina)
    town.go(rina)

    assert _marks(rina) == [(1, 1)]


def _marks(store: Store) -> list[tuple[int, int]]:
    with store.read() as conn:
        rows = conn.exec_driver_sql("SELECT received, durable FROM attachment ORDER BY made")
        return [tuple(row) for row in rows]


def _wish(store: Store, record: bytes) -> None:
    with pytest.raises(Refused):
        scans.content(store, record)
