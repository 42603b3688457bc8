import datetime as dt
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from openpyxl import load_workbook

from forms.engine.problem import Problem, Refused
from forms.engine.region import Region
from forms.residents import cells
from forms.residents.cells import Cell
from sync.crypto.keys import DeviceKeys, RegionKeys
from sync.protocol.enrol import OfficeShape, Welcome
from sync.store import open as opening
from sync.store import records, search, workbook, workbook_report, workbook_sheet
from sync.store.handle import Store
from sync.store.keystore import NoKeystore

DATA = Path(__file__).parents[2] / "data"
SHEET = DATA / "siak_cikokol.xlsx"
REGIONS = Path(__file__).parents[3] / "resources" / "regions"
RESIDENT = "residents/resident"
NOW = int(dt.datetime(2026, 11, 21, 9, tzinfo=dt.UTC).timestamp() * 1000)
HEADER = ["Nama Penduduk", "NIK", "Tanggal Lahir", "Kelamin", "Agama", "Alamat", "RT", "RW"]
AHMAD = [
    "AHMAD FAUZI",
    "9971011505880001",
    "15-05-1988",
    "L",
    "ISLAM",
    "JL. MELATI NO. 7",
    "3",
    "2",
]
SITI = ["SITI AMINAH", "9971014303850005", "03/03/1985", "P", "ISLAM", "JL. MAWAR NO. 1", "1", "2"]


def desk(folder: Path, region: Region, area: str, role: str = "kepala") -> Store:
    office = OfficeShape(bytes(16), "K1", "kelurahan", "Contoh", area, [area])
    welcome = Welcome(
        device=os.urandom(16),
        operator=os.urandom(16),
        role=role,
        office=office,
        region=region.code,
        pack=region.pack(),
        keys=RegionKeys.make().public(),
        epoch=bytes(16),
        policy=1,
        certificate=b"",
        leases=[],
        pages=[],
        texts={},
        time=NOW,
    )
    return opening.create(
        folder,
        welcome,
        DeviceKeys.make(),
        os.urandom(16),
        "ani",
        "payung teduh di beranda",
        keystore=NoKeystore(),
        now=lambda: NOW,
    )


def region_with(code: str) -> Region:
    """The shipped region whose table has an area; tests name no place."""
    shipped = map(Region.read, sorted(REGIONS.glob("*.toml")))
    return next(region for region in shipped if region.areas.knows(code))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = desk(tmp_path / "desk", region_with("99.71.01.1001"), "99.71.01.1001")
    yield opened
    opened.close()


@pytest.fixture
def sheet(tmp_path: Path) -> Callable[..., Path]:
    """Write a workbook as an office would: a title, a header, the given rows."""

    def write(*rows: Sequence[Cell], header: Sequence[str] = HEADER) -> Path:
        path = tmp_path / "siak.xlsx"
        book = xlsxwriter.Workbook(str(path))
        page = book.add_worksheet("DATA")
        for number, row in enumerate([["DAFTAR PENDUDUK"], header, *rows]):
            page.write_row(number, 0, row)
        book.close()
        return path

    return write


def coded(problems: Sequence[Problem]) -> list[dict[str, Any]]:
    return [{"row": problem.row, "code": problem.code} for problem in problems]


def counts(done: workbook.Imported) -> tuple[int, int, int, int]:
    return done.added, done.updated, done.unchanged, len(done.refused)


def residents(store: Store) -> dict[str, Mapping[str, Any]]:
    with store.read() as conn:
        rows = conn.exec_driver_sql("SELECT id FROM record WHERE service = ?", (RESIDENT,))
        ids = list(rows.scalars())
        found = [records.find(store, conn, record)[0] for record in ids]
    return {case.answers["nik"]: case.answers for case in found}


def changes(store: Store) -> int:
    with store.read() as conn:
        return int(conn.exec_driver_sql("SELECT count(*) FROM change").scalar_one())


def test_the_sheet_as_offices_send_it_is_imported_exactly_as_its_truth_says(tmp_path: Path) -> None:
    truth = json.loads((DATA / "siak_cikokol.truth.json").read_text("utf-8"))
    sent = workbook_sheet.read(SHEET)
    area = sent.header.area
    store = desk(tmp_path / "desk", region_with(area), area)
    told: list[tuple[int, int]] = []

    rehearsed = workbook.import_file(store, SHEET, dry_run=True)
    assert changes(store) == 0
    done = workbook.import_file(store, SHEET, progress=lambda now, all_: told.append((now, all_)))

    assert rehearsed == done
    assert (done.rows, done.added, done.updated) == (truth["rows"], truth["added"], 0)
    assert done.unchanged == len(truth["identical"])
    assert coded(done.refused) == truth["refused"]
    assert coded(done.warned) == truth["warned"]
    assert changes(store) == truth["added"]
    assert told == sorted(told)
    assert all(now <= all_ for now, all_ in told)

    report = tmp_path / "laporan.xlsx"
    again = workbook.import_file(store, SHEET, report=report)

    assert counts(again) == (0, 0, truth["rows"] - len(truth["refused"]), len(truth["refused"]))
    assert changes(store) == truth["added"]
    told_back = workbook_sheet.read(report)
    assert told_back.rows[told_back.header.row][-2:] == ["Status", "Alasan"]
    assert {number for number, row in enumerate(told_back.rows, 1) if row[-2] == "Ditolak"} == {
        problem.row for problem in done.refused
    }
    for before, after in zip(sent.rows, told_back.rows, strict=True):
        assert list(map(cells.text, before)) == list(map(cells.text, after[:-2]))
    store.close()


