"""Laptops that are put back from an image of their disk, or copied with one."""

import os
import shutil
from pathlib import Path

from sync.client.trip import Trip
from sync.server.records import explain
from sync.store import numbers, read, records
from sync.store import open as door
from sync.store.handle import Store
from sync.store.keystore import NoKeystore
from sync.store.numbers import Explained
from tests.sync.client.road import LETTER, PASSPHRASE, RESIDENT
from tests.sync.faults.carrying import issue
from tests.sync.faults.restoring import Town, own

YEAR, SERIES = 2026, "surat"


def image(town: Town, store: Store) -> Path:
    """Copy a laptop's disk as it is, while it is on."""
    copy = town.root / f"image-{os.urandom(4).hex()}"
    shutil.copytree(store.folder, copy, ignore=shutil.ignore_patterns("lock"))
    return copy


def clone(town: Town, disk: Path, operator: str = "Rina") -> Store:
    """Start another laptop from an image."""
    place = town.root / f"clone-{os.urandom(4).hex()}"
    shutil.copytree(disk, place)
    return _opened(town, place, operator)


def put_back(town: Town, store: Store, disk: Path, operator: str = "Rina") -> Store:
    """Put a laptop back to what its image holds."""
    place = store.folder
    store.close()
    town.desks.remove(store)
    shutil.rmtree(place)
    shutil.copytree(disk, place)
    return _opened(town, place, operator)


def _opened(town: Town, place: Path, operator: str) -> Store:
    store = door.unlock(place, operator, PASSPHRASE, keystore=NoKeystore(), now=town.clock)
    town.desks.append(store)
    return store


def printed(store: Store) -> dict[bytes, int]:
    """Map this laptop's own letters to the final numbers that they were printed with."""
    return {
        change.target: change.number.position
        for change in own(store)
        if change.number is not None and not change.number.provisional
    }


def letters(store: Store, count: int) -> set[int]:
    """Issue letters; give the final numbers that they got."""
    before = printed(store)
    for _ in range(count):
        issue(store)
    return {number for name, number in printed(store).items() if name not in before}


def held(town: Town) -> set[bytes]:
    """Name all that the city has of both services."""
    return town.held(RESIDENT) | town.held(LETTER)


def shown(store: Store) -> set[bytes]:
    return {one.id for service in (RESIDENT, LETTER) for one in read.listing(store, service)}


def resident(store: Store, **answers: object) -> bytes:
    return records.new(store, RESIDENT, {"nama": "SARI MELATI", **answers}).record


def calm(trips: list[Trip]) -> bool:
    return all(trip.pending == 0 for trip in trips)


def explained(town: Town, office: str = "KEL-1") -> dict[int, str]:
    return {one.number: one.state for one in explain(town.city, office, SERIES, YEAR)}


def at_desk(store: Store) -> dict[int, Explained]:
    return {one.number: one for one in numbers.explain(store, SERIES, YEAR)}
