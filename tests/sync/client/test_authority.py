"""A role ends while a laptop is away: work counts until the laptop has read of it."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.client import folder
from sync.protocol.stick import Folder
from sync.server import folder as city_folder
from sync.server import records as city_records
from sync.server.verify import verify
from sync.store import operators, read, records
from sync.store.handle import Store
from sync.store.registers import report
from tests.sync.client.road import LETTER, RESIDENT, filled
from tests.sync.client.town import Town, founded

YEAR = report.period(dt.date(2026, 1, 1), dt.date(2026, 12, 31))


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with founded(tmp_path) as made:
        yield made


def resident(store: Store, name: str) -> bytes:
    return records.new(store, RESIDENT, {"nama": name}).record


def last(store: Store, record: bytes) -> tuple[str, str]:
    event = read.history(store, record)[-1]
    return event.verdict, event.code


def listed(store: Store) -> list[tuple[object, ...]]:
    (table,) = report.lists(store, "ended", YEAR)
    return [row.cells[2:6] for row in table.rows]


def test_what_a_clerk_did_before_the_laptop_knew_counts_and_the_head_reads_of_it(
    town: Town,
) -> None:
    head, clerk, _ = town.desks
    operators.describe(head, "Budi", {"peran": ["auditor"]})
    town.go(head)
    person = resident(clerk, "AHMAD")
    letter = records.new(clerk, LETTER, filled(clerk, LETTER), subject=person, issue=True)

    town.go(clerk, head)

    assert {one.verdict for one in read.history(clerk, letter.record)} == {"applied"}
    assert last(head, person) == ("applied", "authority_ended")
    assert listed(head)[0] == ("Budi", "Dibuat", "Penduduk", "AHMAD")
    assert [row[1] for row in listed(head)[1:]] == [
        "Dibuat",
        "Ajukan",
        "Periksa",
        "Setujui",
        "Terbitkan",
    ]
    issued = city_records.listing(town.city, LETTER)
    assert [(one.state, one.number) for one in issued] == [
        ("issued", letter.number and letter.number.text)
    ]
    assert verify(town.city) == ()


def test_what_was_done_before_a_stick_told_of_it_counts_though_it_is_sealed_after(
    town: Town, tmp_path: Path
) -> None:
    head, clerk, _ = town.desks
    stick = Folder(tmp_path / "stick")
    stick.path.mkdir()
    folder.carry_out(clerk, stick)
    operators.describe(head, "Budi", {"peran": ["auditor"]})
    town.go(head)
    city_folder.carry(town.city, stick)
    person = resident(clerk, "AHMAD")

    folder.carry_in(clerk, stick)  # now the laptop knows, and the resident is in no batch yet
    town.go(clerk)

    assert last(clerk, person) == ("applied", "authority_ended")


def test_what_a_laptop_did_though_it_knew_is_refused(town: Town) -> None:
    head, clerk, _ = town.desks
    operators.describe(head, "Budi", {"peran": ["auditor"]})
    town.go(head, clerk)
    person = resident(clerk, "AHMAD")  # whoever is signed in keeps what the door gave them

    town.go(clerk)

    assert last(clerk, person) == ("refused", "role_missing")
    assert listed(head) == []


def test_two_heads_cannot_both_take_the_others_right_away(town: Town) -> None:
    first, second, _ = town.desks
    operators.describe(first, "Budi", {"peran": ["auditor"]})
    operators.describe(second, "Rina", {"peran": ["auditor"]})

    town.go(first, second, first)

    roles = {one.name: one.roles for one, _ in operators.listing(first)}
    assert roles["Rina"] == ("kepala",)
    assert roles["Budi"] == ("auditor",)
