"""The report on services: by time, by service and place, by operator."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sync.store import records
from sync.store.handle import Store
from sync.store.records import Saved
from sync.store.registers import report
from sync.store.registers.chart import BARS_MAX, chart
from sync.store.registers.table import Period, Table, shown
from tests.sync.store.laptop import OPERATOR, make_desk

Issue = Callable[..., Saved]


def tables(store: Store, period: Period) -> dict[str, Table]:
    return {table.title: table for table in report.lists(store, "services", period)}


def cells(table: Table, name: str) -> tuple[Any, ...]:
    return next(row.cells for row in table.rows if name in row.cells)


def test_a_month_is_told_by_days_up_to_today_with_received_and_issued_drawn(
    store: Store, issue: Issue, month: Period
) -> None:
    void = issue().record
    records.move(store, void, "void", reason="Salah")
    issue()

    days = tables(store, month)["Menurut hari"]

    # received, issued, handed over, returned, refused, void
    assert cells(days, "21-11-2026")[1:] == (2, 2, 0, 0, 0, 1)
    assert cells(days, "01-11-2026")[1:] == (0, 0, 0, 0, 0, 0)
    assert len(list(days.rows)) == 21 + 1
    assert days.chart is not None
    assert days.chart.names == ("Masuk", "Terbit")
    assert [series[-1] for series in days.chart.values] == [2, 2]


def test_one_day_is_told_by_hours_and_a_year_by_months(store: Store, issue: Issue) -> None:
    issue()  # at two in the morning by UTC, at ten where the office is
    day = dt.date(2026, 11, 21)

    hours = tables(store, Period(day, day))["Menurut jam"]
    months = tables(store, Period(dt.date(2026, 1, 1), dt.date(2026, 12, 31)))["Menurut bulan"]

    assert cells(hours, "10.00")[1] == 1
    assert cells(months, "November 2026")[1] == 1
    assert cells(months, "Januari 2026")[1] == 0


def test_the_head_sees_what_each_operator_did(store: Store, issue: Issue, month: Period) -> None:
    issue()

    assert cells(tables(store, month)["Menurut petugas"], OPERATOR)[2:4] == (1, 1)


def test_who_is_not_the_head_does_not_see_what_colleagues_did(
    tmp_path: Path, month: Period
) -> None:
    with make_desk(tmp_path / "clerk", "petugas").unlock() as store:
        assert "Menurut petugas" not in tables(store, month)


def test_what_is_less_than_the_longest_bars_stands_together_in_the_last_one() -> None:
    names = [str(at) for at in range(BARS_MAX + 5)]

    made = chart("bars", ["n"], names, [list(range(100, 100 + len(names)))], label=1, start=2)

    assert made is not None
    assert len(made.labels) == BARS_MAX
    assert made.labels[-1] == "Lainnya"
    assert sum(made.values[0]) == sum(range(100, 100 + len(names)))
    assert made.rows == BARS_MAX - 1


def test_nothing_is_drawn_where_nothing_was_counted() -> None:
    assert chart("bars", ["n"], ["a", "b"], [[0, 0]], label=0, start=1) is None
    assert chart("bars", ["n"], ["a"], [[5]], label=0, start=1) is None


def test_counts_are_grouped_and_years_are_not() -> None:
    assert shown(12345, "count") == "12.345"
    assert shown(2026, "number") == "2026"
