"""A paper printed with a provisional number gets its final one when a lease comes."""

import datetime as dt
from collections.abc import Callable

import pytest

from sync.server import records as city_records
from sync.server.city import City
from sync.store import finals, letters, numbers, read, records, settings, status
from sync.store.handle import Store
from sync.store.registers import page, report
from sync.store.verify import verify
from tests.sync.client.road import LETTER, filled, go

Enrol = Callable[..., Store]
SPAN = report.period(dt.date(2022, 1, 1), dt.date(2031, 12, 31))


@pytest.fixture
def first(desk: Enrol) -> Store:
    return desk("Rina")


def run_out(store: Store) -> None:
    with store.write() as conn:
        conn.exec_driver_sql("UPDATE lease SET next = high + 1")


def issue(store: Store) -> records.Saved:
    return records.new(store, LETTER, filled(store, LETTER), issue=True)


def test_a_final_number_comes_by_one_trip_and_stands_everywhere(
    city: City, first: Store, desk: Enrol
) -> None:
    other = desk("Dodi")
    run_out(first)
    letter = issue(first)
    assert letter.number is not None
    assert letter.number.provisional
    printed = letters.pdf(first, letter.record).data
    records.move(first, letter.record, "ready")

    go(first)
    go(other)

    number = read.record(first, letter.record).number
    assert number is not None
    assert not number.provisional
    for store in (first, other):
        found = read.record(store, letter.record)
        assert (found.number, found.state) == (number, "ready")
        assert [one.id for one in read.find(store, letter.number.text)] == [letter.record]
        rows = page.page(store, "register", SPAN).rows
        assert [row.marks for row in rows] == [(), ("replaced",)]
        assert verify(store) == []
        explained = numbers.explain(store, number.series, number.year)[number.position - 1]
        assert (explained.state, explained.record) == ("issued", letter.record)
        assert explained.reason == f"pada surat tertulis nomor sementara {letter.number.text}"
    assert status.status(first).conflicts == 0
    assert status.status(first).pending == 0
    at_city = city_records.explain(city, "KEL-1", number.series, number.year)
    assert at_city[number.position - 1].record == letter.record
    assert city_records.listing(city, LETTER)[0].number == number.text
    again = letters.pdf(first, letter.record)
    assert again.copy == 1
    assert letters.qr_text(first, letter.record)
    assert printed != again.data


def test_letters_that_wait_are_numbered_in_the_order_in_which_they_were_issued(
    city: City, first: Store
) -> None:
    run_out(first)
    made = [issue(first).record for _ in range(3)]
    records.move(first, made[1], "void", reason="Salah nama")

    go(first)

    found = [read.record(first, name).number for name in made]
    assert [number.provisional for number in found if number] == [False, True, False]
    assert found[0] is not None
    assert found[2] is not None
    assert found[2].position == found[0].position + 1


def test_incoming_post_gets_its_agenda_number_and_stands_once_in_the_agenda(
    city: City, first: Store
) -> None:
    run_out(first)
    mail = records.new(first, "mail/incoming", filled(first, "mail/incoming")).record

    go(first)

    number = read.record(first, mail).number
    assert number is not None
    assert number.text == f"{number.position}/{number.year}"
    rows = page.page(first, "incoming", SPAN).rows
    assert [(row.record, row.marks) for row in rows] == [(mail, ())]


def test_another_laptop_never_numbers_what_it_did_not_print(
    city: City, first: Store, desk: Enrol
) -> None:
    other = desk("Dodi")
    run_out(first)
    theirs = issue(first).record
    with first.write() as conn:
        settings.write(conn, "provisional", 0)  # this one believes that nothing waits
    go(first)
    run_out(other)
    ours = issue(other).record

    go(other)

    kept = [read.record(other, name).number for name in (theirs, ours)]
    assert [number.provisional for number in kept if number] == [True, False]


def test_a_year_that_is_over_is_asked_for_while_its_letters_wait(first: Store) -> None:
    run_out(first)
    issue(first)
    year = first.date(first.now()).year
    now = first.now
    first.now = lambda: now() + 370 * 86_400_000

    with first.read() as conn:
        wanted = finals.wanted(first, conn)

    assert ("surat", year) in wanted
