"""F12: batches come in any order, on any stick, and end in the same state."""

import itertools
import random
import shutil
from collections.abc import Callable
from pathlib import Path

from sync.protocol.stick import Folder
from sync.server import folder as city_folder
from sync.server.city import City
from sync.server.database import Database
from sync.store import outbox
from sync.store.handle import Store
from tests import databases
from tests.sync.faults.carrying import back, files, holding, lay, out, save, stick, visit

Enrol = Callable[..., Store]
BATCHES = 6


def test_six_batches_on_six_sticks_end_alike_in_all_720_orders(
    desk: Enrol, city: City, tmp_path: Path
) -> None:
    store = desk()
    for number in range(BATCHES):
        save(store)
        (frozen,) = outbox.freeze(store)
        lay(store, tmp_path / f"stick{number}", frozen.envelope)
    sticks = [Folder(tmp_path / f"stick{number}") for number in range(BATCHES)]
    city.close()
    begin = databases.keep(city.database.url, tmp_path / "begin")
    # What one stick does depends on the batches that are there; each such step is made once.
    step: dict[tuple[int, int], tuple[int, int]] = {}
    ends: dict[int, set[str]] = {}
    kept: dict[int, str] = {0: begin}

    def visited(there: int, number: int) -> tuple[int, int]:
        if (there, number) not in step:
            _put(city, kept[there])
            told = city_folder.carry(city, sticks[number])
            after = there | (1 << number) if told.taken else there
            ends.setdefault(after, set()).add(holding(city))
            if after not in kept:
                city.database.close()
                kept[after] = databases.keep(city.database.url, tmp_path / f"kept{after}")
            step[there, number] = (after, told.held)
        return step[there, number]

    for order in itertools.permutations(range(BATCHES)):
        there, left = 0, list(order)
        for _ in range(BATCHES):
            held = []
            for number in left:
                there, waits = visited(there, number)
                held += [number] * waits
            left = held
        assert there == (1 << BATCHES) - 1, order

    assert len(ends[there]) == 1


def _put(city: City, kept: str) -> None:
    """Put the city back to a state."""
    city.database.close()
    databases.put_back(kept, city.database.url)
    city.database = Database(city.database.url, city.code)


def test_one_visit_takes_a_chain_whatever_the_files_are_called_and_says_what_it_held(
    desk: Enrol, city: City, tmp_path: Path
) -> None:
    store, place = desk(), tmp_path / "stick"
    for _ in range(BATCHES):
        save(store)
        outbox.freeze(store)
    waiting = [frozen.envelope for frozen in outbox.waiting(store)]
    gap = [*waiting[:2], *waiting[3:]]
    random.Random(12).shuffle(gap)  # noqa: S311 - a shuffle, no secret
    lay(store, place, *gap)

    first = visit(city, place)
    assert (first.taken, first.held, first.refused) == (2, 3, [])

    lay(store, tmp_path / "other", waiting[2])
    assert visit(city, tmp_path / "other").taken == 1
    again = visit(city, place)
    assert (again.taken, again.known, again.held) == (3, 2, 0)


def test_a_stick_that_comes_again_and_again_changes_nothing_and_does_not_grow(
    desk: Enrol, city: City, tmp_path: Path
) -> None:
    store, place = desk(), tmp_path / "stick"
    save(store, 3)
    out(store, place)
    visit(city, place)
    there, count = holding(city), len(files(place))

    for _ in range(3):
        told = visit(city, place)
        assert (told.taken, told.known, told.refused) == (0, 1, [])
    assert holding(city) == there
    assert len(files(place)) == count
    assert back(store, place).sent == 3
    assert (back(store, place).sent, back(store, place).received) == (0, 0)


def test_copies_of_older_sticks_thrown_together_are_one_stick(
    desk: Enrol, city: City, tmp_path: Path
) -> None:
    store, heap = desk(), tmp_path / "heap"
    stick(heap)
    for number in range(4):
        save(store, 2)
        out(store, tmp_path / f"stick{number}")
        for path in files(tmp_path / f"stick{number}"):
            shutil.copy(path, heap / path.name)

    told = visit(city, heap)

    assert (told.taken, told.refused) == (4, [])
    done = back(store, heap)
    assert (done.sent, done.pending, done.refused) == (8, 0, [])
