"""What a laptop said of itself is kept, and what came since is taken off it."""

from collections.abc import Callable

import pytest

from forms.engine.problem import Refused
from sync.protocol.standing import Standing
from sync.server import device_details, standings
from sync.server.city import City
from sync.server.device_details import Asked
from sync.server.devices import SEEN_EVERY_MS
from sync.server.standings import Told
from tests.sync.server.conftest import ADMINISTRATOR, Time
from tests.sync.server.laptop import Laptop

Enrol = Callable[..., Laptop]
HOUR_MS = 3_600_000
SAID = Standing(2, HOUR_MS, "2026.11", "Linux 6.1", True, "sealed")


@pytest.fixture
def laptop(enrol: Enrol, time: Time) -> Laptop:
    laptop = enrol()
    time.ms += 2 * SEEN_EVERY_MS
    return laptop


def told(city: City, laptop: Laptop) -> Told | None:
    return device_details.find(city, laptop.device).told


def test_a_laptop_that_said_nothing_is_unknown(city: City, laptop: Laptop) -> None:
    laptop.exchange()

    assert told(city, laptop) is None


def test_what_it_said_is_its_word_with_its_time(city: City, laptop: Laptop, time: Time) -> None:
    laptop.exchange(standing=SAID)

    assert told(city, laptop) == Told(
        time.ms, 2, time.ms - HOUR_MS, "2026.11", "Linux 6.1", True, "sealed"
    )


def test_what_came_with_the_same_ask_or_since_is_no_longer_unsent(
    city: City, laptop: Laptop, time: Time
) -> None:
    laptop.exchange(laptop.batch(laptop.resident("AHMAD")), standing=SAID)
    said = told(city, laptop)
    assert said is not None
    assert said.unsent == 1

    time.ms += 1
    laptop.send(laptop.resident("SITI"))

    said = told(city, laptop)
    assert said is not None
    assert (said.unsent, said.since) == (0, 0)


def test_the_last_word_counts(city: City, laptop: Laptop, time: Time) -> None:
    laptop.exchange(standing=SAID)
    time.ms += 2 * SEEN_EVERY_MS
    laptop.exchange(standing=Standing(version="2026.12"))

    said = told(city, laptop)
    assert said is not None
    assert (said.unsent, said.version, said.at) == (0, "2026.12", time.ms)


def test_a_laptop_that_says_too_much_is_refused(city: City, laptop: Laptop) -> None:
    with pytest.raises(Refused):
        laptop.exchange(standing=Standing(version="9" * 61))


def test_leases_are_told_with_what_is_left_of_them(city: City, laptop: Laptop) -> None:
    listed = device_details.leases(city, laptop.device)

    assert listed
    assert all(one.left == one.high - one.low + 1 for one in listed)
    assert device_details.find(city, laptop.device).lease_left == sum(o.left for o in listed)


def test_a_list_of_laptops_goes_on_after_a_place(city: City, enrol: Enrol) -> None:
    names = {enrol().device for _ in range(4)}
    first = device_details.listing(city, Asked(), 3)
    rest = device_details.listing(city, Asked(after=first[-1].place), 3)

    assert {one.id for one in (*first, *rest)} == names
    assert len(rest) == 1


def test_a_fingerprint_is_noted_once_with_who_compared_it(city: City, laptop: Laptop) -> None:
    device_details.confirm(city, laptop.device, ADMINISTRATOR)
    device_details.confirm(city, laptop.device, "Orang Lain")

    assert device_details.find(city, laptop.device).confirmed == city.now()


def test_no_region_sees_anothers_words(city: City, laptop: Laptop) -> None:
    laptop.exchange(standing=SAID)
    with city.database.read() as connection:
        here = standings.told(connection, city, [laptop.device])
        city.code, code = "99.72", city.code
        there = standings.told(connection, city, [laptop.device])
        city.code = code

    assert (len(here), there) == (1, {})
