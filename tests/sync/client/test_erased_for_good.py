"""What was erased stays so on the roads by which it might come back: power cuts, old disks."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from sync.server import attachment_tables, erasure, erasure_list
from sync.server.erasure import Asked
from sync.store import backup as store_backup
from sync.store import outbox
from sync.store.handle import Store
from sync.store.keystore import NoKeystore
from tests.sync.client.erasing import (
    GROUND,
    NAME,
    NIK,
    REASON,
    carried,
    erase,
    left_at,
    left_in_database,
    left_in_file,
    letter,
    person,
    whole,
)
from tests.sync.client.road import ADMINISTRATOR, PASSPHRASE
from tests.sync.client.scans import begun, scan
from tests.sync.faults.carrying import keeping, out, visit
from tests.sync.faults.restoring import Town


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    made = Town(tmp_path)
    yield made
    made.close()


def test_a_city_whose_list_is_lost_hears_of_it_from_its_desks(town: Town) -> None:
    rina, budi = town.desk("Rina"), town.desk("Budi")
    resident = person(rina)
    town.go(rina, budi)
    image = town.image()
    erase(town.city, resident)
    town.go(rina)  # Budi has the person still, and has not heard
    (town.folder / erasure_list.NAME).unlink()
    town.put_back(image)

    town.go(rina)
    assert left_in_database(town.city.database.url) == []
    town.settled(rina, budi)
    assert left_at(budi) == []
    assert (carried(rina), carried(budi)) == (1, 1)


def test_a_desk_that_joined_after_an_erasure_reminds_a_city_that_forgot_it(town: Town) -> None:
    rina = town.desk("Rina")
    resident = person(rina)
    town.go(rina)
    image = town.image()
    erase(town.city, resident)
    tari = town.desk("Tari")  # and nobody else has heard
    (town.folder / erasure_list.NAME).unlink()
    town.put_back(image)
    assert left_in_database(town.city.database.url) != []

    town.go(tari)

    assert left_in_database(town.city.database.url) == []
    town.settled(rina, tari)
    assert left_at(rina) == left_at(tari) == []
    assert keeping(tari) == keeping(rina)


def test_a_backup_of_an_older_disk_neither_holds_the_person_nor_shortens_the_list(
    town: Town,
) -> None:
    rina = town.desk("Rina")
    resident = person(rina)
    town.go(rina)
    image = town.image()
    town.back_up("satu.bak")
    erase(town.city, resident)
    lists = [folder / erasure_list.NAME for folder in (town.folder, town.backups)]
    before = [place.read_bytes() for place in lists]
    town.put_back(image)

    made = town.back_up("dua.bak")  # by a timer, before the server runs again

    assert [place.read_bytes() for place in lists] == before
    assert left_in_file(made) == []


def test_a_power_cut_behind_the_erasure_leaves_nothing_in_the_file_of_a_server_that_starts(
    town: Town,
) -> None:
    rina = town.desk("Rina")
    resident = person(rina)
    town.go(rina)
    asked = Asked(resident, REASON, GROUND)
    erasure.enter(town.city, asked, ADMINISTRATOR)  # and the process ends before it cleans
    assert left_in_database(town.city.database.url) != []

    erasure_list.heed(town.city, [town.folder])

    assert left_in_database(town.city.database.url) == []


def test_an_erasure_that_is_done_again_cleans_what_the_first_could_not(town: Town) -> None:
    rina = town.desk("Rina")
    resident = person(rina)
    town.go(rina)
    erasure.enter(town.city, Asked(resident, REASON, GROUND), ADMINISTRATOR)

    again = erase(town.city, resident, whole=False)

    assert again.again
    assert left_in_database(town.city.database.url) == []


def test_a_scan_that_was_under_way_is_not_taken_after_its_record_was_erased(
    town: Town, tmp_path: Path
) -> None:
    rina, budi = town.desk("Rina"), town.desk("Budi")
    record = begun(rina, scan(tmp_path, 5_000), nama=NAME, nik=NIK)
    outbox.freeze(rina)
    town.exchange([outbox.ask(rina).envelope, *outbox.unreceipted(rina)])  # the answer is lost
    erase(town.city, record)

    out(rina, tmp_path / "stick")  # it can't know yet
    visit(town.city, tmp_path / "stick")
    town.go(rina, budi)

    assert left_at(rina) == []
    with town.city.database.read() as connection:
        for table in (attachment_tables.attachment, attachment_tables.chunk):
            assert connection.scalar(select(func.count()).select_from(table)) == 0


def test_a_desk_put_back_knows_at_once_whom_its_replaced_store_had_erased(town: Town) -> None:
    rina = town.desk("Rina")
    resident = person(rina)
    letter(rina, resident)
    town.go(rina)
    kept = town.root / "rina.bak"
    store_backup.backup(rina, kept, PASSPHRASE, keystore=NoKeystore())
    erase(town.city, resident)
    town.go(rina, rina)
    folder = rina.folder
    rina.close()
    town.desks.remove(rina)

    again = store_backup.restore(
        folder, kept, "Rina", PASSPHRASE, keystore=NoKeystore(), now=town.clock
    ).store
    town.desks.append(again)

    assert (left_at(again), carried(again)) == ([], 1)
    town.go(again, again)
    assert whole(again)


def kept_with(town: Town, name: str) -> tuple[Store, Path, bytes]:
    """Give a desk with a person, and a backup that it made."""
    rina = town.desk("Rina")
    resident = person(rina)
    town.go(rina)
    (town.root / "stik").mkdir()
    kept = town.root / "stik" / name
    store_backup.backup(rina, kept, PASSPHRASE, keystore=NoKeystore())
    return rina, kept, resident


def read_back(town: Town, file: Path, folder: str) -> Store:
    """Open a backup on another laptop, as it is before any trip."""
    made = store_backup.restore(
        town.root / folder, file, "Rina", PASSPHRASE, keystore=NoKeystore(), now=town.clock
    ).store
    town.desks.append(made)
    return made


def test_a_desks_own_backup_is_written_anew_on_the_trip_that_erases_somebody(town: Town) -> None:
    rina, kept, resident = kept_with(town, "rina.bak")
    assert left_at(read_back(town, kept, "before")) != []
    erase(town.city, resident)

    town.go(rina, rina)

    assert (left_at(read_back(town, kept, "after")), left_at(rina)) == ([], [])
    assert [path.name for path in kept.parent.iterdir()] == ["rina.bak"]
    assert store_backup.renew(rina) == []


def test_a_backup_on_a_stick_that_is_away_is_written_anew_when_it_is_back(town: Town) -> None:
    rina, kept, resident = kept_with(town, "rina.bak")
    away = kept.parent.rename(town.root / "laci")
    erase(town.city, resident)
    town.go(rina, rina)
    assert store_backup.renew(rina) == [kept]

    away.rename(kept.parent)
    town.go(rina)

    assert left_at(read_back(town, kept, "after")) == []


@pytest.mark.parametrize("is_backup", [True, False])
def test_what_is_no_backup_of_this_desk_any_more_is_let_be(town: Town, *, is_backup: bool) -> None:
    rina, kept, resident = kept_with(town, "rina.bak")
    kept.write_bytes(b"something else")
    if is_backup:
        store_backup.backup(town.desk("Budi"), kept, PASSPHRASE, keystore=NoKeystore())
    content = kept.read_bytes()
    erase(town.city, resident)

    town.go(rina, rina)

    assert kept.read_bytes() == content
    assert store_backup.renew(rina) == []
