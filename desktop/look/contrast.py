"""How well two colours can be told apart, as WCAG 2.2 measures it; pure arithmetic, no Qt."""

import colorsys

TEXT = 4.5  # WCAG 1.4.3: text of ordinary size
ENHANCED = 7.0  # WCAG 1.4.6: the same where somebody has asked for high contrast
SIGN = 3.0  # WCAG 1.4.11: edges of fields, icons, rings around what has the focus

INKS = ("#FFFFFF", "#0B1218")  # What stands on a coloured ground.

_LINEAR = 0.04045  # Below this a channel of sRGB is linear.
_STEPS = 100  # A colour is moved towards black or white in hundredths: finer can't be seen.


def channels(colour: str) -> tuple[int, int, int]:
    """Split ``#rrggbb`` into red, green and blue of 0 to 255; anything else is a ValueError."""
    digits = colour.removeprefix("#")
    if len(digits) != len("rrggbb"):
        raise ValueError(colour)
    return int(digits[0:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)


def mix(colour: str, other: str, share: float) -> str:
    """Blend two colours; `share` is how much of the first is in the result (0 to 1)."""
    pairs = zip(channels(colour), channels(other), strict=True)
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02X}" for a, b in pairs)


def lift(colour: str, lightness: float, saturation_max: float) -> str:
    """Keep a colour's hue at another lightness (0 to 1), no more vivid than `saturation_max`."""
    red, green, blue = (value / 255 for value in channels(colour))
    hue, _, saturation = colorsys.rgb_to_hls(red, green, blue)
    parts = colorsys.hls_to_rgb(hue, lightness, min(saturation, saturation_max))
    return "#" + "".join(f"{round(part * 255):02X}" for part in parts)


def luminance(colour: str) -> float:
    """Measure the relative luminance, 0 for black to 1 for white (WCAG's definition)."""
    linear = [
        part / 12.92 if part <= _LINEAR else ((part + 0.055) / 1.055) ** 2.4
        for part in (value / 255 for value in channels(colour))
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def ratio(colour: str, ground: str) -> float:
    """Measure the contrast of two colours, 1 (the same) to 21 (black on white)."""
    lighter, darker = sorted((luminance(colour), luminance(ground)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def ink_on(ground: str) -> str:
    """Choose white or near-black for text on `ground`, whichever is read better."""
    return max(INKS, key=lambda ink: ratio(ink, ground))


def readable(colour: str, *grounds: str, least: float = TEXT) -> str:
    """Move `colour` as little as needed to be told apart from every one of `grounds`.

    Towards black on light grounds and towards white on dark ones; where nothing but black or
    white would do, that is what comes back.
    """
    end = ink_on(grounds[0])
    for step in range(_STEPS + 1):
        moved = mix(end, colour, step / _STEPS)
        if all(ratio(moved, ground) >= least for ground in grounds):
            return moved
    return end
