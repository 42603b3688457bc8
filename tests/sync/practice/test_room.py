"""The practice room: made and thrown away beside a desk, and no way from it to a real city."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pypdfium2 import PdfDocument

from forms.engine import example
from forms.engine.problem import Refused
from forms.paper import mark
from sync.client import journey
from sync.client.trip import trip
from sync.practice import first_day, room
from sync.practice.road import Indoors
from sync.protocol.looks import RECORD
from sync.server import administration
from sync.server.city import City, clock
from sync.store import drafts, letters, looks, read, records, status
from sync.store.handle import Store

LETTER = "letters/surat_keterangan_usaha"
REGION = Path(__file__).parents[3] / "resources" / "regions" / "kota_contoh.toml"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("house") / "desk"


@pytest.fixture
def store(folder: Path) -> Iterator[Store]:
    opened = room.enter(folder, clock)
    yield opened
    opened.close()


def test_a_room_lies_beside_the_desk_whose_folder_is_never_made(folder: Path, store: Store) -> None:
    assert store.folder == folder.parent / "desk-practice" / "desk"
    assert not folder.exists()
    assert read.listing(store, first_day.RESIDENT, limit=1)
    assert status.status(store).pending == 0


def test_a_room_that_somebody_uses_is_neither_opened_nor_cleared(
    folder: Path, store: Store
) -> None:
    with pytest.raises(Refused, match="store_busy"):
        room.enter(folder, clock)
    with pytest.raises(Refused, match="store_busy"):
        room.clear(folder)


def test_a_room_that_was_not_made_to_its_end_is_made_anew(tmp_path: Path) -> None:
    place = room.place(tmp_path / "desk")
    for part in (room.CITY, room.DESK):
        (place / part).mkdir(parents=True)
        (place / part / "slots").write_bytes(b"half")

    with room.enter(tmp_path / "desk", clock) as made:
        assert read.listing(made, first_day.RESIDENT, limit=1)
        _letter(made)
    room.clear(tmp_path / "desk")

    assert not (place / room.DESK).exists()
    assert not (place / room.CITY).exists()


def test_no_trip_leads_from_practice_to_any_server(store: Store, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="url_missing"):
        journey.go(store)

    real = tmp_path / "city"
    administration.init(real, REGION, operator="Administrator", passphrase="pagi cerah di rumah")
    city = City.open(real)
    try:
        with pytest.raises(Refused):
            trip(store, Indoors(city))
        assert administration.status(city).devices == 0
        assert administration.status(city).changes == 0
    finally:
        city.close()


def test_the_store_ticks_every_task_of_the_first_day_off_by_itself(store: Store) -> None:
    def newly(*, but: frozenset[str]) -> set[str]:
        return set(first_day.done(store) - but)

    assert first_day.done(store) == frozenset()
    (somebody,) = read.listing(store, first_day.RESIDENT, limit=1)
    looks.at_record(store, somebody, RECORD)
    assert newly(but=frozenset()) == {"find"}
    first = _letter(store)
    assert newly(but=frozenset({"find"})) == {"letter"}
    issued = records.new(store, LETTER, _answers(store), issue=True)
    assert issued.number is not None
    assert issued.number.text.startswith("LATIHAN-")
    assert "issue" in first_day.done(store)
    assert "print" not in first_day.done(store)
    assert "LATIHAN" in _words(letters.pdf(store, issued.record).data)
    assert "print" in first_day.done(store)
    corrected = records.new(
        store, LETTER, _answers(store), issue=True, replaces=issued.record, reason="salah nama"
    )
    assert "correct" in first_day.done(store)
    assert "void" not in first_day.done(store)
    records.move(store, corrected.record, "void", reason="tidak jadi")
    assert "void" in first_day.done(store)
    drafts.put(store, LETTER + "/", LETTER, {"nama": "Setengah"})
    assert "leave" in first_day.done(store)
    assert "resume" not in first_day.done(store)
    drafts.drop(store, LETTER + "/")
    assert "resume" not in first_day.done(store)  # thrown away, not finished
    _letter(store)
    assert "resume" in first_day.done(store)
    assert "send" not in first_day.done(store)
    room.send(store, clock)
    assert first_day.done(store) == {task.code for task in first_day.tasks()}
    assert read.record(store, first).sync == "received"


def test_every_task_has_a_proof_that_the_program_knows() -> None:
    assert {task.proof for task in first_day.tasks()} == set(first_day.PROOFS)


def test_a_sheet_of_practice_says_so_beside_what_else_it_is_and_is_never_vouched_for() -> None:
    stamps = [mark.practice(other) for other in (None, mark.draft(), mark.copy(2), mark.void())]

    assert stamps[0].text == "LATIHAN"
    assert stamps[2].text.endswith(mark.copy(2).text)
    assert all(stamp.text.startswith("LATIHAN") and not stamp.vouched for stamp in stamps)


def _words(pdf: bytes) -> str:
    with PdfDocument(pdf) as document:  # type: ignore[no-untyped-call] # has no types
        return "".join(page.get_textpage().get_text_range() for page in document)


def _answers(store: Store) -> dict[str, object]:
    return dict(example.fill(store.catalogue.form(LETTER).example, store.scene()))


def _letter(store: Store) -> bytes:
    return records.new(store, LETTER, _answers(store)).record
