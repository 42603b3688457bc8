import datetime as dt
import os
from typing import Any

import msgspec
import pytest

from forms.engine.region import Region
from sync.crypto import letter as seals
from sync.protocol.lease import Lease
from sync.store import day, leases, numbers, records
from sync.store.handle import Store
from tests.sync.store.laptop import LETTER, REGIONS, START, Desk

Answers = dict[str, Any]
DAY = 24 * 3_600_000


def issue(store: Store, answers: Answers) -> records.Saved:
    return records.new(store, LETTER, answers, issue=True)


def lend(store: Store, low: int, high: int, *, year: int = 2026, device: bytes = b"") -> Lease:
    desk = store.desk
    lease = Lease(
        os.urandom(16),
        desk.office.id,
        "surat",
        year,
        low,
        high,
        device or desk.device,
        desk.incarnation,
    )
    with store.write() as conn:
        leases.put(conn, [lease])
    return lease


def test_numbers_are_taken_in_order_without_a_gap(store: Store, business: Answers) -> None:
    taken = [issue(store, business).number for _ in range(3)]

    assert [number.position for number in taken if number] == [1, 2, 3]
    assert taken[0] is not None
    assert taken[0].text == "0001/500.3/KEL-KENANGA/11/2026"


def test_a_refused_issue_takes_no_number(
    store: Store, business: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seals, "sign", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        issue(store, business)
    monkeypatch.undo()

    number = issue(store, business).number

    assert number is not None
    assert number.position == 1


def test_when_the_lease_has_ended_issuing_goes_on_with_provisional_numbers(
    store: Store, business: Answers
) -> None:
    with store.write() as conn:
        conn.exec_driver_sql("UPDATE lease SET high = 1")

    first, second, third = (issue(store, business).number for _ in range(3))

    assert first is not None
    assert second is not None
    assert third is not None
    assert (first.position, first.provisional) == (1, False)
    assert (second.position, second.provisional) == (0, True)
    assert second.text != third.text
    assert store.desk.device.hex()[:4].upper() in second.text

    lend(store, 2, 9)
    number = issue(store, business).number
    assert number is not None
    assert number.position == 2


def test_a_lease_of_another_device_or_incarnation_is_never_used(
    desk: Desk, store: Store, business: Answers
) -> None:
    with store.write() as conn:
        conn.exec_driver_sql("UPDATE lease SET incarnation = ?", (os.urandom(8),))
    lend(store, 600, 699, device=os.urandom(16))

    number = issue(store, business).number

    assert number is not None
    assert number.provisional


def test_the_year_is_that_of_the_region_not_of_utc(
    desk: Desk, store: Store, business: Answers
) -> None:
    new_year = dt.datetime(2026, 12, 31, 17, tzinfo=dt.UTC)  # 1 January, 01:00 in WITA
    desk.clock.time = int(new_year.timestamp() * 1000)
    day.confirm(store, dt.date(2027, 1, 1))
    lend(store, 1, 500, year=2027)

    number = issue(store, business).number

    assert number is not None
    assert (number.year, number.position) == (2027, 1)
    assert number.text.endswith("/01/2027") or number.text.endswith("/1/2027")


def wanted(store: Store) -> list[tuple[str, int]]:
    with store.read() as conn:
        return numbers.wanted(store, conn)


def test_a_half_used_lease_asks_for_more(store: Store) -> None:
    assert wanted(store) == []
    with store.write() as conn:
        conn.exec_driver_sql("UPDATE lease SET next = 250")
    assert wanted(store) == []
    with store.write() as conn:
        conn.exec_driver_sql("UPDATE lease SET next = 251 WHERE series = 'surat'")

    assert wanted(store) == [("surat", 2026)]


def test_from_december_on_next_years_numbers_are_wanted_too(desk: Desk, store: Store) -> None:
    desk.clock.time = START + 10 * DAY

    assert wanted(store) == [("surat", 2027), ("surat_masuk", 2027), ("tiket", 2027)]


def test_every_number_up_to_the_highest_is_explained(store: Store, business: Answers) -> None:
    letter = [issue(store, business).record for _ in range(3)]
    records.move(store, letter[1], "void", reason="Salah nama")
    lend(store, 501, 510, device=os.urandom(16))

    explained = numbers.explain(store, "surat", 2026)

    assert [one.number for one in explained] == list(range(1, 511))
    assert [one.state for one in explained[:4]] == ["issued", "void", "issued", "leased"]
    assert explained[1].reason == "Salah nama"
    assert explained[0].record == letter[0]
    assert {one.state for one in explained[3:500]} == {"leased"}
    assert {one.state for one in explained[500:]} == {"other_device"}


def test_a_series_that_nobody_uses_has_no_numbers(store: Store) -> None:
    assert numbers.explain(store, "tidak_ada", 2026) == []


def test_a_region_may_count_every_service_apart(store: Store) -> None:
    pack = Region.read(REGIONS / "kota_contoh.toml").pack()
    apart = pack["region.toml"].replace(b'series = "one"', b'series = "per_service"')
    region = Region.from_pack(pack | {"region.toml": apart})

    form = store.catalogue.form(LETTER)
    assert numbers.series_of(form, region) == "surat_keterangan_usaha"
    assert numbers.series_of(form, store.region) == "surat"


def end(store: Store, lease: Lease, why: str, rest: int) -> None:
    with store.write() as conn:
        leases.put(conn, [msgspec.structs.replace(lease, ended=why, rest=rest)])


def test_a_lease_that_is_over_gives_no_number_and_is_asked_for_again(
    store: Store, business: Answers
) -> None:
    with store.write() as conn:
        conn.exec_driver_sql("DELETE FROM lease WHERE series = 'surat'")
    lease = lend(store, 1, 100)
    issue(store, business)

    end(store, lease, "year_over", 2)

    assert wanted(store) == [("surat", 2026)]
    number = issue(store, business).number
    assert number is not None
    assert number.provisional
    explained = numbers.explain(store, "surat", 2026)
    assert [one.state for one in explained[:2]] == ["issued", "returned"]
    assert explained[99].reason == "tidak dipakai, dikembalikan: tahunnya sudah lewat"


def test_what_another_laptop_gave_back_and_what_nobody_was_granted_is_explained(
    store: Store,
) -> None:
    other = lend(store, 501, 510, device=os.urandom(16))
    end(store, other, "revoked", 504)
    lend(store, 600, 610, device=os.urandom(16))

    explained = numbers.explain(store, "surat", 2026)

    assert [one.state for one in explained[500:510]] == ["other_device"] * 3 + ["returned"] * 7
    assert explained[500].reason == "sudah dipakai menurut laptopnya; suratnya belum sampai"
    assert explained[509].reason == "tidak dipakai, dikembalikan: laptopnya dicabut"
    assert {(one.state, one.reason) for one in explained[510:599]} == {
        ("skipped", "dilewati, pemulihan server")
    }


def test_a_small_lease_asks_for_more_before_it_ends(store: Store) -> None:
    with store.write() as conn:
        conn.exec_driver_sql("DELETE FROM lease WHERE series = 'surat'")
    lend(store, 1, 30)
    assert wanted(store) == []
    with store.write() as conn:
        conn.exec_driver_sql("UPDATE lease SET next = 6 WHERE series = 'surat'")

    assert wanted(store) == [("surat", 2026)]
