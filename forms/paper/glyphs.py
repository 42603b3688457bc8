"""Which characters the letters' fonts can print.

PDF/A refuses a character without a glyph, and a letter is never refused for a strange name: what
can't be printed shows as an empty box. The tables are read by the OpenType specification, `cmap`.
"""

import struct
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Any

FONTS = Path(__file__).parents[2] / "resources" / "third_party" / "liberation"
BOX = "\u25a1"
# Drawn by the typesetter itself, or by design without a glyph.
_LAYOUT = frozenset("\n\t\u00ad\u200b\u200c\u200d\u2060\ufe0f")
# They would turn the text around them: a name could then be printed as another one.
_TURNING = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def printable(text: str) -> str:
    """Replace what no font of ours has by a box, composed characters first tried whole."""
    if text.isascii() and text.isprintable():
        return text
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    known = coverage()
    return "".join(sign if sign in _LAYOUT or ord(sign) in known else BOX for sign in text)


def printable_all(value: Any) -> Any:
    """Do the same with every text of a JSON value."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, dict):
        return {key: printable_all(item) for key, item in value.items()}
    if isinstance(value, list):
        return [printable_all(item) for item in value]
    return value


@lru_cache
def coverage() -> frozenset[int]:
    """Give the code points that every weight of the font has."""
    fonts = [_code_points(path.read_bytes()) for path in sorted(FONTS.glob("*.ttf"))]
    return frozenset.intersection(*fonts) - {ord(sign) for sign in _TURNING}


def _code_points(font: bytes) -> frozenset[int]:
    (tables,) = struct.unpack_from(">H", font, 4)
    for index in range(tables):
        tag, _, start, _ = struct.unpack_from(">4sLLL", font, 12 + 16 * index)
        if tag == b"cmap":
            return _character_map(font, start)
    return frozenset()


def _character_map(font: bytes, start: int) -> frozenset[int]:
    """Read the Windows Unicode subtable (platform 3, encoding 1, format 4)."""
    (subtables,) = struct.unpack_from(">H", font, start + 2)
    for index in range(subtables):
        platform, encoding, offset = struct.unpack_from(">HHL", font, start + 4 + 8 * index)
        if (platform, encoding) == (3, 1):
            return _segments(font, start + offset)
    return frozenset()


def _segments(font: bytes, start: int) -> frozenset[int]:
    (doubled,) = struct.unpack_from(">H", font, start + 6)
    count = doubled // 2
    ends = struct.unpack_from(f">{count}H", font, start + 14)
    starts = struct.unpack_from(f">{count}H", font, start + 16 + doubled)
    shifts = struct.unpack_from(f">{count}H", font, start + 16 + 2 * doubled)
    ranges_at = start + 16 + 3 * doubled
    ranges = struct.unpack_from(f">{count}H", font, ranges_at)
    found = set()
    for index in range(count):
        for code in range(starts[index], min(ends[index], 0xFFFE) + 1):
            if ranges[index] == 0:
                glyph = (code + shifts[index]) & 0xFFFF
            else:
                at = ranges_at + 2 * index + ranges[index] + 2 * (code - starts[index])
                (glyph,) = struct.unpack_from(">H", font, at)
            if glyph:
                found.add(code)
    return frozenset(found)
