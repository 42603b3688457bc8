"""A city, an office and a desk of it, as real as they come; people and places are invented."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from desktop.calibration import Fit
from desktop.look.lists import EntryList
from desktop.pictures import Visitor
from forms.engine import example
from forms.engine.region import Office
from sync.client.enrol import enrol
from sync.server import administration, codes, offices
from sync.server.city import City, clock
from sync.server.run import Running
from sync.store import records
from sync.store.handle import Store
from sync.store.keystore import NoKeystore
from sync.store.open import unlock

RESOURCES = Path(__file__).parents[2] / "resources"
PRACTICE = RESOURCES / "practice" / "penduduk_contoh.xlsx"
OPERATOR = "Sari Puspita"
PASSPHRASE = "pagi cerah di teras rumah"
OFFICE = "KEL-1"
RESIDENT = "residents/resident"
BUSINESS = "letters/surat_keterangan_usaha"


@dataclass
class FakePrinter:
    """A printer that remembers what it was given."""

    name: str = "Pencetak Loket"
    willing: bool = True
    broken: bool = False
    printed: list[tuple[str, list[bytes]]] = field(default_factory=list)
    fits: dict[str, Fit] = field(default_factory=dict)

    def ask(self, parent: QWidget) -> bool:
        return self.willing

    def forget(self) -> None:
        self.name = ""

    def put(self, title: str, pages: Sequence[bytes]) -> None:
        if self.broken:
            raise OSError(title)
        self.printed.append((title, list(pages)))


@dataclass
class FakeFiles:
    """A clerk who names one file, or none."""

    named: Path | None = None

    def to_open(self, parent: QWidget, title: str, kinds: str) -> Path | None:
        return self.named

    def to_save(self, parent: QWidget, title: str, proposed: str, kinds: str) -> Path | None:
        return self.named

    def to_folder(self, parent: QWidget, title: str) -> Path | None:
        return self.named


def make_city(folder: Path) -> City:
    """Make a server's folder with one office in it."""
    region = RESOURCES / "regions" / "kota_contoh.toml"
    administration.init(folder, region, operator="Administrator Contoh", passphrase=PASSPHRASE)
    city = City.open(folder)
    area = city.region.areas.first(city.region.code, "kelurahan")
    offices.add(city, Office(b"", OFFICE, "kelurahan", "Kelurahan Satu", area, (area,)), "test")
    return city


def make_desk(folder: Path, city: City, server: Running, role: str, office: str = OFFICE) -> None:
    """Enrol a desk and leave its folder closed."""
    text, _ = codes.make(city, office, role, "test")
    enrol(
        folder,
        url=server.url,
        code=text,
        operator=OPERATOR,
        phrase=PASSPHRASE,
        keystore=NoKeystore(),
        now=clock,
    ).close()


def copied(pattern: Path, folder: Path) -> Store:
    """Open a copy of a desk's folder."""
    shutil.copytree(pattern, folder)
    return unlock(folder, OPERATOR, PASSPHRASE, keystore=NoKeystore(), now=clock)


def somebody(store: Store, name: str, serial: int, **answers: Any) -> bytes:
    """Register a resident; the serial makes the NIK."""
    filled = example.fill(store.catalogue.form(RESIDENT).example, store.scene())
    nik = f"{filled['nik'][:12]}{serial:04}"
    saved = records.new(store, RESIDENT, filled | {"nama": name, "nik": nik} | answers)
    return saved.record


def business(store: Store, name: str, *, issue: bool = False) -> bytes:
    """Take in a letter about a business."""
    filled = example.fill(store.catalogue.form(BUSINESS).example, store.scene())
    return records.new(store, BUSINESS, filled | {"nama": name}, issue=issue).record


def choose(visitor: Visitor, value: object) -> None:
    """Go to a row of the list that has the keyboard by its arrows, and take it with Enter."""
    shown = QApplication.focusWidget()
    assert isinstance(shown, EntryList)
    values = [shown.entries.entry(row) for row in range(shown.entries.rowCount())]
    wanted = next(at for at, entry in enumerate(values) if entry and entry.value == value)
    for _ in range(wanted - shown.currentIndex().row()):
        QTest.keyClick(shown, Qt.Key.Key_Down)
    visitor.press(Qt.Key.Key_Return)
