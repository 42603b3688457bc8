"""Tiles of the live room: judged with their form, shared by their group."""

import shutil
from pathlib import Path

import pytest

from forms.engine import catalogue, lint, live
from forms.engine.catalogue import FORMS, Catalogue
from tests.forms.engine.conftest import Author

FIELDS = """
[[section]]
title = "Isi"

[[section.field]]
key = "nilai"
kind = "number"
label = "Nilai"

[[section.field]]
key = "tenggat"
kind = "date"
label = "Tenggat"

[[section.field]]
key = "jenis"
kind = "choice"
label = "Jenis"
choices = [{ value = "a", label = "A" }]
"""


def tile(kind: str, more: str, key: str = "satu") -> str:
    return f'[[tile]]\nkey = "{key}"\nkind = "{kind}"\nlabel = "Satu"\nmeans = "sesuatu"\n{more}\n'


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("count", 'acts = ["new", "close"]'),
        ("time", 'acts = ["close"]\npaused = ["open"]'),
        ("open", 'states = ["open"]\ndue = "tenggat"'),
        ("index", 'fields = ["nilai"]\nscale = 4'),
        ("series", 'fields = ["nilai"]\nitem = "jenis"\nunit = "Rp"'),
    ],
)
def test_a_form_shows_what_it_declares(author: Author, kind: str, more: str) -> None:
    [form], problems = author(tile(kind, more) + FIELDS)

    assert problems == ()
    assert [one.name for one in form.tiles] == ["rooms/thing/satu"]


@pytest.mark.parametrize(
    ("kind", "more", "code"),
    [
        ("count", "", "tile_needs"),
        ("count", 'acts = ["fly"]', "tile_act"),
        ("count", 'acts = ["close"]\nundone = ["fly"]', "tile_act"),
        ("count", 'acts = ["close"]\nscale = 4', "tile_strange"),
        ("open", 'states = ["lost"]', "tile_state"),
        ("open", 'states = ["open"]\ndue = "nilai"', "tile_field"),
        ("index", 'fields = ["tidak_ada"]\nscale = 4', "tile_field"),
        ("series", 'fields = ["nilai"]\nitem = "tenggat"\nunit = "Rp"', "tile_field"),
        ("series", 'fields = ["nilai", "nilai"]\nitem = "jenis"\nunit = "Rp"', "tile_strange"),
        ("picture", 'acts = ["close"]', "toml_value"),
    ],
)
def test_what_a_tile_cannot_show_is_said_with_its_line(
    author: Author, kind: str, more: str, code: str
) -> None:
    _, problems = author(tile(kind, more) + FIELDS)

    assert [problem.code for problem in problems] == [code]
    assert problems[0].row is not None


def test_a_key_stands_once(author: Author) -> None:
    _, problems = author(2 * tile("count", 'acts = ["close"]') + FIELDS)

    assert [problem.code for problem in problems] == ["tile_key"]


def test_every_letter_shares_the_tiles_of_its_group(shipped: Catalogue) -> None:
    letters = [form for form in shipped.forms.values() if form.letter is not None]

    assert {tuple(one.name for one in form.tiles) for form in letters} == {
        ("letters/issued", "letters/received", "letters/minutes", "letters/waiting")
    }


def test_a_wrong_tile_of_a_group_is_named_and_shown_nowhere(tmp_path: Path) -> None:
    root = Path(shutil.copytree(FORMS, tmp_path / "forms"))
    file = root / live.FILE
    good = file.read_text("utf-8")
    wrong = '[[mail]]\nkey = "x"\nkind = "count"\nlabel = "X"\nmeans = "x"\nacts = ["fly"]\n'
    half = '[[mail]]\nkey = "y"\nkind = "open"\nlabel = "Y"\nmeans = "y"\n'
    field = half + 'states = ["open"]\ndue = "tenggat"\n'
    file.write_text(f"{good}\n{wrong}\n{half}\n{field}", "utf-8")

    _, problems = lint.lint(root)

    assert {problem.code for problem in problems} == {"tile_act", "tile_group", "tile_needs"}
    forms = catalogue.load(root).forms
    assert not any(one.name.startswith("mail/x") for form in forms.values() for one in form.tiles)
