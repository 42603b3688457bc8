"""A person is erased at the city and at every desk, and is not found anywhere afterwards."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from forms.engine.problem import Refused
from forms.engine.spec import Retention
from sync.server import attachment_tables, erasure, erasure_list, restore, tables, verify
from sync.server import records as city_records
from sync.server.city import City
from sync.server.erasure import Asked
from sync.store import backup as store_backup
from sync.store import drafts, erasing, inbox, outbox, read, records, settings, status
from sync.store.keystore import NoKeystore
from tests.sync.client.erasing import (
    NAME,
    NIK,
    WORDS,
    carried,
    erase,
    left_at,
    left_in_database,
    left_in_file,
    letter,
    lines,
    person,
    whole,
)
from tests.sync.client.road import ADMINISTRATOR, LETTER, PASSPHRASE, RESIDENT
from tests.sync.client.scans import begun, scan
from tests.sync.faults.carrying import back, keeping, out, visit
from tests.sync.faults.cloning import clone, image
from tests.sync.faults.restoring import DAY_MS, Town


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    made = Town(tmp_path)
    yield made
    made.close()


def test_nothing_of_an_erased_person_is_found_at_the_city_or_at_any_desk(town: Town) -> None:
    rina, budi = town.desk("Rina"), town.desk("Budi")
    other = records.new(rina, RESIDENT, {"nama": "WARGA LAIN"}).record
    resident = person(rina)
    records.edit(rina, resident, {"telepon": "081234567890"})
    issued = letter(rina, resident)
    town.go(rina, budi)
    assert left_at(budi) == list(WORDS)
    before = read.record(budi, issued)

    done = erase(town.city, resident)
    town.go(rina, budi)

    assert done.number == 1
    assert {line.record for line in done.plan.lines} == {resident, issued}
    for store in (rina, budi):
        assert left_at(store) == []
        assert whole(store)
        assert read.record(store, other).answers["nama"] == "WARGA LAIN"
        shown = read.record(store, issued)
        assert (shown.answers, shown.number, shown.state) == ({}, before.number, before.state)
    assert verify.verify(town.city) == ()
    assert left_in_database(town.city.database.url) == []
    town.settled(rina, budi)


def test_a_desk_that_joins_later_has_the_number_and_the_day_and_nobody(town: Town) -> None:
    rina = town.desk("Rina")
    resident = person(rina)
    issued = letter(rina, resident)
    town.go(rina)
    [before] = lines(rina, issued)
    town.now += 3 * DAY_MS
    erase(town.city, resident)
    town.go(rina)

    tari = town.desk("Tari")
    town.go(tari, rina)

    assert left_at(tari) == []
    assert whole(tari)
    assert lines(tari, issued) == lines(rina, issued) == [before]
    assert read.record(tari, issued).number == read.record(rina, issued).number
    assert keeping(tari) == keeping(rina)


def test_a_person_stays_erased_when_an_older_backup_is_restored(town: Town) -> None:
    rina, budi = town.desk("Rina"), town.desk("Budi")
    resident = person(rina)
    letter(rina, resident)
    town.go(rina, budi)
    backup = town.back_up("kota.bak")
    assert left_in_file(backup) != []
    erase(town.city, resident)
    town.go(rina, budi)

    town.restore(backup)

    assert left_in_database(town.city.database.url) == []
    assert verify.verify(town.city) == ()
    assert [proof.entry.number for proof in erasure.proofs(town.city)] == [1]
    closing = sorted(town.backups.glob("kota-epoch*"))
    assert [left_in_file(file) for file in closing] == [[]]
    town.settled(rina, budi)
    assert left_in_database(town.city.database.url) == []


def test_a_new_machine_that_has_only_the_backups_folder_forgets_the_person_too(
    town: Town,
) -> None:
    rina = town.desk("Rina")
    resident = person(rina)
    town.go(rina)
    backup = town.back_up("kota.bak")
    erase(town.city, resident)
    town.city.close()
    shutil.rmtree(town.folder)
    town.folder = town.root / "other machine"

    restore.restore(town.folder, backup, ADMINISTRATOR, PASSPHRASE, now=town.clock)
    town.city = City.open(town.folder, town.clock)

    assert left_in_database(town.city.database.url) == []
    assert erasure_list.NAME in {path.name for path in town.folder.iterdir()}
    town.settled(rina)
    assert left_at(rina) == []


def test_a_server_that_starts_on_an_older_disk_reads_the_list_in_its_folder(town: Town) -> None:
    rina = town.desk("Rina")
    resident = person(rina)
    town.go(rina)
    image = town.image()
    erase(town.city, resident)
    town.put_back(image)
    assert left_in_database(town.city.database.url) != []

    assert erasure_list.heed(town.city, [town.folder]) == 1

    assert left_in_database(town.city.database.url) == []
    assert verify.verify(town.city) == ()


def test_what_others_did_comes_back_from_pages_without_the_person(town: Town) -> None:
    rina, budi = town.desk("Rina"), town.desk("Budi")
    resident = person(rina)
    town.go(rina, budi)
    backup = town.back_up("kota.bak")
    other = records.new(rina, RESIDENT, {"nama": "WARGA LAIN"}).record
    records.edit(rina, resident, {"nama": f"{NAME} BARU"})
    town.go(rina, budi)
    erase(town.city, resident)
    town.go(budi)
    rina.close()  # her laptop is gone: only pages that Budi has tell of her work
    town.restore(backup)

    town.go(budi, budi)

    assert other in town.held(RESIDENT)
    assert left_in_database(town.city.database.url) == []
    town.settled(budi)


def test_what_was_done_before_a_desk_could_know_is_dropped_and_its_number_stays(
    town: Town,
) -> None:
    rina, budi = town.desk("Rina"), town.desk("Budi")
    resident = person(rina)
    town.go(rina, budi)
    records.edit(budi, resident, {"telepon": "081298765432"})
    late = letter(budi, resident)
    outbox.freeze(budi)  # sealed: nobody can take the person out of it any more
    further = letter(budi, resident)  # not yet sealed when Budi hears of it
    numbers = [read.record(budi, name).number for name in (late, further)]
    erase(town.city, resident)

    town.go(budi, rina)

    for store in (rina, budi):
        assert left_at(store) == []
        assert whole(store)
        assert [bool(lines(store, name)) for name in (late, further)] == [True, True]
    assert left_in_database(town.city.database.url) == []
    explained = city_records.explain(town.city, "KEL-1", "surat", 2026)
    used = [one.text for one in explained if one.state == "issued"]
    assert used == [number.text for number in numbers if number]
    assert status.status(budi).pending == 0
    assert verify.verify(town.city) == ()
    town.settled(rina, budi)


def test_letters_of_a_person_stay_where_only_the_person_is_erased(town: Town) -> None:
    rina = town.desk("Rina")
    resident = person(rina)
    issued = letter(rina, resident)
    town.go(rina)

    done = erase(town.city, resident, whole=False)
    later = letter(rina)
    town.go(rina)

    assert (len(done.plan.lines), done.plan.mentions) == (1, [issued])
    assert read.record(rina, resident).answers == {}
    assert read.record(rina, issued).answers["nama"] == NAME
    assert read.record(rina, later).answers["nama"] == NAME
    with pytest.raises(Refused) as refused:
        letter(rina, resident)
    assert [problem.code for problem in refused.value.problems] == ["record_erased"]
    with pytest.raises(Refused) as refused:
        records.edit(rina, resident, {"nama": NAME})
    assert [problem.code for problem in refused.value.problems] == ["record_erased"]
    with pytest.raises(Refused) as refused:
        records.move(rina, resident, "archive")
    assert [problem.code for problem in refused.value.problems] == ["record_erased"]


def test_erasing_twice_is_harmless_and_the_second_may_take_more(town: Town) -> None:
    rina = town.desk("Rina")
    resident = person(rina)
    issued = letter(rina, resident)
    town.go(rina)

    first = erase(town.city, resident, whole=False)
    again = erase(town.city, resident, whole=False)
    wider = erase(town.city, resident)
    town.go(rina)

    assert (first.number, first.again) == (1, False)
    assert (again.number, again.again) == (1, True)
    assert (wider.number, wider.again) == (2, False)
    assert read.record(rina, issued).answers == {}
    assert (carried(rina), left_at(rina), whole(rina)) == (2, [], True)
    assert verify.verify(town.city) == ()


def test_a_desk_whose_clock_was_ahead_is_believed_when_it_is_right_again(town: Town) -> None:
    rina = town.desk("Rina")
    first, second = person(rina), records.new(rina, RESIDENT, {"nama": "WARGA LAIN"}).record
    town.go(rina)
    erase(town.city, first)
    rina.now = lambda: town.clock() + 365 * DAY_MS
    town.go(rina, rina)
    rina.now = town.clock

    erase(town.city, second)
    town.go(rina, rina)

    assert [proof.outstanding for proof in erasure.proofs(town.city)] == [[], []]


def test_a_word_about_another_past_of_the_list_proves_nothing(town: Town) -> None:
    rina = town.desk("Rina")
    resident = person(rina)
    town.go(rina)
    erase(town.city, resident)
    with rina.write() as conn:
        settings.write(conn, "erased", erasing.Last(1, bytes(32)))

    town.exchange([outbox.ask(rina).envelope])

    assert [proof.confirmed for proof in erasure.proofs(town.city)] == [[]]


def test_the_proof_names_who_has_confirmed_and_who_has_not(town: Town) -> None:
    rina, budi = town.desk("Rina"), town.desk("Budi")
    resident = person(rina)
    town.go(rina, budi)
    backup = town.back_up("kota.bak")
    erase(town.city, resident)
    town.desk("Tari")  # joined afterwards: it never had the person

    [none] = erasure.proofs(town.city)
    town.go(rina, rina)
    [one] = erasure.proofs(town.city)
    town.go(budi, budi)
    town.now += 40 * DAY_MS
    [both] = erasure.proofs(town.city)

    devices = {rina.desk.device, budi.desk.device}
    assert {holder.device for holder in none.outstanding} == devices
    assert [holder.device for holder in one.confirmed] == [rina.desk.device]
    assert [holder.device for holder in one.outstanding] == [budi.desk.device]
    assert {holder.device for holder in both.confirmed} == devices
    assert [file for file, _ in none.backups] == [str(backup)]
    assert both.backups == []  # 35 days old: it is not there any more, or should not be
    assert one.unreadable > one.entry.time + 35 * DAY_MS


def test_a_stick_brings_the_word_and_takes_the_confirmation_back(town: Town) -> None:
    rina = town.desk("Rina")
    resident = person(rina)
    letter(rina, resident)
    place = town.root / "stick"
    for _ in range(2):
        out(rina, place)
        visit(town.city, place)
        back(rina, place)
    erase(town.city, resident)

    out(rina, place)
    visit(town.city, place)
    assert back(rina, place).refused == []
    assert (left_at(rina), whole(rina)) == ([], True)
    out(rina, place)
    visit(town.city, place)

    [proof] = erasure.proofs(town.city)
    assert [holder.device for holder in proof.confirmed] == [rina.desk.device]


def test_an_old_answer_on_a_stick_does_not_bring_the_person_back(town: Town) -> None:
    rina, budi = town.desk("Rina"), town.desk("Budi")
    resident = person(rina)
    town.go(rina)
    place = town.root / "stick"
    out(budi, place)
    visit(town.city, place)  # on the stick the person is whole
    erase(town.city, resident)
    with budi.write() as conn:  # the word came by another road, before any row
        [entry] = [proof.entry for proof in erasure.proofs(town.city)]
        erasing.forget(budi, conn, entry.records)

    back(budi, place)

    assert (left_at(budi), whole(budi)) == ([], True)


def test_a_desk_put_back_to_before_hears_of_it_again(town: Town) -> None:
    rina = town.desk("Rina")
    resident = person(rina)
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

    town.go(again, again)

    assert (left_at(again), whole(again), carried(again)) == ([], True, 1)
    [proof] = erasure.proofs(town.city)
    assert proof.outstanding == []


def test_drafts_scans_and_disputes_about_the_person_go_too(town: Town, tmp_path: Path) -> None:
    rina, budi = town.desk("Rina"), town.desk("Budi")
    resident = person(rina)
    begun_letter = begun(rina, scan(tmp_path, 5_000), nama=NAME, nik=NIK)
    town.go(rina, budi)
    records.edit(rina, resident, {"nama": f"{NAME} SATU"})
    records.edit(budi, resident, {"nama": f"{NAME} DUA"})
    drafts.put(budi, "surat", LETTER, {"nama": NAME}, subject=resident)
    drafts.put(budi, "nik", LETTER, {"nama": NAME, "nik": NIK})
    drafts.put(budi, "lain", LETTER, {"nama": "WARGA LAIN"})
    town.go(rina, budi, rina)
    assert inbox.listing(budi) != []
    assert list((rina.folder / "chunks").iterdir()) != []

    erase(town.city, resident)
    erase(town.city, begun_letter)
    town.go(rina, budi)

    for store in (rina, budi):
        assert (left_at(store), whole(store), inbox.listing(store)) == ([], True, [])
    assert list((rina.folder / "chunks").iterdir()) == []
    assert [draft.key for draft in drafts.listing(budi)] == ["lain"]
    with town.city.database.read() as connection:
        counts = [
            connection.scalar(select(func.count()).select_from(table))
            for table in (
                attachment_tables.attachment,
                attachment_tables.chunk,
                attachment_tables.citation,
                tables.conflict,
            )
        ]
    assert counts == [0] * 4
    assert left_in_database(town.city.database.url) == []


def test_a_copy_of_the_database_and_a_new_backup_hold_nothing_of_the_person(town: Town) -> None:
    rina = town.desk("Rina")
    resident = person(rina)
    town.go(rina)
    erase(town.city, resident)

    assert left_in_database(town.image()) == []
    assert left_in_file(town.back_up("kota.bak")) == []
    assert left_in_file(town.backups / erasure_list.NAME) == []


def test_both_copies_of_a_laptop_have_to_confirm(town: Town) -> None:
    rina = town.desk("Rina")
    resident = person(rina)
    town.go(rina)
    copy = clone(town, image(town, rina))
    for store in (rina, copy, rina, copy):  # both are found, and one becomes a device of its own
        records.new(store, RESIDENT, {"nama": "WARGA LAIN"})
        town.go(store)
    erase(town.city, resident)
    devices = {rina.desk.device, copy.desk.device}

    [before] = erasure.proofs(town.city)
    town.go(rina, rina)
    [half] = erasure.proofs(town.city)
    town.go(copy, copy)
    [after] = erasure.proofs(town.city)

    assert len(devices) == 2
    assert {one.device for one in before.outstanding} == devices
    assert [one.device for one in half.outstanding] == [copy.desk.device]
    assert {one.device for one in after.confirmed} == devices
    assert [left_at(store) for store in (rina, copy)] == [[], []]


@pytest.mark.parametrize(
    ("reason", "ground", "code"),
    [
        ("", "UU 27/2022", "erasure_reason"),
        ("Permohonan", " ", "erasure_reason"),
        ("Permohonan Sekarwangi Larasati", "UU 27/2022", "erasure_names_person"),
        ("Permohonan", f"surat {NIK}", "erasure_names_person"),
    ],
)
def test_a_reason_is_given_and_names_nobody(
    town: Town, reason: str, ground: str, code: str
) -> None:
    rina = town.desk("Rina")
    resident = person(rina)
    town.go(rina)

    with pytest.raises(Refused) as refused:
        erasure.erase(town.city, Asked(resident, reason, ground), ADMINISTRATOR)

    assert [problem.code for problem in refused.value.problems] == [code]
    assert erasure.proofs(town.city) == []


def test_what_a_rule_still_keeps_is_refused_until_the_administrator_overrides_it(
    town: Town,
) -> None:
    desk = town.desk("Rina")
    resident = person(desk)
    town.go(desk)
    form = town.city.catalogue.form(RESIDENT)
    kept, form.retention = form.retention, Retention(years=25, then="erase", source="Perda 1")
    asked = Asked(resident, "Permohonan", "UU 27/2022")
    try:
        with pytest.raises(Refused) as refused:
            erasure.erase(town.city, asked, ADMINISTRATOR)
        [line] = erasure.plan(town.city, asked).lines
        done = erasure.erase(
            town.city, Asked(resident, "Permohonan", "UU 27/2022", despite=True), ADMINISTRATOR
        )
    finally:
        form.retention = kept

    assert [problem.code for problem in refused.value.problems] == ["erasure_kept"]
    assert (line.kept_until[:4], line.source) == ("2051", "Perda 1")
    assert done.number == 1


def test_an_operator_is_no_person_to_be_erased(town: Town) -> None:
    rina = town.desk("Rina")

    with pytest.raises(Refused) as refused:
        erase(town.city, rina.operator.id)

    assert [problem.code for problem in refused.value.problems] == ["erasure_internal"]
