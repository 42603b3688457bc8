"""What tests of the stick share: desks without a network, sticks, and what stands at the end."""

import hashlib
import os
from pathlib import Path
from typing import Any

from sqlalchemy import text

from forms.engine import example
from sync.client import folder
from sync.crypto import parcel
from sync.crypto.keys import key_id
from sync.crypto.parcel import Author
from sync.protocol.stick import Folder
from sync.server import codes
from sync.server import folder as city_folder
from sync.server.city import City
from sync.store import day, records
from sync.store import open as door
from sync.store.handle import Clock, Store
from sync.store.keystore import NoKeystore
from tests.sync.client.road import LETTER, PASSPHRASE, RESIDENT
from tests.sync.server.laptop import Laptop

__all__ = ["LETTER", "RESIDENT"]


def join(city: City, place: Path, operator: str, now: Clock, office: str = "KEL-1") -> Store:
    """Enrol a desk and open its store, no network in between."""
    code, _ = codes.make(city, office, "kepala", "test")
    laptop = Laptop(city, code, operator)
    return door.create(
        place,
        laptop.welcome,
        laptop.keys,
        laptop.incarnation,
        operator,
        PASSPHRASE,
        keystore=NoKeystore(),
        now=now,
    )


def save(store: Store, count: int = 1, **answers: Any) -> None:
    """Register so many residents."""
    for _ in range(count):
        name = os.urandom(6).hex().upper()
        said = {"nama": f"WARGA {name.translate(str.maketrans('0123456789', 'GHIJKLMNOP'))}"}
        records.new(store, RESIDENT, said | answers)


def issue(store: Store) -> None:
    """Issue one letter; a clerk says which day it is where that is asked."""
    today = store.day()
    if today.doubt:
        day.confirm(store, today.clock)
    form = store.catalogue.form(LETTER)
    records.new(store, LETTER, dict(example.fill(form.example, store.scene())), issue=True)


def stick(place: Path) -> Folder:
    """Have an empty stick."""
    place.mkdir(parents=True, exist_ok=True)
    return Folder(place)


def out(store: Store, place: Path) -> folder.Carried:
    return folder.carry_out(store, stick(place))


def back(store: Store, place: Path) -> folder.Carried:
    return folder.carry_in(store, stick(place))


def visit(city: City, place: Path) -> city_folder.Visit:
    return city_folder.carry(city, stick(place))


def lay(store: Store, place: Path, *contents: bytes) -> None:
    """Lay just these envelopes, as the desk would."""
    desk = store.desk
    author = Author(store.keys.sign, desk.device, key_id(desk.server.seal))
    parcel.lay(stick(place), author, contents)


def files(place: Path, suffix: str = "") -> list[Path]:
    return sorted(path for path in place.iterdir() if path.name.endswith(suffix))


def holding(city: City) -> str:
    """Digest what the city holds of records, changes, streams and numbers."""
    told = hashlib.sha256()
    with city.database.read() as connection:
        for query in (
            "SELECT id, service, state, answers, number FROM record ORDER BY id",
            "SELECT id, verdict, code FROM change ORDER BY id",
            "SELECT office, service_group, head FROM stream ORDER BY office, service_group",
            "SELECT office, series, year, position, record FROM number ORDER BY 1, 2, 3, 4, 5",
            "SELECT device, incarnation, seq, id FROM batch ORDER BY 1, 2, 3",
        ):
            for row in connection.execute(text(query)):
                told.update(repr(tuple(row)).encode())
    return told.hexdigest()


def keeping(store: Store) -> dict[bytes, tuple[str, bytes]]:
    """Give what a desk shows of every record."""
    with store.read() as conn:
        rows = conn.exec_driver_sql("SELECT id, service, plain FROM record")
        return {row.id: (row.service, row.plain) for row in rows}
