"""A line teaches how much goes at once: little after a break, more with each piece that went."""

from hypothesis import given
from hypothesis import strategies as st

from sync.client.pace import BAD, GOOD, SIZE_MIN, Pace
from sync.protocol.exchange import ROWS_MAX
from sync.protocol.upload import PIECE_MAX


def test_the_first_break_makes_a_line_a_bad_one() -> None:
    pace = Pace()

    pace.broke()

    assert (pace.size, pace.is_slow) == (BAD, True)


def test_a_bad_line_is_halved_and_grows_by_half() -> None:
    pace = Pace(BAD)

    pace.broke()
    assert pace.size == BAD // 2
    pace.went(BAD // 2)
    assert pace.size == BAD * 3 // 4


def test_a_small_message_says_nothing_about_the_line() -> None:
    pace = Pace(BAD)

    pace.went(BAD // 2 - 1)

    assert pace.size == BAD


@given(st.lists(st.booleans(), max_size=60), st.integers(0, 2 * PIECE_MAX))
def test_the_pace_stays_within_its_bounds(breaks: list[bool], begin: int) -> None:
    pace = Pace(begin)
    for broke in breaks:
        pace.broke() if broke else pace.went(pace.size)
        assert SIZE_MIN <= pace.size <= PIECE_MAX


@given(st.integers(SIZE_MIN, PIECE_MAX))
def test_a_slow_line_asks_for_fewer_rows_and_never_for_none(size: int) -> None:
    rows = Pace(size).rows()

    assert 0 < rows <= ROWS_MAX
    assert (rows == ROWS_MAX) == (size >= GOOD)


@given(st.lists(st.integers(1, 9_000), max_size=20))
def test_what_fits_is_the_longest_beginning(sizes: list[int]) -> None:
    pace = Pace(BAD)
    envelopes = [bytes(size) for size in sizes]

    count = pace.fitting(envelopes)

    assert sum(sizes[:count]) <= BAD
    assert count == len(sizes) or sum(sizes[: count + 1]) > BAD
