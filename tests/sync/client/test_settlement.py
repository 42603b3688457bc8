"""A choice is made once and counts everywhere: desks of two offices and a server, no network."""

from typing import Any

import msgspec
import pytest
from sqlalchemy import select

from forms.engine.problem import Refused, Unreachable
from sync.client.trip import trip
from sync.server import finding, tables
from sync.server import records as register
from sync.server import settling as city_settling
from sync.server import verify as city_verify
from sync.server.city import City
from sync.store import inbox, letters, numbers, operators, read, records, staff, status
from sync.store.handle import Store
from sync.store.inbox import Entry
from tests.sync.client.road import (
    ADMINISTRATOR,
    LETTER,
    RESIDENT,
    filled,
)
from tests.sync.client.town import (
    Road,
    Town,
    at_city,
    differing,
    entries,
    phone,
    seen,
    shapes,
)  # fmt: skip

HEIRS = "letters/surat_pernyataan_ahli_waris"


@pytest.fixture
def resident(town: Town) -> bytes:
    """A resident whom every desk of the kelurahan has."""
    made = records.new(town.desks[0], RESIDENT, {"nama": "SARI", "telepon": "081200000000"})
    town.go(*town.desks)
    return made.record


def differ(town: Town, record: bytes) -> Entry:
    """Let the second desk's number be proposed against the first's."""
    phone(town.desks[0], record, 1)
    phone(town.desks[1], record, 2)
    town.go(*town.desks, *town.desks)
    [entry] = entries(town.desks[2], record)
    return entry


@pytest.mark.parametrize(("kept", "value"), [("present", 1), ("proposed", 2)])
def test_a_choice_at_any_desk_disappears_from_all_after_their_next_trip(
    town: Town, resident: bytes, kept: Any, value: int
) -> None:
    entry = differ(town, resident)
    assert (entry.kind, entry.group) == ("value", "telepon")
    assert entry.present == {"telepon": "081200000001"}
    assert entry.proposed == {"telepon": "081200000002"}
    assert {shape for store in town.desks for shape in shapes(store, resident)} == at_city(
        town.city, resident
    )

    inbox.settle(town.desks[2], entry.id, kept)

    assert entries(town.desks[2], resident) == []
    assert read.record(town.desks[2], resident).sync == "conflict"
    assert seen(town.desks[2], resident) == f"0812{value:08}"
    town.go(town.desks[2])
    assert len(entries(town.desks[0], resident)) == 1
    town.go(*town.desks)
    for store in town.desks:
        assert entries(store, resident) == []
        assert read.record(store, resident).sync == "received"
        assert seen(store, resident) == f"0812{value:08}"
        assert status.status(store).pending == 0
        assert not differing(store)
    assert at_city(town.city, resident) == set()
    assert city_verify.verify(town.city) == ()


def test_the_second_of_two_choices_returns_to_its_author(town: Town, resident: bytes) -> None:
    entry = differ(town, resident)
    first, second, _ = town.desks
    inbox.settle(first, entry.id, "present")
    inbox.settle(second, entry.id, "proposed")
    town.go(first)

    town.go(second)
    town.go(*town.desks)

    told = [one for one in inbox.returned(second) if one.record == resident]
    assert [one.code for one in told] == ["settled_already"]
    with second.read() as conn:
        query = "SELECT plain FROM change WHERE id = ?"
        assert conn.exec_driver_sql(query, (told[0].settled_by,)).first() is not None
    assert [one for one in inbox.returned(first) if one.record == resident] == []
    assert {seen(store, resident) for store in town.desks} == {"081200000001"}
    assert {read.record(store, resident).sync for store in town.desks} == {"received"}


def test_a_choice_that_missed_a_newer_proposal_leaves_the_entry_for_everybody(
    town: Town, resident: bytes
) -> None:
    first, second, third = town.desks
    phone(first, resident, 1)
    phone(second, resident, 2)
    town.go(first)
    # The second desk's line breaks: its proposal is known, and it goes on working on it.
    with pytest.raises(Unreachable):
        trip(second, _Half(town.city))
    phone(second, resident, 3)
    town.go(third)
    [entry] = entries(third, resident)
    inbox.settle(third, entry.id, "proposed")
    town.go(second)

    town.go(*town.desks)

    assert [one.code for one in inbox.returned(third) if one.record == resident] == ["settle_moved"]
    for store in town.desks:
        [left] = entries(store, resident)
        assert left.proposed == {"telepon": "081200000003"}
        assert left.present == {"telepon": "081200000001"}


