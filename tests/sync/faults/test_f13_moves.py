"""F13: the city falls back behind a move; whose resident it is comes out the same again."""

from collections.abc import Callable

import pytest

from forms.engine.problem import Refused
from forms.engine.region import Office
from sync.server import offices, verify
from sync.store import read, records
from sync.store import verify as store_verify
from sync.store.handle import Store
from tests.sync.client.quarter import B, move, names, register
from tests.sync.faults.restoring import Town


@pytest.fixture
def two(town: Town) -> tuple[Store, Store, str]:
    """A desk of each of two kelurahan, and the area of the first."""
    offices.add(town.city, Office(b"", "KEL-2", "kelurahan", "Kelurahan Dua", B), "test")
    first = town.city.region.areas.first(town.city.region.code, "kelurahan")
    return town.desk("Rina"), town.desk("Budi", "KEL-2"), first


def away(one: Store, other: Store, name: bytes, area: str) -> list[Callable[[], None]]:
    """A resident moves to the other office."""
    return [lambda: move(one, name, B)]


def there_and_back(one: Store, other: Store, name: bytes, area: str) -> list[Callable[[], None]]:
    """A resident moves to the other office, is changed there, and comes back."""
    return [
        lambda: move(one, name, B),
        lambda: (records.edit(other, name, {"telepon": "081200000002"}), None)[1],
        lambda: move(other, name, area),
    ]


def rest(town: Town, one: Store, other: Store) -> None:
    for _ in range(4):
        town.go(one, other)
    for store in (one, other):
        assert store_verify.verify(store) == []
        with store.read() as conn:
            for query in (
                "SELECT count(*) FROM rewound",
                "SELECT count(*) FROM change WHERE row < 0 OR pending = 1",
            ):
                assert conn.exec_driver_sql(query).scalar() == 0
    assert verify.verify(town.city) == ()


@pytest.mark.parametrize("between", [False, True], ids=["all lost", "the first move kept"])
@pytest.mark.parametrize("course", [away, there_and_back])
@pytest.mark.parametrize("first", [0, 1], ids=["old office first", "new office first"])
def test_moves_behind_a_restore_end_as_they_were(
    town: Town,
    two: tuple[Store, Store, str],
    course: Callable[[Store, Store, bytes, str], list[Callable[[], None]]],
    first: int,
    between: bool,
) -> None:
    one, other, area = two
    name = register(one, area, telepon="081200000001")
    town.go(one, other)
    file = town.back_up("before")
    for count, act in enumerate(course(one, other, name, area)):
        act()
        for _ in range(2):
            town.go(one, other)
        if between and not count:
            file = town.back_up("between")
    held = {store.desk.device: names(store) for store in (one, other)}
    holder = one if name in names(one) else other
    answers = read.record(holder, name).answers

    town.restore(file)
    town.go(*((one, other), (other, one))[first])
    rest(town, one, other)

    assert {store.desk.device: names(store) for store in (one, other)} == held
    assert read.record(holder, name).answers == answers


def test_who_left_is_back_until_the_move_comes_again(
    town: Town, two: tuple[Store, Store, str]
) -> None:
    one, other, area = two
    name = register(one, area)
    town.go(one, other)
    file = town.back_up("before")
    move(one, name, B)
    town.go(one, other)
    assert names(one) == set()

    town.restore(file)
    records.new(other, "residents/resident", {"nama": "BUDI"})
    town.go(other)  # it gives back what it was told of the move

    rest(town, one, other)
    assert names(one) == set()
    assert name in names(other)


def lose_a_move(
    town: Town, two: tuple[Store, Store, str], work: Callable[[Store, bytes], object]
) -> bytes:
    """A resident moves, the new office works on it, and the city falls back behind all of it.

    Then a colleague of the old office comes first with another address, so the move is a conflict.
    """
    one, other, area = two
    colleague = town.desk("Sari")
    name = register(one, area, telepon="081200000001")
    town.go(one, colleague, other)
    file = town.back_up("before")
    records.edit(colleague, name, {"alamat": "Jalan Contoh 1"})
    move(one, name, B)
    town.go(one, other)
    work(other, name)
    town.go(other)
    town.restore(file)
    for _ in range(4):
        town.go(colleague, other, one)
    assert name in names(colleague)
    assert store_verify.verify(colleague) == []
    return name


def test_what_was_typed_at_an_office_that_a_restore_took_the_record_from_stays_to_be_seen(
    town: Town, two: tuple[Store, Store, str]
) -> None:
    name = lose_a_move(
        town, two, lambda store, name: records.edit(store, name, {"telepon": "081200000002"})
    )

    _, other, _ = two
    found = read.record(other, name)
    assert (found.sync, found.answers["telepon"]) == ("to_fix", "081200000002")
    with pytest.raises(Refused) as refused:
        records.edit(other, name, {"telepon": "081200000003"})
    assert refused.value.problems[0].code == "not_in_scope"
    assert store_verify.verify(other) == []


def test_a_record_that_a_restore_took_from_an_office_goes_from_there_with_the_step_it_took(
    town: Town, two: tuple[Store, Store, str]
) -> None:
    name = lose_a_move(
        town, two, lambda store, name: records.move(store, name, "move_out", reason="Pindah")
    )

    _, other, _ = two
    assert name not in names(other)
    assert store_verify.verify(other) == []
