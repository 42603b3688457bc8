"""Papers are in the official language, whoever's screen they are made at."""

import datetime as dt

import pytest

from forms.engine import words
from forms.engine.answers import Scene
from forms.engine.catalogue import Catalogue
from forms.engine.check import check
from forms.engine.example import fill
from forms.engine.lint import AREAS
from forms.engine.region import Office, Region
from forms.engine.words import speaking
from forms.paper import letter, mark, trial
from forms.paper.letter import Signatory

OTHERS = [name for name in words.LANGUAGES if name != words.OFFICIAL]
TODAY = dt.date(2026, 11, 21)


@pytest.mark.parametrize("language", OTHERS)
def test_every_letter_is_the_same_in_every_language(
    catalogue: Catalogue, region: Region, office: Office, signatory: Signatory, language: str
) -> None:
    scene = Scene(TODAY, office.area, AREAS)
    letters = [form for form in catalogue.forms.values() if form.letter is not None]
    assert letters

    def composed() -> list[object]:
        return [
            letter.compose(
                form,
                check(form, fill(form.example, scene), scene),
                region=region,
                office=office,
                signatory=signatory,
                number="1/2026",
                date=TODAY,
                letter_id=bytes(16),
            )
            for form in letters
        ]

    official = composed()
    with speaking(language):
        assert composed() == official


@pytest.mark.parametrize("language", OTHERS)
def test_marks_are_the_same_in_every_language(language: str) -> None:
    official = [mark.draft(), mark.copy(3), mark.void(), mark.practice()]

    with speaking(language):
        assert [mark.draft(), mark.copy(3), mark.void(), mark.practice()] == official


@pytest.mark.parametrize("language", OTHERS)
def test_a_printers_test_page_is_the_same_in_every_language(language: str) -> None:
    official = trial.picture("a4", "", "", 30)

    with speaking(language):
        assert trial.picture("a4", "", "", 30) == official
