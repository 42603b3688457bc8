"""A column gives back the very values it was packed from, in the fewest bytes that do."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.engine.problem import Refused
from sync.protocol import wire
from sync.protocol.frame import CONTENT_MAX
from sync.protocol.packing import CELL, DEPTH_MAX, MISSING, Room, pack, unpack

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.text(max_size=12)
    | st.binary(max_size=12)
    | st.dates().map(str)
    | st.from_regex(r"[0-9]{1,18}", fullmatch=True)
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)
one_kind = st.sampled_from(
    [
        st.integers(-(2**60), 2**60),
        st.dates().map(str),
        st.from_regex(r"[0-9]{16}", fullmatch=True),
        st.binary(min_size=16, max_size=16),
        st.text(max_size=5),
        st.booleans(),
    ]
).flatmap(lambda kind: st.lists(kind, min_size=1, max_size=40))


def same(left: Any, right: Any) -> bool:
    """Equal and of the same type all the way down: True is not 1 on paper."""
    if type(left) is not type(right):
        return False
    if isinstance(left, list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    return bool(left == right)


def travelled(column: list[Any]) -> Any:
    return wire.decode(wire.encode(column), list[Any])


@given(st.lists(values | st.just(MISSING), min_size=1, max_size=20) | one_kind)
def test_a_column_gives_back_the_very_values_it_was_packed_from(column: list[Any]) -> None:
    assert same(unpack(travelled(pack(column)), len(column)), column)


@given(one_kind)
def test_packing_what_was_unpacked_gives_the_same_bytes(column: list[Any]) -> None:
    once = wire.encode(pack(column))

    again = wire.encode(pack(unpack(wire.decode(once, list[Any]), len(column))))

    assert once == again


@pytest.mark.parametrize(
    ("tag", "column"),
    [
        ("=", ["ISLAM"] * 5),
        ("d", ["L", "P"] * 5),
        ("+", [1, 2, 3, 5]),
        ("#", ["3671000000000001", "3671000000000002"]),
        ("t", ["1990-08-16", "1991-01-01"]),
        ("b", [b"a" * 16, b"b" * 16]),
        ("m", [{"a": 1}, {"a": 2, "b": 3}]),
        ("?", [MISSING, 1]),
        ("*", ["a", 1]),
    ],
)
def test_each_sort_of_column_has_its_tag(tag: str, column: list[Any]) -> None:
    assert pack(column)[0] == tag


@pytest.mark.parametrize(
    ("column", "rows"),
    [
        (["+", 1, [1]], 3),
        (["d", ["a"], b"\x01"], 1),
        (["d", ["a"], [-1]], 1),
        (["#", 19, b"\0" * 9], 1),
        (["#", 2, b"\xff"], 1),
        (["t", 0, []], 1),
        (["b", 0, b"aa"], 2),
        (["?", b"\xff", ["*", [1]]], 1),
        (["=", 1], 10**9),
        (["!", 1], 1),
        ({"=": 1}, 1),
        ([], 1),
    ],
)
def test_what_is_no_column_is_refused(column: Any, rows: int) -> None:
    with pytest.raises(Refused) as refused:
        unpack(column, rows)

    assert refused.value.problems[0].code == "column_malformed"


def nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


def sparse(depth: int) -> list[Any]:
    column: list[Any] = ["=", "x"]
    for _ in range(depth):
        column = ["?", b"\3", column]
    return column


@pytest.mark.parametrize("tag", ["=", "*", "d"])
def test_a_value_may_lie_so_deep_and_no_deeper(tag: str) -> None:
    def column(depth: int) -> list[Any]:
        value = nested(depth)
        return {"=": ["=", value], "*": ["*", [value]], "d": ["d", [value], b"\0"]}[tag]

    assert unpack(column(DEPTH_MAX - 1), 1) == [nested(DEPTH_MAX - 1)]
    for depth in (DEPTH_MAX + 1, 10_000):
        with pytest.raises(Refused):
            unpack(column(depth), 1)


def test_columns_may_lie_in_each_other_so_deep_and_no_deeper() -> None:
    assert unpack(sparse(DEPTH_MAX), 2) == ["x", "x"]
    for depth in (DEPTH_MAX + 1, 5_000):
        with pytest.raises(Refused):
            unpack(sparse(depth), 2)


@pytest.mark.parametrize(
    "column",
    [
        ["=", "x" * (CONTENT_MAX // 1_000)],
        ["=", ["x" * (CONTENT_MAX // 1_000)]],
        ["d", ["", b"x" * (CONTENT_MAX // 1_000)], b"\1" * 1_000],
        ["m", {f"k{n}": ["=", n] for n in range(CONTENT_MAX // CELL // 1_000 + 1)}],
    ],
)
def test_few_bytes_that_would_become_too_many_are_refused(column: list[Any]) -> None:
    with pytest.raises(Refused):
        unpack(column, 1_000)


def test_columns_of_one_table_share_their_room() -> None:
    room, column = Room(), ["=", "x" * (CONTENT_MAX // 3_000)]
    for _ in range(2):
        assert len(unpack(column, 1_000, room)) == 1_000

    with pytest.raises(Refused):
        unpack(column, 1_000, room)
