"""F12: a thousand letters of two desks travel by folders only, in no order, and all end equal."""

import datetime as dt
import random
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from sync.protocol.change import Number
from sync.protocol.view import Kept
from sync.server import records as city_records
from sync.server import verify
from sync.server.city import City
from sync.store import inbox, numbers, status
from sync.store import verify as store_verify
from sync.store.case import decode
from sync.store.handle import Store
from sync.store.registers import page
from sync.store.registers.table import Period
from tests import scale
from tests.sync.client.town import at_city, phone, shapes
from tests.sync.faults.carrying import (
    LETTER,
    RESIDENT,
    back,
    files,
    issue,
    keeping,
    out,
    save,
    stick,
    visit,
)  # fmt: skip

Enrol = Callable[..., Store]
SERVICES = (RESIDENT, LETTER)
EVER = Period(dt.date(2020, 1, 1), dt.date(2099, 12, 31))
LETTERS = scale.of(1_000, 300)
ROUNDS = 10
EACH = LETTERS // ROUNDS // 2  # letters of a desk between two walks
STICKS = 3  # that go round at the same time
CHOICES: tuple[tuple[Kept, int], ...] = (("proposed", 1), ("present", 20), ("present", 20))
ENDING = 3  # walks with everything: the last letters up, their rows down, what that settles


class Heap:
    """Every file that ever lay on a stick; sticks of copies are made of it by chance."""

    def __init__(self, place: Path) -> None:
        self.place = stick(place).path
        self.chance = random.Random(12)  # noqa: S311 - a shuffle, no secret
        self._made = 0

    def throw_in(self, place: Path) -> None:
        for path in files(place):
            (self.place / path.name).write_bytes(path.read_bytes())

    def copied(self, share: float) -> Path:
        """Make a stick of some of it, copied in a random order."""
        self._made += 1
        place = stick(self.place.parent / f"copy{self._made}").path
        there = files(self.place)
        for path in self.chance.sample(there, round(len(there) * share)):
            (place / path.name).write_bytes(path.read_bytes())
        return place


def walk(city: City, desks: list[Store], heap: Heap, share: float) -> None:
    """Lay out what is pending, go round with copies of old and new sticks, and come back."""
    for store in desks:
        heap.throw_in(_out(store, heap))
    sticks = [heap.copied(share) for _ in range(STICKS)]
    visits = [*sticks, heap.chance.choice(sticks)]  # one of them comes twice
    heap.chance.shuffle(visits)
    missing = {"parcel_missing"} if share < 1 else set()
    for place in visits:
        assert {fault.code for fault in visit(city, place).refused} <= missing
        heap.throw_in(place)
    for store in desks:
        heap.chance.shuffle(sticks)
        for place in sticks:
            assert {fault.code for fault in back(store, place).refused} <= missing


def _out(store: Store, heap: Heap) -> Path:
    place = heap.place.parent / f"out{heap.chance.random()}"
    out(store, place)
    return place


def told(store: Store) -> dict[bytes, tuple[str, Number | None, dict[str, Any]]]:
    """Give state, number and answers of every record of citizens' business."""
    cases = [decode(plain) for service, plain in keeping(store).values() if service in SERVICES]
    return {case.id: (case.state, case.number, case.answers) for case in cases}


def used(explained: Iterable[Any]) -> list[tuple[int, str, bytes]]:
    """Leave out numbers that nobody used yet: each desk says of them whose they are."""
    return [(one.number, one.state, one.record) for one in explained if one.record]


def register(store: Store) -> list[tuple[Any, ...]]:
    """Read the whole book of letters."""
    with store.read() as conn:
        return [row.cells for row in page.every(store, conn, page.find(store, "register"), EVER)]


def test_two_desks_and_a_city_exchange_a_thousand_letters_by_folder_and_end_equal(
    desk: Enrol, city: City, tmp_path: Path
) -> None:
    desks = [desk("Rina"), desk("Budi")]
    heap = Heap(tmp_path / "heap")
    save(desks[0], 2)
    walk(city, desks, heap, 1.0)
    [disputed, settled] = [name for name, (_, number, _) in told(desks[1]).items() if not number]

    for number in range(ROUNDS):
        for place, store in enumerate(desks):
            for _ in range(EACH):
                issue(store)
            phone(store, disputed, 10 * number + place)
            phone(store, settled, 10 * number + place)
        walk(city, desks, heap, 0.5)
    for _ in range(ENDING):
        walk(city, desks, heap, 1.0)
    # One proposal is adopted; then nothing moves any more what the others stand against.
    for kept, most in CHOICES:
        for entry in [one for one in inbox.listing(desks[0]) if one.record == settled][:most]:
            inbox.settle(desks[0], entry.id, kept)
        walk(city, desks, heap, 1.0)

    rina, budi = desks
    letters = [number for _, number, _ in told(rina).values() if number is not None]
    assert len(letters) == len({(one.series, one.year, one.position) for one in letters}) == LETTERS
    assert not any(number.provisional for number in letters)
    assert keeping(rina) == keeping(budi)
    assert {
        name: (state, number.text if number else "", answers)
        for name, (state, number, answers) in told(rina).items()
    } == {
        record.id: (record.state, record.number, record.answers)
        for service in SERVICES
        for record in city_records.listing(city, service)
    }
    assert register(rina) == register(budi)
    assert len(register(rina)) == LETTERS
    for series in {(one.series, one.year) for one in letters}:
        explained = used(numbers.explain(rina, *series))
        assert explained == used(numbers.explain(budi, *series))
        assert explained == used(city_records.explain(city, "KEL-1", *series))
    assert shapes(rina, disputed) == shapes(budi, disputed) == at_city(city, disputed) != set()
    assert shapes(rina, settled) == shapes(budi, settled) == at_city(city, settled) == set()
    for store in desks:
        assert status.status(store).pending == 0
        assert store_verify.verify(store) == []
    assert verify.verify(city) == ()
