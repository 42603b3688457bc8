"""The page for authors is followed to the letter: its letter lints, is filled in and prints."""

import datetime as dt
import re
import shutil
from pathlib import Path

import pypdfium2
import pytest

from forms.engine import catalogue, example, lint
from forms.engine.answers import Scene
from forms.engine.catalogue import FORMS
from forms.engine.check import check
from forms.engine.form import Form
from forms.engine.problem import Refused
from forms.engine.spec import (
    KINDS,
    PARTS,
    ActionSpec,
    Field,
    LetterSpec,
    MachineAddition,
    MachineSpec,
)
from forms.engine.words import texts
from forms.paper import letter, page_lint, template, template_lint

PAGE = Path(__file__).parents[2] / "docs" / "penulis-formulir.md"
TEXT = PAGE.read_text("utf-8")
SERVICE = "letters/surat_keterangan_pengurus_rt"
FILES = re.compile(r"^\*\*`([^`]+)`\*\*\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
DAY = dt.date(2026, 11, 21)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalogue of the shared files, the residents, and what the page says to write."""
    folder = tmp_path_factory.mktemp("forms")
    shutil.copytree(FORMS / "shared", folder / "shared")
    shutil.copytree(FORMS / "residents" / "resident", folder / "residents" / "resident")
    for name, text in FILES.findall(TEXT):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


@pytest.fixture(scope="module")
def form(root: Path) -> Form:
    return catalogue.load(root).form(SERVICE)


def test_the_page_tells_to_write_these_files() -> None:
    assert [name.removeprefix(f"{SERVICE}/") for name, _ in FILES.findall(TEXT)] == [
        "form.toml",
        "letter.typ",
        "daftar-hadir.typ",
        "examples.toml",
    ]


def test_what_the_page_tells_to_write_has_no_problem(root: Path, form: Form) -> None:
    assert lint.lint(root) == (2, ())
    assert template_lint.lint([form]) == ()


@pytest.mark.parametrize("today", lint.DAYS, ids=str)
def test_its_examples_hold_on_any_day(form: Form, today: dt.date) -> None:
    for case in form.cases:
        assert lint.run_case(form, case["answers"], today) == set(case.get("problems", ()))


def test_its_letter_prints_with_the_sheet_behind_it(form: Form) -> None:
    scene = Scene(DAY, page_lint.OFFICE.area, lint.AREAS)
    region = page_lint.region("f4")
    paper, texts = letter.compose(
        form,
        check(form, example.fill(form.example, scene), scene),
        region=region,
        office=page_lint.OFFICE,
        signatory=page_lint.SIGNATORY,
        number="100.2.2.5/7/KEL-CTH/XI/2026",
        date=DAY,
        letter_id=bytes(16),
    )
    pdf = letter.render(paper, texts, logo=region.logo, qr=page_lint.QR, mark=None)
    with pypdfium2.PdfDocument(pdf) as document:  # type: ignore[no-untyped-call] # has no types
        first, second = (
            " ".join(page.get_textpage().get_text_range().split()) for page in document
        )

    assert "SURAT KETERANGAN PENGURUS RT Nomor: 100.2.2.5/7/KEL-CTH/XI/2026" in first
    assert "adalah benar Ketua RT di wilayah Kelurahan Sukamaju" in first
    assert "menggantikan HASAN BASRI." in first
    assert "berjumlah 2 (dua) orang" in first
    assert "berlaku sampai dengan tanggal 21 Oktober 2029." in first
    assert second.startswith("DAFTAR HADIR SERAH TERIMA")


def test_only_who_may_sign_it_signs_it(form: Form) -> None:
    scene = Scene(DAY, page_lint.OFFICE.area, lint.AREAS)
    third = letter.Signatory("Kasi", "SRI", on_behalf="Lurah", through="Sekretaris")

    with pytest.raises(Refused) as refused:
        letter.compose(
            form,
            check(form, example.fill(form.example, scene), scene),
            region=page_lint.region("f4"),
            office=page_lint.OFFICE,
            signatory=third,
            number="1",
            date=DAY,
            letter_id=bytes(16),
        )

    assert refused.value.problems[0].code == "signer_not_allowed"


def test_the_page_names_everything_that_an_author_may_write() -> None:
    said = set(re.findall(r"[a-z_][a-z0-9_-]*", TEXT))
    shared = FORMS / "shared"
    named = set(re.findall(r"`([fn]-[0-9.]+\.typ)`", TEXT))
    internal = {"unique", "sealed", "renamed_from", "key", "sheet"}  # `key` stands in every table

    assert set(KINDS) <= said
    assert set(PARTS) <= said
    assert {f for f in Field.__struct_fields__ if f not in internal} <= said
    assert {f for f in LetterSpec.__struct_fields__ if f not in internal} <= said
    assert len(named) > 8
    assert all((shared / "sheets" / name).is_file() for name in named)


def test_the_page_names_every_key_of_a_step_and_every_line_that_one_may_ask_for() -> None:
    named = set(re.findall(r"`([a-z_]+)`", TEXT))
    asked = {name.removeprefix("asked.") for name in texts("id") if name.startswith("asked.")}
    lines = {name for name in asked if f"told_{name}" in asked}

    for spec in (ActionSpec, MachineSpec, MachineAddition):
        assert set(spec.__struct_encode_fields__) - {"action"} <= named  # it stands as [[action]]
    assert lines <= named
    assert len(lines) > 3


def test_the_page_names_every_word_of_the_layout_that_prints_an_answer() -> None:
    words = re.findall(r"\|?([a-z][a-z-]+)(?=[|)])", template._KEYED.pattern)
    words += re.findall(r"[a-z]{5,}(?:-of)?", template._PEOPLE.pattern)

    assert {word for word in words if word not in TEXT} <= {"part-of", "is-chosen"}
