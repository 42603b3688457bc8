"""The invented people that come with the project are the ones that the command makes."""

import datetime as dt
import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
from python_calamine import CalamineWorkbook

from forms.engine import nik

HOUSE = Path(__file__).parents[3]
PRACTICE = HOUSE / "resources" / "practice" / "penduduk_contoh.xlsx"


@pytest.fixture(scope="module")
def command() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "make_practice", HOUSE / "bench" / "make_practice.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_command_makes_the_same_file_again(command: ModuleType, tmp_path: Path) -> None:
    command.write(tmp_path / "again.xlsx", command.people())

    assert (tmp_path / "again.xlsx").read_bytes() == PRACTICE.read_bytes()


def test_the_sheet_has_titles_the_37_columns_and_a_village() -> None:
    rows = CalamineWorkbook.from_path(str(PRACTICE)).get_sheet_by_index(0).to_python()

    assert rows[3][:3] == ["Nomor KK", "NIK", "Nama Penduduk"]
    assert len(rows[3]) == 37
    assert 550 <= len(rows) - 4 <= 700


def test_most_people_are_in_order_and_a_few_are_not() -> None:
    rows = CalamineWorkbook.from_path(str(PRACTICE)).get_sheet_by_index(0).to_python()[4:]
    judged = [nik.read(str(row[1]), dt.date(2026, 11, 1)) for row in rows]
    wrong = {problem for found in judged for problem in found.problems}

    assert wrong == {"nik_length", "nik_digits", "nik_date", "nik_serial"}
    assert 4 <= sum(not found.valid for found in judged) <= 12
    assert {found.region for found in judged if found.valid} == {"997101"}
