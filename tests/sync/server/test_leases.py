"""Numbers are granted in blocks that never overlap, to those who may use them."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from forms.engine.region import Office
from sync.protocol.lease import Lease
from sync.server import leases, offices, tables
from sync.server.city import City
from sync.server.leases import Holder
from tests.sync.server.conftest import ADMINISTRATOR, Time
from tests.sync.server.laptop import LETTER, Laptop

Enrol = Callable[..., Laptop]
DECEMBER = 1_796_100_000_000  # 2026-12-01


def ranges(granted: list[Lease]) -> list[tuple[str, int, int, int]]:
    return [(lease.series, lease.year, lease.low, lease.high) for lease in granted]


def test_a_new_desk_has_a_lease_of_each_series_of_its_office(city: City, enrol: Enrol) -> None:
    granted = ranges(enrol().welcome.leases)

    assert granted == [("surat", 2026, 1, 500), ("surat_masuk", 2026, 1, 500)]


def test_a_second_desk_and_another_office_get_ranges_of_their_own(city: City, enrol: Enrol) -> None:
    enrol("kel-a")

    assert ranges(enrol("kel-a").welcome.leases)[0] == ("surat", 2026, 501, 1000)
    assert ranges(enrol("kel-b").welcome.leases)[0] == ("surat", 2026, 1, 500)


def test_a_half_used_lease_is_refilled_where_it_ends_and_no_further(
    city: City, enrol: Enrol
) -> None:
    laptop = enrol()
    form = city.catalogue.form(LETTER)
    assert laptop.exchange(wanted=[("surat", 2026)]).leases == []
    made = laptop.letter({"nama": "AHMAD"})

    used = laptop.exchange(
        laptop.batch(*made, laptop.issue(made, form, 1)), wanted=[("surat", 2026)]
    )

    assert ranges(used.leases) == [("surat", 2026, 501, 1000)]
    assert laptop.exchange(wanted=[("surat", 2026)]).leases == []


def test_grants_travel_in_the_offices_own_stream(city: City, enrol: Enrol) -> None:
    first, second = enrol(), enrol()

    pages = first.pages(first.exchange())

    grants = [lease for page in pages for _, lease in page.grants]
    assert grants == [*first.welcome.leases, *second.welcome.leases]


@pytest.mark.parametrize("wanted", [("surat", 2025), ("surat", 2027), ("kuitansi", 2026)])
def test_what_is_not_the_offices_or_not_for_now_is_not_granted(
    city: City, enrol: Enrol, wanted: tuple[str, int]
) -> None:
    assert enrol().exchange(wanted=[wanted]).leases == []


def test_from_december_next_years_numbers_are_granted(city: City, enrol: Enrol, time: Time) -> None:
    laptop = enrol()
    time.ms = DECEMBER

    granted = laptop.exchange(wanted=[("surat", 2027)]).leases

    assert ranges(granted) == [("surat", 2027, 1, 500)]
    assert ("surat", 2027, 501, 1000) in ranges(enrol().welcome.leases)


def test_ranges_of_one_series_never_overlap_whoever_asks(city: City, enrol: Enrol) -> None:
    laptop = enrol()
    with city.database.write() as connection:
        office = offices.by_id(connection, city.code, laptop.welcome.office.id)
        for place in range(20):
            holder = Holder(office, bytes([place]) * 16, b"i" * 8)
            leases.grant(connection, city, holder, [("surat", 2026)])

        table = tables.lease
        ours = select(table.c.low, table.c.high).where(table.c.series == "surat")
        rows = connection.execute(ours.order_by(table.c.low)).all()

    assert all(before.high + 1 == after.low for before, after in pairwise(rows))
    assert len(rows) == 21


def test_the_database_itself_refuses_a_doubled_range(city: City, enrol: Enrol) -> None:
    enrol()
    with city.database.read() as connection:
        row = connection.execute(select(tables.lease)).mappings().first()
    assert row is not None

    with pytest.raises(IntegrityError), city.database.write() as connection:
        connection.execute(tables.lease.insert().values(dict(row)))


def test_an_office_without_letters_gets_no_numbers(city: City, enrol: Enrol) -> None:
    offices.add(city, Office(b"", "pol", "police", "Polsek", "99.71.01"), ADMINISTRATOR)

    assert enrol("pol").welcome.leases == []
