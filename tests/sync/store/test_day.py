import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.engine.problem import Refused
from sync.crypto import signed
from sync.protocol import wire
from sync.protocol.receipt import Receipt
from sync.store import day, doubt, letters, operators, outbox, read, receipts, records
from sync.store.doubt import Known, Opened
from sync.store.handle import Store
from tests.sync.store.laptop import LETTER, PASSPHRASE, RESIDENT, START, Desk
from tests.sync.store.test_numbers import lend

DAY_MS = 86_400_000
TODAY = dt.date(2026, 11, 21)
Answers = dict[str, Any]


def hear(desk: Desk, store: Store, time: int) -> None:
    """Let the city sign a receipt at a time of its own."""
    outbox.freeze(store)
    for data in outbox.unreceipted(store):
        desk.city.open(data, store)
    header, name, _ = desk.city.received[-1]
    said = Receipt(
        desk.city.epoch, store.desk.device, store.desk.incarnation, header.seq, name, 0, [], time
    )
    receipts.take(store, signed.sign(wire.encode(said), desk.city.keys.sign, "receipt"))


def issue(store: Store, business: Answers) -> records.Saved:
    return records.new(store, LETTER, business, issue=True)


def dated(store: Store, record: bytes) -> str:
    """Give the date on the paper."""
    with store.read() as conn:
        case, _ = records.find(store, conn, record)
        return str((letters._change(conn, case.paper).body.paper or {})["data"]["iso_date"])


@pytest.mark.parametrize("shift", [0, 1, 4])
def test_a_clock_of_the_next_four_days_needs_nobodys_word(
    desk: Desk, store: Store, business: Answers, shift: int
) -> None:
    desk.clock.time = START + shift * DAY_MS

    made = issue(store, business)

    assert made.number is not None
    assert dated(store, made.record) == (TODAY + shift * dt.timedelta(days=1)).isoformat()


@pytest.mark.parametrize(
    ("shift", "why"), [(-1, "behind"), (-730, "behind"), (5, "ahead"), (1826, "ahead")]
)
def test_a_clock_behind_or_far_ahead_is_asked_about_before_a_letter_is_dated(
    desk: Desk, store: Store, business: Answers, shift: int, why: str
) -> None:
    desk.clock.time = START + shift * DAY_MS

    waiting = issue(store, business)

    assert (waiting.state, waiting.number, waiting.waits) == ("approved", None, True)
    with pytest.raises(Refused) as refused:
        records.move(store, waiting.record, "issue")
    (problem,) = refused.value.problems
    assert (problem.code, problem.facts["why"]) == ("day_unconfirmed", why)

    day.confirm(store, TODAY)
    done = records.move(store, waiting.record, "issue")

    assert done.number is not None
    assert done.number.year == 2026
    assert dated(store, waiting.record) == "2026-11-21"


def test_nothing_but_what_bears_a_date_waits_for_a_day(
    desk: Desk, store: Store, samples: dict[str, Answers]
) -> None:
    desk.clock.time = START - 730 * DAY_MS

    made = records.new(store, RESIDENT, samples[RESIDENT] | {"nama": "Wira"})
    records.edit(store, made.record, {"telepon": "081234567890"})

    assert read.record(store, made.record).answers["telepon"] == "081234567890"
    assert store.scene().today == TODAY


def test_a_year_that_begins_without_a_network_is_confirmed_once(
    desk: Desk, store: Store, business: Answers
) -> None:
    eve = int(dt.datetime(2026, 12, 31, 2, tzinfo=dt.UTC).timestamp() * 1000)
    issue(store, business)
    hear(desk, store, eve)
    lend(store, 1, 500, year=2027)
    desk.clock.time = eve + 2 * DAY_MS

    assert store.day().doubt == "year"
    assert store.day().proposed == dt.date(2027, 1, 2)
    assert issue(store, business).waits

    day.confirm(store, dt.date(2027, 1, 2))
    first = issue(store, business).number
    desk.clock.time += DAY_MS
    second = issue(store, business).number

    assert first is not None
    assert second is not None
    assert [(one.year, one.position) for one in (first, second)] == [(2027, 1), (2027, 2)]


def test_weeks_of_daily_work_without_a_network_ask_nobody_before_the_new_year(
    desk: Desk, store: Store, business: Answers
) -> None:
    issue(store, business)
    hear(desk, store, START)
    lend(store, 1, 500, year=2027)
    asked = []
    for shift in range(1, 50):
        desk.clock.time = START + shift * DAY_MS
        if store.day().clock.isoweekday() > 5:
            continue  # the office is closed
        if issue(store, business).waits:
            asked.append(store.day().clock)
            day.confirm(store, store.day().clock)

    assert asked == [dt.date(2027, 1, 1)]


def test_a_leap_after_days_of_work_without_a_network_is_asked_about(
    desk: Desk, store: Store, business: Answers
) -> None:
    for shift in range(4):
        desk.clock.time = START + shift * 3 * DAY_MS
        assert not issue(store, business).waits
    store.close()

    with desk.unlock() as again:
        desk.clock.time += 4 * DAY_MS
        assert again.day().doubt == ""
        desk.clock.time += DAY_MS
        assert again.day().doubt == "ahead"
        assert again.day().known == TODAY  # nobody confirmed what came after


def test_days_that_nobody_confirmed_allow_nothing_once_somebody_has_spoken(
    desk: Desk, store: Store, business: Answers
) -> None:
    for shift in (0, 4, 8):
        desk.clock.time = START + shift * DAY_MS
        assert not issue(store, business).waits

    hear(desk, store, START + DAY_MS)
    assert store.day().doubt == "ahead"

    day.confirm(store, TODAY + dt.timedelta(days=1))
    desk.clock.time = START + 9 * DAY_MS
    assert store.day().doubt == "ahead"