class _Half(Road):
    """A road on which pages don't come back."""

    def exchange(self, envelopes: list[bytes]) -> bytes:
        super().exchange(envelopes)
        raise Unreachable


def test_pending_work_is_on_both_sides_of_an_entry(town: Town, resident: bytes) -> None:
    entry = differ(town, resident)
    phone(town.desks[0], resident, 5)

    [here] = entries(town.desks[0], resident)
    inbox.settle(town.desks[0], entry.id, "proposed")

    assert here.present == {"telepon": "081200000005"}
    assert here.present_by != entry.present_by
    town.go(*town.desks, *town.desks)
    assert {seen(store, resident) for store in town.desks} == {"081200000002"}
    assert at_city(town.city, resident) == set()


def test_an_administrator_settles_in_the_servers_name(town: Town, resident: bytes) -> None:
    entry = differ(town, resident)
    [listed] = [one for one in city_settling.listing(town.city) if one.record == resident]
    assert (listed.id, listed.present, listed.proposed) == (
        entry.id, entry.present, entry.proposed,
    )  # fmt: skip
    assert (listed.present_by.operator, listed.proposed_by.operator) == ("Rina", "Budi")
    assert (listed.office, listed.present_by.office) == ("KEL-1", "KEL-1")

    city_settling.settle(town.city, entry.id, "proposed", "", ADMINISTRATOR)
    with pytest.raises(Refused) as again:
        city_settling.settle(town.city, entry.id, "proposed", "", ADMINISTRATOR)
    town.go(*town.desks)

    assert [problem.code for problem in again.value.problems] == ["conflict_unknown"]
    for store in town.desks:
        assert entries(store, resident) == []
        assert seen(store, resident) == "081200000002"
        assert not differing(store)
    assert city_verify.verify(town.city) == ()


def test_a_doubled_number_closes_when_one_of_both_letters_is_void(town: Town) -> None:
    first, second, _ = town.desks
    one = records.new(first, LETTER, filled(first, LETTER), issue=True)
    assert one.number is not None
    ours = _lent(second, one.number.position)  # a laptop put back: it takes the number again
    two = records.new(second, LETTER, filled(second, LETTER), issue=True)
    _lent(second, ours)
    assert one.number == two.number
    town.go(*town.desks, *town.desks)
    doubled = [e for e in entries(first, two.record) if e.kind == "number_taken"]
    assert len(doubled) == 1
    with pytest.raises(Refused) as refused:
        inbox.settle(first, doubled[0].id, "present", reason="Sebab")
    assert [problem.code for problem in refused.value.problems] == ["settle_by_voiding"]
    qr = letters.qr_text(first, two.record)
    assert finding.by_qr(town.city, qr).status == "disputed"

    records.move(first, one.record, "void", reason="Nomor ganda")
    town.go(*town.desks, *town.desks)

    for store in town.desks:
        assert [e for e in entries(store, two.record) if e.kind == "number_taken"] == []
    assert ("number_taken", 0) not in _kinds(town.city, two.record)


def test_a_paper_outside_the_present_state_is_given_up_with_a_reason(town: Town) -> None:
    first, second, _ = town.desks
    letter = records.new(first, LETTER, filled(first, LETTER))
    town.go(*town.desks)
    for store in (first, second):
        for action in ("submit", "check", "approve", "issue"):
            records.move(store, letter.record, action)
    town.go(first)
    paper = letters.qr_text(second, letter.record)
    town.go(second)
    town.go(*town.desks)
    open_here = {e.group: e for e in entries(first, letter.record)}
    assert {e.kind for e in open_here.values()} >= {"transition"}
    transition = open_here["state"]
    assert finding.by_qr(town.city, paper).status == "disputed"
    with pytest.raises(Refused) as refused:
        inbox.settle(first, transition.id, "present")
    assert [problem.code for problem in refused.value.problems] == ["reason_missing"]

    inbox.settle(first, transition.id, "present", reason="Surat kedua ditarik")
    town.go(*town.desks, *town.desks)

    assert finding.by_qr(town.city, paper).status == "void"
    for store in town.desks:
        assert [e for e in entries(store, letter.record) if e.kind == "transition"] == []


