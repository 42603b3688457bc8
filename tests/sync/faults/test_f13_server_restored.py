"""F13: the city's server is restored from a backup, or its disk is put back, and desks heal it."""

import shutil

import msgspec
import pytest
from sqlalchemy import select

from forms.engine.problem import Refused, Unreachable
from sync.client.trip import trip
from sync.crypto import envelope
from sync.protocol import wire
from sync.protocol.exchange import Answer
from sync.server import devices, tables
from sync.server import exchange as server
from sync.server.devices import admitted
from sync.store import inbound, outbox, read, records, settings, status
from sync.store.handle import Store
from tests.sync.client.road import LETTER, RESIDENT
from tests.sync.faults.carrying import issue, save
from tests.sync.faults.restoring import DAY_MS, Town, own


def resident(store: Store, **answers: object) -> bytes:
    return records.new(store, RESIDENT, {"nama": "SARI MELATI", **answers}).record


def shows(store: Store, record: bytes, key: str = "telepon") -> object:
    return read.record(store, record).answers.get(key)


def test_what_was_sent_after_the_newest_backup_comes_back_in_one_trip(town: Town) -> None:
    rina, budi = town.desk("Rina"), town.desk("Budi")
    save(rina, 3)
    town.go(rina, budi)
    file = town.back_up("satu.bak")
    save(rina, 4)
    issue(rina)
    town.go(rina, budi)
    before = town.held(RESIDENT), town.held(LETTER)

    town.restore(file)
    assert len(town.held(RESIDENT)) == 3
    (there,) = town.go(rina)

    assert (there.pending, there.conflicts, there.to_fix) == (0, 0, 0)
    assert (town.held(RESIDENT), town.held(LETTER)) == before
    assert status.status(rina).epoch == town.city.epoch
    town.settled(rina, budi)


def test_an_older_backup_is_healed_though_everything_was_durable_since(town: Town) -> None:
    rina, budi = town.desk("Rina"), town.desk("Budi")
    save(rina)
    town.go(rina)
    old = town.back_up("lama.bak")
    save(rina, 2)
    save(budi, 2)
    town.go(rina, budi)
    town.back_up("baru.bak")
    save(rina)
    town.go(rina, budi, rina)
    before = town.held(RESIDENT)

    town.restore(old)
    town.settled(rina, budi)

    assert town.held(RESIDENT) == before


def test_what_a_dead_laptop_had_sent_comes_back_from_a_desk_that_only_reads(town: Town) -> None:
    rina, budi = town.desk("Rina"), town.desk("Budi")
    town.go(rina, budi)
    file = town.back_up("satu.bak")
    save(rina, 5)
    issue(rina)
    town.go(rina, budi)
    before = town.held(RESIDENT), town.held(LETTER)
    rina.close()

    town.restore(file)
    town.go(budi)

    assert (town.held(RESIDENT), town.held(LETTER)) == before
    town.settled(budi)


def test_a_device_enrolled_after_the_backup_is_let_in_again_with_its_work(town: Town) -> None:
    rina = town.desk("Rina")
    town.go(rina)
    file = town.back_up("satu.bak")
    budi = town.desk("Budi")
    save(budi, 3)
    issue(budi)
    town.go(budi, rina)
    before = town.held(RESIDENT), town.held(LETTER)

    town.restore(file)
    assert len(devices.listing(town.city)) == 1
    town.go(budi)

    assert (town.held(RESIDENT), town.held(LETTER)) == before
    assert {one.id for one in devices.listing(town.city)} == {rina.desk.device, budi.desk.device}
    town.settled(rina, budi)


def test_the_work_of_a_dead_laptop_that_was_enrolled_after_the_backup_comes_back(
    town: Town,
) -> None:
    rina = town.desk("Rina")
    town.go(rina)
    file = town.back_up("satu.bak")
    budi = town.desk("Budi")
    issue(budi)
    town.go(budi, rina)
    before = town.held(LETTER)
    budi.close()

    town.restore(file)
    town.settled(rina)

    assert town.held(LETTER) == before


