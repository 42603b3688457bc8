"""The register of complaints: each with its answer, the late ones marked, figures by category."""

from collections.abc import Callable
from typing import Any

import pytest

from sync.store import records
from sync.store.handle import Store
from sync.store.registers import complaints, report
from sync.store.registers.table import Period, Table

ANSWERS = {
    "jenis": "pengaduan", "tanggal": "2026-11-20", "kategori": "pju", "judul": "Lampu padam",
    "isi": "Padam sejak Minggu.", "anonim": True,
}  # fmt: skip
Take = Callable[..., bytes]


@pytest.fixture
def take(store: Store) -> Take:
    def taken(**answers: Any) -> bytes:
        return records.new(store, complaints.SERVICE, ANSWERS | answers).record

    return taken


def made(store: Store, period: Period) -> tuple[Table, Table]:
    listed, figures = report.lists(store, report.COMPLAINTS, period)
    return listed, figures


def column(table: Table, key: str) -> list[Any]:
    place = [one.key for one in table.columns].index(key)
    return [row.cells[place] for row in table.rows]


def test_a_complaint_stands_there_with_what_was_answered(
    store: Store, month: Period, take: Take
) -> None:
    first = take()
    records.move(store, first, "reply", reason="Sudah diganti.")
    records.move(store, first, "tell")
    take(kategori="sampah", judul="Sampah")
    records.move(store, take(), "void", reason="Dua kali.")
    take(tanggal="2026-10-30")

    listed, figures = made(store, month)

    assert column(listed, "complaint_title") == ["Lampu padam", "Sampah", "Lampu padam"]
    assert column(listed, "complaint_answer") == ["Sudah diganti.", "", ""]
    assert [row.struck for row in listed.rows] == [False, False, True]
    assert [row.cells for row in figures.rows] == [
        ("Penerangan jalan (PJU)", 1, 0, 1, 1, 0, 0, 0),
        ("Sampah", 1, 0, 0, 0, 0, 1, 0),
        ("Jumlah", 2, 0, 1, 1, 0, 1, 0),
    ]


def test_what_was_not_passed_on_or_answered_by_its_day_is_late_for_good(
    store: Store, month: Period, take: Take, days: Callable[[float], None]
) -> None:
    kept, late = take(), take(judul="Terlambat")
    records.move(store, kept, "forward")
    days(5)  # the 26th; to be passed on by the 25th, answered by the 2nd of December
    records.move(store, late, "forward")

    listed, figures = made(store, month)
    assert [row.marks for row in listed.rows] == [(), ("overdue",)]
    assert column(figures, "complaints_late")[-1] == 1

    days(7)
    listed, _ = made(store, month)
    assert [row.marks for row in listed.rows] == [("overdue",), ("overdue",)]
