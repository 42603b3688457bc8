"""Tickets of several desks of one office: numbers never meet, and each is called by one desk."""

import pytest

from forms.engine.problem import Refused
from forms.queue.tickets import SERVICE
from sync.store import queue, queue_board, read, status
from sync.store.verify import verify
from tests.sync.client.town import Town


def test_desks_that_do_not_see_each_other_print_no_number_twice(town: Town) -> None:
    taken = [queue.take(store, "A").number for _ in range(3) for store in town.desks]

    assert {number.partition("-")[0] for number in taken} == {"A", "A2", "A3"}
    assert len(set(taken)) == len(taken)


def test_who_is_passed_on_to_another_desk_is_called_there_alone(town: Town) -> None:
    first, second, _ = town.desks
    ticket = queue.take(first, "A", priority="hamil")
    passed = queue.pass_on(first, ticket.record, "B", second.desk.device.hex())
    town.go(first, second)

    called = queue.call(second, passed.record)
    queue.begin(second, called.record)
    queue.finish(second, called.record)
    town.go()
    town.go()  # the first one is told what the second one brought after it

    assert called.number == ticket.number
    states = {t.record: t.state for t in queue_board.read(first).tickets}
    assert (states[ticket.record], states[passed.record]) == ("moved", "done")
    stamps = ("datang", "masuk", "dipanggil", "mulai", "selesai")
    here, there = (read.record(store, passed.record).answers for store in (first, second))
    assert all(here[key] for key in stamps)
    assert [here[key] for key in stamps] == [there[key] for key in stamps]
    with pytest.raises(Refused) as caught:
        queue.requeue(first, passed.record)
    assert caught.value.problems[0].code == "queue_elsewhere"
    for store in town.desks:
        told = status.status(store)
        assert (told.pending, told.to_fix, told.conflicts) == (0, 0, 0)
        assert list(verify(store)) == []


def test_no_neighbour_is_told_of_an_offices_waiting_room(town: Town) -> None:
    queue.take(town.desks[0], "A")
    town.go()

    with town.guest.read() as conn:
        count = "SELECT count(*) FROM record WHERE service = ?"
        assert conn.exec_driver_sql(count, (SERVICE,)).scalar_one() == 0


def test_a_desk_knows_the_others_that_may_call(town: Town) -> None:
    first, *others = town.desks

    assert set(queue_board.read(first).others) == {store.desk.device.hex() for store in others}
