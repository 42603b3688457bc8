"""The queue to other systems: a table of moves, in the transaction of what causes them."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forms.engine.problem import Refused
from sync.server import edge_queue, intake, trail
from sync.server.city import City
from sync.server.edge_queue import ENDED, MOVES, OPEN
from tests.sync.server.conftest import ADMINISTRATOR, Enrol, Time
from tests.sync.server.edges.conftest import Counter, items

EVENTS = sorted({event for _, event in MOVES})


@pytest.fixture
def counter(enrol: Enrol) -> Counter:
    return Counter(enrol())


def code_of(act: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.problems[0].code


@given(st.lists(st.sampled_from(EVENTS), max_size=12))
def test_whatever_happens_an_item_is_open_or_has_ended_and_only_a_person_wakes_it(
    events: list[str],
) -> None:
    state = "waiting"
    for event in events:
        after = MOVES.get((state, event), state)
        if state in ENDED and after != state:
            assert (state, event) == ("given_up", "retry")
        state = after

    assert state in {*OPEN, *ENDED}


def test_every_state_is_reached_and_every_open_one_can_end() -> None:
    assert {"waiting", *MOVES.values()} == {*OPEN, *ENDED}
    for state in OPEN:
        reached = {state}
        for _ in MOVES:
            reached |= {after for (before, _), after in MOVES.items() if before in reached}
        assert reached >= {*ENDED}


def test_a_change_that_is_refused_or_known_queues_nothing(city: City, counter: Counter) -> None:
    laptop = counter.laptop
    made = laptop.change("aspirations/complaint", "new", answers={"judul": "x"}, state="received")
    sent = laptop.move(made, "send_lapor", "told", made)  # not where the act leads
    data = laptop.batch(made, sent)
    laptop.exchange(data)
    assert items(city) == []

    _, sent = counter.complain()
    counter.complain()
    again = laptop.batch(sent)
    intake.take(city, again)
    intake.take(city, again)

    assert len(items(city)) == 2


@settings(
    max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.booleans())
def test_an_item_is_taken_by_one_and_by_another_only_after_its_lease(
    city: City, counter: Counter, time: Time, late: bool
) -> None:
    counter.complain()
    item = items(city)[-1]
    with city.database.write() as connection:
        first = edge_queue.take(connection, city, item)
        assert first is not None
        assert edge_queue.take(connection, city, item) is None
    time.ms += edge_queue.LEASE_MS - (not late)

    with city.database.read() as connection:
        due = [one.change for one in edge_queue.due(connection, city, [], 100)]

    assert (item.change in due) is late


def test_an_administrator_wakes_what_waits_and_not_what_has_ended(
    city: City, counter: Counter, time: Time
) -> None:
    counter.complain()
    [item] = items(city)
    with city.database.write() as connection:
        taken = edge_queue.take(connection, city, item)
        assert taken is not None
        later = edge_queue.move(connection, city, taken, "later", due=time.ms + 9_000_000)
        rest = edge_queue.Rest("lapor", time.ms + 9_000_000, 3, "http_503")
        edge_queue.rest(connection, city, rest)
        assert edge_queue.due(connection, city, [], 9) == []
    assert later is not None

    edge_queue.retry(city, item.change, ADMINISTRATOR)

    with city.database.read() as connection:
        assert [one.change for one in edge_queue.due(connection, city, [], 9)] == [item.change]
        assert edge_queue.rests(connection, city) == []
    asked = trail.Asked(by=ADMINISTRATOR)
    assert trail.look(city, asked, 1, "x").events[0].act == "edge_retried"
    with city.database.write() as connection:
        [item] = edge_queue.due(connection, city, [], 9)
        edge_queue.move(connection, city, item, "recalled")
    assert code_of(lambda: edge_queue.retry(city, item.change, ADMINISTRATOR)) == "edge_ended"
    assert code_of(lambda: edge_queue.retry(city, b"x" * 16, ADMINISTRATOR)) == "edge_unknown"


def test_a_region_sees_and_sends_its_own_alone(
    city: City, neighbour: City, counter: Counter
) -> None:
    counter.complain()

    with neighbour.database.read() as connection:
        assert edge_queue.due(connection, neighbour, [], 9) == []
        assert edge_queue.counts(connection, neighbour) == {}
    assert edge_queue.listing(neighbour, limit=9) == []
