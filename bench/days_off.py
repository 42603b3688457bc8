"""Writes forms/shared/days_off.toml anew from the `holidays` library.

    python -m bench.days_off [FIRST LAST]

Reading a file takes a millisecond; loading the library takes a clerk half a second and 44 MB.
"""

import sys
from pathlib import Path

from forms.engine import workdays

FIRST, LAST = 2025, 2034
HEAD = """\
# Hari libur nasional dan cuti bersama, tahun demi tahun, menurut pustaka `holidays`; ditulis oleh
# bench/days_off.py. Tahun yang tidak ada di sini dibaca dari pustakanya.
"""


def main(first: int, last: int) -> None:
    """Write the years from the first to the last."""
    lines = [HEAD]
    for year in range(first, last + 1):
        days = [f'"{day:%m-%d}"' for day in sorted(workdays.of_library(year))]
        lines.append(f"{year} = [\n    {', '.join(days[:10])},\n    {', '.join(days[10:])},\n]\n")
    Path(workdays.FILE).write_text("".join(lines), "utf-8")


if __name__ == "__main__":
    main(*(map(int, sys.argv[1:]) if len(sys.argv) > 1 else (FIRST, LAST)))
