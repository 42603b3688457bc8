"""Which characters the letters' fonts can print.

PDF/A refuses a character without a glyph, and a letter is never refused for a strange name: what
can't be printed shows as an empty box. The tables are read by the OpenType specification, `cmap`.
"""

import struct
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Any

_THIRD_PARTY = Path(__file__).parents[2] / "resources" / "third_party"
TEXT = _THIRD_PARTY / "liberation"
EMOJI = _THIRD_PARTY / "noto_emoji"  # one colour, one weight; sets what TEXT lacks
FONTS = (TEXT, EMOJI)
BOX = "\u25a1"
# Drawn by the typesetter itself, or by design without a glyph.
_LAYOUT = frozenset("\n\t\u00ad\u200b\u200c\u200d\u2060\ufe0f")
# A font may map them to an empty glyph; a name has none of them.
_CONTROLS = frozenset(map(chr, (*range(0x20), *range(0x7F, 0xA0))))
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
    """Give the code points that every weight of a font has."""
    known = frozenset[int]()
    for folder in FONTS:
        fonts = [_code_points(path.read_bytes()) for path in sorted(folder.glob("*.ttf"))]
        known |= frozenset.intersection(*fonts)
    return known - {ord(sign) for sign in _TURNING | _CONTROLS}


def _code_points(font: bytes) -> frozenset[int]:
    (tables,) = struct.unpack_from(">H", font, 4)
    for index in range(tables):
        tag, _, start, _ = struct.unpack_from(">4sLLL", font, 12 + 16 * index)
        if tag == b"cmap":
            return _character_map(font, start)
    return frozenset()


def _character_map(font: bytes, start: int) -> frozenset[int]:
    """Read the Windows Unicode subtables: the basic plane's and the one of all planes."""
    (subtables,) = struct.unpack_from(">H", font, start + 2)
    found = frozenset[int]()
    for index in range(subtables):
        platform, encoding, offset = struct.unpack_from(">HHL", font, start + 4 + 8 * index)
        if (platform, encoding) == (3, 1):
            found |= _segments(font, start + offset)
        elif (platform, encoding) == (3, 10):
            found |= _groups(font, start + offset)
    return found


def _groups(font: bytes, start: int) -> frozenset[int]:
    """Read a subtable of format 12: runs of code points with runs of glyphs."""
    found = set[int]()
    for first, last, glyph in struct.iter_unpack(">LLL", _groups_bytes(font, start)):
        found.update(range(first if glyph else first + 1, last + 1))
    return frozenset(found)


def _groups_bytes(font: bytes, start: int) -> bytes:
    (count,) = struct.unpack_from(">L", font, start + 12)
    return font[start + 16 : start + 16 + 12 * count]


def _segments(font: bytes, start: int) -> frozenset[int]:
    """Read a subtable of format 4."""
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
