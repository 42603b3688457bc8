"""The monthly report of the counter: services by what became of them, places, service times."""

from collections import Counter
from collections.abc import Iterable, Sequence

from forms.engine.words import label, say, worded
from sync.store.handle import Store
from sync.store.registers import times
from sync.store.registers.table import Cell, Column, Row, Table
from sync.store.registers.tally import COUNTS, Handled

_BY_SERVICE = (
    Column("no", 9, "number"),
    Column("kind", 80),
    *(Column(f"count_{name}", 22, "count") for name in COUNTS),
)
_BY_PLACE = (
    Column("rw", 15),
    Column("rt", 15),
    *(Column(f"count_{name}", 22, "count") for name in COUNTS),
)


def tables(store: Store, handled: Sequence[Handled]) -> tuple[Table, ...]:
    """Make the report's tables of what was handled."""
    return (
        Table(say("register.by_service"), _BY_SERVICE, _services(handled)),
        Table(say("register.by_place"), _BY_PLACE, _places(handled)),
        times.table(store, handled),
    )


def _services(handled: Iterable[Handled]) -> list[Row]:
    sums: dict[str, Counter[str]] = {}
    for one in handled:
        sums.setdefault(worded(one.form.title), Counter()).update(one.counts)
    rows = [
        Row((number, title, *_counted(sums[title]))) for number, title in enumerate(sorted(sums), 1)
    ]
    return [*rows, _total((None, label("column", "total")), sums.values())]


def _places(handled: Iterable[Handled]) -> list[Row]:
    sums: dict[tuple[str, str], Counter[str]] = {}
    for one in handled:
        sums.setdefault((one.rw, one.rt), Counter()).update(one.counts)
    rows = [Row((rw or None, rt or None, *_counted(sums[rw, rt]))) for rw, rt in sorted(sums)]
    return [*rows, _total((label("column", "total"), None), sums.values())]


def _total(names: tuple[Cell, ...], sums: Iterable[Counter[str]]) -> Row:
    total: Counter[str] = Counter()
    for one in sums:
        total.update(one)
    return Row((*names, *_counted(total)), strong=True)


def _counted(sums: Counter[str]) -> tuple[int, ...]:
    return tuple(sums[name] for name in COUNTS)
