"""The report on services: by hours, days or months, by service, place and operator."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from forms.engine import written
from forms.engine.words import label, say
from sync.store.handle import Store
from sync.store.registers import monthly
from sync.store.registers.chart import chart
from sync.store.registers.table import Column, Period, Row, Table
from sync.store.registers.tally import COUNTS, Handled, moment
from sync.store.statements import Connection

HEAD = "kepala"  # who alone sees what each operator did
_DAYS_MAX = 92  # a quarter; a longer period is told by months
_OPENS, _CLOSES = 8, 15  # hours that are always shown; others where something was done
_DONE = tuple(name for name in COUNTS if name != "open")  # what a moment can be named for
_DRAWN = ("received", "issued")
_BY_OPERATOR = (
    Column("no", 9, "number"),
    Column("operator", 80),
    *(Column(f"count_{name}", 24, "count") for name in _DONE),
)


def tables(
    store: Store, conn: Connection, period: Period, handled: Sequence[Handled]
) -> tuple[Table, ...]:
    """Make the report's tables of what was handled."""
    by_service, by_place, took = monthly.tables(store, handled)
    made = (_over_time(store, period, handled), by_service, by_place, took)
    return (*made, _by_operator(conn, handled)) if HEAD in store.operator.roles else made


def _over_time(store: Store, period: Period, handled: Iterable[Handled]) -> Table:
    sums: dict[str, Counter[str]] = {}
    unit = _unit(period)
    for one in handled:
        for deed in one.deeds:
            sums.setdefault(_key(unit, moment(store, deed.time)), Counter())[deed.name] += 1
    keys = sorted({*_keys(unit, period, store.day().date), *sums})
    counts = [sums.get(key, Counter[str]()) for key in keys]
    rows = [Row((_said(unit, key), *_counted(one))) for key, one in zip(keys, counts, strict=True)]
    total = sum(sums.values(), Counter[str]())
    rows.append(Row((label("column", "total"), *_counted(total)), strong=True))
    columns = (Column(unit, 50), *(Column(f"count_{name}", 24, "count") for name in _DONE))
    drawn = chart(
        "lines",
        [label("column", f"count_{name}") for name in _DRAWN],
        [_short(unit, key) for key in keys],
        [[one[name] for one in counts] for name in _DRAWN],
        label=0,
        start=1 + _DONE.index(_DRAWN[0]),
    )
    return Table(say(f"register.by_{unit}"), columns, rows, drawn)


def _unit(period: Period) -> str:
    days = (period.last - period.first).days
    return "hour" if not days else "day" if days < _DAYS_MAX else "month"


def _key(unit: str, when: dt.datetime) -> str:
    """Name the hour, day or month of a moment, so that names sort by time."""
    return f"{when.hour:02}" if unit == "hour" else f"{when:%Y-%m-%d}"[: _LENGTH[unit]]


_LENGTH = {"day": 10, "month": 7}


def _keys(unit: str, period: Period, today: dt.date) -> Iterator[str]:
    """Name every part of a period up to today, also those in which nothing was done."""
    if unit == "hour":
        yield from (f"{hour:02}" for hour in range(_OPENS, _CLOSES + 1))
        return
    last = max(period.first, min(period.last, today))
    for days in range((last - period.first).days + 1):
        yield f"{period.first + dt.timedelta(days=days)}"[: _LENGTH[unit]]


def _said(unit: str, key: str) -> str:
    if unit == "hour":
        return say("register.hour", hour=key)
    if unit == "month":
        return f"{say(f'month.{int(key[5:])}')} {key[:4]}"
    return written.day(dt.date.fromisoformat(key))


def _short(unit: str, key: str) -> str:
    """Give what stands below a point of the picture."""
    if unit == "hour":
        return key
    return f"{key[5:]}/{key[2:4]}" if unit == "month" else f"{key[8:]}/{key[5:7]}"


def _by_operator(conn: Connection, handled: Iterable[Handled]) -> Table:
    sums: dict[bytes, Counter[str]] = {}
    for one in handled:
        for deed in one.deeds:
            sums.setdefault(deed.operator, Counter())[deed.name] += 1
    people = {row.id: row.name for row in conn.exec_driver_sql("SELECT id, name FROM operator")}
    named = sorted((people.get(who, label("column", "elsewhere")), who) for who in sums)
    rows = [
        Row((number, name, *_counted(sums[who]))) for number, (name, who) in enumerate(named, 1)
    ]
    total = sum(sums.values(), Counter[str]())
    rows.append(Row((None, label("column", "total"), *_counted(total)), strong=True))
    drawn = chart(
        "bars",
        [label("column", "count_issued")],
        [name for name, _ in named],
        [[sums[who]["issued"] for _, who in named]],
        label=1,
        start=2 + _DONE.index("issued"),
    )
    return Table(say("register.by_operator"), _BY_OPERATOR, rows, drawn)


def _counted(sums: Mapping[str, int]) -> tuple[int, ...]:
    return tuple(sums.get(name, 0) for name in _DONE)
