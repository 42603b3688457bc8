"""Every letter's first example prints the very text that was read and approved.

The texts lie in tests/golden/letters, one file a letter, one printed line a line. A change of
wording shows there as a difference to be read by a person; TERAS_PIN=1 writes them.
"""

import datetime as dt
import os
from pathlib import Path

import pypdfium2
import pytest

from forms.engine import catalogue, example
from forms.engine.answers import Scene
from forms.engine.check import check
from forms.engine.form import Form
from forms.engine.region import Office, Region
from forms.paper import letter
from forms.paper.letter import Signatory

FOLDER = Path(__file__).parents[2] / "golden" / "letters"
LETTERS = [form for form in catalogue.load().forms.values() if form.letter is not None]


def name(form: Form) -> str:
    return form.code.rsplit("/", 1)[-1]


def printed(form: Form, region: Region, office: Office, signatory: Signatory) -> str:
    """The text of the first example's PDF, line by line, runs of blanks as one."""
    scene = Scene(dt.date(2026, 11, 21), office.area, region.areas)
    paper, texts = letter.compose(
        form,
        check(form, example.fill(form.example, scene), scene),
        region=region,
        office=office,
        signatory=signatory,
        number="400/123/SM/XI/2026",
        date=scene.today,
        letter_id=bytes(range(16)),
    )
    pdf = letter.render(paper, texts, logo=region.logo, qr=None, mark=None)
    with pypdfium2.PdfDocument(pdf) as document:  # type: ignore[no-untyped-call] # has no types
        pages = [page.get_textpage().get_text_range() for page in document]
    lines = [" ".join(line.split()) for page in pages for line in page.splitlines()]
    return "\n".join(line for line in lines if line) + "\n"


@pytest.mark.parametrize("form", LETTERS, ids=name)
def test_the_first_example_prints_the_approved_text(
    form: Form, region: Region, office: Office, signatory: Signatory
) -> None:
    path = FOLDER / f"{name(form)}.txt"
    made = printed(form, region, office, signatory)
    if os.environ.get("TERAS_PIN") == "1":
        path.parent.mkdir(exist_ok=True)
        path.write_text(made)

    assert made == path.read_text()


def test_no_approved_text_is_left_over() -> None:
    assert {path.stem for path in FOLDER.glob("*.txt")} == {name(form) for form in LETTERS}


def test_no_two_letters_share_their_body() -> None:
    """The sentences of a letter's template are its own; only the shared layout repeats."""
    seen: dict[str, str] = {}
    for form in LETTERS:
        assert form.letter is not None
        for line in form.letter.template.splitlines():
            sentence = " ".join(line.split())
            if len(sentence) < 60 or sentence.startswith(("//", "#")):
                continue
            assert sentence not in seen, f"{name(form)} and {seen[sentence]}: {sentence}"
            seen[sentence] = name(form)