def test_conflicts_and_their_settlement_come_back_as_they_were(town: Town) -> None:
    rina, budi = town.desk("Rina"), town.desk("Budi")
    name = resident(rina, telepon="081200000001")
    town.go(rina, budi)
    file = town.back_up("satu.bak")
    records.edit(rina, name, {"telepon": "081200000002"})
    records.edit(budi, name, {"telepon": "081200000003"})
    town.go(rina, budi, rina)
    assert [status.status(store).conflicts for store in (rina, budi)] == [1, 1]

    town.restore(file)
    town.go(budi)  # the one that lost comes first, with what it had read of the other

    town.settled(rina, budi)
    assert [status.status(store).conflicts for store in (rina, budi)] == [1, 1]
    assert shows(rina, name) == "081200000002"


def test_an_edit_that_was_never_told_to_anybody_else_wins_nothing_and_loses_nothing(
    town: Town,
) -> None:
    rina, budi = town.desk("Rina"), town.desk("Budi")
    name = resident(rina, telepon="081200000001")
    town.go(rina, budi)
    file = town.back_up("satu.bak")
    records.edit(rina, name, {"telepon": "081200000002"})
    town.go(rina)  # budi never hears of it

    town.restore(file)
    records.edit(budi, name, {"telepon": "081200000003"})
    town.go(budi, rina, budi)

    town.settled(rina, budi)
    assert {shows(rina, name), shows(budi, name)} == {"081200000003"}
    assert [status.status(store).conflicts for store in (rina, budi)] == [1, 1]


def test_records_stay_readable_and_marked_until_they_are_told_again(town: Town) -> None:
    rina, budi = town.desk("Rina"), town.desk("Budi")
    name = resident(rina, telepon="081200000001")
    town.go(rina, budi)
    file = town.back_up("satu.bak")
    records.edit(rina, name, {"telepon": "081200000002"})
    other = resident(rina)
    town.go(rina, budi)
    town.restore(file)

    ask = outbox.ask(budi)
    inbound.take(budi, town.exchange([ask.envelope]), ask.nonce)

    assert shows(budi, name) == "081200000002"
    assert read.record(budi, other).answers["nama"] == "SARI MELATI"
    assert read.record(budi, name).rewound
    assert read.record(budi, other).rewound
    town.go(budi)
    assert not read.record(budi, name).rewound
    town.settled(rina, budi)


def test_a_clerk_goes_on_working_while_the_city_is_being_healed(town: Town) -> None:
    rina, budi = town.desk("Rina"), town.desk("Budi")
    name = resident(rina, telepon="081200000001")
    town.go(rina, budi)
    file = town.back_up("satu.bak")
    records.edit(rina, name, {"telepon": "081200000002"})
    town.go(rina, budi)
    town.restore(file)

    ask = outbox.ask(budi)
    inbound.take(budi, town.exchange([ask.envelope]), ask.nonce)
    records.edit(budi, name, {"telepon": "081200000009"})  # on what it still shows

    town.settled(rina, budi)
    assert shows(rina, name) == "081200000009"
    assert [status.status(store).conflicts for store in (rina, budi)] == [0, 0]


@pytest.mark.parametrize("cut", range(8))
def test_a_line_that_breaks_anywhere_in_the_healing_costs_nothing(town: Town, cut: int) -> None:
    rina, budi = town.desk("Rina"), town.desk("Budi")
    save(rina, 2)
    town.go(rina, budi)
    file = town.back_up("satu.bak")
    save(rina, 3)
    save(budi, 2)
    town.go(rina, budi, rina)
    before = town.held(RESIDENT)
    town.restore(file)

    count = 0
    straight = town.exchange

    class Breaking:
        def exchange(self, envelopes: list[bytes]) -> bytes:
            nonlocal count
            answer = straight(envelopes)
            count += 1
            if count == cut + 1:
                raise Unreachable
            return answer

    try:
        trip(budi, Breaking())
    except Unreachable:
        assert count == cut + 1
    town.settled(budi, rina)
    assert town.held(RESIDENT) == before


