"""A code that was made before the city's signing key changed."""

from collections.abc import Callable
from pathlib import Path

import pytest

from forms.engine.problem import Refused
from sync.client import journey
from sync.client.enrol import enrol
from sync.crypto import code
from sync.crypto.keys import RegionKeys
from sync.server import city_keys, codes
from sync.server.city import City, clock
from sync.server.run import Running
from sync.store.handle import Store
from sync.store.keystore import NoKeystore
from tests.sync.client.road import PASSPHRASE

Enrol = Callable[..., Store]


@pytest.fixture
def join(tmp_path: Path, server: Running) -> Callable[[str], Store]:
    def go(text: str) -> Store:
        return enrol(
            tmp_path / "desk",
            url=server.url,
            code=text,
            operator="Rina",
            phrase=PASSPHRASE,
            keystore=NoKeystore(),
            now=clock,
        )

    return go


def test_a_code_from_before_two_rotations_still_lets_a_laptop_in(
    city: City, join: Callable[[str], Store]
) -> None:
    text, _ = codes.make(city, "KEL-1", "kepala", "test")
    for _ in range(2):
        city_keys.rotate(city, "test", signing=True)

    store = join(text)

    assert store.desk.server == city.public
    assert journey.go(store).pending == 0
    store.close()


def test_a_code_of_a_lost_key_says_that_a_new_one_is_needed(
    city: City, join: Callable[[str], Store]
) -> None:
    text, _ = codes.make(city, "KEL-1", "kepala", "test")
    city_keys.rotate(city, "test", lost=True)

    with pytest.raises(Refused) as error:
        join(text)

    assert error.value.problems[0].code == "code_outdated"


def test_a_code_of_another_city_is_still_not_believed_after_a_rotation(
    city: City, join: Callable[[str], Store]
) -> None:
    city_keys.rotate(city, "test", signing=True)
    text, _ = code.make(RegionKeys.make().public().sign)

    with pytest.raises(Refused) as error:
        join(text)

    assert error.value.problems[0].code == "server_unknown"


def test_a_running_desk_follows_a_rotation_over_the_line(
    city: City, server: Running, desk: Enrol
) -> None:
    store = desk("Rina")
    city_keys.rotate(city, "test", signing=True)

    assert journey.go(store).pending == 0

    assert store.desk.server == city.public
