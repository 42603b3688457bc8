"""No edit silently beats another, no paper is refused, no number is used twice unseen."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from sync.protocol import wire
from sync.protocol.change import STATE, Change
from sync.server import administration, judging, records, tables, verify
from sync.server.city import City
from tests.sync.server.conftest import Time
from tests.sync.server.laptop import LETTER, RESIDENT, Laptop

Enrol = Callable[..., Laptop]
DAY_MS = 24 * 3600 * 1000


def conflicts(city: City) -> list[dict[str, Any]]:
    with city.database.read() as connection:
        rows = connection.execute(select(tables.conflict).order_by(tables.conflict.c.opened))
        return [
            {
                "kind": row.kind,
                "id": row.id,
                "group": row.group,
                "present": (row.present, wire.decode(row.present_value, dict[str, Any])),
                "proposed": (row.proposed, wire.decode(row.proposed_value, dict[str, Any])),
            }
            for row in rows
        ]


def answers(city: City, service: str = RESIDENT) -> list[dict[str, Any]]:
    return [record.answers for record in records.listing(city, service)]


def said(laptop: Laptop, *changes: Change) -> list[tuple[str, str]]:
    return [(v.verdict, v.code) for v in laptop.send(*changes)]


@pytest.fixture
def pair(enrol: Enrol) -> tuple[Laptop, Laptop, Change]:
    """Two desks of one office that both have one resident."""
    ours, theirs = enrol(), enrol()
    resident = ours.resident("AHMAD", telepon="081200000001")
    ours.send(resident)
    return ours, theirs, resident


def test_of_two_edits_of_one_value_the_later_is_put_before_a_person(
    city: City, pair: tuple[Laptop, Laptop, Change]
) -> None:
    ours, theirs, resident = pair
    first = ours.edit(resident, telepon="081200000002")
    second = theirs.edit(resident, telepon="081200000003")

    assert said(ours, first) == [("applied", "")]
    assert said(theirs, second) == [("conflict", "groups:telepon")]

    assert answers(city) == [{"nama": "AHMAD", "telepon": "081200000002"}]
    assert conflicts(city) == [
        {
            "kind": "value",
            "id": second.id,
            "group": "telepon",
            "present": (first.id, {"telepon": "081200000002"}),
            "proposed": (second.id, {"telepon": "081200000003"}),
        }
    ]
    assert verify.verify(city) == ()


def test_edits_of_different_fields_are_both_applied(
    city: City, pair: tuple[Laptop, Laptop, Change]
) -> None:
    ours, theirs, resident = pair

    assert said(ours, ours.edit(resident, telepon="081200000002")) == [("applied", "")]
    assert said(theirs, theirs.edit(resident, nama="AHMAD FAUZI")) == [("applied", "")]

    assert answers(city) == [{"nama": "AHMAD FAUZI", "telepon": "081200000002"}]


def test_an_edit_that_is_right_in_one_field_and_late_in_another_is_applied_in_the_one(
    city: City, pair: tuple[Laptop, Laptop, Change]
) -> None:
    ours, theirs, resident = pair
    ours.send(ours.edit(resident, telepon="081200000002"))

    verdict = said(theirs, theirs.edit(resident, telepon="081200000003", nama="AHMAD FAUZI"))

    assert verdict == [("conflict", "groups:telepon")]
    assert answers(city) == [{"nama": "AHMAD FAUZI", "telepon": "081200000002"}]


def test_the_same_value_twice_has_no_effect_and_stands_for_the_first(
    city: City, pair: tuple[Laptop, Laptop, Change]
) -> None:
    ours, theirs, resident = pair
    same = theirs.edit(resident, telepon="081200000002")
    ours.send(ours.edit(resident, telepon="081200000002"))

    assert said(theirs, same) == [("no_effect", "")]
    assert said(theirs, theirs.edit(resident, same, telepon="081200000004")) == [("applied", "")]


def test_a_further_proposal_joins_the_branch_of_the_one_before(
    city: City, pair: tuple[Laptop, Laptop, Change]
) -> None:
    ours, theirs, resident = pair
    ours.send(ours.edit(resident, telepon="081200000002"))
    opened = theirs.edit(resident, telepon="081200000003")
    theirs.send(opened)

    latest = theirs.edit(resident, opened, telepon="081200000004")
    theirs.send(latest)

    [conflict] = conflicts(city)
    assert (conflict["id"], conflict["proposed"][0]) == (opened.id, latest.id)


def test_a_branch_may_grow_within_one_batch(
    city: City, pair: tuple[Laptop, Laptop, Change]
) -> None:
    ours, theirs, resident = pair
    ours.send(ours.edit(resident, telepon="081200000002"))
    opened = theirs.edit(resident, telepon="081200000003")
    latest = theirs.edit(resident, opened, telepon="081200000004")

    theirs.send(opened, latest)

    [conflict] = conflicts(city)
    assert (conflict["id"], conflict["proposed"][0]) == (opened.id, latest.id)


def test_a_change_on_an_unknown_base_is_held_until_the_base_comes(
    city: City, pair: tuple[Laptop, Laptop, Change]
) -> None:
    ours, theirs, resident = pair
    base = ours.edit(resident, telepon="081200000002")
    child = theirs.edit(resident, base, telepon="081200000003")

    held = theirs.send(child)
    assert [(v.verdict, v.row) for v in held] == [("held", 0)]
    assert administration.status(city).held == 1

    ours.send(base)

    assert administration.status(city).held == 0
    assert answers(city) == [{"nama": "AHMAD", "telepon": "081200000003"}]
    page = next(p for p in theirs.pages(theirs.exchange()) if p.stream.endswith("residents"))
    assert [fate.change for fate in page.fates] == [resident.id, base.id, child.id]
    assert verify.verify(city) == ()


def test_a_whole_chain_that_waits_is_woken_in_order(
    city: City, pair: tuple[Laptop, Laptop, Change]
) -> None:
    ours, theirs, resident = pair
    base = ours.edit(resident, telepon="081200000002")
    chain = [base]
    for place in range(50):
        chain.append(theirs.edit(resident, chain[-1], telepon=f"0812000001{place:02}"))
    theirs.send(*chain[1:])

    ours.send(base)

    assert answers(city) == [{"nama": "AHMAD", "telepon": "081200000149"}]
    assert administration.status(city).held == 0


def test_a_change_of_a_record_that_is_still_under_way_is_held(city: City, enrol: Enrol) -> None:
    ours, theirs = enrol(), enrol()
    resident = ours.resident("AHMAD")
    edit = theirs.edit(resident, telepon="081200000002")

    assert said(theirs, edit) == [("held", "")]
    ours.send(resident)

    assert answers(city) == [{"nama": "AHMAD", "telepon": "081200000002"}]


def test_after_thirty_days_a_person_decides_what_was_held(
    city: City, pair: tuple[Laptop, Laptop, Change], time: Time
) -> None:
    ours, theirs, resident = pair
    lost = ours.edit(resident, telepon="081200000002")
    theirs.send(theirs.edit(resident, lost, telepon="081200000003"))
    time.ms += (judging.HELD_DAYS + 1) * DAY_MS

    ours.send(ours.resident("BUDI"))

    assert administration.status(city).held == 0
    assert [conflict["kind"] for conflict in conflicts(city)] == ["value"]
    assert answers(city)[0]["telepon"] == "081200000001"


def test_a_paper_whose_record_never_comes_is_a_fact_after_thirty_days(
    city: City, enrol: Enrol, letter: dict[str, Any], time: Time
) -> None:
    ours = enrol()
    made = ours.letter(letter)
    issue = ours.issue(made, city.catalogue.form(LETTER), 1)
    assert said(ours, issue) == [("held", "")]
    time.ms += (judging.HELD_DAYS + 1) * DAY_MS

    ours.send(ours.resident("BUDI"))

    [listed] = conflicts(city)
    assert (listed["kind"], listed["proposed"][0]) == ("paper", issue.id)
    [first, *_] = records.explain(city, "kel-a", "surat", 2026)
    assert (first.number, first.state) == (1, "issued")
    assert verify.verify(city) == ()


def test_one_nik_on_two_records_keeps_both_and_asks_a_person(city: City, enrol: Enrol) -> None:
    ours, theirs = enrol("kel-a"), enrol("kel-b")
    ours.send(ours.resident("AHMAD", nik="9971011505880001"))

    assert said(theirs, theirs.resident("AHMAT", nik="9971011505880001")) == [("applied", "")]

    assert len(answers(city)) == 2
    status = administration.status(city)
    assert (status.conflicts, status.duplicates) == (0, 1)


def test_an_imported_row_that_comes_again_from_another_desk_has_no_effect(
    city: City, enrol: Enrol
) -> None:
    ours, theirs = enrol(), enrol()
    row = {"record": b"i" * 16, "state": "active"}
    values = {"nama": "AHMAD", "nik": "9971011505880001"}
    ours.send(ours.change(RESIDENT, "new", answers=values, **row))

    again = theirs.change(RESIDENT, "new", answers=values, **row)
    other = theirs.change(
        RESIDENT, "new", answers={"nama": "BUDI", "nik": "9971011505880002"}, **row
    )

    assert said(theirs, again, other) == [("no_effect", ""), ("refused", "id_taken")]
    assert answers(city) == [values]


@pytest.fixture
def letter(city: City) -> dict[str, Any]:
    return {"nama": "AHMAD", "keperluan": "Melamar pekerjaan"}


def test_a_letter_goes_to_issued_with_its_number(
    city: City, enrol: Enrol, letter: dict[str, Any]
) -> None:
    laptop = enrol()
    made = laptop.letter(letter)
    issue = laptop.issue(made, city.catalogue.form(LETTER), 1)

    assert {verdict for verdict, _ in said(laptop, *made, issue)} == {"applied"}

    [listed] = records.listing(city, LETTER)
    assert (listed.state, listed.number) == ("issued", "0001/X")
    assert verify.verify(city) == ()


def test_a_paper_is_never_refused_what_is_wrong_becomes_a_task(
    city: City, enrol: Enrol, letter: dict[str, Any]
) -> None:
    laptop = enrol(role="petugas")
    first = laptop.change(LETTER, "new", answers=letter, state="received")

    verdicts = said(laptop, first, laptop.issue([first], city.catalogue.form(LETTER), 1))

    assert verdicts == [("applied", ""), ("conflict", "role_missing")]
    assert [conflict["kind"] for conflict in conflicts(city)] == ["paper"]
    assert [(n.number, n.state) for n in records.explain(city, "kel-a", "surat", 2026)[:2]] == [
        (1, "issued"),
        (2, "leased"),
    ]


def test_an_issue_on_an_older_text_is_a_conflict_and_its_number_is_kept(
    city: City, enrol: Enrol, letter: dict[str, Any]
) -> None:
    ours, theirs = enrol(), enrol()
    form = city.catalogue.form(LETTER)
    first = ours.change(LETTER, "new", answers=letter, state="received")
    drafted = ours.move(first, "submit", "drafted", first)
    ours.send(first, drafted)
    theirs.send(theirs.edit(first, keperluan="Membuka rekening"))
    approved = ours.move(first, "approve", "approved", drafted)

    verdicts = said(ours, approved, ours.issue([first, approved], form, 1))

    assert verdicts == [("applied", ""), ("conflict", "transition")]
    assert [record.state for record in records.listing(city, LETTER)] == ["approved"]
    assert records.explain(city, "kel-a", "surat", 2026)[0].state == "issued"


def test_two_papers_with_one_number_are_both_kept_and_listed(
    city: City, enrol: Enrol, letter: dict[str, Any]
) -> None:
    laptop = enrol()
    form = city.catalogue.form(LETTER)
    one, two = laptop.letter(letter), laptop.letter(letter)

    verdicts = said(laptop, *one, laptop.issue(one, form, 7), *two, laptop.issue(two, form, 7))

    assert verdicts[4] == ("applied", "")
    assert verdicts[9] == ("applied", "number_taken")
    assert [record.state for record in records.listing(city, LETTER)] == ["issued", "issued"]
    assert records.explain(city, "kel-a", "surat", 2026)[6].state == "double"


def test_a_number_outside_the_desks_leases_is_taken_and_listed(
    city: City, enrol: Enrol, letter: dict[str, Any]
) -> None:
    laptop = enrol()
    made = laptop.letter(letter)

    verdicts = said(laptop, *made, laptop.issue(made, city.catalogue.form(LETTER), 100_000))

    assert verdicts[-1] == ("applied", "number_not_leased")
    assert [conflict["kind"] for conflict in conflicts(city)] == ["number_not_leased"]


def test_a_void_letters_number_says_why(city: City, enrol: Enrol, letter: dict[str, Any]) -> None:
    laptop = enrol()
    made = laptop.letter(letter)
    issue = laptop.issue(made, city.catalogue.form(LETTER), 1)
    laptop.send(*made, issue, laptop.move(made[0], "void", "void", issue, reason="Salah nama"))

    explained = records.explain(city, "kel-a", "surat", 2026)[0]

    assert (explained.state, explained.reason, explained.text) == ("void", "Salah nama", "0001/X")


def test_an_action_that_is_not_for_now_is_refused(
    city: City, enrol: Enrol, letter: dict[str, Any]
) -> None:
    laptop = enrol()
    first = laptop.change(LETTER, "new", answers=letter, state="received")
    early = laptop.move(first, "hand_over", "handed_over", first)
    wrong = laptop.change(
        LETTER, "submit", record=first.target, base={STATE: first.id}, state="issued"
    )

    assert said(laptop, first, early, wrong) == [
        ("applied", ""),
        ("refused", "action_not_now"),
        ("refused", "state_wrong"),
    ]


def test_a_change_on_a_refused_one_counts_from_what_that_was_based_on(
    city: City, pair: tuple[Laptop, Laptop, Change]
) -> None:
    ours, _, resident = pair
    refused = ours.edit(resident, telepon="bukan nomor")
    mended = ours.edit(resident, refused, telepon="081200000009")

    assert said(ours, refused, mended)[1] == ("applied", "")
    assert answers(city)[0]["telepon"] == "081200000009"


def test_history_keeps_every_verdict(city: City, pair: tuple[Laptop, Laptop, Change]) -> None:
    ours, theirs, resident = pair
    ours.send(ours.edit(resident, telepon="bukan nomor"), ours.edit(resident, nama="AHMAD"))
    theirs.send(theirs.edit(resident, telepon="081200000005"))

    table = tables.change
    with city.database.read() as connection:
        verdicts = connection.scalars(
            select(table.c.verdict).where(table.c.record == resident.target)
        ).all()

    assert sorted(verdicts) == ["applied", "applied", "no_effect", "refused"]
