import os
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from sync.protocol.change import Body, Change, Number, change_id, named
from sync.store import kept
from sync.store.case import Case, apply, begin, decode, touched

ids = st.binary(min_size=16, max_size=16)
texts = st.text(max_size=20)
values = (
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | texts | st.lists(texts, max_size=3)
)
numbers = st.none() | st.builds(Number, texts, st.integers(2000, 2100), st.integers(0, 9999), texts)
changes = st.builds(
    lambda **parts: named(Change(**parts)),
    device=ids,
    incarnation=st.binary(min_size=8, max_size=8),
    seq=st.integers(1, 2**31),
    operator=ids,
    time=st.integers(0, 2**45),
    service=texts,
    version=st.integers(1, 99),
    act=texts,
    record=ids | st.just(b""),
    subject=ids | st.just(b""),
    base=st.dictionaries(texts, ids, max_size=3),
    state=texts,
    number=numbers,
    salt=st.binary(max_size=12),
    body=st.builds(Body, st.dictionaries(texts, values, max_size=4), texts, st.none()),
    extra=st.dictionaries(texts.map("later_".__add__), values, max_size=2),
)


@given(changes)
def test_a_change_comes_back_as_it_was_kept(change: Change) -> None:
    back = kept.unpack(kept.pack(change), change.id)

    assert back == change
    assert change_id(back) == change.id


@given(changes)
def test_a_record_comes_back_as_it_was_kept(change: Change) -> None:
    case = begin(change, os.urandom(16))

    assert decode(case.encode()) == case


def change(act: str, answers: dict[str, Any], case: Case | None = None, **said: Any) -> Change:
    made = Change(
        device=b"d" * 16,
        incarnation=b"i" * 8,
        seq=1,
        operator=b"o" * 16,
        time=1,
        service="unknown/service",
        version=1,
        act=act,
        record=case.id if case else b"",
        subject=b"",
        base={},
        state="",
        number=None,
        salt=os.urandom(12),
        body=Body(answers),
    )
    return named(msgspec.structs.replace(made, **said))


def test_the_change_that_begins_a_record_is_the_head_of_every_group() -> None:
    first = change("new", {"a": 1, "b": 2, "c": None})
    case = begin(first, b"")
    edit = change("edit", {"a": None}, case)

    after = apply(case, edit, touched(edit, None), None)

    assert case.answers == {"a": 1, "b": 2}
    assert after.answers == {"b": 2}
    assert (after.head("a"), after.head("b"), after.head("state")) == (edit.id, first.id, first.id)


def test_only_the_named_groups_of_a_change_are_taken_over() -> None:
    case = begin(change("new", {"a": 1, "b": 2}), b"")
    edit = change("edit", {"a": 3, "b": 4}, case)

    assert apply(case, edit, frozenset({"a"}), None).answers == {"a": 3, "b": 2}


def test_a_second_beginning_of_a_record_moves_no_state() -> None:
    case = begin(change("new", {"a": 1}, state="active"), b"")
    moved = change("move", {}, case, state="gone")
    case = apply(case, moved, touched(moved, None), None)
    again = change("new", {"a": 2}, case, state="active")

    after = apply(case, again, touched(again, None), None)

    assert (after.state, after.answers) == ("gone", {"a": 2})
    assert after.head("state") == moved.id
