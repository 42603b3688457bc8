import shutil
from pathlib import Path

import pytest

from forms.engine import catalogue, lint
from forms.engine.catalogue import FORMS

LETTER = "letters/surat_keterangan_usaha"


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    for part in ("shared/sections", "shared/states", LETTER, "residents/resident"):
        shutil.copytree(FORMS / part, tmp_path / part)
    return tmp_path


def test_the_shipped_forms_have_no_problem() -> None:
    forms, problems = lint.lint()

    assert forms == len(catalogue.load().forms)
    assert problems == ()


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


def test_a_field_that_nobody_sees_is_found_with_its_line(copied: Path) -> None:
    form = copied / LETTER / "form.toml"
    text = form.read_text("utf-8").replace(
        'key = "omzet"\n', 'key = "omzet"\nvisible = "sejak_tahun > 3 and sejak_tahun < 2"\n'
    )
    form.write_text(text, "utf-8")

    found = [(p.code, p.field, p.row) for p in lint.lint(copied)[1]]

    assert ("field_unreachable", "omzet", text.count("\n", 0, text.index("omzet"))) in found


def test_a_rule_that_asks_for_a_choice_that_there_is_not_is_found(copied: Path) -> None:
    form = copied / LETTER / "form.toml"
    text = form.read_text("utf-8").replace(
        'key = "omzet"\n', 'key = "omzet"\nrequired = "jenis_kelamin == \'perempuan\'"\n'
    )
    form.write_text(text.replace("required = true\nmin", "min"), "utf-8")

    problems = [p for p in lint.lint(copied)[1] if p.code == "rule_choice"]

    assert [(p.field, p.facts["value"]) for p in problems] == [("omzet", "perempuan")]


def test_a_folder_without_forms_has_none(tmp_path: Path) -> None:
    assert lint.lint(tmp_path) == (0, ())
