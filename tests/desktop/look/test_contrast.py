import pytest
from hypothesis import given
from hypothesis import strategies as some

from desktop.look.contrast import ENHANCED, SIGN, TEXT, mix, ratio, readable
from desktop.look.tokens import STATES, Colours, Theme, colours, tokens

ACCENTS = some.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06X}")

ON_GROUNDS = ("canvas", "surface", "sunken")


def test_black_on_white_is_the_strongest_contrast() -> None:
    assert ratio("#000000", "#FFFFFF") == pytest.approx(21)


def test_a_colour_against_itself_has_no_contrast() -> None:
    assert ratio("#336699", "#336699") == pytest.approx(1)


@given(ACCENTS, ACCENTS)
def test_a_readable_colour_can_be_read_or_is_the_best_there_is(colour: str, ground: str) -> None:
    found = readable(colour, ground)

    best = max(ratio("#FFFFFF", ground), ratio("#0B1218", ground))
    assert ratio(found, ground) >= min(TEXT, best)


@given(ACCENTS)
def test_a_colour_mixed_with_itself_stays(colour: str) -> None:
    assert mix(colour, colour, 0.3) == colour


@given(accent=ACCENTS, theme=some.sampled_from(Theme))
def test_whatever_colour_a_region_chooses_its_words_can_be_read(accent: str, theme: Theme) -> None:
    shade = colours(theme, accent)

    pairs = [(ink, ground) for ink in ("text", "muted", "accent") for ground in ON_GROUNDS]
    pairs += [(state, ground) for state in STATES for ground in (*ON_GROUNDS, f"{state}_soft")]
    pairs += [("on_accent", "accent"), ("rail_text", "rail"), ("rail_on_text", "rail_on")]
    pairs += [("accent", "accent_soft"), ("text", "select"), ("text", "accent_soft")]
    assert _too_faint(shade, pairs, ENHANCED if theme is Theme.CONTRAST else TEXT) == []


@given(accent=ACCENTS)
def test_a_word_of_state_has_a_line_around_it_where_its_ground_is_the_sheets_own(
    accent: str,
) -> None:
    worn = tokens(Theme.CONTRAST, accent)

    for state in STATES:
        assert ratio(worn.edge_of(state), worn.colours.surface) >= SIGN


@given(accent=ACCENTS, theme=some.sampled_from(Theme))
def test_edges_of_fields_and_the_ring_of_focus_can_be_seen(accent: str, theme: Theme) -> None:
    shade = colours(theme, accent)

    assert (
        _too_faint(shade, [("edge", "surface"), ("ring", "surface"), ("ring", "canvas")], SIGN)
        == []
    )


def _too_faint(shade: Colours, pairs: list[tuple[str, str]], least: float) -> list[str]:
    return [
        f"{ink} on {ground}: {ratio(getattr(shade, ink), getattr(shade, ground)):.2f}"
        for ink, ground in pairs
        if ratio(getattr(shade, ink), getattr(shade, ground)) < least
    ]
