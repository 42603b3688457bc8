"""What the registers of letters show, on a real store."""

import datetime as dt
import os
from collections.abc import Callable
from typing import Any

import pytest

from forms.engine.problem import Refused
from sync.protocol.change import NEW, STATE, Number
from sync.protocol.lease import Lease
from sync.store import leases, pages, records, verify
from sync.store.handle import Store
from sync.store.records import Saved
from sync.store.registers import lines, page
from sync.store.registers.page import Page
from sync.store.registers.table import Period
from tests.sync.store.laptop import LETTER, City, Told

Issue = Callable[..., Saved]
Look = Callable[..., Page]
Cell = Callable[..., Any]
Days = Callable[[float], None]


def numbers(found: Page) -> list[Any]:
    return [row.cells[1] for row in found.rows]


def test_issued_letters_stand_in_the_register_by_their_numbers(
    issue: Issue, look: Look, cell: Cell
) -> None:
    issue(nama="SITI AMINAH")
    issue(nama="BUDI SANTOSO")

    found = look("register")

    assert found.total == 2
    assert [cell(found, row, "name") for row in (0, 1)] == ["SITI AMINAH", "BUDI SANTOSO"]
    assert [cell(found, row, "no") for row in (0, 1)] == [1, 2]
    assert cell(found, 0, "number") == "0001/500.3/KEL-KENANGA/11/2026"
    assert cell(found, 0, "day") == dt.date(2026, 11, 21)
    assert cell(found, 0, "kind") == "Surat Keterangan Usaha"
    assert cell(found, 0, "state") == "Terbit"
    assert found.rows[0].marks == ()


def test_a_letter_that_is_not_issued_is_in_no_register(
    store: Store, business: dict[str, Any], look: Look
) -> None:
    records.new(store, LETTER, business)

    assert look("register").total == 0


def test_a_void_line_stays_struck_with_its_reason(
    store: Store, issue: Issue, look: Look, cell: Cell
) -> None:
    issue()
    wrong = issue()
    records.move(store, wrong.record, "void", reason="Salah nama")

    found = look("register")

    assert found.total == 2
    assert [row.struck for row in found.rows] == [False, True]
    assert found.rows[1].marks == ("void",)
    assert cell(found, 1, "note") == "BATAL: Salah nama"


def test_a_provisional_number_stands_behind_the_others_and_says_so(
    store: Store, issue: Issue, look: Look, cell: Cell
) -> None:
    with store.write() as conn:
        conn.exec_driver_sql("UPDATE lease SET high = 1")
    issue()
    provisional = issue()

    found = look("register")

    assert provisional.number is not None
    assert numbers(found)[1] == provisional.number.text
    assert found.rows[1].marks == ("provisional",)
    assert cell(found, 1, "note") == "nomor sementara"


def test_a_date_before_that_of_the_number_before_is_marked(
    store: Store, issue: Issue, look: Look, days: Days, city: City
) -> None:
    desk = store.desk
    early = Lease(
        os.urandom(16), desk.office.id, "surat", 2026, 501, 600, desk.device, desk.incarnation
    )
    with store.write() as conn:
        conn.exec_driver_sql("UPDATE lease SET high = 0 WHERE series = 'surat'")
        leases.put(conn, [early])
    issue()  # 501, today
    with store.write() as conn:
        conn.exec_driver_sql("UPDATE lease SET high = 500 WHERE low = 1 AND series = 'surat'")
    days(3)
    issue()  # 1, three days later

    found = look("register")

    assert [row.marks for row in found.rows] == [(), ("late_date",)]


def test_a_register_may_be_of_one_service_and_one_period(
    store: Store, issue: Issue, look: Look, samples: dict[str, dict[str, Any]], days: Days
) -> None:
    other = "letters/surat_keterangan_domisili"
    issue()
    records.new(store, other, samples[other], issue=True)
    days(5)
    issue()
    first, last = dt.date(2026, 11, 26), dt.date(2026, 11, 26)

    assert look("register", service=other).total == 1
    assert look("register", Period(first, last)).total == 1
    assert look("register", Period(dt.date(2026, 11, 22), dt.date(2026, 11, 25))).total == 0
    assert look("register").total == 3


