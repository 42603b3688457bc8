"""Reads the rows of a SIAK workbook as residents; pure: cells in, answers and codes out.

A row is refused when it can't be trusted to be the person whom it names. What is wrong but says
nothing about who it is (an unknown occupation, a broken family card number) is left out of the
answers and warned of; the clerk's own row keeps it, and the report shows both.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from tomllib import loads

import msgspec

from forms.engine import nik
from forms.engine.answers import Answers, Scene
from forms.engine.check import check
from forms.engine.form import Form
from forms.engine.problem import Problem, Refused
from forms.residents import cells, names
from forms.residents.cells import Cell
from forms.residents.homes import Homes
from forms.residents.reading import Reading

HEADER_ROWS_MAX = 40  # a title, an address, a legend; what comes further down is no header
HEADINGS_MIN = 5  # that a header has at least; fewer may be a sentence of the title
NEEDED = frozenset({"nik", "nama", "tanggal_lahir"})

_DATA = loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
_LIVING = frozenset(_DATA["living"]["status"])
_CHOICES = (
    "golongan_darah",
    "status_kawin",
    "pendidikan",
    "pekerjaan",
    "kewarganegaraan",
    "cacat",
    "shdk",
)
_IN_CAPITALS = ("tempat_lahir", "alamat", "ayah", "ibu")
_AS_WRITTEN = ("nomor_paspor", "nomor_akta_lahir", "nomor_akta_kawin", "nomor_akta_cerai")
_DATES = ("tanggal_kawin", "tanggal_cerai")
_AREA = re.compile(r"\b[0-9]{2}\.[0-9]{2}\.[0-9]{2}\.[0-9]{4}\b")
_DIGITS = re.compile(r"[0-9]+")


class Header(msgspec.Struct, frozen=True):
    """Where the columns are: `row` counts from 0; `area` is a code that the title names, or ""."""

    row: int
    columns: Mapping[str, int]
    area: str


class Resident(msgspec.Struct, frozen=True):
    """What one row says: canonical answers of the resident's form, or why it is refused."""

    answers: Answers
    refused: tuple[Problem, ...] = ()
    warned: tuple[Problem, ...] = ()


def header(rows: Iterable[Sequence[Cell]]) -> Header | None:
    """Find the header among the first rows, its columns in any order; None where there is none."""
    area = ""
    for number, row in zip(range(HEADER_ROWS_MAX), rows, strict=False):
        columns: dict[str, int] = {}
        for column, cell in enumerate(row):
            field = _FIELD_OF.get(_letters(cells.text(cell)))
            if field:
                columns.setdefault(field, column)
        if columns.keys() >= NEEDED and len(columns) >= HEADINGS_MIN:
            return Header(number, columns, area)
        named = _AREA.search(" ".join(map(cells.text, row)))
        area = named.group() if named else area
    return None


def is_clash(first: Answers, later: Answers) -> bool:
    """Tell whether two rows of one NIK are two different people."""
    return not names.same(str(first.get("nama", "")), str(later.get("nama", "")))


