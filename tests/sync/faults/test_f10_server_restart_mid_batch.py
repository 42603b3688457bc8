"""F10: the server dies at any statement of a batch, or of a page given back, and starts again."""

from collections.abc import Iterator

import pytest

from sync.client.trip import trip
from sync.server import verify
from sync.server.city import City
from sync.store import status
from tests.simulation.disk import Disk, PowerCut, watched
from tests.sync.client.road import LETTER, RESIDENT
from tests.sync.faults.carrying import issue, save
from tests.sync.faults.restoring import Town


class Dying:
    """A road to a server that dies at a statement, and then serves again."""

    def __init__(self, town: Town, disk: Disk, at: int) -> None:
        self.town, self.disk, self.count = town, disk, 0
        disk.arm("server", at - 1)

    def exchange(self, envelopes: list[bytes]) -> bytes:
        before = self.disk.statements
        try:
            with self.disk.at("server"):
                return self.town.exchange(envelopes)
        finally:
            self.count += self.disk.statements - before


@pytest.fixture
def disk(town: Town) -> Iterator[Disk]:
    """The disk of a server that was started on it."""
    disk = Disk()
    with watched(disk):
        restart(town)
        yield disk
        disk.calm()


def restart(town: Town) -> None:
    town.city.close()
    town.city = City.open(town.folder, town.clock)


def statements(step: int) -> Iterator[int]:
    """Give places to die at, as long as there are any."""
    yield from range(1, 400, step)


def test_a_batch_is_taken_whole_or_not_at_all_wherever_the_server_dies(
    town: Town, disk: Disk
) -> None:
    rina = town.desk("Rina")
    town.go(rina)
    died = 0
    for at in statements(5):
        save(rina, 2)
        issue(rina)
        road = Dying(town, disk, at)
        try:
            trip(rina, road)
        except PowerCut:
            died += 1
            restart(town)
            assert verify.verify(town.city) == ()
            town.go(rina)
        assert status.status(rina).pending == 0
        if road.count < at:
            break

    made = died + 1
    assert died > 3
    assert (len(town.held(RESIDENT)), len(town.held(LETTER))) == (2 * made, made)
    town.settled(rina)


@pytest.mark.parametrize("first", [1, 2])
def test_pages_given_back_are_taken_whole_or_not_at_all_wherever_the_server_dies(
    town: Town, disk: Disk, first: int
) -> None:
    rina, budi = town.desk("Rina"), town.desk("Budi")
    town.go(rina, budi)
    file = town.back_up("satu.bak")
    for _ in range(3):
        save(rina, 2)
        issue(rina)
        town.go(rina, budi)
    before = town.held(RESIDENT), town.held(LETTER)
    town.restore(file)

    died = 0
    for at in range(first, 800, 7):
        road = Dying(town, disk, at)
        try:
            trip(budi, road)
        except PowerCut:
            died += 1
            restart(town)
            assert verify.verify(town.city) == ()
        if road.count < at:
            break

    assert died > 3
    assert (town.held(RESIDENT), town.held(LETTER)) == before
    town.settled(budi, rina)
