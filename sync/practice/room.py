"""The practice room: an office of an invented city, made beside a desk's folder and never in it.

    <desk>-practice/city     the invented city: made here, it serves nobody and listens nowhere
    <desk>-practice/desk     a desk of it: a store like any other; only this city knows its keys
    <desk>-practice/whole    written last: without it, or from another place, all is made anew

What is real is not opened, not read and not needed for it. No address of any server is known here:
the only road is the one to the city in the same folder (`road`).
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from forms.engine.problem import Locked
from forms.engine.region import Office
from sync.client.enrol import join
from sync.client.trip import trip
from sync.practice.road import Indoors
from sync.protocol.lock import Lock
from sync.server import administration, codes, offices
from sync.server.city import City
from sync.store import workbook
from sync.store.handle import Store
from sync.store.keystore import NoKeystore
from sync.store.open import unlock

BESIDE = "-practice"  # after the name of the desk's own folder
CITY, DESK, WHOLE = "city", "desk", "whole"
OFFICE = "LATIHAN"
OPERATOR = "Petugas Latihan"
ROLE = "kepala"  # who practises may take every step
# It guards invented people only, and opens nothing but the room that it was made with.
PHRASE = "semua di sini hanya latihan"
_RESOURCES = Path(__file__).parents[2] / "resources" / "practice"
REGION = _RESOURCES / "kota_latihan.toml"
RESIDENTS = _RESOURCES / "penduduk_contoh.xlsx"

Clock = Callable[[], int]


def place(folder: Path) -> Path:
    """Tell where the practice room of a desk's folder is."""
    whole = folder.resolve()
    return whole.with_name(whole.name + BESIDE)


def enter(folder: Path, now: Clock) -> Store:
    """Open the practice desk beside a desk's folder; it is made first where it isn't whole.

    Refused(store_busy) while somebody practises there.
    """
    room = place(folder)
    room.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone(room):
        if not _is_whole(room):
            _make(room, now)
        try:
            return _unlocked(room, now)
        except Locked:  # of an earlier version, with another phrase
            _make(room, now)
            return _unlocked(room, now)


def clear(folder: Path) -> None:
    """Throw the practice room away; the next who enters finds a new one. Refused(store_busy)."""
    room = place(folder)
    if room.exists():
        with _alone(room):
            _empty(room)


def send(store: Store, now: Clock) -> int:
    """Go once from a practice desk to its city, all within its folder; how many rows came."""
    city = City.open(store.folder.parent / CITY, now)
    try:
        return trip(store, Indoors(city)).received
    finally:
        city.close()


def _is_whole(room: Path) -> bool:
    """Tell whether the room was made to its end, and here: the city knows where its files lie."""
    try:
        return (room / WHOLE).read_text("utf-8") == str(room)
    except OSError:
        return False


def _unlocked(room: Path, now: Clock) -> Store:
    return unlock(room / DESK, OPERATOR, PHRASE, keystore=NoKeystore(), now=now)


def _make(room: Path, now: Clock) -> None:
    _empty(room)
    administration.init(room / CITY, REGION, operator=OPERATOR, passphrase=PHRASE, now=now)
    city = City.open(room / CITY, now)
    try:
        region = city.region
        area = region.areas.first(region.code, "kelurahan")
        called = f"{region.terms['kelurahan']} {region.areas.area(area).name}"
        offices.add(city, Office(b"", OFFICE, "kelurahan", called, area, (area,)), OPERATOR)
        code, _ = codes.make(city, OFFICE, ROLE, OPERATOR)
        road = Indoors(city)
        with join(
            room / DESK,
            road,
            url="",
            code=code,
            operator=OPERATOR,
            phrase=PHRASE,
            keystore=NoKeystore(),
            now=now,
        ) as store:
            workbook.import_file(store, RESIDENTS)
            trip(store, road)
    finally:
        city.close()
    (room / WHOLE).write_text(str(room), "utf-8")


def _empty(room: Path) -> None:
    """Remove what a room is made of, and nothing else; first the word that it is whole."""
    (room / WHOLE).unlink(missing_ok=True)
    for part in (DESK, CITY):
        if (room / part).exists():
            shutil.rmtree(room / part)


@contextmanager
def _alone(room: Path) -> Iterator[None]:
    """Let nobody else make, open or clear the room meanwhile, nor while its desk is open."""
    with Lock.take(room, "store_busy"):
        desk = room / DESK
        if desk.exists():
            Lock.take(desk, "store_busy").release()
        yield
