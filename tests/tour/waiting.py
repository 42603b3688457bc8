"""A waiting room in the middle of its morning: some were served, one was missed, one is called."""

from collections.abc import Callable

from sync.store import queue, queue_desk
from sync.store.handle import Store
from sync.store.queue_desk import Counter

# Whose group, why first, and how many minutes after the one before they came.
_CAME = (
    ("A", "", 2), ("B", "", 1), ("A", "lansia", 3), ("C", "", 1), ("A", "", 2), ("A", "", 1),
)  # fmt: skip
_WAIT = (("A", "", 4), ("B", "hamil", 2), ("A", "", 6), ("C", "", 3))
_SERVED = 4


def fill(store: Store, citizen: bytes, passes: Callable[[int], None]) -> None:
    """Take tickets, serve most of them and leave the last of the served at the counter.

    The one that is called last belongs to `citizen`; `passes` lets so many minutes go by.
    """
    queue_desk.adopt(store, Counter(name="Loket 1", printer="192.168.1.50:9100", width=80))
    for letter, priority, minutes in _CAME:
        passes(minutes)
        queue.take(store, letter, priority=priority)
    for _ in range(_SERVED):
        passes(1)
        called = queue.call_next(store)
        assert called is not None, "more came than are served"
        passes(1)
        queue.begin(store, called.record)
        passes(5)
    called = queue.call_next(store)
    assert called is not None, "more came than are served"
    queue.miss(store, called.record)
    passes(1)
    queue.call(store, called.record)
    queue.miss(store, called.record)  # the second time the number ends
    for letter, priority, minutes in _WAIT:
        passes(minutes)
        queue.take(store, letter, priority=priority, subject=citizen if letter == "B" else b"")
    queue.call_next(store)