def test_an_imported_resident_is_found_and_bears_the_author(
    store: Store, sheet: Callable[..., Path]
) -> None:
    done = workbook.import_file(store, sheet(AHMAD, SITI))

    assert counts(done) == (2, 0, 0, 0)
    with store.read() as conn:
        hit = search.find(conn, "achmad pau")[0]
        case, _ = records.find(store, conn, hit.record)
    assert case.answers["rt"] == "003"
    assert case.author == store.operator.id


def test_a_second_import_saves_what_differs_and_nothing_else(
    store: Store, sheet: Callable[..., Path]
) -> None:
    workbook.import_file(store, sheet(AHMAD, SITI))
    moved = [*AHMAD[:5], "JL. KENANGA NO. 9", *AHMAD[6:]]

    done = workbook.import_file(store, sheet(moved, SITI))

    assert counts(done) == (0, 1, 1, 0)
    assert changes(store) == 3
    assert residents(store)[AHMAD[1]]["alamat"] == "JL. KENANGA NO. 9"


def test_what_the_sheet_leaves_empty_stays_as_it_is(
    store: Store, sheet: Callable[..., Path]
) -> None:
    workbook.import_file(store, sheet(AHMAD))

    done = workbook.import_file(store, sheet([*AHMAD[:5], "", "", ""]))

    assert counts(done) == (0, 0, 1, 0)
    assert residents(store)[AHMAD[1]]["alamat"] == AHMAD[5]


def test_a_resident_who_was_typed_in_is_updated_and_not_doubled(
    store: Store, sheet: Callable[..., Path]
) -> None:
    records.new(
        store, RESIDENT, {"nik": AHMAD[1], "nama": "AHMAD PAUZI", "telepon": "081200000007"}
    )

    done = workbook.import_file(store, sheet(AHMAD))

    assert counts(done) == (0, 1, 0, 0)
    assert residents(store)[AHMAD[1]]["nama"] == "AHMAD FAUZI"
    assert residents(store)[AHMAD[1]]["telepon"] == "081200000007"


def test_a_nik_that_somebody_else_bears_here_is_refused(
    store: Store, sheet: Callable[..., Path]
) -> None:
    records.new(store, RESIDENT, {"nik": AHMAD[1], "nama": "BUDI", "tanggal_lahir": "1970-01-01"})

    done = workbook.import_file(store, sheet(AHMAD))

    assert coded(done.refused) == [{"row": 3, "code": "nik_other_person"}]
    assert residents(store)[AHMAD[1]]["nama"] == "BUDI"


def test_two_desks_of_a_region_give_an_imported_resident_one_id(
    store: Store, sheet: Callable[..., Path], tmp_path: Path
) -> None:
    other = desk(tmp_path / "other", store.region, "99.71.01.1001")
    path = sheet(AHMAD)
    workbook.import_file(store, path)
    workbook.import_file(other, path)

    with store.read() as here, other.read() as there:
        ids = [search.find(conn, "ahmad")[0].record for conn in (here, there)]
    other.close()
    assert ids == [workbook.record_id(store.region.code, AHMAD[1])] * 2


def test_a_derived_id_that_bears_another_nik_by_now_is_not_used_again(
    store: Store, sheet: Callable[..., Path]
) -> None:
    path = sheet(AHMAD)
    workbook.import_file(store, path)
    derived = workbook.record_id(store.region.code, AHMAD[1])
    records.edit(store, derived, {"nik": "9971011505880009"})

    done = workbook.import_file(store, path)

    assert counts(done) == (1, 0, 0, 0)
    assert coded(done.warned) == [{"row": 3, "code": "id_taken"}]
    assert set(residents(store)) == {AHMAD[1], "9971011505880009"}
    assert counts(workbook.import_file(store, path)) == (0, 0, 1, 0)


def test_one_person_in_two_rows_that_differ_is_put_before_the_clerk(
    store: Store, sheet: Callable[..., Path]
) -> None:
    done = workbook.import_file(store, sheet(AHMAD, [*AHMAD[:5], "JL. LAIN", "3", "2"], AHMAD))

    assert counts(done) == (1, 0, 1, 1)
    assert coded(done.refused) == [{"row": 4, "code": "rows_differ_in_file"}]
    assert done.refused[0].facts == {"first": 3}
    assert residents(store)[AHMAD[1]]["alamat"] == AHMAD[5]


