"""The list of what nobody has done yet."""

import datetime as dt
from collections.abc import Callable

import pytest

from forms.engine.problem import Refused
from sync.store import records
from sync.store.handle import Store
from sync.store.records import Saved
from sync.store.registers import report
from sync.store.registers.table import Period, Row

Enter = Callable[..., Saved]


def listed(store: Store, period: Period) -> list[Row]:
    (table,) = report.lists(store, report.WAITING, period)
    return list(table.rows)


def test_open_dispositions_stand_by_the_day_on_which_they_are_due(
    store: Store, enter: Enter, month: Period
) -> None:
    letter = enter("incoming", pengirim="Dinas Sosial").record
    for to, due in (("Kasi A", "2026-11-29"), ("Kasi B", "2026-11-23"), ("Kasi C", None)):
        enter("disposition", subject=letter, kepada=to, tanggal="2026-11-20", tenggat=due)

    found = listed(store, month)

    assert [row.cells[5] for row in found] == ["Kasi B", "Kasi A", "Kasi C"]
    assert found[0].cells[1:3] == ("1/2026", "Dinas Sosial")
    assert found[0].cells[7] == dt.date(2026, 11, 23)


def test_what_is_done_or_of_another_month_is_not_listed(
    store: Store, enter: Enter, month: Period
) -> None:
    letter = enter("incoming").record
    done = enter("disposition", subject=letter, tanggal="2026-11-20", tenggat=None).record
    records.move(store, done, "finish", reason="Sudah dijawab")
    enter("disposition", subject=letter, tanggal="2026-10-20", tenggat=None)

    assert listed(store, month) == []


def test_one_whose_day_has_passed_is_marked(store: Store, enter: Enter, month: Period) -> None:
    letter = enter("incoming").record
    for due in ("2026-11-20", "2026-11-21"):
        enter("disposition", subject=letter, tanggal="2026-11-19", tenggat=due)

    assert [row.marks for row in listed(store, month)] == [("overdue",), ()]


def test_a_book_is_no_list_that_is_read_at_once(store: Store, month: Period) -> None:
    with pytest.raises(Refused) as refused:
        report.lists(store, "register", month)

    assert refused.value.problems[0].code == "report_unknown"
