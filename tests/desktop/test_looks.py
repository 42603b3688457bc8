"""What the window opens about people is noted, by whatever page it is opened."""

from collections.abc import Callable
from pathlib import Path

import pytest

from desktop import acts
from desktop.pages.registers import reading
from desktop.pages.registers.reading import END, Asked
from desktop.panes import choosing
from sync.protocol import looks as said
from sync.store import looks, records
from sync.store.handle import Store
from sync.store.registers import report
from tests.sync.client.road import LETTER, filled


@pytest.fixture
def siti(store: Store) -> bytes:
    return records.new(store, acts.PEOPLE, {"nama": "SITI RAHMA"}).record


@pytest.fixture
def letter(store: Store, siti: bytes) -> bytes:
    return records.new(store, LETTER, filled(store, LETTER), subject=siti, issue=True).record


def heard(store: Store, act: Callable[[], object]) -> list[tuple[str, str, bytes, bytes, int]]:
    """What an act adds to what was noted."""
    with store.read() as conn:
        before = looks.count_waiting(conn)
    act()
    with store.read() as conn:
        plain = looks.waiting(conn, 1_000)
    rows = said.decode(plain).rows if plain else []
    return [(one.how, one.what, one.record, one.subject, one.count) for one in rows[before:]]


def test_the_page_of_a_citizen_and_of_a_letter(store: Store, siti: bytes, letter: bytes) -> None:
    assert heard(store, lambda: acts.citizen(store, siti)) == [
        ("record", acts.PEOPLE, siti, b"", 1)
    ]
    assert heard(store, lambda: acts.look(store, letter)) == [("record", LETTER, letter, siti, 1)]
    assert heard(store, lambda: choosing.disputes(store, letter)) == []


def test_a_letter_that_is_printed_or_saved(
    store: Store, siti: bytes, letter: bytes, tmp_path: Path
) -> None:
    file = tmp_path / "surat.pdf"

    assert heard(store, lambda: acts.saved_pdf(store, letter, file)) == [
        ("letter", LETTER, letter, siti, 1)
    ]
    assert file.read_bytes().startswith(b"%PDF")


def test_the_list_of_records_and_a_register(store: Store, letter: bytes) -> None:
    day = store.scene().today
    asked = Asked("register", report.period(day, day))

    assert heard(store, lambda: acts.worked_on(store)) == [("list", "recent", b"", b"", 1)]
    assert heard(store, lambda: reading.leaves(store, asked, END)) == [
        ("list", "register", b"", b"", 1)
    ]
    assert heard(store, lambda: reading.note_paper(store, asked, 1)) == [
        ("report", "register", b"", b"", 1)
    ]
    counts = Asked("monthly", asked.period)
    assert heard(store, lambda: reading.leaves(store, counts, 0)) == []


def test_a_search_and_the_counters_first_page_note_nothing(store: Store, letter: bytes) -> None:
    assert heard(store, lambda: acts.beginning(store, 10)) == []
