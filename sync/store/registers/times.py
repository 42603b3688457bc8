"""Service times against the published standard: median, nine in ten, the share within it."""

import math
from collections.abc import Iterable, Sequence
from statistics import median

from forms.engine.form import Form
from forms.engine.words import label, say, worded
from sync.store.handle import Store
from sync.store.registers.table import Cell, Column, Row, Table
from sync.store.registers.tally import Handled

MINUTE = 60
LATE_MAX = 1_000  # letters that are listed one by one; more are a standard that is wrong

_COLUMNS = (
    Column("no", 9, "number"),
    Column("kind", 80),
    Column("count_issued", 22, "number"),
    Column("standard", 28, "number"),
    Column("median", 28, "number"),
    Column("nine_in_ten", 28, "number"),
    Column("longest", 28, "number"),
    Column("within", 28, "share"),
)
_LATE = (
    Column("no", 9, "number"),
    Column("number", 60),
    Column("kind", 80),
    Column("standard", 28, "number"),
    Column("minutes", 28, "number"),
)


def tables(store: Store, handled: Sequence[Handled]) -> tuple[Table, ...]:
    """Make the tables of the report on service times: by service, and what took too long."""
    return table(store, handled), Table(say("register.over_standard"), _LATE, _late(store, handled))


def table(store: Store, handled: Iterable[Handled]) -> Table:
    """Make the table by service, in minutes of work."""
    took: dict[str, tuple[Form, list[int]]] = {}
    for one in handled:
        if one.took is not None:
            took.setdefault(worded(one.form.title), (one.form, []))[1].append(one.took)
    rows = [
        Row((number, title, *_measured(standard(store, form), seconds)))
        for number, (title, (form, seconds)) in enumerate(sorted(took.items()), 1)
    ]
    every = [(form, value) for form, seconds in took.values() for value in seconds]
    if every:
        rows.append(_total(store, every))
    return Table(say("register.service_times"), _COLUMNS, rows)


def standard(store: Store, form: Form) -> int:
    """Give the published time of a service in minutes; 0 where none is published."""
    assert form.letter is not None, "only letters are timed"
    return store.region.standard_minutes(form.code, form.letter.standard_minutes)


def nine_in_ten(seconds: Sequence[int]) -> int:
    """Give the least time that nine in ten took at most (the nearest rank)."""
    return sorted(seconds)[math.ceil(0.9 * len(seconds)) - 1]


def minutes(seconds: float) -> int:
    """Round up to minutes, as a person who waits counts them."""
    return math.ceil(seconds / MINUTE)


def _measured(allowed: int, seconds: list[int]) -> tuple[Cell, ...]:
    within = sum(value <= allowed * MINUTE for value in seconds)
    return (
        len(seconds),
        allowed or None,
        minutes(median(seconds)),
        minutes(nine_in_ten(seconds)),
        minutes(max(seconds)),
        _share(within, len(seconds)) if allowed else None,
    )


def _total(store: Store, every: Sequence[tuple[Form, int]]) -> Row:
    """Sum up; the share is of those letters for which a time is published."""
    timed = [(standard(store, form) * MINUTE, value) for form, value in every]
    bound = [(most, value) for most, value in timed if most]
    within = sum(value <= most for most, value in bound)
    _, _, *figures, _ = _measured(0, [value for _, value in every])
    share = _share(within, len(bound)) if bound else None
    return Row(
        (None, label("column", "total"), len(every), None, *figures, share),
        strong=True,
    )


def _share(part: int, whole: int) -> float:
    return round(100 * part / whole, 1)


def _late(store: Store, handled: Iterable[Handled]) -> list[Row]:
    found = []
    for one in handled:
        allowed = standard(store, one.form)
        if allowed and one.took is not None and one.took > allowed * MINUTE:
            found.append((one.took, one, allowed))
    found.sort(key=lambda late: (-late[0], late[1].number))
    return [
        Row((number, one.number, worded(one.form.title), allowed, minutes(took)), one.record)
        for number, (took, one, allowed) in enumerate(found[:LATE_MAX], 1)
    ]
