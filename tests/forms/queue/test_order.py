"""Who is called next: priority first, and nobody for ever last."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from forms.queue import order
from forms.queue.tickets import Ticket


def ticket(n: int, *, priority: bool = False) -> Ticket:
    sort = "lansia" if priority else ""
    return Ticket(bytes([n]), f"A-{n:03}", "A", "waiting", "d", n, n, n, priority=sort)


def called(tickets: list[Ticket], in_a_row: int, count: int) -> list[str]:
    """Call so many, one after another."""
    found = []
    for moment in range(1_000, 1_000 + count):
        chosen = order.following(tickets, in_a_row)
        if chosen is None:
            break
        found.append(chosen.number)
        tickets = [replace(t, state="done", called=moment) if t is chosen else t for t in tickets]
    return found


def test_who_came_first_is_called_first() -> None:
    assert called([ticket(2), ticket(1), ticket(3)], 2, 9) == ["A-001", "A-002", "A-003"]


def test_somebody_with_priority_goes_before_who_came_earlier() -> None:
    assert called([ticket(1), ticket(2, priority=True)], 2, 9) == ["A-002", "A-001"]


def test_after_two_with_priority_one_without_is_called() -> None:
    waiting = [ticket(1), ticket(2), *(ticket(n, priority=True) for n in range(3, 8))]

    order_of_calls = called(waiting, 2, 9)

    assert order_of_calls == ["A-003", "A-004", "A-001", "A-005", "A-006", "A-002", "A-007"]


def test_nobody_is_called_where_nobody_waits() -> None:
    assert order.following([replace(ticket(1), state="done", called=5)], 2) is None


def test_who_went_back_into_the_line_stands_behind_who_came_meanwhile() -> None:
    back = replace(ticket(1), entered=9, called=4, missed=1)

    assert called([back, ticket(2)], 2, 9) == ["A-002", "A-001"]


@given(st.lists(st.booleans(), min_size=1, max_size=40), st.integers(1, 4))
def test_nobody_without_priority_is_starved(kinds: list[bool], in_a_row: int) -> None:
    """However many with priority stand before and behind, the k-th other has a latest call."""
    waiting = [ticket(n, priority=kind) for n, kind in enumerate(kinds, 1)]

    numbers = called(waiting, in_a_row, len(waiting))

    others = [t.number for t in waiting if not t.priority]
    assert sorted(numbers) == sorted(t.number for t in waiting)
    for before, number in enumerate(others):
        assert numbers.index(number) + 1 <= (before + 1) * (in_a_row + 1)


@given(st.lists(st.booleans(), max_size=30), st.integers(1, 4))
def test_the_foreseen_order_is_that_of_the_calls(kinds: list[bool], in_a_row: int) -> None:
    waiting = [ticket(n, priority=kind) for n, kind in enumerate(kinds, 1)]

    foreseen = [t.number for t in order.foreseen(waiting, in_a_row)]

    assert foreseen == called(waiting, in_a_row, len(waiting))
