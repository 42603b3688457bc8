"""F5: clocks years behind or ahead, or jumping: nothing is refused, what is doubtful says so."""

import datetime as dt
import itertools
from collections.abc import Sequence
from typing import Any

import pytest

from forms.engine import example
from forms.mail.series import DAYS, INCOMING
from sync.client.trip import trip
from sync.protocol.ties import served
from sync.store import day, read, records, status
from sync.store.doubt import SLACK_MS
from sync.store.handle import Store
from sync.store.registers import page, report
from tests.sync.client.road import LETTER
from tests.sync.faults.carrying import save
from tests.sync.faults.cloning import YEAR
from tests.sync.faults.restoring import DAY_MS, NOON, Town, own

YEAR_MS = 365 * DAY_MS
EVE_MS = 40 * DAY_MS  # from NOON to the last day of the year
PERIOD = report.period(dt.date(YEAR - 3, 1, 1), dt.date(YEAR + 6, 12, 31))

# Each letter of a script: by how much time has passed, and how wrong the clock is then, in ms.
SCRIPTS: dict[str, Sequence[tuple[int, int]]] = {
    "two years behind": [(0, -2 * YEAR_MS)] * 3,
    "five years ahead": [(0, 5 * YEAR_MS)] * 3,
    "back a day": [(0, 0), (0, -DAY_MS), (0, -DAY_MS)],
    "new year offline": [(EVE_MS - DAY_MS, 0), (2 * DAY_MS, 0), (DAY_MS, 0)],
    "ahead, then right": [(0, 0), (0, 400 * DAY_MS), (0, 0)],
    "to and fro": [(0, 3 * DAY_MS), (DAY_MS, -YEAR_MS), (DAY_MS, 40 * DAY_MS)],
}


def truth(town: Town) -> dt.date:
    return town.city.day(town.now)


def issue(town: Town, store: Store) -> bytes:
    """Issue a letter as a clerk with a calendar on the wall does."""
    form = store.catalogue.form(LETTER)
    answers: dict[str, Any] = dict(example.fill(form.example, store.scene()))
    doubtful = bool(store.day().doubt)
    made = records.new(store, LETTER, answers, issue=True)
    assert made.waits == doubtful
    if made.waits:
        day.confirm(store, truth(town))
        records.move(store, made.record, "issue")
    return made.record


@pytest.mark.parametrize("script", SCRIPTS)
def test_nothing_is_refused_the_order_stays_and_every_doubtful_act_says_so(
    town: Town, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    rina = town.desk("Rina")
    town.go(rina)
    heard = town.now
    made, doubtful = [], set[int]()
    for passed, wrong in SCRIPTS[script]:
        town.now += passed
        monkeypatch.setattr(rina, "now", lambda wrong=wrong: town.clock() + wrong)
        before = len(list(own(rina)))
        if not heard - SLACK_MS <= town.now + wrong <= heard + 4 * DAY_MS:
            doubtful |= {before + 1}
        save(rina)
        made.append(issue(town, rina))
    monkeypatch.setattr(rina, "now", town.clock)

    done = trip(rina, town)

    assert (done.pending, done.to_fix, done.conflicts) == (0, 0, 0)
    acts = list(own(rina))
    assert [act.seq for act in acts] == list(range(1, len(acts) + 1))
    assert doubtful <= {act.seq for act in acts if served(act) is not None}
    assert status.status(rina).to_fix == 0
    numbers = [read.record(rina, record).number for record in made]
    places = [(one.year, one.position) for one in numbers if one is not None]
    assert places == sorted(set(places))
    assert len(places) == len(made)
    rows = page.page(rina, "register", PERIOD).rows
    days = [row.cells[2] for row in rows if "replaced" not in row.marks]
    fell = [False, *(after < before for before, after in itertools.pairwise(days))]  # type: ignore[operator] # days, none missing
    assert ["late_date" in row.marks for row in rows if "replaced" not in row.marks] == fell
    town.settled(rina)


def test_every_letter_under_a_clock_in_doubt_is_marked_in_the_register(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    rina = town.desk("Rina")
    town.go(rina)
    issue(town, rina)
    monkeypatch.setattr(rina, "now", lambda: town.clock() - 2 * YEAR_MS)
    issue(town, rina)
    issue(town, rina)

    rows = page.page(rina, "register", PERIOD).rows

    assert [row.marks for row in rows] == [(), ("odd_clock",), ("odd_clock",)]
    assert {row.cells[2] for row in rows} == {truth(town)}


def test_a_date_out_of_order_is_marked_and_the_register_keeps_its_numbers(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    rina = town.desk("Rina")
    town.go(rina)
    monkeypatch.setattr(rina, "now", lambda: town.clock() + 3 * DAY_MS)
    issue(town, rina)
    monkeypatch.setattr(rina, "now", town.clock)
    issue(town, rina)

    rows = page.page(rina, "register", PERIOD).rows

    assert town.now > NOON
    assert [str(row.cells[1])[:4] for row in rows] == ["0001", "0002"]
    assert [row.marks for row in rows] == [(), ("late_date",)]


@pytest.mark.parametrize("confirmed", [False, True])
def test_a_city_whose_clock_was_a_year_ahead_is_believed_again_once_it_is_right(
    town: Town, monkeypatch: pytest.MonkeyPatch, *, confirmed: bool
) -> None:
    rina = town.desk("Rina")
    town.go(rina)
    right, true = town.now, truth(town)
    monkeypatch.setattr(rina, "now", lambda: right)
    town.now = right + YEAR_MS
    save(rina)
    town.go(rina)
    assert rina.day().doubt == "behind"
    if confirmed:  # by somebody who believed it
        day.confirm(rina, truth(town))
    town.now = right

    town.go(rina)

    assert (rina.day().doubt, rina.day().date) == ("", true)
    made = issue(town, rina)
    town.go(rina)
    number = read.record(rina, made).number
    assert number is not None
    assert number.year == true.year
    town.settled(rina)


def test_a_letter_that_came_in_today_is_no_letter_of_the_future(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    rina = town.desk("Rina")
    town.go(rina)
    monkeypatch.setattr(rina, "now", lambda: town.clock() - 2 * YEAR_MS)
    form = rina.catalogue.form(INCOMING)
    answers: dict[str, Any] = dict(example.fill(form.example, rina.scene()))
    answers |= {DAYS[INCOMING]: truth(town).isoformat()}
    made = records.new(rina, INCOMING, answers)

    done = trip(rina, town)

    assert (done.pending, done.to_fix) == (0, 0)
    assert made.record in town.held(INCOMING)
