"""Two offices that import one person: who comes second begins a record of its own, and keeps all.

Rule 1f: only imports use a derived id; where it is another record's, the row is made again under a
random one, and the same NIK on two records is put before a person.
"""

import itertools
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from forms.engine import example
from sync.protocol.change import EDIT, NEW
from sync.server import administration
from sync.server import verify as city_verify
from sync.store import drafts, outbox, read, records, search, status, workbook
from sync.store.handle import Store
from sync.store.verify import verify
from tests.sync.client.quarter import A, B, Quarter, answers, at_city, founded
from tests.sync.client.road import RESIDENT

LETTER = "letters/surat_keterangan_usaha"
NIKS = (f"997101150588{at:04}" for at in itertools.count(1))


@pytest.fixture(scope="module")
def quarter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Quarter]:
    with founded(tmp_path_factory.mktemp("quarter")) as made:
        made.join("kel-b", "Tari")
        yield made
        assert city_verify.verify(made.city) == ()
        assert [problem for store in made.desks.values() for problem in verify(store)] == []


class Case(NamedTuple):
    """A person whom kel-a imported, and kel-b too, which has not heard of it."""

    one: Store
    other: Store
    nik: str
    derived: bytes

    @property
    def made(self) -> bytes:
        """The one record of the NIK that kel-b shows."""
        (name,) = bearers(self.other, self.nik)
        return name


def bring(store: Store, place: str, nik: str, **said: Any) -> bytes:
    """Take one row of a workbook, as an import does."""
    name = workbook.record_id(store.desk.region, nik)
    row = {"nama": "AHMAD FAUZI", "nik": nik, "kelurahan": place, **said}
    with store.write() as conn:
        records.save_many(store, conn, RESIDENT, [records.Item(row, record=name)])
    return name


def bearers(store: Store, nik: str) -> list[bytes]:
    with store.read() as conn:
        found = records.by_unique(conn, RESIDENT, "nik", [nik])
    return [case.id for case in found.get(nik, [])]


def refusals(store: Store, record: bytes) -> set[tuple[str, str]]:
    with store.read() as conn:
        rows = conn.exec_driver_sql("SELECT verdict, code FROM change WHERE record = ?", (record,))
        return {tuple(row) for row in rows}


@pytest.fixture
def case(quarter: Quarter) -> Case:
    one, other, nik = quarter.desks["kel-a"], quarter.desks["kel-b"], next(NIKS)
    derived = bring(one, A, nik, telepon="081200000001")
    quarter.go("kel-a")
    bring(other, B, nik, telepon="081200000002")
    return Case(one, other, nik, derived)


def test_the_second_office_that_imports_a_nik_begins_a_record_of_its_own(
    quarter: Quarter, case: Case
) -> None:
    duplicates = administration.status(quarter.city).duplicates
    quarter.go("kel-b")

    assert case.made != case.derived
    assert bearers(case.one, case.nik) == [case.derived]
    assert at_city(quarter.city)[case.derived]["telepon"] == "081200000001"
    assert at_city(quarter.city)[case.made] == answers(case.other, case.made)
    assert answers(case.other, case.made)["telepon"] == "081200000002"
    assert administration.status(quarter.city).duplicates == duplicates + 1
    assert refusals(case.other, case.derived) == {("refused", "id_taken")}
    told = status.status(case.other)
    assert (told.pending, told.to_fix) == (0, 0)
    with case.other.read() as conn:
        assert [hit.record for hit in search.find(conn, case.nik)] == [case.made]


def test_what_was_done_on_the_record_meanwhile_is_done_on_the_new_one(
    quarter: Quarter, case: Case
) -> None:
    records.edit(case.other, case.derived, {"telepon": "081200000003"})
    outbox.freeze(case.other)  # sealed already, and refused with the record
    records.edit(case.other, case.derived, {"telepon": "081200000004", "alamat": "JL. MELATI 7"})
    records.move(case.other, case.derived, "invalidate", reason="salah entri")
    before = [(act.time, act.operator) for act in read.history(case.other, case.derived)]
    quarter.go("kel-b")

    after = read.history(case.other, case.made)
    assert [act.act for act in after] == [NEW, EDIT, EDIT, "invalidate"]
    assert [(act.time, act.operator) for act in after] == before
    assert read.record(case.other, case.made).state == "invalid"
    assert answers(case.other, case.made)["telepon"] == "081200000004"
    assert at_city(quarter.city)[case.made] == answers(case.other, case.made)
    assert at_city(quarter.city)[case.derived]["telepon"] == "081200000001"
    assert refusals(case.other, case.derived) == {("refused", "id_taken")}
    told = status.status(case.other)
    assert (told.pending, told.conflicts, told.to_fix) == (0, 0, 0)


def test_letters_drafts_and_open_screens_go_over_to_the_new_record(
    quarter: Quarter, case: Case
) -> None:
    other, derived = case.other, case.derived
    form = other.catalogue.form(LETTER)
    sample = dict(example.fill(form.example, other.scene()))
    letter = records.new(other, LETTER, sample, subject=derived).record
    drafts.put(other, f"{LETTER}/{derived.hex()}", LETTER, {"nama": "A"}, subject=derived)
    drafts.put(other, f"{RESIDENT}/{derived.hex()}", RESIDENT, {"nama": "A"})
    quarter.go("kel-b")

    assert [found.id for found in read.of_subject(other, case.made)] == [letter]
    about = {(draft.key, draft.subject) for draft in drafts.listing(other)}
    assert about == {
        (f"{LETTER}/{case.made.hex()}", case.made),
        (f"{RESIDENT}/{case.made.hex()}", b""),
    }
    records.edit(other, derived, {"telepon": "081200000005"})  # on a screen that was open
    assert answers(other, case.made)["telepon"] == "081200000005"


def test_a_colleague_learns_which_record_was_begun_in_place_of_which(
    quarter: Quarter, case: Case
) -> None:
    quarter.go("kel-b")
    quarter.go("Tari")

    assert read.record(quarter.desks["Tari"], case.derived).id == case.made


def test_an_id_whose_record_bears_another_nik_by_now_is_not_written_over(quarter: Quarter) -> None:
    one, colleague, nik = quarter.desks["kel-b"], quarter.desks["Tari"], next(NIKS)
    derived = bring(one, B, nik)
    records.edit(one, derived, {"nik": next(NIKS), "nama": "BUDI"})
    bring(colleague, B, nik)
    records.edit(colleague, derived, {"telepon": "081200000007"})
    quarter.go("kel-b", "Tari", "kel-b")

    (made,) = bearers(colleague, nik)
    assert bearers(one, nik) == [made]
    assert answers(colleague, made)["telepon"] == "081200000007"
    assert answers(colleague, derived) == answers(one, derived)
    assert answers(one, derived)["nama"] == "BUDI"
    told = status.status(colleague)
    assert (told.pending, told.conflicts, told.to_fix) == (0, 0, 0)
