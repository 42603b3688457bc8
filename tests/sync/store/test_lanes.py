"""Papers and deaths go first where not all goes at once, and take along what they rest on."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.protocol import columns
from sync.protocol.change import Change
from sync.store import lanes, outbox, records
from sync.store.handle import Store
from sync.store.lanes import Waiting
from sync.store.verify import verify
from tests.sync.store.laptop import LETTER, RESIDENT, City

Resident = Callable[..., dict[str, Any]]


@st.composite
def sets(draw: Any) -> tuple[list[Waiting], dict[int, set[bytes]]]:
    """Random changes of a few records, some urgent, each naming some others, also unknown ones."""
    count = draw(st.integers(0, 40))
    names = [bytes([at]) * 16 for at in range(count)]
    waiting, needs = [], {}
    for at in range(count):
        record = bytes([draw(st.integers(200, 208))]) * 16
        waiting.append(Waiting(10 * at, names[at], record, draw(st.integers(0, 5)) == 0))
        needs[10 * at] = set(draw(st.lists(st.sampled_from([*names[:at], b"?" * 16]), max_size=3)))
    return waiting, needs


@given(sets())
def test_what_goes_first_is_urgent_or_an_urgent_one_rests_on_it(
    drawn: tuple[list[Waiting], dict[int, set[bytes]]],
) -> None:
    waiting, needs = drawn

    found = lanes.first(waiting, lambda row, _: needs[row])

    by_row = {one.row: one for one in waiting}
    rests = {
        one.row: {o.row for o in waiting if o.name in needs[one.row]}
        | {o.row for o in waiting if o.record == one.record and o.row < one.row}
        for one in waiting
    }
    assert found == sorted(found)
    assert {one.row for one in waiting if one.urgent} <= set(found)
    for row in found:
        assert rests[row] <= set(found)
        assert by_row[row].urgent or any(row in rests[other] for other in found)
    assert found == lanes.first(waiting, lambda row, _: needs[row])


def sealed(store: Store, city: City, **how: bool) -> list[list[Change]]:
    batches = outbox.freeze(store, **how)
    return [columns.decode(city.open(frozen.envelope, store).changes) for frozen in batches]


@pytest.fixture
def day(store: Store, resident: Resident, business: Any) -> tuple[Store, bytes, bytes]:
    """Sixty residents, and among them one letter and one death."""
    for _ in range(30):
        records.new(store, RESIDENT, resident())
    dead = records.new(store, RESIDENT, resident()).record
    records.edit(store, dead, {"telepon": "081234567890"})
    letter = records.new(store, LETTER, business, issue=True).record
    for _ in range(30):
        records.new(store, RESIDENT, resident())
    return store, dead, letter


def test_on_a_narrow_line_the_issued_letter_is_in_the_first_batch(
    day: tuple[Store, bytes, bytes], city: City
) -> None:
    store, _, letter = day

    first, others = sealed(store, city, narrow=True)

    assert store.own is not None
    assert {change.target for change in first} == {letter, store.own.name}
    assert first[-1].number is not None
    assert [change.seq for change in first] == sorted(change.seq for change in first)
    assert len(others) == 62
    assert verify(store) == []


def test_a_death_takes_its_residents_earlier_changes_along(
    day: tuple[Store, bytes, bytes], city: City
) -> None:
    store, dead, letter = day
    form = store.catalogue.form(RESIDENT)
    (act,) = {a.action for a in form.machine.actions if a.target == lanes.DECEASED}
    records.move(store, dead, act, reason="akta kematian")

    first, _ = sealed(store, city, narrow=True)

    assert store.own is not None
    assert {change.target for change in first} == {dead, letter, store.own.name}
    assert [change.act for change in first if change.target == dead] == ["new", "edit", act]


def test_a_letter_takes_the_resident_along_whom_it_concerns(
    store: Store, city: City, resident: Resident, business: Any
) -> None:
    for _ in range(30):
        records.new(store, RESIDENT, resident())
    subject = records.new(store, RESIDENT, resident()).record
    letter = records.new(store, LETTER, business, subject=subject, issue=True).record

    first, _ = sealed(store, city, narrow=True)

    assert first[0].target == subject
    assert store.own is not None
    assert {change.target for change in first} == {subject, letter, store.own.name}


def test_on_a_good_line_a_day_is_one_batch_oldest_first(
    day: tuple[Store, bytes, bytes], city: City
) -> None:
    (only,) = sealed(day[0], city)

    assert [change.seq for change in only] == sorted(change.seq for change in only)


def test_of_more_than_one_batch_the_letter_is_in_the_first(
    store: Store, city: City, resident: Resident, business: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "CHANGES_MAX", 10)
    for _ in range(25):
        records.new(store, RESIDENT, resident())
    letter = records.new(store, LETTER, business, issue=True).record

    first, *others = sealed(store, city)

    assert store.own is not None
    assert {change.target for change in first} == {letter, store.own.name}
    assert [len(batch) for batch in others] == [10, 10, 5]
    assert verify(store) == []


def test_records_that_answers_mention_are_named_in_whatever_form() -> None:
    one, two = b"1" * 16, b"2" * 16
    answers = {"ahli_waris": [{"orang": {"record": one}}, {"record": two.hex()}], "nik": "3" * 16}

    assert set(lanes._ids(answers)) == {one, two}
