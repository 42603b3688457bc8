"""F13: the city falls back around a removal that waits; hold and decision both stay."""

import pytest

from sync.server import records as held
from sync.server import removals
from sync.store import read, records, status
from sync.store.handle import Store
from tests.sync.client.quarter import register
from tests.sync.faults.restoring import Town


@pytest.fixture
def stopped(town: Town) -> tuple[Store, list[bytes]]:
    """A desk whose eleven removals of one day wait at the city."""
    desk = town.desk("Rina")
    area = town.city.region.areas.first(town.city.region.code, "kelurahan")
    made = [register(desk, area, nama=f"WARGA {chr(65 + n)}") for n in range(11)]
    town.go(desk)
    for name in made:
        records.move(desk, name, "move_out", reason="Pindah keluar kota")
    town.go(desk)
    assert len(removals.listing(town.city)) == 11
    return desk, made


def states(town: Town) -> list[str]:
    return [row.state for row in held.listing(town.city, "residents/resident")]


@pytest.mark.parametrize("told", [True, False])
def test_a_restore_keeps_what_waits(
    town: Town, stopped: tuple[Store, list[bytes]], *, told: bool
) -> None:
    desk, _ = stopped
    file, image = town.back_up("a.teras"), "" if told else town.image()
    register(desk, town.city.region.areas.first(town.city.region.code, "kelurahan"), nama="BARU")
    town.go(desk)

    if told:
        town.restore(file)
    else:
        town.put_back(image)
    town.go(desk, desk)

    assert len(removals.listing(town.city)) == 11
    assert status.status(desk).pending == 0
    removals.release(town.city, (), "test")
    assert states(town).count("moved") == 11
    town.settled(desk)


def test_a_restore_to_before_the_batch_stops_it_again(town: Town) -> None:
    desk = town.desk("Rina")
    area = town.city.region.areas.first(town.city.region.code, "kelurahan")
    made = [register(desk, area, nama=f"WARGA {chr(65 + n)}") for n in range(11)]
    town.go(desk)
    copy = town.back_up("a.teras")
    for name in made:
        records.move(desk, name, "move_out", reason="Pindah keluar kota")
    town.go(desk)

    town.restore(copy)
    town.go(desk, desk)

    assert len(removals.listing(town.city)) == 11
    assert set(states(town)) == {"active"}


def test_what_was_released_after_the_backup_stays_released(
    town: Town, stopped: tuple[Store, list[bytes]]
) -> None:
    desk, made = stopped
    copy = town.back_up("a.teras")
    removals.release(town.city, (), "test")
    town.go(desk)
    assert {read.record(desk, name).state for name in made} == {"moved"}

    town.restore(copy)
    town.go(desk, desk)

    assert removals.listing(town.city) == []
    assert states(town) == ["moved"] * 11
    town.settled(desk)


def test_what_was_sent_back_after_the_backup_stays_sent_back(
    town: Town, stopped: tuple[Store, list[bytes]]
) -> None:
    desk, _ = stopped
    copy = town.back_up("a.teras")
    removals.refuse(town.city, (), "test")
    town.go(desk)
    assert status.status(desk).to_fix == 11

    town.restore(copy)
    town.go(desk, desk)

    assert removals.listing(town.city) == []
    assert set(states(town)) == {"active"}
    assert status.status(desk).to_fix == 11
