"""The page for adopting regions says what the program takes."""

import re
import shutil
from pathlib import Path

import pytest

from forms.engine import region_lint
from forms.engine.judgement import OFFICE_KINDS
from forms.engine.region import Region
from forms.engine.region_hours import DAYS

HOUSE = Path(__file__).parents[2]
PAGE = (HOUSE / "docs" / "wilayah.md").read_text("utf-8")
SAMPLE = HOUSE / "resources" / "regions" / "kota_contoh.toml"


def blocks(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture
def kota(tmp_path: Path) -> Path:
    """Make a region as the page says, from a copy of the invented one."""
    shutil.copytree(SAMPLE.with_suffix(""), tmp_path / "kota")
    head = SAMPLE.read_text("utf-8").partition("[numbers]")[0]
    path = tmp_path / "kota.toml"
    path.write_text(head + "\n".join(blocks("toml")), "utf-8")
    (codes,) = blocks("csv")
    (tmp_path / "kota" / "classification.csv").write_text(codes, "utf-8")
    return path


def test_the_files_of_the_page_are_a_region(kota: Path) -> None:
    region = Region.read(kota)

    assert region.hours_are_confirmed
    assert region.codes.title("500.3") == "Usaha mikro, kecil, dan menengah"
    assert region.numbers.series == "per_code"


def test_a_list_that_claims_to_be_whole_makes_missing_codes_problems(kota: Path) -> None:
    assert {problem.code for problem in region_lint.problems(kota)} == {"codes_unlisted"}


def test_the_page_names_every_day_and_kind_of_office() -> None:
    assert all(f"`{kind}`" in PAGE for kind in OFFICE_KINDS)
    assert f"`{DAYS[0]}` sampai `{DAYS[-1]}`" in PAGE
