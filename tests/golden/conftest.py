"""The golden city, as it was founded and after the whole story."""

from collections.abc import Iterator

import pytest

from sync.server import intake
from sync.server.city import City
from tests.golden import messages, town
from tests.golden.index import index, pinned


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    with town.founded(tmp_path_factory.mktemp("golden") / "empty") as city:
        yield city


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """The city after the whole story."""
    folder = tmp_path_factory.mktemp("golden")
    with town.founded(folder / "city") as city:
        for one in index().taken:
            intake.take(city, pinned("taken", one.name))
        messages.pin(city, folder / "stick")
        yield city
