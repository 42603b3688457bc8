"""Letters that are issued out of turn, behind a number that a paper bears already."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from forms.engine.problem import Refused
from forms.engine.region import Region
from sync.store import letters, numbers, read, records
from sync.store.handle import Store
from sync.store.records import Saved
from sync.store.registers import lines
from sync.store.registers.insertion import Insert
from sync.store.registers.page import Page
from sync.store.registers.table import Period
from sync.store.verify import verify
from tests.sync.store.laptop import LETTER, REGIONS, City

Answers = dict[str, Any]
Issue = Callable[..., Saved]
Enter = Callable[..., Saved]
Look = Callable[..., Page]
Cell = Callable[..., Any]
Days = Callable[[float], None]
WHY = "Surat 21 November terlewat"
SAME_DAY = Period(dt.date(2026, 11, 21), dt.date(2026, 11, 21))


def insert(store: Store, answers: Answers, after: int, year: int = 0, reason: str = WHY) -> Saved:
    behind = Insert(after, year)
    return records.new(store, LETTER, answers, issue=True, reason=reason, insert=behind)


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [problem.code for problem in refused.value.problems]


def day_of(store: Store, saved: Saved) -> str:
    with store.read() as conn:
        case, _ = records.find(store, conn, saved.record)
        return str(letters._change(conn, case.paper).body.paper["data"]["iso_date"])  # type: ignore[index] # a letter has one


def test_an_inserted_letter_stands_behind_its_number_with_its_day_and_reason(
    store: Store, business: Answers, issue: Issue, look: Look, cell: Cell, days: Days
) -> None:
    issue()
    issue()
    days(9)
    issue()

    saved = insert(store, business, 1)

    assert saved.number is not None
    assert saved.number.text == "0001.1/500.3/KEL-KENANGA/11/2026"
    assert day_of(store, saved) == "2026-11-21"
    found = look("register")
    assert [str(row.cells[1])[:6] for row in found.rows] == ["0001/5", "0001.1", "0002/5", "0003/5"]
    assert found.rows[1].marks == ("inserted",)
    assert cell(found, 1, "note") == f"sisipan sesudah 1: {WHY}"
    assert look("register", SAME_DAY).total == 3
    assert verify(store) == []


def test_the_printed_letter_bears_the_inserted_number(
    store: Store, business: Answers, issue: Issue
) -> None:
    issue()
    saved = insert(store, business, 1)

    printed = letters.pdf(store, saved.record)

    assert printed.copy == 0
    assert saved.number is not None
    assert read.record(store, saved.record).number == saved.number


def test_inserted_numbers_are_explained_behind_theirs(
    store: Store, business: Answers, issue: Issue, enter: Enter
) -> None:
    issue()
    first, second = insert(store, business, 1), insert(store, business, 1, reason="Dua")
    third = enter(
        "handwritten", cara="sisipan", nomor_induk=1, tanggal_surat="2026-11-21", alasan="Tiga"
    )
    records.move(store, second.record, "void", reason="Salah nama")

    assert [one.state for one in numbers.explain(store, "surat", 2026)[:2]] == ["issued", "leased"]
    (behind,) = numbers.inserted(store, "surat", 2026).values()
    assert [(one.number, one.state, one.record, one.reason) for one in behind] == [
        (1, "issued", first.record, WHY),
        (2, "void", second.record, "Salah nama"),
        (3, "reserved", third.record, "Tiga"),
    ]
    assert first.number is not None
    assert behind[0].text == first.number.text


def test_a_letter_of_last_year_is_inserted_into_last_years_register(
    store: Store, business: Answers, issue: Issue, days: Days, look: Look
) -> None:
    issue()
    days(60)

    with pytest.raises(Refused) as refused:
        insert(store, business, 1)
    saved = insert(store, business, 1, 2026)

    assert codes(refused) == ["number_unused"]
    assert saved.number is not None
    assert saved.number.year == 2026
    assert saved.number.text.endswith("/11/2026")
    assert look("register").total == 2


def test_a_letter_is_approved_first_and_then_inserted(
    store: Store, business: Answers, issue: Issue
) -> None:
    issue()
    letter = records.new(store, LETTER, business).record
    for action in ("submit", "approve"):
        records.move(store, letter, action)

    saved = records.move(store, letter, "issue", reason=WHY, insert=Insert(1))

    assert saved.state == "issued"
    assert saved.number is not None
    assert saved.number.text.startswith("0001.1/")


def test_an_insertion_is_refused_without_reason_number_or_issue(
    store: Store, business: Answers, issue: Issue, resident: Callable[..., Answers]
) -> None:
    issue()
    letter = records.new(store, LETTER, business).record
    before = len(read.listing(store, LETTER))

    with pytest.raises(Refused) as no_reason:
        insert(store, business, 1, reason=" ")
    with pytest.raises(Refused) as no_number:
        insert(store, business, 2)
    with pytest.raises(Refused) as no_issue:
        records.new(store, LETTER, business, reason=WHY, insert=Insert(1))
    with pytest.raises(Refused) as other_step:
        records.move(store, letter, "submit", reason=WHY, insert=Insert(1))
    with pytest.raises(Refused) as no_letter:
        records.new(
            store, "residents/resident", resident(), issue=True, reason=WHY, insert=Insert(1)
        )

    assert codes(no_reason) == ["reason_missing"]
    assert codes(no_number) == ["number_unused"]
    assert no_number.value.problems[0].field is None
    assert codes(no_issue) == codes(other_step) == codes(no_letter) == ["insert_without_issue"]
    assert len(read.listing(store, LETTER)) == before
    assert numbers.inserted(store, "surat", 2026) == {}


def test_an_operator_who_may_not_issue_inserts_nothing(
    store: Store, business: Answers, issue: Issue
) -> None:
    issue()
    store.operator = msgspec.structs.replace(store.operator, roles=frozenset({"petugas"}))

    with pytest.raises(Refused) as refused:
        insert(store, business, 1)

    assert codes(refused) == ["role_missing"]


def test_a_number_can_be_inserted_when_no_lease_is_left(
    store: Store, business: Answers, issue: Issue
) -> None:
    issue()
    with store.write() as conn:
        conn.exec_driver_sql("DELETE FROM lease")

    saved = insert(store, business, 1)

    assert saved.number is not None
    assert not saved.number.provisional


def test_the_city_brings_an_inserted_letter_back_unchanged(
    store: Store, city: City, business: Answers, issue: Issue, look: Look
) -> None:
    issue()
    insert(store, business, 1)
    before = look("register").rows

    city.agree(store)
    with store.write() as conn:
        lines.rebuild(conn, store.desk.office.id)

    assert look("register").rows == before
    assert verify(store) == []


def test_what_was_issued_keeps_its_code_when_the_regions_list_changes(
    store: Store, business: Answers, issue: Issue, look: Look
) -> None:
    saved = issue()
    printed = letters.pdf(store, saved.record, preview=True).data
    before, explained = look("register").rows, numbers.explain(store, "surat", 2026)

    pack = Region.read(REGIONS / "kota_contoh.toml").pack()
    text = pack["region.toml"].replace(b'"500.3"', b'"500.2.9"').replace(b"{unit}/", b"BARU/")
    listed = pack["classification.csv"] + b"500.2.9,Usaha mikro\n"
    changed = Region.from_pack(pack | {"region.toml": text, "classification.csv": listed})
    store.__dict__["region"] = changed
    later = issue()

    assert saved.number is not None
    assert later.number is not None
    assert read.record(store, saved.record).number == saved.number
    assert look("register").rows[:1] == before
    assert numbers.explain(store, "surat", 2026)[0] == explained[0]
    assert letters.pdf(store, saved.record, preview=True).data == printed
    assert saved.number.text == "0001/500.3/KEL-KENANGA/11/2026"
    assert later.number.text == "0002/500.2.9/BARU/11/2026"
    with store.write() as conn:
        lines.rebuild(conn, store.desk.office.id)
    assert look("register").rows[:1] == before
