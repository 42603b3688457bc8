import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from forms.engine import worktime
from forms.engine.region_hours import USUAL, Hours

ZONE = dt.timezone(dt.timedelta(hours=7))
MINUTE, HOUR = 60, 3_600


def at(day: int, hour: int, minute: int = 0) -> dt.datetime:
    """A time in November 2026, whose second day is a Monday."""
    return dt.datetime(2026, 11, day, hour, minute, tzinfo=ZONE)


def seconds(spans: list[worktime.Span], hours: Hours = USUAL) -> int:
    return worktime.seconds(spans, hours)


def test_a_letter_done_within_the_hour_took_its_minutes() -> None:
    assert seconds([(at(2, 9), at(2, 9, 25))]) == 25 * MINUTE


def test_the_break_at_noon_is_not_counted() -> None:
    assert seconds([(at(2, 11, 50), at(2, 13, 10))]) == 20 * MINUTE


def test_a_night_is_not_counted() -> None:
    assert seconds([(at(2, 14, 50), at(3, 8, 10))]) == 20 * MINUTE


def test_a_weekend_is_not_counted() -> None:
    assert seconds([(at(6, 14, 50), at(9, 8, 10))]) == 20 * MINUTE


def test_a_whole_day_has_six_hours_of_work() -> None:
    assert seconds([(at(2, 0), at(3, 0))]) == 6 * HOUR


def test_what_was_done_on_a_saturday_counts_as_it_is() -> None:
    assert seconds([(at(7, 9), at(7, 9, 40))]) == 40 * MINUTE


def test_spans_before_and_after_a_pause_are_added_up() -> None:
    assert seconds([(at(2, 9), at(2, 9, 10)), (at(4, 10), at(4, 10, 5))]) == 15 * MINUTE


def test_a_clock_that_was_put_back_takes_no_time() -> None:
    assert seconds([(at(2, 10), at(2, 9))]) == 0


def test_an_office_may_have_other_hours() -> None:
    hours = Hours(((),) * 5 + (((dt.time(7), dt.time(9)),), ()))

    assert seconds([(at(2, 0), at(9, 0))], hours) == 2 * HOUR


def test_a_holiday_is_not_counted() -> None:
    hours = Hours(USUAL.week, frozenset({dt.date(2026, 11, 3)}))

    assert seconds([(at(2, 14, 50), at(4, 8, 10))], hours) == 20 * MINUTE


def test_a_friday_may_be_shorter() -> None:
    friday = ((dt.time(8), dt.time(11, 30)),)
    hours = Hours((*USUAL.week[:4], friday, (), ()))

    assert seconds([(at(5, 14), at(9, 8, 30))], hours) == HOUR + 3.5 * HOUR + 30 * MINUTE


@given(st.integers(0, 20_000), st.integers(0, 20_000), st.integers(0, 20_000))
def test_a_span_that_is_cut_in_two_takes_as_long_within_the_hours(a: int, b: int, c: int) -> None:
    first, middle, last = (at(2, 9) + dt.timedelta(minutes=m) for m in sorted((0, a, a + b)))
    whole = seconds([(first, last)])
    if seconds([(first, middle)]) and c:
        assert seconds([(first, middle), (middle, last)]) == whole
