"""A name is printed literally whatever it is made of, and stays on its one sheet."""

from collections.abc import Callable
from typing import Any

import pypdfium2
import pytest

from forms.paper import letter

NAMES = (
    "SITI 'AISYAH' \"O'NEIL\" #1 @kota",
    "*tebal* _miring_ $x^2$ `kode` <label> \\ #panic(1) // akhir",
    "[a] {b} #(c) ~ -- --- ... /* d */ %40 = + - / 1.",
    "SITI 😀 AMINAH 👩🏽‍🌾 🇮🇩 ❤️ 🕌",
)
LONG = {
    "one word": "W" * 100,
    "many words": " ".join(["NURHALIZAH"] * 9),
    "emoji": "👩🏽‍🌾" * 100,
}
FOLDED = "\u200b"  # where a long word may break
EDGE_POINTS = 20  # nothing stands nearer to a sheet's edge
PRINTED = Callable[[str], bytes]


@pytest.fixture
def printed(compose: Callable[..., Any]) -> PRINTED:
    def made(name: str) -> bytes:
        paper, texts = compose(answers={"nama": name})
        return letter.render(paper, texts, logo=None, qr=None, mark=None)

    return made


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_printed_as_it_stands(
    name: str, printed: PRINTED, read: Callable[[bytes], str]
) -> None:
    assert f"Nama : {name}" in read(printed(name)).replace(FOLDED, "")


@pytest.mark.parametrize("name", [*NAMES, *LONG.values()])
def test_the_sheet_of_a_strange_name_is_still_one_archive_page_with_its_fonts(
    name: str, printed: PRINTED
) -> None:
    pdf = printed(name)

    with pypdfium2.PdfDocument(pdf) as document:  # type: ignore[no-untyped-call] # has no types
        assert len(document) == 1
    assert b"pdfaid:part>2" in pdf
    assert pdf.count(b"/Type/FontDescriptor") == pdf.count(b"/FontFile")


@pytest.mark.parametrize("kind", LONG)
def test_a_name_of_a_hundred_signs_stays_within_the_margins(kind: str, printed: PRINTED) -> None:
    with pypdfium2.PdfDocument(printed(LONG[kind])) as document:  # type: ignore[no-untyped-call] # has no types
        page = document[0]
        text = page.get_textpage()
        boxes = [text.get_charbox(at) for at in range(text.count_chars())]
        width = page.get_width()

    assert min(left for left, *_ in boxes) > EDGE_POINTS
    assert max(right for _, _, right, _ in boxes) < width - EDGE_POINTS


def test_an_emoji_is_drawn_and_no_empty_box(printed: PRINTED) -> None:
    pictures = {name: _inked(printed(name)) for name in ("SITI 😀", "SITI □", "SITI", "SITI 🕌")}

    assert len(set(pictures.values())) == len(pictures)
    assert pictures["SITI 😀"] > pictures["SITI"]


def _inked(pdf: bytes) -> int:
    """Count the dark points of the first page at 144 an inch."""
    with pypdfium2.PdfDocument(pdf) as document:  # type: ignore[no-untyped-call] # has no types
        bitmap = document[0].render(scale=2, grayscale=True)
        return sum(point < 128 for point in bytes(bitmap.buffer))
