"""The monthly report: what was done with letters, and how long it took."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from forms.engine.region import Region
from sync.store import records
from sync.store.handle import Store
from sync.store.registers import monthly, tally, times
from sync.store.registers.table import Period, Row
from sync.store.registers.tally import Handled
from tests.sync.store.laptop import LETTER, REGIONS, City, Desk

MINUTE_MS = 60_000
Answers = dict[str, Any]


@pytest.fixture
def minutes(desk: Desk) -> Callable[[float], None]:
    """Let minutes pass; the clock begins on a Saturday at 10 in WITA, when nobody works."""

    def passed(count: float) -> None:
        desk.clock.time += round(count * MINUTE_MS)

    return passed


@pytest.fixture
def monday(desk: Desk) -> None:
    """Begin on Monday, 23 November, at 10."""
    desk.clock.time += 2 * 24 * 60 * MINUTE_MS


def handled(store: Store, month: Period) -> list[Handled]:
    with store.read() as conn:
        return list(tally.handled(store, conn, month))


def row(rows: Iterable[Row], name: str) -> Row:
    return next(row for row in rows if name in row.cells)


def test_services_are_counted_by_what_became_of_them(
    store: Store, business: Answers, month: Period
) -> None:
    void = records.new(store, LETTER, business, issue=True).record
    records.move(store, void, "void", reason="Salah")
    given = records.new(store, LETTER, business, issue=True).record
    records.move(store, given, "hand_over")
    refused = records.new(store, LETTER, business).record
    records.move(store, refused, "refuse", reason="Bukan warga")
    back = records.new(store, LETTER, business).record
    records.move(store, back, "return", reason="KK tidak ada")
    records.new(store, LETTER, business)

    by_service, by_place, _ = monthly.tables(store, handled(store, month))

    counts = (5, 2, 1, 1, 1, 1, 2)  # received, issued, given, returned, refused, void, open
    assert row(by_service.rows, "Surat Keterangan Usaha").cells[2:] == counts
    assert row(by_service.rows, "Jumlah").cells[2:] == counts
    assert row(by_place.rows, business["rw"]).cells == (business["rw"], business["rt"], *counts)


def test_a_letter_of_last_month_is_counted_where_something_was_done(
    store: Store, desk: Desk, business: Answers
) -> None:
    waiting = records.new(store, LETTER, business).record
    desk.clock.time += 20 * 24 * 60 * MINUTE_MS  # into December
    november = Period(*(store.date(desk.clock.time).replace(month=11, day=day) for day in (1, 30)))
    december = Period(*(store.date(desk.clock.time).replace(day=day) for day in (1, 31)))
    records.move(store, waiting, "refuse", reason="Tidak diambil")

    (then,), (now,) = handled(store, november), handled(store, december)

    assert (then.counts["received"], then.counts["refused"], then.counts["open"]) == (1, 0, 1)
    assert (now.counts["received"], now.counts["refused"], now.counts["open"]) == (0, 1, 0)


def test_the_clock_stands_still_while_a_letter_is_returned(
    store: Store, business: Answers, month: Period, monday: None, minutes: Callable[[float], None]
) -> None:
    letter = records.new(store, LETTER, business).record
    minutes(10)
    records.move(store, letter, "return", reason="KK tidak ada")
    minutes(60)
    records.move(store, letter, "submit")
    minutes(5)
    records.move(store, letter, "approve")
    records.move(store, letter, "issue")

    (one,) = handled(store, month)

    assert one.took is not None
    assert times.minutes(one.took) == 15


def test_what_is_returned_twice_is_paused_twice(
    store: Store, business: Answers, month: Period, monday: None, minutes: Callable[[float], None]
) -> None:
    letter = records.new(store, LETTER, business).record
    for _ in range(2):
        minutes(5)
        records.move(store, letter, "return", reason="Belum lengkap")
        minutes(30)
        records.move(store, letter, "submit")
    minutes(5)
    records.move(store, letter, "approve")
    records.move(store, letter, "issue")

    (one,) = handled(store, month)

    assert one.took is not None
    assert times.minutes(one.took) == 15
    assert one.counts["returned"] == 2


def timed(
    store: Store, business: Answers, took: list[int], passed: Callable[[float], None]
) -> None:
    for length in took:
        letter = records.new(store, LETTER, business).record
        passed(length)
        for action in ("submit", "approve", "issue"):
            records.move(store, letter, action)


def test_median_nine_in_ten_and_the_share_within_the_standard(
    store: Store, business: Answers, month: Period, minutes: Callable[[float], None]
) -> None:
    pack = Region.read(REGIONS / "kota_contoh.toml").pack()
    published = f'[standard_minutes]\n"{LETTER}" = 30\n'.encode()
    store.__dict__["region"] = Region.from_pack(
        pack | {"region.toml": pack["region.toml"] + published}
    )
    timed(store, business, [1, 2, 3, 4, 5, 6, 7, 8, 29, 90], minutes)

    found = handled(store, month)
    by_service, late = times.tables(store, found)

    assert row(by_service.rows, "Surat Keterangan Usaha").cells[2:] == (10, 30, 6, 29, 90, 90.0)
    assert row(by_service.rows, "Jumlah").cells[2:] == (10, None, 6, 29, 90, 90.0)
    assert [line.cells[-1] for line in late.rows] == [90]


def test_without_a_published_time_there_is_no_share(
    store: Store, business: Answers, month: Period, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(times, "standard", lambda *_: 0)
    records.new(store, LETTER, business, issue=True)

    by_service, late = times.tables(store, handled(store, month))

    assert row(by_service.rows, "Surat Keterangan Usaha").cells[3] is None
    assert row(by_service.rows, "Surat Keterangan Usaha").cells[-1] is None
    assert list(late.rows) == []


def test_what_the_server_turned_down_did_not_happen(
    store: Store, city: City, business: Answers, month: Period
) -> None:
    records.new(store, LETTER, business)
    city.agree(store)
    letter = handled(store, month)[0].record
    records.move(store, letter, "refuse", reason="Bukan warga")
    assert handled(store, month)[0].counts["refused"] == 1

    city.agree(store, verdict="conflict", code="transition")

    assert handled(store, month)[0].counts["refused"] == 0


@pytest.mark.parametrize(("count", "least"), [(1, 1), (9, 9), (10, 9), (11, 10), (20, 18)])
def test_nine_in_ten_is_the_nearest_rank(count: int, least: int) -> None:
    assert times.nine_in_ten(list(range(count, 0, -1))) == least
