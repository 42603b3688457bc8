"""The areas of one region: province, city, kecamatan, kelurahan, found by dotted code."""

import csv
import io
import re
from collections.abc import Iterable, Iterator

import msgspec

from forms.engine.problem import Problem, Refused

LEVELS = ("provinsi", "kota", "kecamatan", "kelurahan")
HEADER = ["kode", "nama", "tingkat"]
SHAPE = re.compile(r"[0-9]{2}(\.[0-9]{2}(\.[0-9]{2}(\.[0-9]{4})?)?)?")
# Each level has one other word in law; the table may use either.
_LEVEL_OF = {level: level for level in LEVELS} | {"kabupaten": "kota", "desa": "kelurahan"}


class Area(msgspec.Struct, frozen=True):
    """One area; `level` is a word of LEVELS, whatever the table called it."""

    code: str
    name: str
    level: str


class Areas:
    """Every area of a region, in the order of their codes."""

    def __init__(self, areas: Iterable[Area]) -> None:
        self._areas = {area.code: area for area in sorted(areas, key=lambda area: area.code)}

    @classmethod
    def read(cls, text: str, file: str) -> "Areas":
        """Read `kode,nama,tingkat` rows; Refused with the line of every row that makes no sense."""
        rows = csv.reader(io.StringIO(text, newline=""), strict=True)
        areas: dict[str, Area] = {}
        problems = []
        try:
            if next(rows, None) != HEADER:
                raise Refused(Problem("area_header", facts={"file": file}, row=1))
            for row in rows:
                area = _area(row)
                if area is None or area.code in areas:
                    problems.append(Problem("area_row", facts={"file": file}, row=rows.line_num))
                else:
                    areas[area.code] = area
        except csv.Error:
            problems.append(Problem("area_row", facts={"file": file}, row=rows.line_num))
        problems += [
            Problem("area_parent", facts={"file": file, "area": code})
            for code in areas
            if "." in code and code.rpartition(".")[0] not in areas
        ]
        if problems or not areas:
            raise Refused(*(problems or [Problem("area_none", facts={"file": file})]))
        return cls(areas.values())

    def __iter__(self) -> Iterator[Area]:
        return iter(self._areas.values())

    def __len__(self) -> int:
        return len(self._areas)

    def knows(self, code: str) -> bool:
        """Tell whether the region's table has this code."""
        return code in self._areas

    def covers(self, code: str) -> bool:
        """Tell whether the table claims to be complete around this code: it has its city."""
        return code[:5] in self._areas

    def area(self, code: str) -> Area:
        """Look an area up; Refused(region_unknown)."""
        found = self._areas.get(code)
        if found is None:
            raise Refused(Problem("region_unknown", facts={"region": code}))
        return found

    def parents(self, code: str) -> tuple[Area, ...]:
        """List what an area lies in, the smallest first; unknown ones are left out."""
        found = []
        while "." in code:
            code = code.rpartition(".")[0]
            if code in self._areas:
                found.append(self._areas[code])
        return tuple(found)

    def children(self, code: str) -> tuple[Area, ...]:
        """List what lies directly in an area, in the order of codes; "" lists the provinces."""
        return tuple(area for area in self._areas.values() if area.code.rpartition(".")[0] == code)

    def first(self, code: str, level: str) -> str:
        """Give `code` itself or the first area of a level in it; "" where there is none."""
        for area in self._areas.values():
            if area.level == level and (area.code == code or area.code.startswith(code + ".")):
                return area.code
        return ""


def _area(row: list[str]) -> Area | None:
    if len(row) != len(HEADER):
        return None
    code, name, word = (cell.strip() for cell in row)
    level = _LEVEL_OF.get(word)
    if not SHAPE.fullmatch(code) or not name or level != LEVELS[code.count(".")]:
        return None
    return Area(code, name, level)
