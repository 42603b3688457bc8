"""F23: a laptop that saw no network for 180 days brings all of it, over the turn of the year."""

from sync.client.trip import trip
from sync.server import verify
from sync.store import status
from tests.sync.client.road import LETTER, RESIDENT
from tests.sync.faults.carrying import back, issue, out, save, visit
from tests.sync.faults.cloning import YEAR, at_desk
from tests.sync.faults.restoring import DAY_MS, Town, own

DAYS = 180


def spent(town: Town, *, letters: bool = True) -> int:
    """Work offline for half a year, every tenth day; give the days of work."""
    [rina] = town.desks[:1]
    worked = 0
    for _ in range(0, DAYS, 10):
        town.now += 10 * DAY_MS
        save(rina, 2)
        if letters:
            issue(rina)
        worked += 1
    return worked


def test_all_of_half_a_year_is_accepted_at_the_first_contact(town: Town) -> None:
    rina = town.desk("Rina")
    town.go(rina)
    worked = spent(town)

    done = trip(rina, town)

    assert (done.pending, done.to_fix, done.conflicts) == (0, 0, 0)
    assert len(town.held(RESIDENT)) == 2 * worked
    assert len(town.held(LETTER)) == worked
    town.settled(rina)


def test_all_of_half_a_year_is_accepted_by_stick(town: Town) -> None:
    rina = town.desk("Rina")
    town.go(rina)
    worked = spent(town)

    out(rina, town.root / "stick")
    visit(town.city, town.root / "stick")
    first = back(rina, town.root / "stick")
    out(rina, town.root / "stick")  # what got its final number by the first one
    visit(town.city, town.root / "stick")
    done = back(rina, town.root / "stick")

    assert first.sent >= 2 * worked
    assert (done.pending, first.refused, done.refused) == (0, [], [])
    assert (len(town.held(RESIDENT)), len(town.held(LETTER))) == (2 * worked, worked)
    assert verify.verify(town.city) == ()


def test_a_stick_that_lay_half_a_year_in_a_drawer_is_still_taken(town: Town) -> None:
    rina = town.desk("Rina")
    save(rina, 3)
    issue(rina)
    out(rina, town.root / "stick")

    town.now += DAYS * DAY_MS
    told = visit(town.city, town.root / "stick")

    assert (told.taken, told.refused) == (1, [])
    assert back(rina, town.root / "stick").sent > 0
    assert status.status(rina).pending == 0
    town.settled(rina)


def test_numbers_of_last_years_lease_stay_theirs_and_none_is_used_twice(town: Town) -> None:
    rina = town.desk("Rina")
    town.go(rina)
    spent(town)
    papers = [change.number for change in own(rina) if change.number is not None]
    final = [(n.series, n.year, n.position) for n in papers if not n.provisional]
    assert len(final) == len(set(final))

    trip(rina, town)

    with town.city.database.read() as connection:
        rows = connection.exec_driver_sql("SELECT series, year, position FROM number").all()
        doubts = connection.exec_driver_sql("SELECT count(*) FROM conflict").scalar()
    assert set(final) <= {(row.series, row.year, row.position) for row in rows}
    assert doubts == 0
    last_year = {position for _, year, position in final if year == YEAR}
    assert last_year
    assert {at_desk(rina)[position].state for position in last_year} == {"issued"}


def test_the_colleague_who_stayed_in_touch_sees_what_came_late(town: Town) -> None:
    rina, budi = town.desk("Rina"), town.desk("Budi")
    town.go(rina, budi)
    for _ in range(6):
        town.now += 30 * DAY_MS
        save(rina)
        issue(rina)
        save(budi)
        trip(budi, town)

    town.go(rina, budi, rina)

    town.settled(rina, budi)
    assert (len(town.held(RESIDENT)), len(town.held(LETTER))) == (12, 6)
