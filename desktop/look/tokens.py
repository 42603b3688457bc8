"""Every colour, size and distance of the desk, in one place; no Qt, so that tests can measure it.

A theme is a ground (light, dark, high contrast) and the region's accent colour fitted to it: a
region may choose any colour and its clerks can still read what stands on it.
"""

from dataclasses import dataclass, fields
from enum import Enum

from desktop.look.contrast import ENHANCED, INKS, SIGN, TEXT, ink_on, lift, mix, ratio, readable

ACCENT = "#0B6E4F"  # Where a region names no colour of its own.
_FITTINGS_MAX = 8  # A fitted colour moves its tint by a sixth of its own way: this is enough.
STATES = ("ok", "wait", "warn", "danger")
SCALES = (1.0, 1.15, 1.3, 1.5, 1.75, 2.0)  # Steps of Ctrl++; WCAG 1.4.4 asks for 200 percent.


class Theme(Enum):
    """The ground on which everything is painted."""

    LIGHT = "light"
    DARK = "dark"
    CONTRAST = "contrast"


@dataclass(frozen=True, slots=True)
class Colours:
    """What is painted in which colour; every pair that carries text is measured by a test."""

    canvas: str
    surface: str
    sunken: str
    line: str
    edge: str
    text: str
    muted: str
    accent: str
    accent_hover: str
    on_accent: str
    accent_soft: str
    select: str
    ring: str
    rail: str
    rail_text: str
    rail_on: str
    rail_on_text: str
    ok: str
    ok_soft: str
    wait: str
    wait_soft: str
    warn: str
    warn_soft: str
    danger: str
    danger_soft: str


@dataclass(frozen=True, slots=True)
class Measures:
    """Sizes and distances in pixels of the screen's own scale, already grown with the text."""

    tiny: int
    small: int
    body: int
    lead: int
    title: int
    display: int
    control: int
    ringed: int
    segment: int
    row: int
    row_ringed: int
    gap_1: int
    gap_2: int
    gap_3: int
    gap_4: int
    gap_5: int
    radius: int
    icon: int
    rail: int
    slim_rail: int
    avatar: int
    avatar_radius: int
    glyph_pad: int
    search_pad: int


@dataclass(frozen=True, slots=True)
class Tokens:
    """One theme, one accent and one size of text, ready to be painted with."""

    theme: Theme
    scale: float
    colours: Colours
    measures: Measures

    def names(self) -> dict[str, str]:
        """Give all tokens by the names that the style sheet uses."""
        shades = {f.name: getattr(self.colours, f.name) for f in fields(self.colours)}
        sizes = {f"px_{f.name}": f"{getattr(self.measures, f.name)}px" for f in fields(Measures)}
        edges = {f"{name}_edge": self.edge_of(name) for name in STATES}
        return shades | sizes | edges

    def edge_of(self, state: str) -> str:
        """Give the line around a word of state: seen where its ground is not."""
        shade = getattr(self.colours, state, self.colours.line)
        soft = getattr(self.colours, f"{state}_soft", self.colours.sunken)
        return shade if soft == self.colours.surface else soft


@dataclass(frozen=True, slots=True)
class _Ground:
    canvas: str
    surface: str
    sunken: str
    line: str
    edge: str
    text: str
    muted: str
    rail: str
    states: dict[str, str]
    tint: float


_GROUNDS = {
    Theme.LIGHT: _Ground(
        canvas="#F3F5F7",
        surface="#FFFFFF",
        sunken="#EBEFF3",
        line="#DFE5EB",
        edge="#82909F",
        text="#17212C",
        muted="#515E6D",
        rail="#0C141A",
        states={"ok": "#17734A", "wait": "#35618F", "warn": "#8A5200", "danger": "#B3261E"},
        tint=0.10,
    ),
    Theme.DARK: _Ground(
        canvas="#10161C",
        surface="#182027",
        sunken="#0C1116",
        line="#2A353F",
        edge="#6A7987",
        text="#E8EDF2",
        muted="#A3B0BD",
        rail="#080C10",
        states={"ok": "#5CC892", "wait": "#86B7EA", "warn": "#F0B65A", "danger": "#FF8F86"},
        tint=0.16,
    ),
    Theme.CONTRAST: _Ground(
        canvas="#000000",
        surface="#000000",
        sunken="#000000",
        line="#FFFFFF",
        edge="#FFFFFF",
        text="#FFFFFF",
        muted="#FFFFFF",
        rail="#000000",
        states={"ok": "#6BFF9E", "wait": "#8FD0FF", "warn": "#FFD94A", "danger": "#FF9C94"},
        tint=0.0,
    ),
}


