import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.paper import glyphs, press

THIRD_PARTY = glyphs.TEXT.parent
EMOJI = ("😀", "🕌", "👩🏽‍🌾", "👨‍👩‍👧‍👦", "🇮🇩", "❤️", "1️⃣", "🫶")


def test_every_latin_letter_of_names_is_there() -> None:
    names = "ABCXYZ abcxyz 0123456789 ÀÉÎÑÖÜßçéñö ĀāĐđ ŁłŞş “”‘’–—…•«»°²½Rp€"

    assert glyphs.printable(names) == names


@pytest.mark.parametrize("strange", ["م", "中", "\x07", "\x00", "\u202e", "\ue000"])
def test_a_sign_without_a_glyph_becomes_a_box(strange: str) -> None:
    assert glyphs.printable(f"a{strange}b") == "a□b"


@pytest.mark.parametrize("emoji", EMOJI)
def test_an_emoji_is_printed_with_all_of_its_parts(emoji: str) -> None:
    assert glyphs.printable(f"SITI {emoji} AMINAH") == f"SITI {emoji} AMINAH"


def test_a_composed_letter_is_tried_whole() -> None:
    assert glyphs.printable("Jose\u0301") == "José"


@given(st.text(st.characters() | st.sampled_from("".join(EMOJI)), max_size=40))
def test_whatever_was_made_printable_is_set_without_complaint(text: str) -> None:
    source = '#set text(font: ("Liberation Sans", "Noto Emoji"), fallback: false)'
    source += "\n#json(bytes(sys.inputs.paper)).t"
    source = f"#set document(date: datetime(year: 2026, month: 1, day: 1))\n{source}"

    (pdf,) = press.press(source, press.LATEST, {"t": glyphs.printable(text)}, None)

    assert pdf.startswith(b"%PDF")


def test_lists_and_tables_are_made_printable_within() -> None:
    assert glyphs.printable_all({"a": ["中", {"b": "中"}], "n": 1}) == {
        "a": ["□", {"b": "□"}],
        "n": 1,
    }


@pytest.mark.parametrize("name", ["liberation", "inter", "noto_emoji", "phosphor"])
def test_what_others_made_comes_with_its_licence_and_origin(name: str) -> None:
    folder = THIRD_PARTY / name

    assert "Copyright" in (folder / "LICENCE").read_text("utf-8")
    assert "https://" in (folder / "ORIGIN.md").read_text("utf-8")