def test_a_clock_that_was_ahead_and_confirmed_by_nobody_leaves_no_trace(
    desk: Desk, store: Store, business: Answers
) -> None:
    desk.clock.time = START + 4 * DAY_MS
    ahead = issue(store, business)
    desk.clock.time = START

    made = issue(store, business)

    assert dated(store, ahead.record) == "2026-11-25"
    assert dated(store, made.record) == "2026-11-21"


def test_a_day_confirmed_by_mistake_is_put_right_by_a_later_word(
    desk: Desk, store: Store, business: Answers
) -> None:
    desk.clock.time = START + 1826 * DAY_MS
    day.confirm(store, dt.date(2031, 11, 20))
    desk.clock.time = START

    assert store.day().doubt == "behind"
    day.confirm(store, TODAY)
    made = issue(store, business)

    assert dated(store, made.record) == "2026-11-21"


def test_what_the_server_says_later_goes_before_a_confirmed_day(
    desk: Desk, store: Store, business: Answers
) -> None:
    issue(store, business)
    desk.clock.time = START + 1826 * DAY_MS
    day.confirm(store, dt.date(2031, 11, 20))
    assert store.day().doubt == ""

    hear(desk, store, START + DAY_MS)
    assert store.day().doubt == "ahead"

    desk.clock.time = START + DAY_MS
    assert store.day().doubt == ""
    assert store.day().known == TODAY + dt.timedelta(days=1)


def test_a_computer_whose_clock_starts_anew_each_morning_is_asked_each_morning(
    desk: Desk, store: Store, business: Answers
) -> None:
    morning = START - 4000 * DAY_MS
    desk.clock.time = morning
    day.confirm(store, TODAY)
    desk.clock.time = morning + 3_600_000
    issue(store, business)
    store.close()

    desk.clock.time = morning + 60_000
    with desk.unlock() as again:
        assert again.day().doubt == "behind"


def test_a_letter_under_a_doubtful_clock_says_so_and_keeps_both_times(
    desk: Desk, store: Store, business: Answers
) -> None:
    plain = issue(store, business)
    desk.clock.time = START - 730 * DAY_MS
    day.confirm(store, TODAY)
    odd = issue(store, business)

    assert {event.day for event in read.history(store, plain.record)} == {""}
    told = read.history(store, odd.record)
    assert {event.day for event in told} == {"2026-11-21"}
    assert all(event.time < START for event in told)


def test_the_year_that_the_server_has_left_is_opened_by_the_head_alone(
    desk: Desk, store: Store, business: Answers
) -> None:
    issue(store, business)
    hear(desk, store, int(dt.datetime(2027, 1, 2, 2, tzinfo=dt.UTC).timestamp() * 1000))
    operators.add(store, "Dodi", ("petugas",), PASSPHRASE, keystore=desk.keystore)
    store.close()

    with desk.unlock("Dodi") as clerk:
        with pytest.raises(Refused, match="year_closed"):
            day.confirm(clerk, dt.date(2026, 12, 31))
        assert day.confirm(clerk, dt.date(2027, 1, 3)).date == dt.date(2027, 1, 3)
    with desk.unlock() as head:
        assert day.confirm(head, dt.date(2026, 12, 31)).date == dt.date(2026, 12, 31)
        made = issue(head, business)
        assert made.number is not None
        assert made.number.year == 2026


def test_a_year_that_the_head_has_closed_is_open_again_by_the_heads_word(
    desk: Desk, store: Store
) -> None:
    operators.add(store, "Dodi", ("petugas",), PASSPHRASE, keystore=desk.keystore)
    day.confirm(store, dt.date(2027, 1, 2))
    store.close()
    with desk.unlock("Dodi") as clerk, pytest.raises(Refused, match="year_closed"):
        day.confirm(clerk, dt.date(2026, 12, 31))

    with desk.unlock() as head:
        day.confirm(head, dt.date(2026, 12, 31))
    with desk.unlock("Dodi") as clerk:
        assert day.confirm(clerk, dt.date(2026, 12, 30)).date == dt.date(2026, 12, 30)


def at(moment: int) -> dt.date:
    return dt.datetime.fromtimestamp(moment / 1000, dt.UTC).date()


days = st.integers(-3000, 3000)


@given(days, days, days, days, st.booleans())
def test_what_nobody_doubts_lies_between_the_floor_and_four_days_after_it(
    server: int, confirmed: int, then: int, now: int, later: bool
) -> None:
    heard, clock = START + server * DAY_MS, START + now * DAY_MS
    said = Opened(
        at(START + confirmed * DAY_MS),
        at(START + then * DAY_MS),
        START + then * DAY_MS,
        heard - later,
        b"",
    )

    found = doubt.judge(Known(heard, said), clock, 0, at)

    if found.doubt:
        assert found.known is not None
        assert found.odd
        assert found.date >= max(found.known, found.clock)
        if found.proposed is not None:
            assert found.known <= found.proposed <= found.known + doubt.PLAUSIBLE
    elif found.date == found.clock and found.known is not None and then != now:
        assert found.known <= found.date <= found.known + doubt.AHEAD
        assert found.date.year == found.known.year


@given(days)
def test_a_clock_that_agrees_with_the_server_is_never_asked_about(moment: int) -> None:
    time = START + moment * DAY_MS

    found = doubt.judge(Known(time), time, 0, at)

    assert (found.doubt, found.odd, found.date) == ("", False, at(time))
