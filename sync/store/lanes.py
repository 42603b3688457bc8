"""What goes first when not all goes at once: papers that citizens hold, and deaths.

A change that goes first takes along every unsealed change that it rests on:

    the earlier ones of its own record       a record's changes keep their order
    those that it names as bases             also of another record
    those that began a record that it names  its subject, a party, the letter that it corrects, the
                                             key that it is signed by

All of these are older, so the ones that go first are sealed oldest first like any others, and so is
what stays behind. There is one chain; nobody downstream sees anything but an order.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from sync.protocol.authorship import signer
from sync.protocol.change import ID_BYTES, NEW, NOBODY, Change
from sync.store import kept
from sync.store.statements import Connection

DECEASED = "deceased"  # the state of a resident


class Waiting(NamedTuple):
    """An unsealed change: its row, its id, its record, and whether it goes first.

    `begins` is the record that it begins under an id that is not its own, else empty.
    """

    row: int
    name: bytes
    record: bytes
    urgent: bool
    begins: bytes = NOBODY


def urgent(conn: Connection) -> list[int]:
    """List the rows of unsealed changes that go first, oldest first; none if it would be all."""
    rows = conn.exec_driver_sql(
        "SELECT n, id, record, plain FROM change WHERE batch IS NULL AND seq IS NOT NULL ORDER BY n"
    )
    waiting = [_waiting(n, name, record, plain) for n, name, record, plain in rows]

    def needs(row: int, name: bytes) -> Iterable[bytes]:
        query = "SELECT plain FROM change WHERE n = ?"
        return named(kept.unpack(conn.exec_driver_sql(query, (row,)).scalar_one(), name))

    found = first(waiting, needs)
    return [] if len(found) == len(waiting) else found


def is_urgent(plain: bytes) -> bool:
    """Tell whether a change as it is kept gives a number to a paper, or says that somebody died."""
    return _is_urgent(kept.glance(plain))


def _is_urgent(glance: kept.Glance) -> bool:
    return glance.number is not None or glance.state == DECEASED


def _waiting(row: int, name: bytes, record: bytes, plain: bytes) -> Waiting:
    glance = kept.glance(plain)
    begins = glance.record if glance.act == NEW else NOBODY
    return Waiting(row, name, record, _is_urgent(glance), begins)


def first(waiting: Sequence[Waiting], needs: Callable[[int, bytes], Iterable[bytes]]) -> list[int]:
    """Choose the rows that go first; `needs` names the ids that a change rests on."""
    place = {one.name: at for at, one in enumerate(waiting)}
    place |= {one.begins: at for at, one in enumerate(waiting) if one.begins}
    before: list[int | None] = []
    newest: dict[bytes, int] = {}
    for at, one in enumerate(waiting):
        before.append(newest.get(one.record))
        newest[one.record] = at
    chosen: set[int] = set()
    open_ = [at for at, one in enumerate(waiting) if one.urgent]
    while open_:
        at = open_.pop()
        if at in chosen:
            continue
        chosen.add(at)
        rests = {place[name] for name in needs(waiting[at].row, waiting[at].name) if name in place}
        earlier = before[at]
        open_ += [other for other in rests if other < at]
        open_ += [earlier] if earlier is not None else []
    return [waiting[at].row for at in sorted(chosen)]


def named(change: Change) -> Iterator[bytes]:
    """Give every id that a change names: bases, subject, key, and records in its answers."""
    yield from change.base.values()
    yield change.subject
    yield signer(change)
    yield from _ids(change.body.answers)


def _ids(value: Any) -> Iterator[bytes]:
    if isinstance(value, bytes) and len(value) == ID_BYTES:
        yield value
    elif isinstance(value, str) and len(value) == 2 * ID_BYTES:
        try:
            yield bytes.fromhex(value)
        except ValueError:
            return
    elif isinstance(value, dict):
        for part in value.values():
            yield from _ids(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _ids(part)
