import shutil
from pathlib import Path

import pytest

from forms.engine import region_lint

REGIONS = Path(__file__).parents[3] / "resources" / "regions"
USAHA = "letters/surat_keterangan_usaha"


@pytest.fixture
def kota(tmp_path: Path) -> Path:
    """Copy the invented region; the path of its file."""
    shutil.copytree(REGIONS / "kota_contoh", tmp_path / "kota")
    return Path(shutil.copy(REGIONS / "kota_contoh.toml", tmp_path / "kota.toml"))


def put(path: Path, old: str, new: str) -> str:
    """Change a text of a file; what it is then."""
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    return path.read_text("utf-8")


def line_of(text: str, part: str) -> int:
    return 1 + text.count("\n", 0, text.index(part))


@pytest.mark.parametrize("path", sorted(REGIONS.glob("*.toml")), ids=lambda path: path.stem)
def test_the_shipped_regions_have_no_problem(path: Path) -> None:
    assert region_lint.problems(path) == ()


def test_letters_that_are_counted_apart_and_bear_one_code_are_found(tmp_path: Path) -> None:
    for folder in ("kota_tangerang", "kota_tangerang.toml"):
        source = REGIONS / folder
        (shutil.copytree if source.is_dir() else shutil.copy)(source, tmp_path / folder)
    path = tmp_path / "kota_tangerang.toml"
    text = path.read_text("utf-8")
    path.write_text(text.replace('"per_code"', '"per_service"'), "utf-8")

    problems = region_lint.problems(path)

    assert {p.code for p in problems} == {"numbers_shared"}
    assert ("400.12.3.1", "letters/surat_keterangan_kematian") in {
        (p.facts["code"], p.facts["service"]) for p in problems
    }
    assert {p.row for p in problems} == {1 + text[: text.index("series =")].count("\n")}


def test_a_region_that_names_an_unknown_service_is_found_with_its_line(kota: Path) -> None:
    text = put(kota, USAHA, "letters/surat_sakti")
    kota.write_text(text + '\n[services]\noff = ["x/y"]\n', "utf-8")

    problems = region_lint.problems(kota)

    assert [(p.code, p.facts["service"], p.row) for p in problems] == [
        ("region_service", "letters/surat_sakti", line_of(text, "letters/surat_sakti")),
        ("region_service", "x/y", text.count("\n") + 3),
    ]


def test_a_region_file_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    assert [p.code for p in region_lint.problems(tmp_path / "kota.toml")] == ["file_missing"]


def test_a_letter_whose_code_is_not_in_a_whole_list_is_a_problem_with_its_line(kota: Path) -> None:
    text = put(kota, "\nsample = true", "")

    unlisted = {
        str(p.facts["service"]): p for p in region_lint.problems(kota) if p.code == "codes_unlisted"
    }

    assert unlisted[USAHA].facts["code"] == "500.3"
    assert unlisted[USAHA].row == line_of(text, USAHA)
    assert "letters/surat_keterangan_domisili" not in unlisted


def test_a_code_that_a_sample_lacks_is_a_warning(kota: Path) -> None:
    before = {(p.code, p.facts.get("service")) for p in region_lint.warnings(kota)}
    assert region_lint.problems(kota) == ()
    with (kota.parent / "kota" / "classification.csv").open("a", encoding="utf-8") as file:
        file.write("500.3,Usaha\n")

    after = {(p.code, p.facts.get("service")) for p in region_lint.warnings(kota)}

    assert before - after == {("codes_unlisted", USAHA)}
    assert ("codes_unconfirmed", None) in after


def test_a_letter_that_the_region_does_not_offer_needs_no_code(kota: Path) -> None:
    text = kota.read_text("utf-8")
    kota.write_text(text + f'\n[services]\noff = ["{USAHA}"]\n', "utf-8")

    assert USAHA not in {p.facts.get("service") for p in region_lint.warnings(kota)}


def test_what_nobody_confirmed_is_a_warning(kota: Path) -> None:
    put(kota, 'source = "Invented, like the region"', "unconfirmed = true")
    (kota.parent / "kota" / "logo.svg").unlink()

    assert region_lint.problems(kota) == ()
    assert {"logo_missing", "hours_unconfirmed"} <= {p.code for p in region_lint.warnings(kota)}
