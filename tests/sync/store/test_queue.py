"""The waiting room of one desk: numbers, calls, times, and what survives."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from forms.engine.problem import Refused
from forms.queue.tickets import SERVICE
from sync.protocol.lease import Lease
from sync.store import leases, queue, queue_board, queue_desk, read, records, verify
from sync.store.handle import Store
from sync.store.registers import report
from tests.sync.store.laptop import RESIDENT, START, Desk

MINUTE = 60_000
DAY = 86_400_000


def code(caught: pytest.ExceptionInfo[Refused]) -> str:
    return caught.value.problems[0].code


def test_numbers_of_a_group_follow_each_other(store: Store) -> None:
    taken = [queue.take(store, letter).number for letter in "AABA"]

    assert taken == ["A-001", "A-002", "B-001", "A-003"]


def test_a_group_or_a_reason_that_the_office_lacks_is_refused(store: Store) -> None:
    with pytest.raises(Refused) as group:
        queue.take(store, "Z")
    with pytest.raises(Refused) as reason:
        queue.take(store, "A", priority="terburu_buru")

    assert (code(group), code(reason)) == ("queue_group", "queue_priority")
    assert queue_board.read(store).tickets == ()


def test_a_ticket_goes_its_whole_way_with_its_times(desk: Desk, store: Store) -> None:
    taken = queue.take(store, "A")
    desk.clock.time += 5 * MINUTE
    called = queue.call_next(store)
    assert called is not None
    desk.clock.time += MINUTE
    queue.begin(store, called.record)
    desk.clock.time += 10 * MINUTE
    done = queue.finish(store, called.record)

    assert (done.number, done.state) == (taken.number, "done")
    assert (done.called - done.arrived) // MINUTE == 5
    assert (done.started - done.called) // MINUTE == 1
    assert (done.finished - done.started) // MINUTE == 10
    assert verify.verify(store) == []


def test_calling_the_next_ends_who_is_served_and_refuses_while_somebody_is_called(
    store: Store,
) -> None:
    for _ in range(2):
        queue.take(store, "A")
    first = queue.call_next(store)
    assert first is not None

    with pytest.raises(Refused) as caught:
        queue.call_next(store)
    queue.begin(store, first.record)
    second = queue.call_next(store)

    assert code(caught) == "queue_called"
    assert second is not None
    states = {ticket.number: ticket.state for ticket in queue_board.read(store).tickets}
    assert states == {"A-001": "done", "A-002": "called"}


def test_who_is_missed_comes_back_once_and_is_out_the_second_time(store: Store) -> None:
    queue.take(store, "A")
    missed = []
    for _ in range(2):
        called = queue.call_next(store)
        assert called is not None
        missed.append(queue.miss(store, called.record))

    assert [ticket.state for ticket in missed] == ["waiting", "no_show"]
    assert queue.call_next(store) is None
    assert queue.requeue(store, missed[-1].record).state == "waiting"


def test_who_is_passed_on_keeps_number_and_arrival_in_the_other_group(store: Store) -> None:
    queue.take(store, "A", priority="hamil")
    first = queue.call_next(store)
    assert first is not None
    queue.begin(store, first.record)

    passed = queue.pass_on(store, first.record, "B")

    board = {ticket.record: ticket for ticket in queue_board.read(store).tickets}
    assert (passed.number, passed.group, passed.state) == ("A-001", "B", "waiting")
    assert (passed.arrived, passed.priority) == (first.arrived, "hamil")
    assert board[first.record].state == "moved"
    assert queue.take(store, "B").number == "B-001"


def test_a_ticket_that_another_desk_holds_is_never_called_here(store: Store) -> None:
    other = _neighbour(store)
    ticket = queue.take(store, "A")
    passed = queue.pass_on(store, ticket.record, "A", other)

    assert queue.call_next(store) is None
    with pytest.raises(Refused) as caught:
        queue.call(store, passed.record)
    assert code(caught) == "queue_elsewhere"
    assert queue.take_over(store, other) == 1
    called = queue.call_next(store)
    assert called is not None
    assert called.number == "A-001"


def test_an_act_that_does_not_fit_the_state_is_refused(store: Store) -> None:
    ticket = queue.take(store, "A")

    with pytest.raises(Refused) as caught:
        queue.finish(store, ticket.record)

    assert code(caught) == "action_not_now"


def test_numbers_begin_anew_with_the_day_and_what_was_left_is_ended(
    desk: Desk, store: Store
) -> None:
    left = queue.take(store, "A")
    desk.clock.time += DAY

    assert queue.end_days(store) == 1
    assert queue.end_days(store) == 0
    assert queue.take(store, "A").number == "A-001"
    with store.read() as conn:
        states = {case.id: case.state for case, _ in queue_board.newest(conn)}
    assert states[left.record] == "cancelled"


def test_a_clock_that_goes_back_an_hour_takes_neither_times_nor_order_with_it(
    desk: Desk, store: Store
) -> None:
    first = queue.take(store, "A")
    desk.clock.time -= 60 * MINUTE
    second = queue.take(store, "A")

    assert second.arrived >= first.arrived
    called = queue.call_next(store)
    assert called is not None
    assert called.record == first.record
    assert called.called >= first.arrived


def test_after_a_crash_and_a_restart_the_line_stands_as_it_was(desk: Desk) -> None:
    with desk.unlock() as store:
        for _ in range(3):
            queue.take(store, "A")
        queue.call_next(store)
    with desk.unlock() as store:
        board = queue_board.read(store)

        assert [t.state for t in board.tickets] == ["called", "waiting", "waiting"]
        assert board.present is not None
        assert queue.take(store, "A").number == "A-004"


def test_two_desks_of_an_office_number_apart(store: Store) -> None:
    year = dt.datetime.fromtimestamp(START / 1000, dt.UTC).year
    office, ours = store.desk.office.id, (store.desk.device, store.desk.incarnation)
    other, late = (b"o" * 16, b"i" * 8), (b"p" * 16, b"j" * 8)

    def told(*rows: tuple[int, int, tuple[bytes, bytes]]) -> str:
        with store.write() as conn:
            conn.exec_driver_sql("DELETE FROM lease WHERE series = 'tiket'")
            found = [
                Lease(bytes([n]) * 16, office, "tiket", year, low, high, *life)
                for n, (low, high, life) in enumerate(rows)
            ]
            leases.put(conn, found)
            return queue_desk.mark(conn, store.desk, year)

    assert told((1, 500, ours)) == ""
    assert told((1, 500, other), (501, 1000, ours)) == "2"
    assert told((1, 500, other), (501, 600, other), (601, 1100, ours)) == "2"
    assert told((1, 500, other), (501, 550, late), (551, 600, ours)) == "3"
    assert told((501, 1000, ours)) == "X501"
    assert told((1, 500, other), (601, 1100, ours)) == "X601"
    assert len(told((1, 500, other))) == 6


def test_each_twenty_fifth_ticket_is_noted_by_the_fence(desk: Desk, store: Store) -> None:
    used = []
    for _ in range(26):
        queue.take(store, "A")
        with store.read() as conn:
            used.append(sum(n for _, n in leases.highest(conn, store.desk.incarnation)))

    assert used[0] == used[24] == 1
    assert used[25] == 2


def _neighbour(store: Store) -> str:
    """Let the city tell of another desk of this office."""
    device, year = b"n" * 16, store.day().date.year
    lease = Lease(b"l" * 16, store.desk.office.id, "tiket", year, 501, 1000, device, b"i" * 8)
    with store.write() as conn:
        leases.put(conn, [lease])
    return device.hex()


def test_the_report_says_how_long_people_waited_by_group_day_and_hour(
    desk: Desk, store: Store
) -> None:
    first = store.day().date
    for wait in (4, 8):
        queue.take(store, "A")
        desk.clock.time += wait * MINUTE
        called = queue.call_next(store)
        assert called is not None
        queue.begin(store, called.record)
    desk.clock.time += DAY
    queue.end_days(store)
    queue.take(store, "B")

    asked = report.period(first, first + dt.timedelta(days=1))
    groups, days, hours = report.lists(store, "queue", asked)

    told = {str(row.cells[0]): row.cells[1:5] for row in groups.rows}
    assert told == {
        "A · Surat keterangan": (2, 0, 4, 8),
        "B · Kependudukan": (1, 0, None, None),
        "Semua": (3, 0, 4, 8),
    }
    assert [row.cells[1] for row in days.rows] == [2, 1]
    assert sum(int(str(row.cells[1])) for row in hours.rows) == 3


def test_a_ticket_may_say_whom_it_concerns_and_a_stranger_is_refused(
    store: Store, resident: Callable[..., dict[str, Any]]
) -> None:
    person = records.new(store, RESIDENT, resident()).record

    with pytest.raises(Refused) as caught:
        queue.take(store, "A", subject=b"x" * 16)
    assert code(caught) == "record_unknown"
    assert queue.take(store, "A", subject=person).subject == person
    passed = queue.pass_on(store, queue_board.read(store).tickets[0].record, "B")
    assert passed.subject == person


def test_no_ticket_is_begun_or_moved_past_the_queue_that_writes_its_times(store: Store) -> None:
    ticket = queue.take(store, "A")
    answers = read.record(store, ticket.record).answers

    acts: tuple[Callable[[], object], ...] = (
        lambda: records.new(store, SERVICE, answers),
        lambda: records.move(store, ticket.record, "call"),
        lambda: records.edit(store, ticket.record, {"dipanggil": answers["datang"]}),
    )
    refused = []
    for act in acts:
        with pytest.raises(Refused) as caught:
            act()
        refused.append(code(caught))

    assert refused == ["queue_only", "queue_only", "state_final"]
    (left,) = queue_board.read(store).tickets
    assert (left.state, left.called) == ("waiting", 0)


def test_a_ticket_is_not_found_by_typing(store: Store) -> None:
    queue.take(store, "A")

    assert read.find(store, "A-001") == []
