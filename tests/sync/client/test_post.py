"""Numbers of post travel like any other: a second desk has the same registers, nothing disputed."""

import datetime as dt
from collections.abc import Callable

import pytest

from forms.engine.region import Office
from sync.server import offices
from sync.server import records as city_records
from sync.server.city import City
from sync.store import records, status
from sync.store.handle import Store
from sync.store.registers import page, report
from sync.store.verify import verify
from tests.sync.client.road import LETTER, filled, go

Enrol = Callable[..., Store]
HEIRS = "letters/surat_pernyataan_ahli_waris"


@pytest.fixture
def first(desk: Enrol) -> Store:
    return desk("Rina")


@pytest.fixture
def second(desk: Enrol) -> Store:
    return desk("Dodi")


def enter(store: Store, service: str, **answers: object) -> records.Saved:
    return records.new(store, service, filled(store, service) | answers)


def test_post_of_one_desk_stands_in_the_registers_of_the_other(
    city: City, first: Store, second: Store
) -> None:
    today = first.date(first.now()).isoformat()
    records.new(first, LETTER, filled(first, LETTER), issue=True)
    enter(first, "mail/handwritten")
    enter(
        first,
        "mail/handwritten",
        cara="sisipan",
        nomor_induk=1,
        tanggal_surat=today,
        perihal="Izin",
    )
    enter(first, "mail/incoming")
    enter(first, "mail/expedition")
    span = report.period(dt.date(2020, 1, 1), dt.date(2029, 12, 31))

    go(first)
    go(second)

    for name in ("register", "outgoing", "incoming", "expedition"):
        assert page.page(second, name, span).rows == page.page(first, name, span).rows
    assert page.page(second, "register", span).total == 3
    assert status.status(first).conflicts == 0
    assert [verify(store) for store in (first, second)] == [[], []]
    explained = city_records.explain(city, first.desk.office.code, "surat", int(today[:4]))
    assert [one.state for one in explained[:3]] == ["issued", "reserved", "leased"]


def test_two_desks_that_insert_at_one_place_are_found_out(
    city: City, first: Store, second: Store
) -> None:
    today = first.date(first.now()).isoformat()
    records.new(first, LETTER, filled(first, LETTER), issue=True)
    go(first)
    go(second)
    inserted = {"cara": "sisipan", "nomor_induk": 1, "tanggal_surat": today, "perihal": "Izin"}

    for store in (first, second):
        enter(store, "mail/handwritten", **inserted)
        go(store)

    assert status.status(second).conflicts == 1
    span = report.period(dt.date(2020, 1, 1), dt.date(2029, 12, 31))
    assert page.page(second, "outgoing", span).total == 3


def test_a_letter_that_the_camat_signed_stands_in_the_register_of_each_office(
    city: City, first: Store, desk: Enrol
) -> None:
    area = city.region.areas.first(city.region.code, "kecamatan")
    offices.add(city, Office(b"", "KEC-1", "kecamatan", "Kecamatan Satu", area), "test")
    camat = desk("Hadi", office="KEC-1")
    letter = records.new(first, HEIRS, filled(first, HEIRS), issue=True)
    go(first)
    go(camat)
    records.move(camat, letter.record, "countersign")
    go(camat)
    go(first)
    span = report.period(dt.date(2020, 1, 1), dt.date(2029, 12, 31))

    (line,) = page.page(camat, "countersigned", span).rows
    (own,) = page.page(first, "register", span).rows

    assert letter.number is not None
    assert letter.number.text in line.cells
    assert letter.number.text in own.cells
    assert (line.marks, own.marks) == ((), ())
    assert page.page(camat, "register", span).total == 0
    assert page.page(first, "countersigned", span).total == 0
