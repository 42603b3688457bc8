"""Make `resources/practice/penduduk_contoh.xlsx`: invented families for practice and the demo.

    python bench/make_practice.py [FILE]

The same people every time, byte for byte. Area 99.71.01 does not exist, nor do the places; some
rows carry the mistakes that offices' own sheets have, so that an import has something to report.
"""

import datetime as dt
import random
import sys
import tomllib
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import xlsxwriter

FAMILIES = 160
AREA = "997101"
TODAY = dt.date(2026, 11, 1)  # Ages are those of this day, whenever the command is run.
PRACTICE = Path(__file__).parents[1] / "resources" / "practice" / "penduduk_contoh.xlsx"
TITLES = (
    "DAFTAR PENDUDUK KELURAHAN SUKAMAJU",
    "DATA REKAAN UNTUK LATIHAN, BUKAN ORANG SEBENARNYA",
    "",
)
WORDS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
COLUMNS: list[str] = WORDS["columns"]
AT = {title: index for index, title in enumerate(COLUMNS)}
Cell = str | float | dt.date
Row = list[Cell]


@dataclass
class Village:
    """Invents families one after the other; the numbers given so far are never given twice."""

    chance: random.Random
    serials: Counter[str] = field(default_factory=Counter)

    def family(self) -> list[Row]:
        """Invent one family at one address, its head first."""
        home = self._home()
        faith = self._one_of("religions")
        widowed = self.chance.random() < 0.15
        head_age = self.chance.randint(24, 72)
        sex = "P" if widowed and self.chance.random() < 0.6 else "L"
        state = "CERAI MATI" if widowed else "KAWIN"
        rows = [self._person(sex, head_age, state, "KEPALA KELUARGA", faith)]
        if not widowed:
            age = max(20, head_age - self.chance.randint(-2, 8))
            rows.append(self._person("P", age, "KAWIN", "ISTRI", faith))
        eldest = min(25, min(_age(row) for row in rows) - 20)
        for _ in range(self.chance.choice((0, 1, 1, 2, 2, 2, 3, 3, 4)) if eldest >= 0 else 0):
            sex, age = self.chance.choice("LP"), self.chance.randint(0, eldest)
            child = self._person(sex, age, "BELUM KAWIN", "ANAK", faith)
            _name_parents(child, rows[: 1 if widowed else 2])
            rows.append(child)
        if self.chance.random() < 0.1:
            age = min(95, head_age + 24)
            rows.append(self._person("P", age, "CERAI MATI", "ORANGTUA", faith))
        for row in rows:
            for title, value in home.items():
                row[AT[title]] = value
        return rows

    def _home(self) -> dict[str, Cell]:
        issued = dt.date(2008, 1, 1) + dt.timedelta(days=self.chance.randrange(6500))
        return {
            "Nomor KK": self._number(f"{AREA}{issued:%d%m%y}"),
            "Kecamatan": "TELADAN",
            "Desa/Kel": "SUKAMAJU",
            "Alamat": f"JL. {self._one_of('streets')} NO. {self.chance.randint(1, 180)}",
            "RW": f"{self.chance.randint(1, 8):03}",
            "RT": f"{self.chance.randint(1, 6):03}",
        }

    def _person(self, sex: str, age: int, state: str, role: str, faith: str) -> Row:
        born = TODAY - dt.timedelta(days=age * 365 + age // 4 + self.chance.randrange(1, 364))
        given = WORDS["women" if sex == "P" else "men"]
        own_last = sex == "P" and self.chance.random() < 0.5
        names = self.chance.sample(given, self.chance.choice((1, 1, 2)))
        names.append(self._one_of("last_of_women" if own_last else "last"))
        day = born.day + (40 if sex == "P" else 0)
        adult = age >= 19
        row: Row = [""] * len(COLUMNS)
        cells: dict[str, Cell] = {
            "NIK": self._number(f"{AREA}{day:02}{born:%m%y}"),
            "Nama Penduduk": " ".join(names),
            "Status": "HIDUP",
            "Tempat Lahir": self._one_of("places"),
            "Tanggal Lahir": born,
            "Kelamin": sex,
            "Status Kawin": state,
            "SHDK": role,
            "Agama": faith,
            "Pendidikan": self._one_of("schooling") if adult else _school(age),
            "Pekerjaan": self._work(age, role),
            "Gol. Darah": self.chance.choice(("A", "B", "AB", "O", "TIDAK TAHU")),
            "Cacat": "TIDAK CACAT",
        }
        for title, value in cells.items():
            row[AT[title]] = value
        return row

    def _work(self, age: int, role: str) -> str:
        if age < 5:
            return "BELUM/TIDAK BEKERJA"
        if age < 19:
            return "PELAJAR/MAHASISWA"
        if age > 60:
            return "PENSIUNAN"
        if role == "ISTRI" and self.chance.random() < 0.6:
            return "MENGURUS RUMAH TANGGA"
        return self._one_of("work")

    def _one_of(self, words: str) -> str:
        return self.chance.choice(tuple[str](WORDS[words]))

    def _number(self, start: str) -> str:
        self.serials[start] += 1
        return f"{start}{self.serials[start]:04}"


def _age(row: Row) -> int:
    born = row[AT["Tanggal Lahir"]]
    assert isinstance(born, dt.date)
    return (TODAY - born).days // 365


def _school(age: int) -> str:
    return next(str(step["level"]) for step in WORDS["school"] if age <= step["age"])


def _name_parents(child: Row, parents: list[Row]) -> None:
    for parent in parents:
        word = "Ayah" if parent[AT["Kelamin"]] == "L" else "Ibu"
        child[AT[f"NIK {word}"]] = parent[AT["NIK"]]
        child[AT[word]] = parent[AT["Nama Penduduk"]]


def spoil(rows: list[Row]) -> None:
    """Put in what offices' sheets have: what an import takes all the same, then what it refuses."""
    nik, name, born = AT["NIK"], AT["Nama Penduduk"], AT["Tanggal Lahir"]
    for index, style in ((20, "%d-%m-%Y"), (61, "%d/%m/%Y"), (102, "%Y-%m-%d")):
        rows[index][born] = f"{rows[index][born]:{style}}"
    rows[33][nik] = f"'{rows[33][nik]}"
    rows[74][name] = f"  {str(rows[74][name]).lower()} "
    rows[115][AT["Kelamin"]] = "P" if rows[115][AT["Kelamin"]] == "L" else "L"
    rows[156][born] = dt.date(1990, 1, 31)
    wrong: dict[int, Cell] = {
        47: str(rows[47][nik])[:15],
        98: str(rows[98][nik])[:14] + "O1",
        149: f"{AREA}3102900001",
        200: str(rows[200][nik])[:12] + "0000",
        251: float(str(rows[251][nik])[:15] + "0"),
        302: rows[301][nik],
    }
    for index, cell in wrong.items():
        rows[index][nik] = cell
    rows[353][name] = ""
    rows[404][born] = "31/02/1990"
    rows[455][AT["Agama"]] = "ISLM"
    rows.insert(300, list(rows[299]))


def write(path: Path, rows: list[Row]) -> None:
    """Write the sheet as the civil registry exports it: titles, a header row, a row a person."""
    with xlsxwriter.Workbook(path) as book:
        # A fixed date, or the file would differ each time; the format knows no zone.
        book.set_properties({"created": dt.datetime(2026, 11, 1)})  # noqa: DTZ001 - a workbook knows no zone
        sheet = book.add_worksheet("DATA")
        date = book.add_format({"num_format": "dd/mm/yyyy"})
        number = book.add_format({"num_format": "0"})
        for index, line in enumerate(TITLES):
            sheet.write_string(index, 0, line)
        top = len(TITLES)
        sheet.write_row(top, 0, COLUMNS, book.add_format({"bold": True}))
        sheet.freeze_panes(top + 1, 3)
        sheet.set_column(0, 1, 18)
        sheet.set_column(2, 2, 28)
        for index, row in enumerate(rows, top + 1):
            for column, cell in enumerate(row):
                if isinstance(cell, dt.date):
                    sheet.write_datetime(index, column, cell, date)
                elif isinstance(cell, float):
                    sheet.write_number(index, column, cell, number)
                elif cell:
                    sheet.write_string(index, column, cell)


def people() -> list[Row]:
    """Invent everyone of the village, mistakes included."""
    village = Village(random.Random(1945))
    rows = [row for _ in range(FAMILIES) for row in village.family()]
    spoil(rows)
    return rows


def main() -> None:
    """Write the sheet to the given file, or to its place among the resources."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else PRACTICE
    rows = people()
    write(path, rows)
    print(f"{path.name}: {len(rows)} rows, {FAMILIES} families")


if __name__ == "__main__":
    main()
