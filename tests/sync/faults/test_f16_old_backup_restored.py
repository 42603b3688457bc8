"""F16: a desk is restored from a backup 1 to 30 days old, by command or by an image of its disk.

Each case is drawn by a seed: how old, what was saved and not sent since, what is done before the
next contact. TERAS_RESTORES says how many cases; the full figure is 200.
"""

import os
import random
import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from sync.protocol import authorship
from sync.server import devices
from sync.store import backup, records, status
from sync.store import verify as store_verify
from sync.store.handle import Store
from sync.store.keystore import NoKeystore
from tests.sync.client.road import PASSPHRASE
from tests.sync.faults.carrying import issue, save
from tests.sync.faults.cloning import held, image, letters, printed, put_back, resident, shown
from tests.sync.faults.restoring import DAY_MS, Town, own

CASES = int(os.environ.get("TERAS_RESTORES", "24"))
DAYS = 30


class Past(NamedTuple):
    """A desk's month: what its disk held on each evening, and the same as a backup file."""

    town: Town
    desk: Store
    disks: list[Path]
    files: list[Path]


@pytest.fixture
def past(town: Town) -> Past:
    rina, disks, files = town.desk("Rina"), [], []
    town.go(rina)
    for day in range(DAYS):
        disks.append(image(town, rina))
        files.append(town.root / f"cadangan-{day}")
        backup.backup(rina, files[-1], PASSPHRASE, keystore=NoKeystore())
        save(rina)
        if day % 3 == 0:
            issue(rina)
        town.go(rina)
        town.now += DAY_MS
    return Past(town, rina, disks, files)


def test_whatever_was_restored_no_number_is_used_again_and_nothing_is_lost(past: Past) -> None:
    town, desk = past.town, past.desk
    told = set(printed(desk).values())  # numbers that the city has seen
    names = {one.target for one in own(desk) if one.service != authorship.SERVICE}
    for seed in range(CASES):
        chance = random.Random(seed)  # noqa: S311 - a shuffle, no secret
        day = chance.randrange(DAYS)
        names |= _work(desk, chance)  # saved and not sent: only this disk has it
        if chance.random() < 0.5:
            desk = _restored(town, desk, past.files[day])
        else:  # nobody keeps what is on the disk: it must have been sent
            town.go(desk)
            told |= set(printed(desk).values())
            desk = put_back(town, desk, past.disks[day])
        names |= _work(desk, chance)
        (done,) = town.go(desk)

        assert (done.pending, status.status(desk).pending) == (0, 0), seed
        assert names <= held(town), seed
        assert names <= shown(desk), seed
        told |= set(printed(desk).values())
        fresh = letters(desk, 1)
        assert len(fresh - told) == 1, seed
        town.go(desk)
        told |= set(printed(desk).values())

    found = [problem.code for problem in store_verify.verify(desk)]
    assert set(found) <= {"number_doubled"}
    assert len(devices.listing(town.city)) <= CASES


def _work(desk: Store, chance: random.Random) -> set[bytes]:
    """Do a little of everything; name the records."""
    names = set()
    for _ in range(chance.randrange(3)):
        name = resident(desk)
        if chance.random() < 0.5:
            records.edit(desk, name, {"telepon": f"0812{chance.randrange(10**8):08}"})
        names.add(name)
    if chance.random() < 0.3:
        before = set(printed(desk))
        issue(desk)
        names |= set(printed(desk)) - before
    return names


def _restored(town: Town, desk: Store, file: Path) -> Store:
    place = desk.folder
    desk.close()
    town.desks.remove(desk)
    done = backup.restore(place, file, "Rina", PASSPHRASE, keystore=NoKeystore(), now=town.clock)
    town.desks.append(done.store)
    assert done.beside is not None
    shutil.rmtree(done.beside)
    return done.store
