"""A stolen laptop or stick shows nothing."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sync.store import drafts, letters, operators, outbox, records
from sync.store.engine import sqlcipher, write_engine
from sync.store.handle import FILE, Store
from tests.sync.store.laptop import LETTER, OPERATOR, RESIDENT, City, Desk

PERSON = "ZULAIKHA CANARIASARI"
NIK = "9971016505900777"
STREET = "JL. BURUNG CANARIA 77"


def clues(store: Store) -> list[bytes]:
    """What nobody may find: people, answers, the office, the region, services, operators."""
    names = [PERSON, NIK, STREET, OPERATOR, "Petugas Canaria", "burung kenari kuning"]
    names += [store.office.name, store.office.code, store.region.name, store.region.code]
    names += [RESIDENT, LETTER, "surat_keterangan", "penduduk", "CREATE TABLE", "SQLite format"]
    spelled = {clue for name in names for clue in (name, name.upper(), name.lower())}
    return [clue.encode(code) for clue in sorted(spelled) for code in ("utf-8", "utf-16-le")]


def fill(desk: Desk, store: Store, resident: Callable[..., Any], business: Any) -> None:
    records.new(store, RESIDENT, resident(nama=PERSON, nik=NIK, alamat=STREET))
    saved = records.new(store, LETTER, business | {"nama": PERSON}, issue=True)
    letters.pdf(store, saved.record)
    drafts.put(store, "loket", LETTER, {"nama": PERSON, "alamat": STREET})
    operators.add(
        store, "Petugas Canaria", ["petugas"], "burung kenari kuning", keystore=desk.keystore
    )


def leaks(folder: Path, wanted: list[bytes]) -> list[tuple[str, bytes]]:
    found = []
    for path in sorted(folder.rglob("*")):
        shown = path.relative_to(folder).as_posix().encode()
        content = path.read_bytes() if path.is_file() else b""
        found += [(path.name, clue) for clue in wanted if clue in content or clue in shown]
    return found


def test_nothing_lies_in_the_clear_while_open_and_after_closing(
    desk: Desk, store: Store, city: City, resident: Callable[..., Any], business: Any
) -> None:
    wanted = clues(store)
    fill(desk, store, resident, business)
    outbox.freeze(store)
    assert (desk.folder / (FILE + "-wal")).stat().st_size > 0

    assert leaks(desk.folder, wanted) == []

    city.agree(store)
    assert leaks(desk.folder, wanted) == []
    store.close()
    assert leaks(desk.folder, wanted) == []


def test_the_search_for_clues_would_find_one(tmp_path: Path, store: Store) -> None:
    (tmp_path / "leak").mkdir()
    (tmp_path / "leak" / f"surat {PERSON}.txt").write_bytes(b"..." + NIK.encode() + b"...")

    assert {clue for _, clue in leaks(tmp_path / "leak", clues(store))} == {
        PERSON.encode(),
        NIK.encode(),
    }


def test_a_batch_shows_nothing_but_ids_and_counts(
    desk: Desk, store: Store, resident: Callable[..., Any], business: Any
) -> None:
    fill(desk, store, resident, business)

    sealed = b"".join(frozen.envelope for frozen in outbox.freeze(store))

    assert [clue for clue in clues(store) if clue in sealed] == []


def test_errors_of_the_driver_show_no_answers(store: Store, tmp_path: Path) -> None:
    engine = write_engine(tmp_path / "other.db", bytes(32))
    with engine.connect() as conn, pytest.raises(sqlcipher.OperationalError) as failure:
        conn.exec_driver_sql("INSERT INTO missing VALUES (?)", (PERSON,))
    engine.dispose()

    assert PERSON not in str(failure.value)
