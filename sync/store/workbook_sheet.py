"""Reads a workbook into rows of cells with their types, within bounds, and finds its header."""

import zipfile
from collections.abc import Sequence
from pathlib import Path

import msgspec
from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from forms.engine.problem import Problem, Refused
from forms.residents import siak
from forms.residents.cells import Cell

FILE_BYTES_MAX = 64 << 20  # thirty times a kelurahan's sheet
UNPACKED_BYTES_MAX = 1 << 30  # of a sheet as XML, about 1 kB a row; what unpacks to more is a trap
ROWS_MAX = 100_000  # twice the largest kelurahan; read at once, some 300 MB


class Sheet(msgspec.Struct, frozen=True):
    """The sheet that has a header: all its rows from the first on, as a person sees them."""

    rows: Sequence[Sequence[Cell]]
    header: siak.Header

    @property
    def first(self) -> int:
        """The first row below the header, as a person counts rows: from 1."""
        return self.header.row + 2


def read(path: Path) -> Sheet:
    """Read the first sheet with a header; Refused where there is none to be had."""
    _bound(path)
    try:
        with CalamineWorkbook.from_path(str(path)) as book:
            if not book.sheet_names:
                raise Refused(Problem("workbook_empty"))
            for name in book.sheet_names:
                sheet = book.get_sheet_by_name(name)
                if sheet.height > ROWS_MAX:
                    raise Refused(Problem("workbook_large", facts={"max": ROWS_MAX}))
                rows: Sequence[Sequence[Cell]] = sheet.to_python(skip_empty_area=False)
                header = siak.header(rows)
                if header:
                    return Sheet(rows, header)
    except PasswordError as error:
        raise Refused(Problem("workbook_locked")) from error
    except (CalamineError, OSError, ValueError) as error:
        raise Refused(Problem("workbook_unreadable")) from error
    raise Refused(Problem("workbook_header_missing"))


def _bound(path: Path) -> None:
    """Refuse a file that is missing, or that would fill the memory."""
    try:
        size = path.stat().st_size
        packed = zipfile.is_zipfile(path)
        if packed:
            with zipfile.ZipFile(path) as parts:
                unpacked = sum(part.file_size for part in parts.infolist())
        else:
            unpacked = size
    except zipfile.BadZipFile as error:
        raise Refused(Problem("workbook_unreadable")) from error
    except OSError as error:
        raise Refused(Problem("workbook_missing")) from error
    if size > FILE_BYTES_MAX or unpacked > UNPACKED_BYTES_MAX:
        raise Refused(Problem("workbook_large", facts={"max": ROWS_MAX}))