def test_two_restores_one_after_the_other_are_healed(town: Town) -> None:
    rina, budi = town.desk("Rina"), town.desk("Budi")
    save(rina)
    town.go(rina, budi)
    first = town.back_up("satu.bak")
    save(rina, 2)
    town.go(rina, budi)
    second = town.back_up("dua.bak")
    save(budi, 2)
    town.go(budi, rina)
    before = town.held(RESIDENT)

    town.restore(second)
    town.go(rina)  # healed as to the second
    town.restore(first)  # the older one after all

    town.settled(budi, rina)
    assert town.held(RESIDENT) == before
    assert status.status(rina).epoch == status.status(budi).epoch == town.city.epoch


def test_the_same_backup_restored_twice_on_machines_that_know_nothing_of_each_other_is_healed(
    town: Town,
) -> None:
    rina, budi = town.desk("Rina"), town.desk("Budi")
    save(rina)
    town.go(rina, budi)
    file = town.back_up("satu.bak")
    save(rina, 2)
    town.go(rina, budi)
    before = town.held(RESIDENT)
    town.restore(file)
    town.go(rina)
    town.city.close()
    shutil.rmtree(town.folder)

    town.restore(file)
    town.settled(rina, budi)

    assert town.held(RESIDENT) == before


def test_a_desk_that_comes_180_days_and_two_restores_later_brings_all_it_has(town: Town) -> None:
    rina, budi = town.desk("Rina"), town.desk("Budi")
    town.go(rina, budi)
    first = town.back_up("satu.bak")
    save(rina, 2)
    save(budi, 2)
    town.go(rina, budi)
    before = town.held(RESIDENT)
    town.restore(first)
    town.now += 90 * DAY_MS
    second = town.back_up("dua.bak")
    town.restore(second)
    town.now += 90 * DAY_MS
    rina.close()

    town.settled(budi)
    assert town.held(RESIDENT) == before


def test_a_server_that_was_put_back_and_told_nobody_finds_out_by_the_first_desk(
    town: Town,
) -> None:
    rina, budi = town.desk("Rina"), town.desk("Budi")
    save(rina)
    town.go(rina, budi)
    image, epoch = town.image(), town.city.epoch
    save(rina, 3)
    town.go(rina, budi)
    before = town.held(RESIDENT)

    town.put_back(image)
    town.go(budi)

    assert town.city.epoch != epoch
    assert town.held(RESIDENT) == before
    town.settled(rina, budi)


def test_it_finds_out_too_when_it_has_long_moved_past_the_cursor(town: Town) -> None:
    rina, budi, tuti = town.desk("Rina"), town.desk("Budi"), town.desk("Tuti")
    save(rina)
    town.go(rina, budi, tuti)
    image = town.image()
    save(rina, 2)
    town.go(rina, budi)
    before = town.held(RESIDENT)

    town.put_back(image)
    save(tuti, 9)
    town.go(tuti)
    town.go(budi)

    assert town.held(RESIDENT) > before
    town.settled(rina, budi, tuti)
    assert len(town.held(RESIDENT)) == len(before) + 9


def test_it_finds_out_by_a_receipt_where_no_stream_shows_it(town: Town) -> None:
    rina = town.desk("Rina")
    town.go(rina)
    image, epoch = town.image(), town.city.epoch
    save(rina)
    outbox.freeze(rina)
    ask = outbox.ask(rina)
    answer = town.exchange([ask.envelope, *outbox.unreceipted(rina)])
    opened = envelope.open_sealed(envelope.read(answer), town.city.public.sign, rina.keys.seal)
    told = wire.decode(opened, Answer)
    with town.city.database.read() as connection:
        device = admitted(connection, town.city.code, rina.desk.device)
    only = msgspec.structs.replace(told, pages=[], more=False)  # the pages were lost on the way
    inbound.take(rina, server.seal(town.city, device, only, "answer"), ask.nonce)

    town.put_back(image)
    town.go(rina)

    assert town.city.epoch != epoch
    assert len(town.held(RESIDENT)) == 1
    town.settled(rina)


