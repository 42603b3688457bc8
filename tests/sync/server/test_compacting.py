"""What a snapshot is laid out of: the unfinished first, each record in one part, each text once."""

from collections.abc import Iterator

import pytest

from sync.protocol.snapshot import Part, part_of
from sync.server import compacting
from sync.store import records
from tests.sync.client.road import LETTER, RESIDENT, filled
from tests.sync.client.town import Town, founded

PART_ROWS = 7
ISSUED, OPEN = 5, 3


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with founded(tmp_path_factory.mktemp("compacting")) as made:
        first, second = made.desks[:2]
        for number in range(ISSUED + OPEN):
            records.new(first, LETTER, filled(first, LETTER), issue=number < ISSUED)
        residents = [records.new(first, RESIDENT, {"nama": f"WARGA {n}"}).record for n in range(20)]
        made.go()
        for number in range(9):
            records.edit(second, residents[number % 3], {"telepon": f"0812{number:08}"})
        made.go()
        yield made


def parts(town: Town) -> list[Part]:
    city = town.city
    with (
        pytest.MonkeyPatch.context() as patch,
        city.database.read() as connection,
    ):
        patch.setattr(compacting, "PART_ROWS", PART_ROWS)
        return list(compacting.parts(connection, city, town.desks[0].desk.office.id))


def test_people_come_first_then_what_is_unfinished_then_residents_then_the_rest(town: Town) -> None:
    rows = [row for part in parts(town) for row in part.rows]
    sorts = list(
        dict.fromkeys(
            row.change.service
            if row.change.service != LETTER
            else (LETTER, row.change.target in issued(town))
            for row in rows
        )
    )

    people = ["office/operator", "office/key"]
    assert sorts == [*people, (LETTER, False), RESIDENT, (LETTER, True)]


def issued(town: Town) -> set[bytes]:
    with town.desks[0].read() as conn:
        return set(conn.exec_driver_sql("SELECT record FROM number_use").scalars())


def test_a_records_rows_lie_in_one_part_in_their_order_and_edits_that_are_past_do_not(
    town: Town,
) -> None:
    seen = set[bytes]()
    edits = 0
    for part in parts(town):
        assert len(part.rows) <= PART_ROWS
        here = {row.change.target for row in part.rows}
        assert not here & seen
        seen |= here
        for record in here:
            numbers = [row.fate.number for row in part.rows if row.change.target == record]
            assert numbers == sorted(numbers)
        edits += sum(row.change.act == "edit" for row in part.rows)
    assert edits == 3


def test_leases_come_before_all_rows_and_each_text_comes_once(town: Town) -> None:
    made = parts(town)

    assert made[0].leases
    assert not any(part.leases or part.leaves for part in made if part.rows)
    told = [digest for part in made for digest in part.texts]
    assert len(told) == len(set(told)) >= 2
    assert all(part_of(part.encode()).rows == list(part.rows) for part in made)


def test_the_ends_are_the_heads_of_the_offices_streams(town: Town) -> None:
    town.go()
    office = town.desks[0].desk.office.id
    with town.city.database.read() as connection:
        ends = compacting.ends(connection, town.city.code, office)

    with town.desks[0].read() as conn:
        rows = conn.exec_driver_sql("SELECT name, row, chain FROM stream ORDER BY name").all()
    assert [(end.stream, end.row, end.chain) for end in ends] == [tuple(row) for row in rows]