def colours(theme: Theme, accent: str = ACCENT) -> Colours:
    """Fit the region's accent and the colours of state to one ground."""
    ground = _GROUNDS[theme]
    plain: tuple[str, ...] = (ground.surface, ground.canvas, ground.sunken)
    least = TEXT
    vivid = accent
    if theme is Theme.DARK:
        vivid = lift(accent, 0.58, 0.50)
    elif theme is Theme.CONTRAST:
        vivid = lift(accent, 0.78, 0.90)
        least, plain = ENHANCED, (*plain, INKS[1])  # It is a ground for dark ink as well.
    worn = _worn(vivid, ground, plain, least)
    soft = mix(worn, ground.surface, ground.tint)
    if theme is Theme.CONTRAST:
        rail, rail_on = ground.rail, worn
    else:
        rail = mix(accent, ground.rail, 0.26 if theme is Theme.LIGHT else 0.08)
        rail_on = mix(worn, rail, 0.34 if theme is Theme.LIGHT else 0.26)
    states = {name: _worn(colour, ground, plain, least) for name, colour in ground.states.items()}
    softs = {f"{name}_soft": mix(c, ground.surface, ground.tint) for name, c in states.items()}
    return Colours(
        canvas=ground.canvas,
        surface=ground.surface,
        sunken=ground.sunken,
        line=ground.line,
        edge=ground.edge,
        text=ground.text,
        muted=ground.muted,
        accent=worn,
        accent_hover=mix(worn, ground.text, 0.86),
        on_accent=ink_on(worn),
        accent_soft=soft,
        select=mix(worn, ground.surface, 0.14 if theme is Theme.LIGHT else 0.28),
        ring=worn if ratio(worn, ground.surface) >= SIGN else ground.text,
        rail=rail,
        rail_text=readable("#C9D6DC", rail),
        rail_on=rail_on,
        rail_on_text=ink_on(rail_on),
        **states,
        **softs,
    )


def _worn(colour: str, ground: _Ground, plain: tuple[str, ...], least: float) -> str:
    """Fit a colour to the grounds and to its own tint, which moves with it."""
    for _ in range(_FITTINGS_MAX):
        tint = mix(colour, ground.surface, ground.tint)
        fitted = readable(colour, *plain, tint, least=least)
        if fitted == colour:
            break
        colour = fitted
    return colour


def measures(scale: float = 1.0) -> Measures:
    """Grow text, and what must hold text, by `scale` (1 to 2); lines and corners stay thin."""

    def px(size: float) -> int:
        return round(size * scale)

    return Measures(
        tiny=px(11),
        small=px(12),
        body=px(13),
        lead=px(15),
        title=px(18),
        display=px(23),
        control=px(30),
        ringed=px(30) - 2,
        segment=px(30) - 4,
        row=px(34),
        row_ringed=px(34) - 2,
        gap_1=4,
        gap_2=8,
        gap_3=12,
        gap_4=16,
        gap_5=24,
        radius=6,
        icon=px(18),
        rail=px(76),
        slim_rail=px(66),
        avatar=2 * px(17),
        avatar_radius=px(17),
        glyph_pad=12 + px(17) + 7,
        search_pad=12 + px(19) + 6,
    )


def tokens(theme: Theme, accent: str = ACCENT, scale: float = 1.0) -> Tokens:
    """Put one theme together."""
    return Tokens(theme, scale, colours(theme, accent), measures(scale))
