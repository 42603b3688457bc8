"""The report on residents: who is counted, what came and went, and that it adds up."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pypdfium2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sync.store import records
from sync.store.handle import Store
from sync.store.progress import Stopped
from sync.store.registers import people, report
from sync.store.registers.people import Place
from sync.store.registers.table import Period, Table
from tests.sync.store.laptop import RESIDENT, Desk

Answers = dict[str, Any]
Add = Callable[..., bytes]


@pytest.fixture
def add(store: Store, samples: dict[str, Answers]) -> Add:
    """Register a resident; a NIK or a card is only there if it is given."""
    left_out = {"nik", "nomor_kk", "agama", "kewarganegaraan"}
    common = {key: value for key, value in samples[RESIDENT].items() if key not in left_out}

    def added(**answers: Any) -> bytes:
        given = {key: value for key, value in (common | answers).items() if value is not None}
        return records.new(store, RESIDENT, given).record

    return added


def tables(store: Store, period: Period, place: Place = people.EVERYWHERE) -> dict[str, Table]:
    return {table.title: table for table in report.lists(store, "residents", period, place=place)}


def cells(table: Table, name: str) -> tuple[Any, ...]:
    return next(row.cells for row in table.rows if name in row.cells)


def flow(store: Store, period: Period) -> dict[str, int]:
    rows = tables(store, period)["Perkembangan penduduk"].rows
    return {str(row.cells[1]): int(row.cells[-1] or 0) for row in rows}  # type: ignore[arg-type] # a count


def test_residents_are_counted_by_age_and_sex(store: Store, add: Add, month: Period) -> None:
    add(tanggal_lahir="2022-11-23", jenis_kelamin="P")  # three until the day after tomorrow
    add(tanggal_lahir="1950-01-01", jenis_kelamin="L")
    add(tanggal_lahir="1951-11-21", jenis_kelamin="L")  # seventy-five today
    add(tanggal_lahir=None, jenis_kelamin="P")

    ages = tables(store, month)["Umur dan jenis kelamin"]

    assert cells(ages, "0–4")[1:4] == (0, 1, 1)
    assert cells(ages, "75 ke atas")[1:4] == (2, 0, 2)
    assert cells(ages, "Belum diisi")[1:4] == (0, 1, 1)
    assert cells(ages, "Jumlah")[1:] == (2, 2, 4, 100.0)
    assert ages.chart is not None
    assert ages.chart.kind == "pyramid"
    assert ages.chart.values[0][-1] == 2


def test_an_answer_that_nobody_gave_has_its_own_row_and_a_list_nobody_uses_is_left_out(
    store: Store, add: Add, month: Period
) -> None:
    add(agama="1")
    add()

    found = tables(store, month)

    assert cells(found["Agama"], "Islam")[-2] == 1
    assert cells(found["Agama"], "Belum diisi")[-2] == 1
    assert "Kewarganegaraan" not in found


def test_places_and_family_cards_are_counted_by_rw_and_rt(
    store: Store, add: Add, month: Period
) -> None:
    begins = store.desk.office.area.replace(".", "")[:6]
    for rt, card in (("001", "0001"), ("001", "0001"), ("002", "0002")):
        add(rw="004", rt=rt, nomor_kk=f"{begins}010713{card}")
    add(rw="005", rt="001")

    found = tables(store, month)

    assert cells(found["Menurut RW"], "004")[1] == 2
    assert cells(found["Menurut RT"], "002")[2] == 1
    assert cells(found["Menurut RW"], "Jumlah")[-2] == 4
    only = tables(store, month, people.place("4", "1"))
    assert cells(only["Menurut RT"], "Jumlah")[-2] == 2


def test_a_newborn_is_told_from_who_came_and_the_dead_from_who_moved(
    store: Store, desk: Desk, add: Add, days: Callable[[float], None]
) -> None:
    old = add(tanggal_lahir="1960-01-01")
    gone = add(tanggal_lahir="1970-01-01")
    wrong = add(tanggal_lahir="1980-01-01")
    days(20)
    add(tanggal_lahir="2026-12-01")
    add(tanggal_lahir="2026-10-20")
    add(tanggal_lahir="1990-05-05")
    records.move(store, old, "report_death", reason="Sakit")
    records.move(store, gone, "move_out", reason="Bekerja")
    records.move(store, wrong, "invalidate", reason="Salah catat")

    december = report.period(dt.date(2026, 12, 1), dt.date(2026, 12, 31))

    assert flow(store, december) == {
        "Penduduk awal masa": 2,
        "Lahir": 2,
        "Datang atau baru tercatat": 1,
        "Meninggal": 1,
        "Pindah": 1,
        "Penduduk akhir masa": 3,
    }
    assert flow(store, report.period(dt.date(2026, 11, 1), dt.date(2026, 11, 30))) == {
        "Penduduk awal masa": 0,
        "Lahir": 0,
        "Datang atau baru tercatat": 2,
        "Meninggal": 0,
        "Pindah": 0,
        "Penduduk akhir masa": 2,
    }


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.sampled_from(["add", "die", "move", "back", "wait"]), max_size=12))
def test_whoever_was_there_and_came_and_left_is_whoever_is_there(
    store: Store, desk: Desk, add: Add, days: Callable[[float], None], acts: list[str]
) -> None:
    there, away = [], []
    first = store.day().date
    for act in acts:
        if act == "add":
            there.append(add())
        elif act == "wait":
            days(3)
        elif act in {"die", "move"} and there:
            away.append(there.pop())
            records.move(
                store, away[-1], {"die": "report_death", "move": "move_out"}[act], reason="Ya"
            )
        elif act == "back" and away:
            there.append(away.pop())
            records.move(store, there[-1], "reinstate", reason="Ya")
    last = store.day().date

    for span in (Period(first, last), Period(last, last), Period(first, first)):
        with store.read() as conn:
            counted = people.count(store, conn, span)
        told = {name: sum(n for (what, *_), n in counted.flow.items() if what == name)
                for name in ("before", "born", "came", "deceased", "moved")}  # fmt: skip
        came = told["before"] + told["born"] + told["came"]
        assert came - told["deceased"] - told["moved"] == counted.sexes.total()


def test_counting_ends_where_it_is_called_off(store: Store, add: Add, month: Period) -> None:
    add()

    def refuse(_done: int, _whole: int) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        report.lists(store, "residents", month, progress=refuse)


def test_a_file_that_is_called_off_is_not_there(
    store: Store, add: Add, month: Period, tmp_path: Path
) -> None:
    add()

    def refuse(_done: int, _whole: int) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        report.write(store, "residents", month, tmp_path / "r.xlsx", progress=refuse)

    assert list(tmp_path.glob("*r.xlsx*")) == []


def test_the_report_is_written_with_its_pictures_and_grouped_numbers(
    store: Store, add: Add, month: Period, tmp_path: Path
) -> None:
    add(agama="1", jenis_kelamin="L")
    add(agama="2", jenis_kelamin="P")

    report.write(store, "residents", month, tmp_path / "r.pdf")
    report.write(store, "residents", month, tmp_path / "r.xlsx")

    with pypdfium2.PdfDocument(tmp_path / "r.pdf") as document:  # type: ignore[no-untyped-call] # has no types
        text = "".join(page.get_textpage().get_text_bounded() for page in document)
    assert "Umur dan jenis kelamin" in text
    sheet = next(one for one in openpyxl.load_workbook(tmp_path / "r.xlsx") if "Agama" in one.title)
    assert len(sheet._charts) == 1  # type: ignore[attr-defined] # openpyxl has no other way to ask
    assert sheet["E7"].number_format == "#,##0"
