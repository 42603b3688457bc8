"""What tests of erasing share: a person with all that hangs on them, a search for what stays."""

from pathlib import Path
from typing import Any

from sync.server import erasure
from sync.server.city import City
from sync.server.erasure import Asked, Done
from sync.store import records, settings
from sync.store import verify as store_verify
from sync.store.handle import Store
from tests import databases
from tests.sync.client.road import ADMINISTRATOR, LETTER, RESIDENT, filled

NAME = "SEKARWANGI LARASATI"
NIK = "9971014508900011"
MOTHER = "KUSUMANINGRUM"
WORDS = (NAME, NIK, MOTHER, *NAME.lower().split())
REASON, GROUND = "Permohonan yang bersangkutan", "UU 27/2022 pasal 8"


def person(store: Store, **answers: Any) -> bytes:
    """Register the person who will be erased."""
    said = {"nama": NAME, "nik": NIK, "alamat": f"Jl. {MOTHER}"} | answers
    return records.new(store, RESIDENT, said).record


def letter(store: Store, subject: bytes = b"", *, issue: bool = True) -> bytes:
    """Give the person a letter."""
    said = filled(store, LETTER) | {"nama": NAME, "nik": NIK, "keperluan": MOTHER}
    return records.new(store, LETTER, said, subject=subject, issue=issue).record


def erase(city: City, record: bytes, *, whole: bool = True) -> Done:
    return erasure.erase(city, Asked(record, REASON, GROUND, whole=whole), ADMINISTRATOR)


def left_in_file(path: Path) -> list[str]:
    """List the words that a file holds."""
    return _left(path.read_bytes())


def left_in_database(url: str) -> list[str]:
    """List the words that the files of a city's database still hold."""
    return _left(databases.stored(url))


def _left(content: bytes) -> list[str]:
    return [word for word in WORDS if word.encode() in content]


def left_at(store: Store) -> list[str]:
    """List the words that any table of a desk's store still holds, the search's own included."""
    with store.read() as conn:
        names = conn.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'")
        queries = [f"SELECT * FROM {name}" for name in names.scalars() if name != "search_text"]  # noqa: S608 - names of the schema
        dump = b"".join(
            value if isinstance(value, bytes) else str(value).encode()
            for query in queries
            for row in conn.exec_driver_sql(query)
            for value in row
        )
    return [word for word in WORDS if word.encode() in dump]


def lines(store: Store, record: bytes) -> list[tuple[Any, ...]]:
    """Give a letter's lines in the register: day, number, service."""
    with store.read() as conn:
        rows = conn.exec_driver_sql(
            "SELECT day, text, service FROM register_line WHERE record = ?", (record,)
        )
        return [tuple(row) for row in rows]


def whole(store: Store) -> bool:
    return store_verify.verify(store) == []


def carried(store: Store) -> int:
    """Tell the entry up to which a desk has carried out all."""
    with store.read() as conn:
        found = settings.read(conn, "erased", dict)
    return 0 if found is None else int(found["number"])
