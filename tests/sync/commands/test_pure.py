"""Commands that need no store and no passphrase, in this process."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from forms.engine import letter_table, lint
from forms.engine.catalogue import FORMS

HOUSE = Path(__file__).parents[3]
REGIONS = sorted((HOUSE / "resources" / "regions").glob("*.toml"))


def test_a_valid_nik_tells_birth_date_sex_and_region(teras: Any) -> None:
    said = teras("nik", "3671055505900003")

    assert said.status == 0
    assert said.body == {
        "valid": True,
        "problems": [],
        "birth_date": "1990-05-15",
        "sex": "P",
        "region": "367105",
    }


def test_blanks_and_one_leading_apostrophe_of_a_nik_are_dropped(teras: Any) -> None:
    assert teras("nik", "'3671 0555 0590 0003").body == teras("nik", "3671055505900003").body


@pytest.mark.parametrize(
    ("number", "codes"),
    [
        ("367105550590000", ["nik_length"]),
        ("36710555059000034", ["nik_length"]),
        ("''3671055505900003", ["nik_length", "nik_digits"]),
        ("3671-05550590000", ["nik_digits"]),
        ("３671055505900003", ["nik_digits"]),
        ("3671053202900003", ["nik_date"]),
        ("3671055505900000", ["nik_serial"]),
        ("", ["nik_length"]),
    ],
)
def test_an_invalid_nik_answers_whole_and_ends_with_1(
    teras: Any, number: str, codes: list[str]
) -> None:
    said = teras("nik", number)

    assert said.status == 1
    assert said.body["valid"] is False
    assert said.body["problems"] == codes


def test_a_person_reads_indonesian_instead_of_json(teras: Any) -> None:
    said = teras("nik", "3671055505900003", json=False)

    assert "Sah: ya" in said.out
    assert "Tanggal lahir: 1990-05-15" in said.out


def test_every_form_of_the_project_passes_its_lint(teras: Any) -> None:
    said = teras("forms", "lint")

    assert said.body["problems"] == []
    assert said.status == 0
    assert said.body["forms"] >= 4


def test_a_form_file_with_an_error_is_named_with_its_line(teras: Any, tmp_path: Path) -> None:
    folder = tmp_path / "letters" / "surat_coba"
    folder.mkdir(parents=True)
    (folder / "form.toml").write_text('code = "letters/surat_coba"\ntitel = "?"\n', "utf-8")

    said = teras("forms", "lint", tmp_path)

    assert said.status == 1
    assert said.body["forms"] in {0, 1}
    assert any("form.toml" in problem["message"] for problem in said.body["problems"])
    assert any("row" in problem for problem in said.body["problems"])


def test_a_folder_of_forms_that_is_not_there_is_refused(teras: Any, tmp_path: Path) -> None:
    said = teras("forms", "lint", tmp_path / "nowhere")

    assert (said.status, said.codes) == (1, ["file_missing"])


@pytest.mark.parametrize("path", REGIONS, ids=lambda path: path.stem)
def test_every_region_of_the_project_passes_its_lint_and_prints(teras: Any, path: Path) -> None:
    said = teras("region", "lint", path)

    assert (said.status, said.body["problems"]) == (0, [])


def test_what_a_region_still_lacks_is_told_beside_its_problems(teras: Any, tmp_path: Path) -> None:
    region = _copied(tmp_path)
    (tmp_path / "kota" / "logo.svg").write_text("<svg", "utf-8")

    said = teras("region", "lint", region)

    warnings = {warning["code"]: warning["message"] for warning in said.body["warnings"]}
    assert (said.status, said.codes) == (0, [])
    assert {"codes_unconfirmed", "codes_unlisted", "logo_unusable"} <= warnings.keys()
    assert "classification.csv" in warnings["codes_unlisted"]


def test_letters_whose_numbers_would_be_equal_are_told_in_words(teras: Any, tmp_path: Path) -> None:
    region = _copied(tmp_path)
    text = region.read_text("utf-8").replace('series = "one"', 'series = "per_service"')
    region.write_text(text, "utf-8")

    said = teras("region", "lint", region)

    assert said.status == 1
    assert "numbers_shared" in said.codes
    assert "400.12.2.1" in said.out


def _copied(folder: Path) -> Path:
    """Copy the invented region; the path of its file."""
    source = next(path for path in REGIONS if path.stem == "kota_contoh")
    shutil.copytree(source.with_suffix(""), folder / "kota")
    return Path(shutil.copy(source, folder / "kota.toml"))


def test_a_region_file_with_an_error_is_refused(teras: Any, tmp_path: Path) -> None:
    broken = tmp_path / "kota.toml"
    broken.write_text("name = [", "utf-8")

    said = teras("region", "lint", broken)

    assert said.status == 1
    assert said.body["problems"]


def test_the_table_of_letters_in_the_documents_is_what_the_forms_say() -> None:
    made = letter_table.markdown(lint.table(FORMS))

    assert made == (HOUSE / "docs" / "daftar-surat.md").read_text("utf-8")
    rows = {line.split("|")[1].strip() for line in made.splitlines() if line.startswith("|")}
    assert {str(row) for row in range(1, 49)} <= rows
