"""A backup holds everything, is read back before it counts, and becomes the server again."""

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from forms.engine.problem import Locked, Refused
from sync.protocol.lock import Lock
from sync.server import backup, epochs, ledger, records, restore, run, sessions, verify
from sync.server.city import City
from sync.server.database import FILE
from sync.server.wall import tokens
from tests import databases
from tests.sync.server.conftest import ADMINISTRATOR, PASSPHRASE, Time
from tests.sync.server.laptop import RESIDENT, Laptop

Enrol = Callable[..., Laptop]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    return folder


@pytest.fixture
def reopened(folder: Path, time: Time) -> Iterator[Callable[[], City]]:
    opened: list[City] = []

    def again() -> City:
        opened.append(City.open(folder, time))
        return opened[-1]

    yield again
    for city in opened:
        city.close()


def back_up(city: City, file: Path) -> backup.Made:
    return backup.backup(city, file, PASSPHRASE, ADMINISTRATOR)


def put_back(folder: Path, file: Path, time: Time, phrase: str = PASSPHRASE) -> restore.Restored:
    return restore.restore(folder, file, ADMINISTRATOR, phrase, now=time)


def code_of(error: pytest.ExceptionInfo[Refused]) -> str:
    return error.value.problems[0].code


def test_a_backup_made_while_the_server_is_used_brings_everything_back(
    city: City, enrol: Enrol, folder: Path, place: Path, time: Time, reopened: Callable[[], City]
) -> None:
    laptop = enrol()
    laptop.send(laptop.resident(), laptop.resident("SITI AMINAH"))
    before = records.listing(city, RESIDENT)

    with city.database.read():  # somebody reads meanwhile
        made = back_up(city, place / "a.bak")
    city.close()
    databases.lose(city.database.url)
    put_back(folder, place / "a.bak", time)

    again = reopened()
    assert records.listing(again, RESIDENT) == before
    assert (made.number, made.records, made.durable) == (1, len(before) + 1, True)
    assert again.keys == city.keys
    assert verify.verify(again) == ()


def test_the_keys_are_in_no_backup_in_the_clear(
    city: City, enrol: Enrol, folder: Path, place: Path
) -> None:
    enrol()
    back_up(city, place / "a.bak")

    content = (place / "a.bak").read_bytes()

    assert (folder / "secret").read_bytes() not in content
    for key in (city.keys.sign, city.keys.seal, city.keys.root):
        assert key not in content


def test_another_passphrase_opens_no_backup_and_the_server_stays(
    city: City, folder: Path, place: Path, time: Time, reopened: Callable[[], City]
) -> None:
    back_up(city, place / "a.bak")
    epoch = city.epoch
    city.close()

    with pytest.raises(Locked):
        put_back(folder, place / "a.bak", time, "pohon jambu di halaman orang")

    assert reopened().epoch == epoch
    assert not list(folder.glob("before-*"))
    assert not (folder / "restoring").exists()


def test_only_what_the_reopened_copy_holds_is_durable(
    city: City, enrol: Enrol, place: Path
) -> None:
    laptop = enrol()
    laptop.send(laptop.resident())
    assert laptop.receipt(laptop.exchange()).durable == 0
    back_up(city, place / "a.bak")
    laptop.send(laptop.resident("SITI AMINAH"))

    receipt = laptop.receipt(laptop.exchange())

    assert (receipt.received, receipt.durable, receipt.generation) == (2, 1, 1)
    stream = f"{laptop.welcome.office.id.hex()}/residents"
    assert receipt.streams[stream] == 1


def test_a_backup_in_the_servers_own_folder_makes_nothing_durable(
    city: City, enrol: Enrol, folder: Path
) -> None:
    laptop = enrol()
    laptop.send(laptop.resident())
    (folder / "cadangan").mkdir()

    made = back_up(city, folder / "cadangan" / "a.bak")

    receipt = laptop.receipt(laptop.exchange())
    assert not made.durable
    assert (receipt.durable, receipt.generation, receipt.streams) == (0, 0, {})