class Reader:
    """Reads the rows of one sheet; `area` is where its people live unless a row says otherwise."""

    def __init__(self, form: Form, scene: Scene, area: str) -> None:
        self._form = form
        self._scene = scene
        self._homes = Homes(scene.areas, area)

    def read(self, row: Mapping[str, Cell]) -> Resident:
        """Read one row, its cells by field."""
        reading = Reading(row)
        self._identity(reading)
        if reading.is_refused:
            return Resident({}, tuple(reading.problems))
        self._agreement(reading)
        self._family(reading)
        self._home(reading)
        for field in _CHOICES:
            reading.choice(field, "choice_unknown")
        for field in _IN_CAPITALS:
            reading.put(field, reading.text(field).upper())
        for field in _AS_WRITTEN:
            reading.put(field, reading.text(field))
        return self._checked(reading)

    def _identity(self, reading: Reading) -> None:
        """Read who it is: NIK, name, birth date and religion."""
        number = cells.digits(reading.row.get("nik"))
        problems = nik.read(number, self._scene.today).problems
        if cells.is_rounded(reading.row.get("nik"), nik.DIGITS):
            problems = ("nik_rounded",)
        reading.put("nik", number, "".join(problems[:1]))
        name = reading.text("nama").upper()
        reading.put("nama", name, "" if any(map(str.isalpha, name)) else "name_missing")
        born = cells.date(reading.row.get("tanggal_lahir"))
        if born is None or born > self._scene.today:
            reading.put("tanggal_lahir", "", "birth_date")
        else:
            reading.put("tanggal_lahir", born.isoformat())
        reading.choice("agama", "religion_unknown")

    def _agreement(self, reading: Reading) -> None:
        """Compare what the NIK says with the row; its century is a guess and is left out.

        The region of a NIK is that of the first registration, and codes have changed: it is only
        doubted where the table has that city whole.
        """
        reading.choice("jenis_kelamin", "choice_unknown")
        said = nik.read(str(reading.answers["nik"]), self._scene.today)
        if reading.answers.get("jenis_kelamin", said.sex) != said.sex:
            reading.put("nik", "", "nik_sex_differs")
        born = str(reading.answers["tanggal_lahir"])
        if said.birth_date and born[2:] != said.birth_date.isoformat()[2:]:
            reading.put("nik", "", "nik_birth_date_differs")
        region = said.region or ""
        code = f"{region[:2]}.{region[2:4]}.{region[4:]}"
        if self._scene.areas.covers(code) and not self._scene.areas.knows(code):
            reading.put("nik", "", "nik_region_unknown")

    def _family(self, reading: Reading) -> None:
        """Read the numbers of family card, parents and telephone, and the two dates."""
        for field in ("nomor_kk", "nik_ayah", "nik_ibu"):
            number = cells.digits(reading.row.get(field))
            rounded = cells.is_rounded(reading.row.get(field), nik.DIGITS)
            meant = number if number.strip("0") else ""  # offices write 0 for none
            reading.put(field, meant, "kk_rounded" if rounded else "")
        phone = cells.digits(reading.row.get("telepon"))
        # A number that Excel kept as a number has lost its first digit.
        reading.put("telepon", "0" + phone if phone.startswith("8") else phone)
        for field in _DATES:
            day = cells.date(reading.row.get(field))
            unread = bool(reading.text(field)) and day is None
            reading.put(field, day.isoformat() if day else "", "date_shape" if unread else "")

    def _home(self, reading: Reading) -> None:
        for field in ("rt", "rw"):
            found = _DIGITS.search(reading.text(field))
            reading.put(field, found.group() if found else reading.text(field))
        named = reading.text("desa")
        home = self._homes.find(reading.text("kecamatan"), named)
        unknown = "area_name_unknown" if named and not home else ""
        reading.put("kelurahan", home, unknown, given=named)
        status = reading.text("status").upper()
        if status and status not in _LIVING:
            reading.put("status", "", "status_not_living", given=status)

    def _checked(self, reading: Reading) -> Resident:
        """Let the form judge; what it finds wrong beside who it is, is left out and warned of."""
        given = dict(reading.answers)
        problems: tuple[Problem, ...] = ()
        while True:
            try:
                answers = check(self._form, given, self._scene)
            except Refused as refused:
                wrong = {problem.field for problem in refused.problems}
                if wrong & NEEDED or not wrong & given.keys():
                    return Resident({}, refused.problems)
                problems += refused.problems
                given = {key: value for key, value in given.items() if key not in wrong}
            else:
                return Resident(answers, (), (*reading.problems, *problems))


def _letters(heading: str) -> str:
    return "".join(filter(str.isalnum, heading.lower()))


_FIELD_OF = {
    _letters(heading): field for field, headings in _DATA["columns"].items() for heading in headings
}
