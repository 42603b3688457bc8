"""A city that runs on a port of its own, and the folder for the pictures of a day."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.server.city import City
from sync.server.run import Running, start
from tests.desktop.office import make_city

DOCUMENTS = Path(__file__).parents[2] / "docs" / "pictures"


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    opened = make_city(tmp_path / "city")
    yield opened
    opened.close()


@pytest.fixture
def server(city: City) -> Iterator[Running]:
    running = start(city.folder)
    yield running
    running.stop()


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Where pictures go: the documents when TERAS_PICTURES is set, else nowhere that stays."""
    return DOCUMENTS if os.environ.get("TERAS_PICTURES") else tmp_path / "pictures"
