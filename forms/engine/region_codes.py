"""A region's list of classification codes with their titles, as its own regulation has it.

`resources/regions/<region>/classification.csv`: a first row `kode,judul`, then a code a row.
Spreadsheets that write semicolons are understood too.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping

from forms.engine.problem import Problem, Refused

HEADER = ["kode", "judul"]
_CODE = re.compile(r"[0-9A-Za-z]+(\.[0-9A-Za-z]+)*")
_CODE_MAX = 30


class Codes:
    """The codes of a list, in its order."""

    def __init__(self, titles: Mapping[str, str]) -> None:
        self._titles = dict(titles)

    @classmethod
    def read(cls, text: str, file: str) -> "Codes":
        """Read a list; Refused with the line of every row that makes no sense."""
        first = text.partition("\n")[0]
        mark = ";" if ";" in first else ","
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
        titles: dict[str, str] = {}
        problems = []

        def note(code: str, cell: str = "") -> None:
            problems.append(Problem(code, facts={"file": file, "code": cell}, row=rows.line_num))

        try:
            if [cell.strip() for cell in next(rows, [])] != HEADER:
                raise Refused(Problem("codes_header", facts={"file": file}, row=1))
            for row in rows:
                found = _row(row)
                if found is None:
                    note("codes_row")
                elif found[0] in titles:
                    note("codes_doubled", found[0])
                else:
                    titles[found[0]] = found[1]
        except csv.Error:
            note("codes_row")
        if problems or not titles:
            raise Refused(*(problems or [Problem("codes_none", facts={"file": file})]))
        return cls(titles)

    def __iter__(self) -> Iterator[str]:
        return iter(self._titles)

    def __len__(self) -> int:
        return len(self._titles)

    def __contains__(self, code: object) -> bool:
        return code in self._titles

    def title(self, code: str) -> str:
        """Give what a code stands for; "" where the list doesn't have it."""
        return self._titles.get(code, "")


def _row(row: list[str]) -> tuple[str, str] | None:
    if len(row) != len(HEADER):
        return None
    code, title = (cell.strip() for cell in row)
    if not _CODE.fullmatch(code) or len(code) > _CODE_MAX or not title:
        return None
    return code, title
