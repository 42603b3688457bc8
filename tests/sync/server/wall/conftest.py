"""Days of a city's counters, brought by their desks."""

from collections.abc import Callable

import pytest

from sync.protocol.change import Change
from sync.server import live
from sync.server.city import City
from tests.sync.server.conftest import NOON, Enrol, Time
from tests.sync.server.laptop import LETTER, Laptop

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
MONDAY = NOON + 2 * DAY

Issue = Callable[..., list[Change]]


@pytest.fixture
def desks(time: Time, enrol: Enrol) -> dict[str, Laptop]:
    time.ms = MONDAY
    return {code: enrol(code) for code in ("kel-a", "kel-b")}


@pytest.fixture
def issue(city: City, desks: dict[str, Laptop]) -> Issue:
    """Bring letters of an office, issued at an hour of Monday or of a day beside it."""
    numbers = dict.fromkeys(desks, 0)

    def bring(
        office: str, count: int, hour: int = 9, day: int = 0, service: str = LETTER, took: int = 20
    ) -> list[Change]:
        laptop, work = desks[office], list[Change]()
        moment = MONDAY + day * DAY + (hour - 12) * HOUR
        for _ in range(count):
            numbers[office] += 1
            laptop.clock = moment - laptop.seq - 1 - took * MINUTE
            made = laptop.letter({"nama": "AHMAD FAUZI"}, service)
            laptop.clock = moment - laptop.seq - 1
            work += [*made, laptop.issue(made, city.catalogue.form(service), numbers[office])]
        laptop.send(*work)
        while live.catch_up(city):
            pass
        return work

    return bring
