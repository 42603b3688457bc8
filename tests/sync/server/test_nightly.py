"""A night's backup is restored and verified before it counts; the old ones go, others' never."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import delete, select, text

from forms.engine.problem import Locked, Refused
from sync.protocol.lock import Lock
from sync.server import backup_tables, gauges, ledger, nightly, records, restore
from sync.server.city import City
from sync.server.nightly import FOLDER, SCRATCH, Night
from tests import databases
from tests.sync.server.conftest import ADMINISTRATOR, PASSPHRASE, Enrol, Time
from tests.sync.server.laptop import RESIDENT

DAY_MS = 86_400_000
Spend = Callable[..., Night]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "elsewhere"


@pytest.fixture
def spend(city: City, place: Path, time: Time) -> Spend:
    """Spend a night, a day after the one before."""

    def once(keep: int = nightly.KEEP) -> Night:
        time.ms += DAY_MS
        return nightly.spend(city, place, PASSPHRASE, ADMINISTRATOR, keep)

    return once


def ages(city: City) -> tuple[float, float]:
    told = {one.metric: one.value for one in gauges.read(city)}
    return told["backup_age"], told["restore_test_age"]


def spoil(city: City) -> None:
    """Let a change say something else than its id."""
    with databases.unguarded(city.database.url) as connection:
        for row in connection.execute(text("SELECT id, content FROM change")).all():
            connection.execute(
                text("UPDATE change SET content = :content WHERE id = :id"),
                {"id": row.id, "content": bytes(row.content).replace(b"AHMAD", b"AHMAT")},
            )


def test_a_good_night_makes_a_backup_that_was_restored_and_makes_work_durable(
    city: City, enrol: Enrol, spend: Spend, place: Path
) -> None:
    laptop = enrol()
    laptop.send(laptop.resident())
    epoch = city.epoch

    night = spend()

    assert (night.made.durable, night.made.flaws, night.removed) == (True, (), ())
    assert laptop.receipt(laptop.exchange()).durable == 1
    assert ages(city) == (0, 0)
    with city.database.read() as connection:
        city.know_epoch(connection)
    assert city.epoch == epoch  # the rehearsal began one of its own, in its own copy
    assert ledger.newest(place, city.id) == 1
    assert sorted(path.name for path in place.iterdir() if path.suffix == ".bak") == [
        night.made.file.name
    ]
    assert not (city.folder / FOLDER / SCRATCH).exists()


def test_a_copy_in_which_something_is_wrong_is_kept_and_counts_for_nothing(
    city: City, enrol: Enrol, spend: Spend, place: Path
) -> None:
    laptop = enrol()
    laptop.send(laptop.resident("AHMAD"))
    spend(2)
    laptop.send(laptop.resident("SITI"))
    spoil(city)

    nights = [spend(2) for _ in range(3)]

    for night in nights:
        assert [problem.code for problem in night.made.flaws] == ["verify_change"]
        assert (night.made.durable, night.removed) == (False, ())
        assert night.made.file.exists()
    assert laptop.receipt(laptop.exchange()).durable == 1
    assert ages(city) == (3 * DAY_MS / 1000, 3 * DAY_MS / 1000)
    assert ledger.newest(place, city.id) == 1


def test_a_backup_that_can_not_be_restored_leaves_nothing(
    city: City, spend: Spend, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_given: object) -> int:
        raise OSError

    monkeypatch.setattr(restore, "put_back", fails)

    with pytest.raises(Refused, match="disk_failed"):
        spend()

    assert list(place.glob("*.bak*")) == []
    with city.database.read() as connection:
        assert connection.scalar(select(backup_tables.backup.c.number)) is None


def test_what_a_night_made_becomes_the_server_again(
    city: City, enrol: Enrol, spend: Spend, folder: Path, time: Time
) -> None:
    laptop = enrol()
    laptop.send(laptop.resident())
    before = records.listing(city, RESIDENT)
    made = spend().made
    city.close()
    databases.lose(city.database.url)

    restore.restore(folder, made.file, ADMINISTRATOR, PASSPHRASE, now=time)

    again = City.open(folder, time)
    assert records.listing(again, RESIDENT) == before
    again.close()


def test_more_than_are_kept_go_oldest_first_and_nothing_of_others(
    spend: Spend, place: Path
) -> None:
    place.mkdir()
    others = ["teras-11.22-20200101-000000.bak", "kota.bak", "teras-x.txt"]
    for name in others:
        (place / name).write_bytes(b"x")

    nights = [spend(3) for _ in range(5)]

    assert [len(night.removed) for night in nights] == [0, 0, 0, 1, 1]
    assert nights[3].removed == (nights[0].made.file.name,)
    kept = [night.made.file.name for night in nights[2:]]
    assert sorted(path.name for path in place.glob("*") if path.suffix in (".bak", ".txt")) == (
        sorted([*kept, *others])
    )


def test_none_is_kept_past_thirty_five_days_but_the_last_two(
    spend: Spend, place: Path, time: Time
) -> None:
    first, second = spend(), spend()
    time.ms += 40 * DAY_MS

    third = spend()

    assert third.removed == (first.made.file.name,)
    assert second.made.file.exists()


def test_a_clock_that_went_back_never_removes_the_newest(spend: Spend, time: Time) -> None:
    for _ in range(2):
        spend(2)
    time.ms -= 20 * DAY_MS

    night = spend(2)

    assert night.made.file.exists()
    assert len(night.removed) == 1


def test_two_nights_at_once_are_one_too_many(city: City, spend: Spend) -> None:
    (city.folder / FOLDER).mkdir()
    lock = Lock.take(city.folder / FOLDER, "backup_busy")

    with pytest.raises(Refused, match="backup_busy"):
        spend()

    lock.release()


@pytest.mark.parametrize("keep", [1, 36])
def test_too_few_and_too_many_are_refused(spend: Spend, keep: int) -> None:
    with pytest.raises(Refused, match="backup_keep"):
        spend(keep)


def test_a_wrong_passphrase_opens_no_rehearsal(city: City, place: Path) -> None:
    with pytest.raises(Locked):
        nightly.rehearse(city, city.folder / "x", ADMINISTRATOR, "wrong", _backed_up(city, place))

    assert not (city.folder / "x").exists()


def _backed_up(city: City, place: Path) -> Path:
    made = nightly.spend(city, place, PASSPHRASE, ADMINISTRATOR).made
    with city.database.write() as connection:
        connection.execute(delete(backup_tables.backup))
    return made.file
