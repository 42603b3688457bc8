"""Finds the kelurahan that a row names in words; pure.

Names repeat: a kelurahan may bear the name of another kecamatan, and old spellings differ from the
law's in a letter. So a name counts only within the kecamatan that the row names.
"""

from rapidfuzz.distance import Levenshtein

from forms.engine.areas import Area, Areas
from forms.residents import names

LEVEL = "kelurahan"
CLOSE_LETTERS_MIN = 6  # a shorter name that differs in a letter is another name
SLIPS_MAX = 1


class Homes:
    """The kelurahan of a region by name; `usual` is where people live whose row names none."""

    def __init__(self, areas: Areas, usual: str) -> None:
        self._areas = areas
        self._usual = usual
        self._known: dict[tuple[str, str], str] = {}

    def find(self, kecamatan: str, kelurahan: str) -> str:
        """Return the code of a named kelurahan, the usual one if none is named, "" if unknown."""
        if not kelurahan:
            return self._usual
        asked = (_plain(kecamatan), _plain(kelurahan))
        if asked not in self._known:
            self._known[asked] = self._find(*asked)
        return self._known[asked]

    def _find(self, kecamatan: str, kelurahan: str) -> str:
        within = [
            area
            for area in self._areas
            if area.level == LEVEL and (not kecamatan or kecamatan == self._parent(area))
        ]
        fitting = [area.code for area in within if _plain(area.name) == kelurahan]
        if not fitting and len(kelurahan) >= CLOSE_LETTERS_MIN:
            fitting = [
                area.code
                for area in within
                if Levenshtein.distance(_plain(area.name), kelurahan) <= SLIPS_MAX
            ]
        if self._usual in fitting:
            return self._usual
        return fitting[0] if len(fitting) == 1 else ""

    def _parent(self, area: Area) -> str:
        parents = self._areas.parents(area.code)
        return _plain(parents[0].name) if parents else ""


def _plain(name: str) -> str:
    """Reduce a name to how it sounds, without blanks: they are written both ways."""
    return names.fold("".join(letter for letter in names.plain(name) if letter.isalpha()))
