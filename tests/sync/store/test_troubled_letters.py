"""What is wrong with one letter's files never keeps the desk from the next citizen."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from forms.engine import catalogue
from forms.engine.catalogue import FORMS
from forms.engine.problem import Refused
from forms.engine.region import Region
from sync.store import handle, letters, records
from sync.store.handle import Store
from tests.sync.store.laptop import LETTER, REGIONS

Answers = dict[str, Any]
OTHER = "letters/surat_keterangan_domisili"


@pytest.fixture
def broken(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """Break one letter's text on this desk; the line that is wrong."""
    ignore = shutil.ignore_patterns("*.py", "__pycache__", "paper", "engine")
    root = Path(shutil.copytree(FORMS, tmp_path / "forms", ignore=ignore))
    template = root / LETTER / "letter.typ"
    text = template.read_text("utf-8").rstrip("\n")
    template.write_text(f"{text}\n  #nothing\n", "utf-8")
    forms = catalogue.usable(root)
    monkeypatch.setattr(handle, "_catalogue", lambda: forms)
    return text.count("\n") + 2


def test_an_error_in_a_letters_text_names_form_line_and_column(
    store: Store, business: Answers, broken: int
) -> None:
    saved = records.new(store, LETTER, business)

    with pytest.raises(Refused) as refused:
        letters.pdf(store, saved.record, preview=True)

    (problem,) = refused.value.problems
    assert problem.code == "template_error"
    facts = problem.facts
    assert (facts["form"], facts["line"], facts["column"]) == (LETTER, broken, 4)


def test_beside_a_letter_with_an_error_all_others_are_issued_and_printed(
    store: Store, business: Answers, samples: dict[str, Answers], broken: int
) -> None:
    records.new(store, LETTER, business)
    with pytest.raises(Refused):
        letters.sketch(store, LETTER, business)

    saved = records.new(store, OTHER, samples[OTHER], issue=True)

    assert letters.pdf(store, saved.record).data.startswith(b"%PDF")


@pytest.mark.parametrize("logo", [None, b"<svg", b"<svg xmlns='http://www.w3.org/2000/svg'"])
def test_a_letter_without_a_usable_emblem_is_printed_and_says_so(
    store: Store, business: Answers, logo: bytes | None
) -> None:
    saved = records.new(store, LETTER, business, issue=True)
    whole = letters.pdf(store, saved.record, preview=True)
    pack = Region.read(REGIONS / "kota_contoh.toml").pack()
    del pack["logo.svg"]
    store.__dict__["region"] = Region.from_pack(pack | ({"logo.svg": logo} if logo else {}))

    bare = letters.pdf(store, saved.record)

    assert whole.lacks == ()
    assert [problem.code for problem in bare.lacks] == ["logo_unusable"]
    assert bare.copy == 0
    assert bare.data.startswith(b"%PDF")
