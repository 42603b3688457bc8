"""Registers and reports as files."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import openpyxl
import pypdfium2
import pytest

from forms.engine.problem import Refused
from forms.paper import register
from sync.store import records
from sync.store.handle import Store
from sync.store.records import Saved
from sync.store.registers import complaints, report, sheet
from sync.store.registers.book import BOOKS
from sync.store.registers.table import Period

COMPLAINT = {
    "jenis": "pengaduan", "tanggal": "2026-11-20", "kategori": "pju", "judul": "Lampu padam",
    "isi": "Padam sejak Minggu.", "anonim": True,
}  # fmt: skip
Enter = Callable[..., Saved]
Issue = Callable[..., Saved]


def said(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as document:  # type: ignore[no-untyped-call] # has no types
        return " ".join(" ".join(p.get_textpage().get_text_range() for p in document).split())


def grid(path: Path) -> list[tuple[Any, ...]]:
    book = openpyxl.load_workbook(path)
    return [tuple(cell for cell in row) for row in book.worksheets[0].iter_rows()]


@pytest.fixture
def full(store: Store, issue: Issue, enter: Enter) -> Store:
    """A store with something in every book."""
    issue(nama="SITI AMINAH")
    records.move(store, issue().record, "void", reason="Salah nama")
    letter = enter("incoming").record
    enter("disposition", subject=letter)
    enter("expedition")
    records.new(store, complaints.SERVICE, COMPLAINT)
    return store


@pytest.mark.parametrize("name", report.NAMES)
@pytest.mark.parametrize("ending", ["pdf", "xlsx"])
def test_every_report_is_written_in_both_ways(
    full: Store, month: Period, tmp_path: Path, name: str, ending: str
) -> None:
    path = tmp_path / f"laporan.{ending}"

    done = report.write(full, name, month, path)

    assert (done.rows > 0) == (name not in {"countersigned", "unused", "ended", "queue"})
    assert path.read_bytes()[:4] == (b"%PDF" if ending == "pdf" else b"PK\x03\x04")
    assert [file.name for file in tmp_path.glob(".*")] == []


def paper(store: Store, name: str, asked: Period, folder: Path) -> bytes:
    return report.write(store, name, asked, folder / f"{name}.pdf").path.read_bytes()


def test_a_register_on_paper_says_what_it_is_and_who_signs(
    full: Store, month: Period, tmp_path: Path
) -> None:
    text = said(paper(full, "register", month, tmp_path))

    for part in (
        "BUKU REGISTER SURAT", "1 November 2026 s.d. 30 November 2026", "SITI AMINAH",
        "BATAL: Salah nama", "Dicetak 21-11-2026 oleh Rahayu Kanari", "Halaman 1 dari 1",
    ):  # fmt: skip
        assert part in text
    assert "Lurah" in text


def test_a_disposition_sheet_shows_the_letter_and_the_chain(store: Store, enter: Enter) -> None:
    letter = enter("incoming", perihal="Undangan rapat").record
    enter("disposition", subject=letter, kepada="Sekretaris", catatan="Mohon hadir")

    text = said(sheet.disposed(store, letter))

    for part in ("LEMBAR DISPOSISI", "1/2026", "Undangan rapat", "Sekretaris", "Mohon hadir"):
        assert part in text


def test_only_a_letter_that_came_in_has_a_disposition_sheet(store: Store, issue: Issue) -> None:
    with pytest.raises(Refused) as refused:
        sheet.disposed(store, issue().record)

    assert refused.value.problems[0].code == "record_unknown"


def test_a_workbook_keeps_dates_as_dates_and_strikes_what_is_void(
    full: Store, month: Period, tmp_path: Path
) -> None:
    path = tmp_path / "register.xlsx"
    report.write(full, "register", month, path)

    rows = grid(path)
    heads = [cell.value for cell in rows[4]]
    first, void = rows[5], rows[6]
    day = heads.index("Tanggal")

    assert first[day].value == dt.datetime(2026, 11, 21)  # noqa: DTZ001 - a workbook knows no zones
    assert first[0].value == 1
    assert (first[1].font.strike or False, void[1].font.strike) == (False, True)
    assert void[-1].value == "BATAL: Salah nama"
    assert not void[-1].font.strike


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)"])
def test_a_name_is_never_a_formula(
    store: Store, enter: Enter, month: Period, tmp_path: Path, name: str
) -> None:
    enter("incoming", pengirim=name)
    path = tmp_path / "agenda.xlsx"

    report.write(store, "incoming", month, path)

    cell = grid(path)[5][3]
    assert (cell.value, cell.data_type, cell.quotePrefix) == (name, "s", True)


def test_a_register_too_long_for_paper_is_refused_and_leaves_no_file(
    full: Store, month: Period, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(register, "ROWS_MAX", 1)

    with pytest.raises(Refused) as refused:
        report.write(full, "register", month, tmp_path / "register.pdf")

    assert refused.value.problems[0].code == "register_long"
    assert list(tmp_path.glob("*register*")) == []
    assert report.write(full, "register", month, tmp_path / "register.xlsx").rows == 2


@pytest.mark.parametrize("name", BOOKS)
def test_a_number_of_five_digits_stays_in_its_column(name: str) -> None:
    columns = BOOKS[name].columns
    line = register.Row(("20000", *("",) * (len(columns) - 1)))
    table = sheet._table("", columns, (line,) * 1_001)
    one = msgspec.structs.replace(table, rows=(line,))
    made = register.Sheet("B", "", "2026-11-30", "K", ("K",), (one,))

    with pypdfium2.PdfDocument(register.render(made, logo=None)) as document:  # type: ignore[no-untyped-call] # has no types
        text = document[0].get_textpage()
        at, digits = text.search("20000").get_next()
        left = text.get_charbox(at)[0]

    assert digits == 5
    assert left >= 20 * 72 / 25.4  # the sheet's margin, where the column begins
    assert sum(column.width for column in table.columns) == sum(c.width for c in columns)


@pytest.mark.parametrize("name", ["register.csv", "register"])
def test_another_ending_is_refused(full: Store, month: Period, tmp_path: Path, name: str) -> None:
    with pytest.raises(Refused) as refused:
        report.write(full, "register", month, tmp_path / name)

    assert refused.value.problems[0].code == "report_ending"


def test_a_place_where_nothing_can_be_written_is_refused(
    full: Store, month: Period, tmp_path: Path
) -> None:
    with pytest.raises(Refused) as refused:
        report.write(full, "register", month, tmp_path / "none" / "register.pdf")

    assert refused.value.problems[0].code == "report_unwritable"


def test_a_period_ends_after_it_begins_and_is_no_lifetime() -> None:
    first, last = dt.date(2026, 1, 2), dt.date(2026, 1, 1)
    with pytest.raises(Refused) as crossed:
        report.period(first, last)
    with pytest.raises(Refused) as long:
        report.period(dt.date(1900, 1, 1), last)

    assert crossed.value.problems[0].code == "period_crossed"
    assert long.value.problems[0].code == "period_long"


def test_what_goes_to_a_printer_has_the_pages_of_the_pdf(
    full: Store, month: Period, tmp_path: Path
) -> None:
    with pypdfium2.PdfDocument(paper(full, "monthly", month, tmp_path)) as document:  # type: ignore[no-untyped-call] # has no types
        pages = len(document)

    drawn = report.pictures(full, "monthly", month, ppi=72)

    assert len(drawn) == pages
    assert all(page[:8] == b"\x89PNG\r\n\x1a\n" for page in drawn)
