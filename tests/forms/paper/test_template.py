"""What a letter's author may write, and what is found before a clerk meets it."""

from collections.abc import Callable

import msgspec
import pytest

from forms.engine.catalogue import Catalogue
from forms.engine.form import Form
from forms.engine.problem import Problem, Refused
from forms.paper import letter, template, template_lint
from forms.paper.letter import Paper

Compose = Callable[..., tuple[Paper, dict[str, str]]]
START = "\n".join(template.START)


class Rewritten:
    """A form of the catalogue with another source for its letter."""

    def __init__(self, form: Form, source: str) -> None:
        assert form.letter is not None
        self.code, self.fields = form.code, form.fields
        self.letter = msgspec.structs.replace(form.letter, template=source)


@pytest.fixture
def problems(catalogue: Catalogue) -> Callable[[str], list[Problem]]:
    def found(source: str) -> list[Problem]:
        form = Rewritten(catalogue.form("letters/surat_keterangan_domisili"), source)
        return list(template_lint.check(form))  # type: ignore[arg-type] # all that check asks for

    return found


@pytest.fixture
def print_source(compose: Compose) -> Callable[[str], bytes]:
    def printed(source: str) -> bytes:
        paper, texts = compose()
        digest = letter._sha(source)
        other = msgspec.structs.replace(paper, template=digest)
        return letter.render(other, texts | {digest: source}, logo=None, qr=None, mark=None)

    return printed


def test_an_answer_that_no_form_asks_for_is_found_with_its_line(
    problems: Callable[[str], list[Problem]],
) -> None:
    found = problems(f'{START}\n#d.nama #d.namma\n#rows("alamat_tingal")')

    unknown = [p for p in found if p.code == "placeholder_unknown"]
    assert [(p.facts["key"], p.row) for p in unknown] == [("namma", 3), ("alamat_tingal", 4)]


def test_an_answer_that_is_asked_and_not_printed_is_found(
    problems: Callable[[str], list[Problem]],
) -> None:
    source = f'{START}\n#identity\n#rows("alamat_tinggal", "status_tinggal")\n#d.keperluan'

    assert [p.field for p in problems(source)] == ["sejak_tanggal", "nama_pemilik"]


def test_the_author_may_say_that_a_field_is_not_for_the_paper(
    problems: Callable[[str], list[Problem]],
) -> None:
    source = (
        f"{START}\n// unprinted: sejak_tanggal, nama_pemilik\n#identity\n#d.keperluan\n"
        '#rows(\n  ("Tempat", [#d.alamat_tinggal (#d.status_tinggal)]),\n)'
    )

    assert problems(source) == []


def test_a_source_begins_with_the_layout(problems: Callable[[str], list[Problem]]) -> None:
    codes = {p.code for p in problems("#identity\n")}

    assert "template_start" in codes


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ('#import "@preview/other:1.0.0": *', "import"),
        ('#include "other.typ"', "include"),
        ('#read("/layout.typ")', "read"),
        ('#let x = "//"; #eval("1")', "eval"),
        ('#dictionary(std).at("ev" + "al")("1")', "dictionary"),
        ("#sys.inputs.paper", "sys"),
    ],
)
def test_a_source_that_reaches_out_is_found_and_never_printed(
    problems: Callable[[str], list[Problem]],
    print_source: Callable[[str], bytes],
    line: str,
    word: str,
) -> None:
    (found,) = [p for p in problems(f"{START}\n{line}") if p.code == "template_word"]
    with pytest.raises(Refused) as refused:
        print_source(f"{START}\n{line}")

    assert (found.facts["word"], found.row) == (word, 3)
    assert refused.value.problems[0].code == "template_word"
    assert refused.value.problems[0].facts["form"] == "letters/surat_keterangan_domisili"


@pytest.mark.parametrize(
    ("line", "row", "column"),
    [("  #nothing", 3, 4), ("text #d.namma", 3, 9), ("#while true {}", 3, 8), ("#[ open", 3, 2)],
)
def test_an_error_in_a_source_says_where(
    print_source: Callable[[str], bytes], line: str, row: int, column: int
) -> None:
    with pytest.raises(Refused) as refused:
        print_source(f"{START}\n{line}\n")

    (problem,) = refused.value.problems
    assert problem.code == "template_error"
    assert (problem.facts["line"], problem.facts["column"]) == (row, column)
    assert problem.facts["form"] == "letters/surat_keterangan_domisili"
