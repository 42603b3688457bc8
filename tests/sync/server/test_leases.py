"""Numbers are granted in blocks that never overlap, to those who may use them."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from forms.engine.region import Office
from sync.protocol.lease import LEAST, Lease
from sync.server import backup_tables, ceilings, leases, offices, records, revocation, tables
from sync.server.city import City
from sync.server.leases import Holder
from tests.sync.server.conftest import ADMINISTRATOR, Time
from tests.sync.server.laptop import LETTER, Laptop

Enrol = Callable[..., Laptop]
DECEMBER = 1_796_100_000_000  # 2026-12-01
DAY = 24 * 3_600_000
FEBRUARY = DECEMBER + 70 * DAY


def ranges(granted: list[Lease]) -> list[tuple[str, int, int, int]]:
    return [(lease.series, lease.year, lease.low, lease.high) for lease in granted]


def test_a_new_desk_has_a_lease_of_each_series_of_its_office(city: City, enrol: Enrol) -> None:
    granted = ranges(enrol().welcome.leases)

    names = ("surat", "surat_masuk", "tiket")
    assert granted == [(name, 2026, 1, 500) for name in names]


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


def sizes(granted: list[Lease]) -> list[int]:
    return [lease.high - lease.low + 1 for lease in granted]


def use(city: City, laptop: Laptop, positions: range) -> None:
    """Send a letter with each of these numbers."""
    form = city.catalogue.form(LETTER)
    changes = []
    for position in positions:
        made = laptop.letter({"nama": "AHMAD"})
        changes += [*made, laptop.issue(made, form, position)]
    laptop.exchange(laptop.batch(*changes))


def test_a_series_that_is_seldom_used_is_refilled_with_few_numbers(
    city: City, enrol: Enrol, time: Time
) -> None:
    laptop = enrol()
    use(city, laptop, range(1, 4))
    time.ms += leases.WINDOW_MS + DAY
    laptop.clock = time.ms
    use(city, laptop, range(4, 5))

    assert sizes(laptop.exchange(wanted=[("surat", 2027)]).leases) == [LEAST]


def test_what_was_used_of_late_comes_twice(city: City, enrol: Enrol, time: Time) -> None:
    laptop = enrol()
    time.ms += leases.WINDOW_MS + DAY
    laptop.clock = time.ms
    use(city, laptop, range(1, 41))

    assert sizes(laptop.exchange(wanted=[("surat", 2027)]).leases) == [80]


def test_no_grant_is_more_than_half_the_reserve(city: City, enrol: Enrol, time: Time) -> None:
    laptop = enrol()
    office = laptop.welcome.office.id
    time.ms += leases.WINDOW_MS + DAY
    place = {"region": city.code, "office": office, "record": b"r", "received": time.ms}
    change = {**place, "verdict": "applied", "code": "", "content": b""}
    number = {"region": city.code, "office": office, "series": "surat", "year": 2027, "text": ""}
    number |= {"record": b"r", "device": laptop.device, "incarnation": laptop.incarnation}
    names = [n.to_bytes(16) for n in range(1, 701)]
    with city.database.write() as connection:
        connection.execute(tables.change.insert(), [{**change, "id": name} for name in names])
        connection.execute(
            tables.number.insert(),
            [{**number, "change": name, "position": int.from_bytes(name)} for name in names],
        )

    granted = laptop.exchange(wanted=[("surat", 2027)]).leases

    assert sizes(granted) == [ceilings.reserve(city) // 2] == [1000]


def test_a_desk_of_a_few_weeks_gets_a_whole_block(city: City, enrol: Enrol, time: Time) -> None:
    laptop = enrol()
    time.ms = DECEMBER

    granted = laptop.exchange(wanted=[("surat", 2027)]).leases

    assert sizes(granted) == [city.region.numbers.block]


STEPS = st.lists(
    st.tuples(
        st.integers(0, 2),  # which laptop
        st.sampled_from(["ask", "use", "reborn", "revoke"]),
        st.integers(1, 30),  # how many numbers, or days that pass
    ),
    min_size=3,
    max_size=12,
)


@settings(
    max_examples=15,
    deadline=None,
)
@given(steps=STEPS)
def test_whatever_desks_do_their_living_leases_never_overlap_and_follow_each_other(
    city: City, time: Time, steps: list[tuple[int, str, int]]
) -> None:
    with city.database.write() as connection:
        office = offices.by_id(
            connection, city.code, offices.by_code(connection, city.code, "kel-a")
        )
        connection.execute(tables.lease.delete())
    lives = {place: [bytes([place + 1]) * 16, bytes([place + 1]) * 8] for place in range(3)}
    granted = list[Lease]()
    for place, what, count in steps:
        device, life = lives[place]
        with city.database.write() as connection:
            if what == "reborn":
                lives[place][1] = bytes([life[0] + 16]) * 8
            elif what == "revoke":
                leases.shut_out(connection, city, office.id, device)
            elif what == "use":
                mine = [lease for lease in granted if lease.device == device]
                told = [(lease.id, min(lease.high, lease.low + count)) for lease in mine]
                leases.reached(connection, city, (office.id, device), told)
            holder = Holder(office, device, lives[place][1])
            leases.give_back(connection, city, holder, time.ms)
            granted += leases.grant(connection, city, holder, [("surat", 2026)])
            living = leases.held(connection, city.code, device)
        assert {lease.incarnation for lease in living} == {lives[place][1]}
    ordered = sorted(granted, key=lambda lease: lease.low)
    assert ordered == granted  # who asks later gets later numbers
    assert [lease.low for lease in ordered[1:]] == [lease.high + 1 for lease in ordered[:-1]]
    with city.database.read() as connection:
        rows = connection.execute(select(tables.lease).where(tables.lease.c.ended.is_not(None)))
        assert all(row.low <= row.rest <= row.high + 1 for row in rows)


def test_the_rest_of_a_shut_out_laptops_lease_is_given_back_and_never_granted_again(
    city: City, enrol: Enrol
) -> None:
    lost, other = enrol(), enrol()
    use(city, lost, range(1, 3))
    lease = lost.welcome.leases[0]
    lost.exchange(lost.batch(highest=[(lease.id, 4)]))

    revocation.revoke(city, lost.device, ADMINISTRATOR)

    explained = records.explain(city, "kel-a", "surat", 2026)
    assert [one.state for one in explained[:6]] == [
        "issued", "issued", "awaited", "awaited", "returned", "returned",
    ]  # fmt: skip
    assert explained[499].reason == "tidak dipakai, dikembalikan: laptopnya dicabut"
    assert explained[500].state == "leased"
    again = enrol().welcome.leases[0]
    assert (again.low, again.high) == (1001, 1500)
    told = [grant for page in other.pages(other.exchange()) for _, grant in page.grants]
    ended = [grant for grant in told if grant.ended and grant.series == "surat"]
    assert [(one.id, one.ended, one.rest) for one in ended] == [(lease.id, "revoked", 5)]


def test_a_laptops_life_before_loses_its_leases(city: City, enrol: Enrol) -> None:
    laptop = enrol()
    before = laptop.incarnation
    laptop.incarnation, laptop.batches, laptop.prev = b"newlife!", 0, bytes(32)

    granted = laptop.exchange(wanted=[("surat", 2026)], former=[before]).leases

    assert ranges(granted) == [("surat", 2026, 501, 1000)]
    explained = records.explain(city, "kel-a", "surat", 2026)
    assert {one.state for one in explained[:500]} == {"burned"}
    assert explained[0].reason == "hangus: laptopnya dipulihkan dari cadangan atau disalin"
    assert {one.state for one in explained[500:]} == {"leased"}


def test_a_year_that_desk_and_server_have_left_is_given_back(
    city: City, enrol: Enrol, time: Time
) -> None:
    laptop = enrol()
    use(city, laptop, range(1, 2))
    time.ms = FEBRUARY

    laptop.exchange()  # its own clock still says November
    assert records.explain(city, "kel-a", "surat", 2026)[1].state == "leased"
    time.ms += DAY
    laptop.clock = time.ms
    laptop.exchange()

    explained = records.explain(city, "kel-a", "surat", 2026)
    assert [one.state for one in explained[:3]] == ["issued", "returned", "returned"]
    assert explained[1].reason == "tidak dipakai, dikembalikan: tahunnya sudah lewat"


def test_letters_of_the_year_before_that_wait_get_numbers_of_it_until_june(
    city: City, enrol: Enrol, time: Time
) -> None:
    laptop = enrol()
    time.ms = laptop.clock = FEBRUARY
    laptop.exchange()  # gives the year back

    late = laptop.exchange(wanted=[("surat", 2026)]).leases
    time.ms = laptop.clock = FEBRUARY + 180 * DAY
    too_late = laptop.exchange(wanted=[("surat", 2026)]).leases

    assert [(lease.year, lease.low) for lease in late] == [(2026, 501)]
    assert too_late == []


def test_what_a_restored_server_skips_is_explained(city: City, enrol: Enrol) -> None:
    laptop = enrol()
    with city.database.write() as connection:
        office = laptop.welcome.office.id
        series = {"region": city.code, "office": office, "series": "surat", "year": 2026}
        row = {**series, "number": 9000, "floor": 2000}
        connection.execute(backup_tables.ceiling.insert().values(row))
    enrol()

    skipped = records.explain(city, "kel-a", "surat", 2026)[500:2000]

    assert {one.state for one in skipped} == {"skipped"}
    assert {one.reason for one in skipped} == {"dilewati, pemulihan server"}
