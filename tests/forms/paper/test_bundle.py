"""Sources that are kept together: one text, one digest, and a mistake is told where it stands."""

from hypothesis import given
from hypothesis import strategies as st

from forms.engine.problem import Problem
from forms.paper import bundle

LINES = st.text(st.characters(exclude_categories=("C", "Zl", "Zp")), max_size=20).filter(
    lambda line: not line.startswith(bundle.MARK)
)
SOURCES = st.lists(LINES, min_size=1, max_size=4).map("\n".join).filter(lambda s: s.rstrip("\n"))
NAMES = st.from_regex(r"[a-z][a-z0-9.-]{0,8}\.typ", fullmatch=True)


def test_a_letter_without_sheets_is_its_own_source() -> None:
    assert bundle.joined("satu\ndua\n", ()) == "satu\ndua\n"
    assert bundle.split("satu\ndua\n") == (bundle.Piece("", "satu\ndua", 1),)


@given(letter=SOURCES, sheets=st.lists(st.tuples(NAMES, SOURCES), min_size=1, max_size=3))
def test_what_was_joined_comes_apart_again(letter: str, sheets: list[tuple[str, str]]) -> None:
    pieces = bundle.split(bundle.joined(letter, sheets))

    assert [piece.name for piece in pieces] == ["", *(name for name, _ in sheets)]
    assert [p.text for p in pieces] == [s.rstrip("\n") for s in (letter, *(t for _, t in sheets))]


@given(letter=SOURCES, sheets=st.lists(st.tuples(NAMES, SOURCES), max_size=3))
def test_set_together_every_line_keeps_its_number(
    letter: str, sheets: list[tuple[str, str]]
) -> None:
    pieces = bundle.split(bundle.joined(letter, sheets))
    lines = bundle.set_together(pieces).split("\n")

    for piece in pieces:
        first, *others = piece.text.split("\n")
        at = piece.first - 1
        assert lines[at].removeprefix("#[") == first.removeprefix("#[")
        assert lines[at + 1 : at + 1 + len(others)] == others


def test_a_problem_in_a_sheet_is_placed_there() -> None:
    pieces = bundle.split(bundle.joined("a\nb\nc", [("f.typ", "d\ne"), ("g.typ", "h")]))

    placed = [bundle.placed(Problem("template_error", row=row), pieces) for row in (2, 6, 8)]

    assert [(p.facts.get("sheet"), p.row) for p in placed] == [
        (None, 2),
        ("f.typ", 2),
        ("g.typ", 1),
    ]
