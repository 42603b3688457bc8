import shutil
from pathlib import Path

import pytest

from forms.engine import lint
from forms.engine.catalogue import FORMS

REGIONS = Path(__file__).parents[3] / "resources" / "regions"
LETTER = "letters/surat_keterangan_usaha"


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    for part in ("shared/sections", "shared/states", LETTER, "residents/resident"):
        shutil.copytree(FORMS / part, tmp_path / part)
    return tmp_path


def test_the_shipped_forms_have_no_problem() -> None:
    forms, problems = lint.lint()

    assert forms == 5
    assert problems == ()


@pytest.mark.parametrize("path", sorted(REGIONS.glob("*.toml")), ids=lambda path: path.stem)
def test_the_shipped_regions_have_no_problem(path: Path) -> None:
    assert lint.lint_region(path) == ()


def test_an_example_that_no_longer_holds_is_found_with_its_line(copied: Path) -> None:
    examples = copied / LETTER / "examples.toml"
    text = examples.read_text("utf-8").replace("omzet = 7500000", 'omzet = "banyak"')
    examples.write_text(text, "utf-8")

    forms, problems = lint.lint(copied)

    assert forms == 2
    assert [(p.code, p.facts["file"], p.row) for p in problems] == [
        ("example_fails", f"{LETTER}/examples.toml", 1)
    ]
    assert problems[0].facts["found"] == "not_number"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "examples_few"),
        ("[[case]", "toml_syntax"),
        ('[[case]]\nname = "a"\nanswer = {}\n', "example_shape"),
    ],
)
def test_examples_that_prove_nothing_are_found(copied: Path, text: str, code: str) -> None:
    (copied / LETTER / "examples.toml").write_text(text, "utf-8")

    assert code in [problem.code for problem in lint.lint(copied)[1]]


def test_a_form_without_examples_is_found(copied: Path) -> None:
    (copied / LETTER / "examples.toml").unlink()

    assert [problem.code for problem in lint.lint(copied)[1]] == ["file_missing"]


def test_a_state_without_words_is_found(copied: Path) -> None:
    states = copied / "shared/states/letter.toml"
    states.write_text(states.read_text("utf-8").replace('"ready"', '"siap"'), "utf-8")

    assert [problem.facts["name"] for problem in lint.lint(copied)[1]] == [
        "action.siap",
        "state.siap",
    ]


def test_a_folder_without_forms_has_none(tmp_path: Path) -> None:
    assert lint.lint(tmp_path) == (0, ())


def test_a_region_that_names_an_unknown_service_is_found_with_its_line(tmp_path: Path) -> None:
    shutil.copytree(REGIONS / "kota_contoh", tmp_path / "kota")
    text = (REGIONS / "kota_contoh.toml").read_text("utf-8")
    text = text.replace("letters/surat_keterangan_usaha", "letters/surat_sakti")
    (tmp_path / "kota.toml").write_text(text + '\n[services]\noff = ["x/y"]\n', "utf-8")

    problems = lint.lint_region(tmp_path / "kota.toml")

    assert [(p.code, p.facts["service"], p.row) for p in problems] == [
        ("region_service", "letters/surat_sakti", 35),
        ("region_service", "x/y", 41),
    ]


def test_a_region_file_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    assert [p.code for p in lint.lint_region(tmp_path / "kota.toml")] == ["file_missing"]