def test_a_record_that_is_closed_is_not_changed(store: Store, sheet: Callable[..., Path]) -> None:
    workbook.import_file(store, sheet(AHMAD))
    derived = workbook.record_id(store.region.code, AHMAD[1])
    records.move(store, derived, "invalidate", reason="salah entri")

    done = workbook.import_file(store, sheet([*AHMAD[:5], "JL. LAIN", "3", "2"]))

    assert coded(done.refused) == [{"row": 3, "code": "state_final"}]


def test_rows_that_say_nothing_are_no_rows(store: Store, sheet: Callable[..., Path]) -> None:
    done = workbook.import_file(store, sheet(AHMAD, [], ["", "", ""], SITI))

    assert done.rows == 2
    assert counts(done) == (2, 0, 0, 0)


def test_a_sheet_of_refused_rows_only_is_answered_row_by_row(
    store: Store, sheet: Callable[..., Path]
) -> None:
    done = workbook.import_file(store, sheet(["", *AHMAD[1:]], [*AHMAD[:4], "JEDI"]))

    assert coded(done.refused) == [
        {"row": 3, "code": "name_missing"},
        {"row": 4, "code": "religion_unknown"},
    ]


def test_the_report_keeps_numbers_as_texts_and_runs_no_formula(
    store: Store, sheet: Callable[..., Path], tmp_path: Path
) -> None:
    report = tmp_path / "laporan.xlsx"
    path = sheet(
        [*AHMAD[:5], '\'=HYPERLINK("http://x")', "3", "2"],
        ["BUDI", 9971011505880000.0, *AHMAD[2:]],
        [*SITI[:3], "L", *SITI[4:]],
    )

    workbook.import_file(store, path, dry_run=True, report=report)

    page = load_workbook(report).worksheets[0]
    assert page["F3"].data_type == "s"
    assert (page["B4"].value, page["B4"].data_type) == ("9971011505880000", "s")
    assert [page.cell(row, 9).value for row in (3, 4, 5)] == [
        "Ditambah",
        "Ditolak",
        "Ditambah, perlu diperiksa",
    ]
    assert page["J3"].value is None
    assert page["J4"].value
    assert sorted(tmp_path.glob(".*")) == []


def test_a_report_that_cannot_be_written_stops_the_import_before_it_saves(
    store: Store, sheet: Callable[..., Path], tmp_path: Path
) -> None:
    path = sheet(AHMAD)
    (tmp_path / "folder").mkdir()
    for report, code in (
        (tmp_path / "none" / "laporan.xlsx", "report_unwritable"),
        (path, "report_is_source"),
    ):
        with pytest.raises(Refused) as refused:
            workbook.import_file(store, path, report=report)
        assert [problem.code for problem in refused.value.problems] == [code]
    assert changes(store) == 0


def test_an_import_that_fails_half_way_leaves_nothing(
    store: Store, sheet: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = tmp_path / "laporan.xlsx"

    def broken(*_: object) -> None:
        raise Refused(Problem("report_unwritable"))

    monkeypatch.setattr(workbook_report, "write", broken)
    with pytest.raises(Refused):
        workbook.import_file(store, sheet(AHMAD), report=report)

    assert changes(store) == 0
    assert not report.exists()
    with store.read() as conn:
        assert search.find(conn, "ahmad") == []


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "workbook_unreadable"),
        (b"PK\x03\x04 not a zip", "workbook_unreadable"),
        (b"nama;nik\nAHMAD;9971011505880001\n", "workbook_unreadable"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "workbook_unreadable"),
        (None, "workbook_missing"),
    ],
)
def test_a_file_that_is_no_workbook_is_refused(
    store: Store, tmp_path: Path, content: bytes | None, code: str
) -> None:
    path = tmp_path / "siak.xlsx"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(Refused) as refused:
        workbook.import_file(store, path)

    assert [problem.code for problem in refused.value.problems] == [code]


def test_a_workbook_without_a_header_or_without_people_is_refused(
    store: Store, sheet: Callable[..., Path]
) -> None:
    for rows, header, code in (
        ([AHMAD], ["A", "B", "C"], "workbook_header_missing"),
        ([], HEADER, "workbook_empty"),
    ):
        with pytest.raises(Refused) as refused:
            workbook.import_file(store, sheet(*rows, header=header))
        assert [problem.code for problem in refused.value.problems] == [code]


def test_a_workbook_that_would_fill_the_memory_is_refused(
    store: Store, sheet: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = sheet(AHMAD)
    monkeypatch.setattr(workbook_sheet, "UNPACKED_BYTES_MAX", 1000)

    with pytest.raises(Refused) as refused:
        workbook.import_file(store, path)

    assert [problem.code for problem in refused.value.problems] == ["workbook_large"]


def test_who_takes_no_residents_imports_none(tmp_path: Path, sheet: Callable[..., Path]) -> None:
    store = desk(tmp_path / "other", region_with("99.71.01.1001"), "99.71.01.1001", "auditor")

    with pytest.raises(Refused) as refused:
        workbook.import_file(store, sheet(AHMAD))

    store.close()
    assert [problem.code for problem in refused.value.problems] == ["not_in_scope"]