def test_a_copy_that_does_not_read_back_never_takes_the_name(
    city: City, enrol: Enrol, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    laptop = enrol()
    laptop.send(laptop.resident())
    back_up(city, place / "a.bak")
    good = (place / "a.bak").read_bytes()
    whole = city.database.copy

    def torn(target: Path) -> None:
        whole(target)
        with target.open("r+b") as file:
            file.seek(4096 * 3)
            file.write(b"\xff" * 4096)

    monkeypatch.setattr(city.database, "copy", torn)
    with pytest.raises(Refused) as error:
        back_up(city, place / "a.bak")

    assert code_of(error) == "backup_damaged"
    assert (place / "a.bak").read_bytes() == good
    assert sorted(path.name for path in place.iterdir()) == ["a.bak", ledger.NAME]
    assert laptop.receipt(laptop.exchange()).generation == 1


@pytest.mark.parametrize("content", [b"", b"no database at all", b"SQLite format 3\0" + b"x" * 90])
def test_what_is_no_backup_is_refused_and_the_server_stays(
    city: City,
    folder: Path,
    place: Path,
    time: Time,
    content: bytes,
    reopened: Callable[[], City],
) -> None:
    (place / "a.bak").write_bytes(content)
    epoch = city.epoch
    city.close()

    with pytest.raises(Refused) as error:
        put_back(folder, place / "a.bak", time)

    assert code_of(error) == "backup_damaged"
    assert reopened().epoch == epoch


def test_a_plain_database_is_no_backup(
    city: City, folder: Path, place: Path, time: Time, reopened: Callable[[], City]
) -> None:
    city.database.copy(place / "a.bak")
    city.close()

    with pytest.raises(Refused) as error:
        put_back(folder, place / "a.bak", time)

    assert code_of(error) == "backup_damaged"


def test_a_restore_begins_an_epoch_and_ends_with_a_backup_beside_the_first(
    city: City, folder: Path, place: Path, time: Time, reopened: Callable[[], City]
) -> None:
    back_up(city, place / "a.bak")
    before = city.epoch
    city.close()

    done = put_back(folder, place / "a.bak", time)

    again = reopened()
    with again.database.read() as connection:
        lineage = epochs.lineage(connection, again.code)
    assert [epoch.number for epoch in lineage] == [1, 2]
    assert (lineage[1].id, lineage[1].parent) == (again.epoch, before)
    assert done.backup == place / "a-epoch2.bak"
    assert ledger.newest(place, again.id) == 2
    with sqlite3.connect(done.backup) as closing:
        assert closing.execute("SELECT max(number) FROM epoch").fetchone() == (2,)
    closing.close()


def test_who_was_signed_in_when_it_was_made_is_signed_in_no_more(
    city: City, folder: Path, place: Path, time: Time, reopened: Callable[[], City]
) -> None:
    with city.database.write() as connection:
        key = sessions.begin(connection, city, ADMINISTRATOR, sessions.WHOLE)
    back_up(city, place / "a.bak")
    city.close()

    put_back(folder, place / "a.bak", time)

    assert sessions.find(reopened(), key) is None


def test_a_screen_on_a_wall_needs_a_new_token_after_a_restore(
    city: City, folder: Path, place: Path, time: Time, reopened: Callable[[], City]
) -> None:
    kept, revoked = (tokens.make(city, name, ADMINISTRATOR) for name in ("loket", "ruang rapat"))
    back_up(city, place / "a.bak")
    tokens.revoke(city, "ruang rapat", ADMINISTRATOR)
    city.close()

    put_back(folder, place / "a.bak", time)

    again = reopened()
    assert not tokens.admits(again, revoked)
    assert not tokens.admits(again, kept)
    assert {one.name for one in tokens.listing(again) if one.revoked} == {"loket", "ruang rapat"}
    assert tokens.admits(again, tokens.make(again, "loket", ADMINISTRATOR))


def test_what_the_folder_held_is_kept_beside_and_can_be_read(
    city: City, enrol: Enrol, folder: Path, place: Path, time: Time
) -> None:
    laptop = enrol()
    back_up(city, place / "a.bak")
    laptop.send(laptop.resident())
    city.close()

    put_back(folder, place / "a.bak", time)

    (beside,) = folder.glob("before-*")
    assert sorted(path.name for path in beside.iterdir()) == [FILE, "secret", "server.json"]
    with sqlite3.connect(beside / FILE) as old:
        query = "SELECT count(*) FROM record WHERE service = ?"
        assert old.execute(query, (RESIDENT,)).fetchone() == (1,)
    old.close()


def test_a_restore_makes_a_server_where_there_was_none(
    city: City, place: Path, tmp_path: Path, time: Time
) -> None:
    back_up(city, place / "a.bak")
    folder = tmp_path / "baru" / "server"

    put_back(folder, place / "a.bak", time)

    with_name = City.open(folder, time)
    assert with_name.keys == city.keys
    assert verify.verify(with_name) == ()
    with_name.close()


def test_a_running_server_is_not_restored_but_backed_up(
    city: City, folder: Path, place: Path, time: Time
) -> None:
    running = run.start(folder, now=time)
    try:
        made = back_up(city, place / "a.bak")
        with pytest.raises(Refused) as error:
            put_back(folder, place / "a.bak", time)
    finally:
        running.stop()

    assert made.durable
    assert code_of(error) == "server_busy"


def test_a_server_does_not_start_while_it_is_being_restored(folder: Path, time: Time) -> None:
    lock = Lock.take(folder, "server_busy")
    try:
        with pytest.raises(Refused) as error:
            run.start(folder, now=time)
    finally:
        lock.release()

    assert code_of(error) == "server_busy"
