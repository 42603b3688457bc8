"""Each test has a copy of one enrolled laptop."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from forms.engine import example
from sync.store.handle import Store
from tests.sync.store.laptop import LETTER, RESIDENT, City, Clock, Desk, make_desk


@pytest.fixture(scope="session")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """One enrolled laptop; tests work on copies of its folder."""
    return make_desk(tmp_path_factory.mktemp("pattern") / "data")


@pytest.fixture
def desk(pattern: Desk, tmp_path: Path) -> Desk:
    folder = tmp_path / "data"
    shutil.copytree(pattern.folder, folder)
    city = City(pattern.city.office)
    city.keys, city.epoch = pattern.city.keys, pattern.city.epoch
    city.heads = dict(pattern.city.heads)
    return Desk(folder, city, Clock(), pattern.keystore.copied())


@pytest.fixture
def city(desk: Desk) -> City:
    return desk.city


@pytest.fixture
def store(desk: Desk) -> Iterator[Store]:
    opened = desk.unlock()
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def samples(pattern: Desk, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """The example of each form, as it is valid in this office."""
    folder = tmp_path_factory.mktemp("samples") / "data"
    shutil.copytree(pattern.folder, folder)
    with Desk(folder, pattern.city, Clock(), pattern.keystore).unlock() as store:
        forms = store.catalogue.forms.values()
        return {form.code: example.fill(form.example, store.scene()) for form in forms}


@pytest.fixture
def resident(samples: dict[str, dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """Make answers of a resident; each call gives another person."""
    count = iter(range(1, 10_000))

    def make(**answers: Any) -> dict[str, Any]:
        sample = samples[RESIDENT]
        return sample | {"nik": f"{sample['nik'][:12]}{next(count):04}"} | answers

    return make


@pytest.fixture
def business(samples: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Give answers of a letter about a business."""
    return dict(samples[LETTER])
