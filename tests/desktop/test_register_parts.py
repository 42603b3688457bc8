import datetime as dt
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication

from desktop.look.look import Look
from desktop.pages.registers.chain import entry
from desktop.pages.registers.painter import tone
from desktop.pages.registers.period import PERIODS, read_day, show_day
from desktop.pages.registers.rows import KEPT_MAX, LATE, BookRows
from desktop.pages.registers.table import BookTable
from desktop.pages.registers.widths import fitted
from sync.store.registers.disposition import Link
from sync.store.registers.page import LIMIT, Page
from sync.store.registers.table import Column, Row

TODAY = dt.date(2026, 11, 21)


@given(st.dates(min_value=dt.date(2000, 1, 31), max_value=dt.date(2200, 1, 1)))
def test_named_periods_hold_their_days_and_no_others(today: dt.date) -> None:
    month, before, year = (
        PERIODS[name](today) for name in ("this_month", "last_month", "this_year")
    )

    assert month[0] <= today <= month[1]
    assert (month[0].day, before[0].day) == (1, 1)
    assert before[1] + dt.timedelta(days=1) == month[0]
    assert (month[1] + dt.timedelta(days=1)).day == 1
    assert (year[0].month, year[0].day, year[1].month, year[1].day) == (1, 1, 12, 31)
    assert year[0].year == year[1].year == today.year


@given(st.dates())
def test_a_day_that_is_shown_is_read_back(day: dt.date) -> None:
    assert read_day(show_day(day)) == day


@pytest.mark.parametrize("text", ["", "31-02-2026", "kemarin", "2026"])
def test_what_is_no_day_is_none(text: str) -> None:
    assert read_day(text) is None


@given(
    st.lists(st.tuples(st.integers(1, 900), st.integers(1, 300)), min_size=1, max_size=12),
    st.integers(100, 3_000),
)
def test_columns_fill_the_room_and_keep_what_they_need_least(
    columns: list[tuple[int, int]], room: int
) -> None:
    natural = [width for width, _ in columns]
    least = [min(low, width) for width, low in columns]

    widths = fitted(natural, least, room)

    assert all(width >= low for width, low in zip(widths, least, strict=True))
    if sum(natural) <= room:
        assert sum(widths) == room
        assert all(wide >= need for wide, need in zip(widths, natural, strict=True))
    else:
        assert sum(widths) <= max(room, sum(least))


@pytest.fixture
def rows(qapp: QApplication) -> Iterator[BookRows]:
    owner = QObject()
    yield BookRows(owner)
    owner.deleteLater()


def _part(
    first: int, total: int, columns: tuple[Column, ...] = (Column("no", 9, "number"),)
) -> Page:
    last = min(first + LIMIT, total)
    return Page(columns, tuple(Row((place + 1,)) for place in range(first, last)), first, total)


def test_a_row_that_is_not_here_is_wanted_once(rows: BookRows) -> None:
    wanted: list[int] = []
    rows.wanted.connect(wanted.append)
    rows.show(_part(0, 60_000), TODAY)

    assert [rows.index(place, 0).data() for place in (0, 40_000, 40_001)] == ["1", "…", "…"]
    assert wanted == [40_000]
    assert rows.add(_part(40_000, 60_000))
    assert rows.index(40_000, 0).data() == "40001"


def test_only_so_many_rows_are_kept(rows: BookRows) -> None:
    total = (KEPT_MAX + 5) * LIMIT
    rows.show(_part(0, total), TODAY)

    for first in range(LIMIT, total, LIMIT):
        rows.add(_part(first, total))

    assert sum(rows.row(place) is not None for place in range(total)) == KEPT_MAX * LIMIT
    assert rows.row(total - 1) is not None


def test_a_page_of_a_book_that_has_grown_is_not_mixed_with_the_others(rows: BookRows) -> None:
    rows.show(_part(0, 200), TODAY)

    assert not rows.add(_part(100, 201))
    assert rows.row(100) is None


def test_a_cell_is_read_aloud_with_its_heading(rows: BookRows) -> None:
    rows.show(_part(0, 3), TODAY)

    assert rows.index(1, 0).data(Qt.ItemDataRole.AccessibleTextRole) == "No.: 2"


def test_a_day_is_late_only_where_it_has_passed_and_nothing_was_done(rows: BookRows) -> None:
    columns = (Column("answer_by", 19, "date"),)
    yesterday, tomorrow = TODAY - dt.timedelta(days=1), TODAY + dt.timedelta(days=1)
    made = (
        Row((yesterday,), marks=("overdue",)),
        Row((yesterday,)),
        Row((tomorrow,), marks=("overdue",)),
    )
    rows.show(Page(columns, made, 0, len(made)), TODAY)

    assert [rows.index(row, 0).data(LATE) for row in range(3)] == [True, False, False]


@pytest.mark.parametrize(
    ("state", "days", "said", "worn"),
    [
        ("open", -4, "Lewat 4 hari", "danger"),
        ("open", 0, "Hari ini", "warn"),
        ("open", 2, "2 hari lagi", "warn"),
        ("open", 9, "9 hari lagi", "wait"),
        ("open", None, "Belum selesai", "wait"),
        ("done", -4, "Selesai", "ok"),
    ],
)
def test_a_link_says_how_it_stands(state: str, days: int | None, said: str, worn: str) -> None:
    due = TODAY + dt.timedelta(days=days) if days is not None else None
    link = Link(b"r", TODAY, "Lurah", "Sekretaris", "Hadiri", due, state, "")

    shown = entry(link, TODAY)

    assert (shown.chip, shown.tone) == (said, worn)
    assert shown.title == "Lurah → Sekretaris"


def test_the_most_serious_mark_of_a_row_gives_its_tone() -> None:
    assert tone(Row((), marks=("reserved", "void"))) == "danger"
    assert tone(Row((), marks=("corrects", "late_date"))) == "warn"
    assert tone(Row(())) == "plain"


def test_a_table_that_is_resized_while_another_is_put_in_its_place_stays_whole(
    qapp: QApplication,
) -> None:
    table = BookTable(Look(qapp))
    table.show_page(_part(0, 0, (Column("no", 9, "number"), Column("name", 30))), 0, TODAY)

    table.rows.show(_part(0, 3), TODAY)
    table.resize(640, 300)

    assert table.horizontalHeader().count() == 1
    table.deleteLater()