def test_pages_are_parts_of_the_whole(store: Store, issue: Issue, look: Look) -> None:
    for _ in range(7):
        issue()

    whole = look("register")
    parts = [look("register", start=at, limit=3) for at in (0, 3, 6)]

    assert [row for part in parts for row in part.rows] == list(whole.rows)
    assert {part.total for part in parts} == {7}


def test_all_rows_read_in_parts_are_those_of_the_pages(
    store: Store, issue: Issue, look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.store.registers.query.PART", 2)
    for _ in range(5):
        issue()

    with store.read() as conn:
        book = page.find(store, "register")
        rows = list(page.every(store, conn, book, Period(dt.date(2026, 1, 1), dt.date.max)))

    assert rows == list(look("register").rows)


def test_a_correction_names_the_letter_in_whose_place_it_is(
    store: Store, business: dict[str, Any], issue: Issue, look: Look, cell: Cell
) -> None:
    first = issue()
    records.new(store, LETTER, business, replaces=first.record, reason="Salah ketik", issue=True)

    found = look("register")

    assert first.number is not None
    assert found.rows[1].marks == ("corrects",)
    assert cell(found, 1, "note") == f"pembetulan {first.number.text}"


def test_two_papers_of_one_record_are_two_lines(
    store: Store, city: City, issue: Issue, look: Look, afar: Any
) -> None:
    issue()
    begun = afar(NEW, {"nama": "AHMAD"}, state="received")
    paper = {"data": {"iso_date": "2026-11-21"}}
    issues = [
        afar("issue", {}, record=begun.id, state="issued", base={STATE: begun.id},
             number=Number("surat", 2026, at, f"{at:04}/X"), paper=paper, seq=at)
        for at in (601, 602)
    ]  # fmt: skip
    told: list[Told] = [
        (begun, "applied", ""),
        (issues[0], "applied", ""),
        (issues[1], "conflict", "transition"),
    ]
    pages.take(store, city.page("letters", told))

    found = look("register")

    assert numbers(found)[1:] == ["0601/X", "0602/X"]
    assert [row.marks for row in found.rows][1:] == [("conflict",), ("double", "conflict")]
    assert [problem.code for problem in verify.verify(store)] == []


def test_what_came_from_another_desk_is_in_the_register_too(
    store: Store, city: City, issue: Issue, look: Look
) -> None:
    issue()
    before = look("register")

    city.agree(store)

    assert look("register").rows == before.rows


def test_the_lines_made_anew_are_the_same(
    store: Store, city: City, issue: Issue, enter: Callable[..., Saved]
) -> None:
    issue()
    wrong = issue()
    records.move(store, wrong.record, "void", reason="Salah nama")
    city.agree(store)
    with store.write() as conn:
        conn.exec_driver_sql("UPDATE lease SET high = 3 WHERE series = 'surat'")
    issue()
    issue()
    for kind in ("incoming", "expedition"):
        enter(kind)

    with store.write() as conn:
        before = conn.exec_driver_sql("SELECT * FROM register_line").all()
        lines.rebuild(conn, store.desk.office.id)
        after = conn.exec_driver_sql("SELECT * FROM register_line").all()

    assert len(before) == 6
    assert after == before


def test_a_number_without_a_line_is_found_by_verify(store: Store, issue: Issue) -> None:
    issue()
    assert verify.verify(store) == []

    with store.write() as conn:
        conn.exec_driver_sql("DELETE FROM register_line")

    assert [problem.code for problem in verify.verify(store)] == ["register_differs"]


def test_a_book_that_there_is_not_is_refused(store: Store, look: Look) -> None:
    with pytest.raises(Refused) as refused:
        look("tamu")

    assert refused.value.problems[0].code == "report_unknown"
