"""No number is ever granted twice, whichever backup a server falls back on."""

import copy
import tempfile
from collections.abc import Callable
from pathlib import Path

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from sync.protocol.exchange import Ask
from sync.protocol.lease import Lease
from sync.server import backup, ceilings, leases, offices, recovery, restore, tables
from sync.server.city import City, Settings, settings_of
from sync.server.leases import Holder
from tests import databases, scale
from tests.sync.server.conftest import ADMINISTRATOR, PASSPHRASE, Time
from tests.sync.server.laptop import Laptop

Enrol = Callable[..., Laptop]
SERIES = ("surat", 2026)


class Granting:
    """A server in a folder of its own, and every lease that it ever granted."""

    def __init__(self, folder: Path, place: Path, time: Time) -> None:
        self.folder, self.place, self.time = folder, place, time
        self.granted = list[Lease]()
        self.files: list[Path] = []

    def grant(self, code: str) -> int:
        city = City.open(self.folder, self.time)
        try:
            with city.database.write() as connection:
                office = offices.by_id(
                    connection, city.code, offices.by_code(connection, city.code, code)
                )
                holder = Holder(office, b"d" * 16, b"i" * 8)
                got = leases.grant(connection, city, holder, [SERIES])
        finally:
            city.close()
        self.granted += got
        return len(got)

    def lose(self, which: int) -> None:
        """Let a backup's file go; the list beside it still names it."""
        if len(self.kept()) > 1:
            self.kept()[which % len(self.kept())].unlink()

    def kept(self) -> list[Path]:
        return [file for file in self.files if file.exists()]

    def back_up(self) -> None:
        self.time.ms += 1_000
        city = City.open(self.folder, self.time)
        try:
            file = self.place / f"{len(self.files)}.bak"
            backup.backup(city, file, PASSPHRASE, ADMINISTRATOR)
            self.files.append(file)
        finally:
            city.close()

    def restore(self, which: int) -> None:
        self.time.ms += 1_000
        file = self.kept()[which % len(self.kept())]
        databases.lose(settings_of(self.folder).database)  # the worst: only the backups are left
        done = restore.restore(self.folder, file, ADMINISTRATOR, PASSPHRASE, now=self.time)
        assert done.backup is not None
        if done.backup not in self.files:
            self.files.append(done.backup)

    def check(self) -> None:
        taken: set[tuple[bytes, int]] = set()
        for lease in self.granted:
            numbers = {(lease.office, at) for at in range(lease.low, lease.high + 1)}
            assert taken.isdisjoint(numbers)
            taken |= numbers


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("grant"), st.sampled_from(["kel-a", "kel-b"])),
        st.tuples(st.just("back_up"), st.none()),
        st.tuples(st.just("restore"), st.integers(0, 9)),
        st.tuples(st.just("lose"), st.integers(0, 9)),
    ),
    min_size=4,
    max_size=14,
)


@settings(
    max_examples=scale.of(12, 5),
    deadline=None,
)
@given(steps=STEPS)
def test_no_number_is_granted_twice_whatever_is_restored(
    city: City, folder: Path, time: Time, steps: list[tuple[str, object]]
) -> None:
    with tempfile.TemporaryDirectory() as place:
        root = Path(place) / "city"
        root.mkdir()
        (root / "backups").mkdir()
        (root / "secret").write_bytes((folder / "secret").read_bytes())
        url = databases.keep(city.database.url, root / "city.sqlite")
        (root / "server.json").write_bytes(msgspec.json.encode(Settings(city.code, url)))
        one = Granting(root, root.parent / "backups", copy.copy(time))
        one.place.mkdir()
        one.back_up()
        for step, what in steps:
            if what is None:
                one.back_up()
            else:
                getattr(one, step)(what)
        one.check()


def test_grants_stop_at_the_ceiling_and_go_on_after_the_next_backup(
    city: City, folder: Path, tmp_path: Path, time: Time
) -> None:
    place = tmp_path / "backups"
    place.mkdir()
    one = Granting(folder, place, time)
    one.back_up()

    assert [one.grant("kel-a") for _ in range(6)] == [1, 1, 1, 1, 0, 0]
    one.back_up()
    assert one.grant("kel-a") == 1
    one.check()


def test_a_city_without_backups_grants_without_end(city: City, folder: Path, time: Time) -> None:
    one = Granting(folder, folder, time)

    assert sum(one.grant("kel-a") for _ in range(12)) == 12


def test_a_restore_goes_on_above_the_ceiling_and_one_reserve_for_each_lost_backup(
    city: City, folder: Path, tmp_path: Path, time: Time
) -> None:
    place = tmp_path / "backups"
    place.mkdir()
    one = Granting(folder, place, time)
    reserve = ceilings.reserve(city)
    for _ in range(3):
        one.back_up()
    for file in one.files[1:]:
        file.unlink()

    one.restore(0)
    one.grant("kel-a")

    assert one.granted[-1].low == 3 * reserve + 1  # its own, and those of the two that are lost


def test_a_lost_backup_whose_file_is_still_there_costs_no_more_than_it_granted(
    city: City, folder: Path, tmp_path: Path, time: Time
) -> None:
    place = tmp_path / "backups"
    place.mkdir()
    one = Granting(folder, place, time)
    for _ in range(3):
        one.back_up()

    one.restore(0)
    one.grant("kel-a")

    assert one.granted[-1].low == ceilings.reserve(city) + 1


def test_a_backup_between_two_restores_skips_what_the_first_one_skipped(
    city: City, folder: Path, tmp_path: Path, time: Time
) -> None:
    place = tmp_path / "backups"
    place.mkdir()
    one = Granting(folder, place, time)
    for _ in range(4):
        one.back_up()
    one.files[3].unlink()
    one.restore(0)
    one.grant("kel-a")
    one.files[-1].unlink()  # with it goes what it knew of its ceilings

    one.restore(2)
    one.grant("kel-a")

    one.check()


def test_a_desk_that_was_told_of_a_later_backup_raises_the_floor_of_one_that_is_not_listed(
    city: City, enrol: Enrol, folder: Path, tmp_path: Path, time: Time
) -> None:
    laptop = enrol()
    place, lost = tmp_path / "backups", tmp_path / "lost"
    place.mkdir()
    lost.mkdir()
    backup.backup(city, place / "a.bak", PASSPHRASE, ADMINISTRATOR)
    for name in ("b.bak", "c.bak"):
        backup.backup(city, lost / name, PASSPHRASE, ADMINISTRATOR)
    told = laptop.receipt(laptop.exchange())
    old = city.epoch
    city.close()
    databases.lose(city.database.url)  # nothing here knows of the other two
    restore.restore(folder, place / "a.bak", ADMINISTRATOR, PASSPHRASE, now=time)
    again = City.open(folder, time)
    laptop.city = again
    try:
        series = (laptop.welcome.office.id, "surat", 2026)
        with again.database.read() as connection:
            before = ceilings.bounds(connection, again.code, series)

        generation = told.generation
        ask = Ask(b"n" * 16, laptop.device, b"", [], [], 0, generation=generation)
        recovery.meet(again, ask, old)

        with again.database.read() as connection:
            after = ceilings.bounds(connection, again.code, series)
            held = connection.execute(select(tables.lease.c.high)).all()
    finally:
        again.close()
    assert told.generation == 3
    assert after.floor == before.floor + 2 * ceilings.reserve(city)
    assert held
