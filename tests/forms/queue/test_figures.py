"""Waiting and service, by group and by hour, against the standard."""

from forms.engine.region_queue import Group, Plan
from forms.queue import figures
from forms.queue.tickets import State, Ticket

MINUTE = 60_000
PLAN = Plan(
    in_a_row=2,
    returns=1,
    groups=(Group(letter="A", name="Surat", kinds=("kelurahan",), wait_minutes=10),),
    priorities=(),
)


def ticket(entered: int, wait: int, serve: int, state: State = "done") -> Ticket:
    """Make a ticket by minutes; a wait of 0 was never called."""
    called = (entered + wait) * MINUTE if wait else 0
    finished = called + serve * MINUTE if serve else 0
    started = called if serve else 0
    came = entered * MINUTE
    return Ticket(
        b"", "", "A", state, "d", 0, came, came, called=called, started=started, finished=finished
    )


def test_half_and_nine_of_ten_are_read_from_those_who_were_called() -> None:
    found = figures.times([ticket(60, wait, 2 * wait) for wait in range(1, 11)], PLAN)

    assert (found.wait_half, found.wait_most) == (5, 9)
    assert (found.serve_half, found.serve_most) == (10, 18)
    assert (found.taken, found.called, found.late) == (10, 10, 0)


def test_who_was_not_called_is_counted_and_not_measured() -> None:
    found = figures.times([ticket(60, 0, 0, "waiting"), ticket(60, 3, 0, "no_show")], PLAN)

    assert (found.waiting, found.missed, found.called) == (1, 1, 1)
    assert found.serve_half is None


def test_a_wait_over_the_standard_is_late_and_one_of_exactly_it_is_not() -> None:
    assert not figures.is_late(ticket(60, 10, 1), PLAN)
    assert figures.is_late(ticket(60, 11, 1), PLAN)
    assert figures.is_late(ticket(60, 0, 0, "waiting"), PLAN, now=71 * MINUTE)


def test_each_hour_in_which_somebody_came_has_its_own_figures() -> None:
    found = figures.by_hour(
        [ticket(65, 4, 1), ticket(130, 8, 1), ticket(70, 2, 1)], PLAN, lambda ms: ms // 3_600_000
    )

    assert [(hour, times.taken, times.wait_most) for hour, times in found] == [(1, 2, 4), (2, 1, 8)]


def test_a_wait_is_rounded_up_so_that_nobody_waited_less_than_is_said() -> None:
    assert [figures.minutes(span) for span in (0, 1, MINUTE, MINUTE + 1)] == [0, 1, 1, 2]