def test_a_device_that_a_put_back_server_has_never_met_proves_it(town: Town) -> None:
    rina = town.desk("Rina")
    town.go(rina)
    image, epoch = town.image(), town.city.epoch
    budi = town.desk("Budi")
    save(budi, 2)
    town.go(budi)
    before = town.held(RESIDENT)

    town.put_back(image)
    town.go(budi)

    assert town.city.epoch != epoch
    assert town.held(RESIDENT) == before
    town.settled(rina, budi)


def test_a_desk_of_the_child_epoch_stops_the_old_server_that_still_runs(town: Town) -> None:
    rina, budi = town.desk("Rina"), town.desk("Budi")
    town.go(rina, budi)
    file, image = town.back_up("satu.bak"), town.image()
    town.restore(file)
    town.go(rina)
    save(rina, 2)

    town.put_back(image)
    with pytest.raises(Refused) as refused:
        town.go(rina)

    assert refused.value.problems[0].code == "epoch_superseded"
    with pytest.raises(Refused) as again:
        town.go(budi)
    assert again.value.problems[0].code == "epoch_superseded"
    assert status.status(rina).pending == 2


def test_the_old_server_serves_again_once_an_administrator_restores_it_on_purpose(
    town: Town,
) -> None:
    rina, budi = town.desk("Rina"), town.desk("Budi")
    town.go(rina, budi)
    file, image = town.back_up("satu.bak"), town.image()
    town.restore(file)
    save(rina, 2)
    town.go(rina)
    town.put_back(image)
    with pytest.raises(Refused):
        town.go(rina)

    town.restore(town.back_up("tiga.bak"))
    town.settled(rina, budi)

    assert len(town.held(RESIDENT)) == 2


def test_an_earlier_answer_that_a_stick_brings_late_changes_nothing(town: Town) -> None:
    rina = town.desk("Rina")
    town.go(rina)
    file = town.back_up("satu.bak")
    save(rina)
    outbox.freeze(rina)
    ask = outbox.ask(rina)
    late = town.exchange([ask.envelope, *outbox.unreceipted(rina)])
    town.restore(file)
    town.go(rina)
    assert len(town.held(RESIDENT)) == 1
    with rina.read() as conn:
        marks = settings.marks(conn)

    inbound.take(rina, late)

    with rina.read() as conn:
        assert settings.marks(conn) == marks
    town.settled(rina)


def test_no_act_of_a_desk_is_ever_lost_and_none_is_doubled(town: Town) -> None:
    rina, budi = town.desk("Rina"), town.desk("Budi")
    save(rina, 2)
    town.go(rina, budi)
    file = town.back_up("satu.bak")
    for _ in range(2):
        save(rina, 2)
        issue(budi)
        town.go(rina, budi)
    made = {change.id for store in (rina, budi) for change in own(store)}
    town.restore(file)
    town.go(budi, rina, budi)

    with town.city.database.read() as connection:
        there = list(connection.scalars(select(tables.change.c.id)))
    assert made <= set(there)
    assert len(there) == len(set(there))
    town.settled(rina, budi)


def test_what_comes_back_counts_from_the_day_on_which_it_first_came(town: Town) -> None:
    rina, budi = town.desk("Rina"), town.desk("Budi")
    town.go(rina, budi)
    file = town.back_up("satu.bak")
    name = resident(rina)
    town.go(rina, budi)

    def came() -> int | None:
        table = tables.change
        with town.city.database.read() as connection:
            return connection.scalar(select(table.c.received).where(table.c.id == name))

    first = came()
    town.restore(file)
    town.now += 40 * DAY_MS
    town.go(budi)

    assert first is not None
    assert came() == first
    town.settled(rina, budi)