def test_a_guest_office_sees_the_entry_and_its_closing_but_chooses_nothing(town: Town) -> None:
    first, second, _ = town.desks
    letter = records.new(first, HEIRS, filled(first, HEIRS), issue=True)
    town.go()
    records.move(first, letter.record, "ready")
    records.move(second, letter.record, "void", reason="Salah orang")
    town.go(first, second)
    town.go()
    [entry] = [e for e in entries(town.guest, letter.record) if e.kind == "transition"]
    with pytest.raises(Refused) as refused:
        inbox.settle(town.guest, entry.id, "present", reason="Sebab")
    assert [problem.code for problem in refused.value.problems] == ["not_in_scope"]

    records.move(first, letter.record, "void", reason="Salah orang")
    town.go()
    town.go()

    assert entries(town.guest, letter.record) == []
    assert entries(second, letter.record) == []
    assert at_city(town.city, letter.record) == set()
    assert [r.state for r in register.listing(town.city, HEIRS) if r.id == letter.record] == [
        "void"
    ]


def _lent(store: Store, position: int) -> int:
    """Let a laptop's next letter take this number; return which it would have taken."""
    series = numbers.series_of(store.catalogue.form(LETTER), store.region)
    own = (series, store.desk.device)
    with store.write() as conn:
        query = "SELECT next FROM lease WHERE series = ? AND device = ? ORDER BY low LIMIT 1"
        before = conn.exec_driver_sql(query, own).scalar_one()
        conn.exec_driver_sql(
            "UPDATE lease SET next = ?, low = min(low, ?) WHERE series = ? AND device = ?",
            (position, position, *own),
        )
    return int(before)


def _kinds(city: City, record: bytes) -> list[tuple[str, int]]:
    table = tables.conflict
    with city.database.read() as connection:
        rows = connection.execute(select(table).where(table.c.record == record)).all()
    return [(row.kind, row.closed) for row in rows]


def test_what_two_heads_made_of_a_clerks_roles_is_chosen_by_a_head_at_a_desk(town: Town) -> None:
    first, second, third = town.desks
    operators.describe(first, "Tari", {"peran": ["petugas"]})
    operators.describe(second, "Tari", {"peran": ["verifikator"]})
    town.go(first, second, third, first)

    [entry] = of_people(first)
    assert entry.group == "peran"
    inbox.settle(first, entry.id, "proposed")
    town.go(first, second, third)

    roles = {person.name: person.roles for person, _ in operators.listing(third)}
    assert roles["Tari"] == ("verifikator",)
    assert of_people(first) == of_people(second) == []
    operators.describe(first, "Tari", {"peran": ["kepala"]})
    town.go(first, third)


def test_who_is_no_head_is_told_of_no_choice_about_people(town: Town) -> None:
    first, second, third = town.desks
    town.go(*town.desks)
    before = [status.status(store).conflicts for store in town.desks]
    head = third.operator
    operators.describe(first, "Tari", {"peran": ["petugas"]})
    operators.describe(second, "Tari", {"peran": ["verifikator"]})
    town.go(first, second, third, first)
    third.operator = msgspec.structs.replace(head, roles=("petugas",))

    after = [status.status(store).conflicts for store in town.desks]

    third.operator = head
    [entry] = of_people(first)
    inbox.settle(first, entry.id, "proposed")
    operators.describe(first, "Tari", {"peran": ["kepala"]})
    town.go(first, *town.desks)
    assert [now - then for now, then in zip(after, before, strict=True)] == [1, 1, 0]


def of_people(store: Store) -> list[Entry]:
    return [entry for entry in inbox.listing(store) if entry.service == staff.SERVICE]
