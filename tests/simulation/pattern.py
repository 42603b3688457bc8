"""One city with two offices and their enrolled laptops, made once; every run works on a copy."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import lru_cache
from multiprocessing.util import Finalize
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple
from unittest.mock import patch

from forms.engine import example
from forms.engine.region import Office
from sync.client.enrol import enrol
from sync.client.trip import trip
from sync.crypto import passphrase
from sync.practice.road import Indoors
from sync.protocol import lease
from sync.server import administration, ceilings, codes, offices
from sync.server import leases as granting
from sync.server.city import City
from sync.store import leases, records
from sync.store.handle import Store
from sync.store.keystore import NoKeystore
from tests.simulation.chance import seeded

REGION = Path(__file__).parents[2] / "resources" / "regions" / "kota_contoh.toml"
BLOCK = 6  # numbers of a lease, so that they end within a run
PASSPHRASE = "perahu layar putih"
START = 1_796_000_000_000  # 2026-11-30: the year ends within a month of every run
RESIDENT = "residents/resident"
LETTER = "letters/surat_keterangan_usaha"
DRAFTED = 2  # letters of each office that anybody there may issue
BEGUN = 2  # and letters whose text anybody there may still change
KNOWN = 3  # residents of each office whom everybody there has from the start
OFFICES = ("KEL-1", "KEL-1", "KEL-1", "KEL-2")  # of each laptop


class Pattern(NamedTuple):
    """Where the patterns lie: the server's folder, and each laptop's with its operator."""

    root: Path
    laptops: tuple[str, ...]


class Doorstep(Indoors):
    """The same, as a way that trips go and that is closed behind them."""

    url = ""

    def close(self) -> None:
        pass


@contextmanager
def small_leases() -> Iterator[None]:
    """Let leases be as small as the region says, for a while."""
    places = (lease, "LEAST"), (leases, "LEAST"), (granting, "LEAST"), (granting, "FIRST_MIN")
    with ExitStack() as stack:
        for module, name in (*places, (ceilings, "BLOCK_MIN")):
            stack.enter_context(patch.object(module, name, BLOCK))
        yield


@lru_cache
def make() -> Pattern:
    """Make the patterns; they are gone when the process ends."""
    shelf = Path("/dev/shm")  # noqa: S108 - memory, so that fsync costs nothing; else the usual place
    place = TemporaryDirectory(prefix="teras-", dir=shelf if shelf.is_dir() else None)
    Finalize(place, place.cleanup, exitpriority=0)  # a worker process leaves without the other ways
    _kept.append(place)
    root = Path(place.name)
    # What stretching costs is tested elsewhere; lanes are threads.
    passphrase.MEMORY_KIB, passphrase.PASSES, passphrase.LANES = 8, 1, 1
    with seeded(-1), small_leases():  # no run draws the same
        return _made(root)


_kept: list[TemporaryDirectory[str]] = []


def _made(root: Path) -> Pattern:
    def now() -> int:
        return START

    administration.init(
        root / "city", _region(root), operator="Dewi", passphrase=PASSPHRASE, now=now
    )
    city = City.open(root / "city", now)
    areas = [area for area in city.region.areas if area.level == "kelurahan"][:2]
    for code, area in zip(dict.fromkeys(OFFICES), areas, strict=True):
        office = Office(b"", code, "kelurahan", f"Kelurahan {code}", area.code, (area.code,))
        offices.add(city, office, "Dewi")
    road = Doorstep(city)
    stores: list[Store] = []
    for at, code in enumerate(OFFICES):
        text, _ = codes.make(city, code, "kepala", "Dewi")
        with patch("sync.client.enrol.Https", return_value=road):  # the network, a seam
            store = enrol(
                root / f"laptop{at}",
                url="",
                code=text,
                operator=f"Petugas {at}",
                phrase=PASSPHRASE,
                keystore=NoKeystore(),
                now=now,
            )
        stores.append(store)
    _acquaint(stores, road)
    for store in stores:
        store.close()
    city.close()
    return Pattern(root, tuple(f"laptop{at}" for at in range(len(OFFICES))))


def _region(root: Path) -> Path:
    """Write the invented region with leases that are soon used up."""
    place = root / REGION.name
    shutil.copytree(REGION.with_suffix(""), place.with_suffix(""))
    before = REGION.read_text("utf-8")
    text = before.replace("block = 500", f"block = {BLOCK}")
    assert text != before, "the region says how many numbers a lease has"
    place.write_text(text, "utf-8")
    return place


def _acquaint(stores: list[Store], road: Doorstep) -> None:
    """Let every laptop know the same people and letters, so that their clerks meet at them."""
    for store, office in zip(stores, OFFICES, strict=True):
        if office not in OFFICES[: stores.index(store)]:
            for at in range(KNOWN):
                records.new(store, RESIDENT, {"nama": f"Kenari {at}", "telepon": f"0811000000{at}"})
            for at in range(DRAFTED + BEGUN):
                sample = example.fill(store.catalogue.form(LETTER).example, store.scene())
                made = records.new(store, LETTER, sample | {"nama": "Kenari"})
                for action in ("submit", "check", "approve") if at < DRAFTED else ():
                    records.move(store, made.record, action)
        trip(store, road)
    for store in stores:
        trip(store, road)


def copy(into: Path) -> None:
    """Put a copy of everything into a folder of a run."""
    pattern = make()
    for name in ("city", *pattern.laptops):
        shutil.copytree(pattern.root / name, into / name)
    settings = into / "city" / "server.json"
    told = settings.read_text("utf-8").replace(str(pattern.root), str(into))
    settings.write_text(told, "utf-8")
