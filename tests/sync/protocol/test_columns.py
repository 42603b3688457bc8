"""Changes travel as columns and come back equal, with their ids computed and never sent."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.engine.problem import Refused
from sync.protocol import columns, wire
from sync.protocol.change import Body, Change, change_id, digest, named
from tests.golden.pinned import golden

answers = st.dictionaries(
    st.from_regex(r"[a-z_]{1,10}", fullmatch=True),
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.text(max_size=20),
    max_size=5,
)


@st.composite
def changes(draw: st.DrawFn) -> list[Change]:
    made: list[Change] = []
    for seq in range(1, draw(st.integers(0, 12)) + 1):
        ids = [change.id for change in made]
        other = st.binary(min_size=16, max_size=16) | (
            st.sampled_from(ids) if ids else st.nothing()
        )
        made.append(
            named(
                Change(
                    device=b"d" * 16,
                    incarnation=b"i" * 8,
                    seq=seq,
                    operator=draw(st.binary(min_size=16, max_size=16)),
                    time=draw(st.integers(0, 2**45)),
                    service=draw(st.sampled_from(["letters/a", "residents/resident"])),
                    version=draw(st.integers(1, 3)),
                    act=draw(st.sampled_from(["new", "edit", "issue"])),
                    record=draw(st.just(b"") | other),
                    subject=draw(st.just(b"") | other),
                    base=draw(st.dictionaries(st.sampled_from(["state", "nama"]), other)),
                    state=draw(st.sampled_from(["", "issued"])),
                    number=None,
                    salt=draw(st.binary(max_size=12)),
                    body=Body(answers=draw(answers), reason=draw(st.text(max_size=9))),
                )
            )
        )
    return made


@given(changes())
def test_changes_come_back_equal_and_in_order(made: list[Change]) -> None:
    assert columns.decode(columns.encode(made)) == made


@given(changes())
def test_encoding_again_gives_the_same_bytes(made: list[Change]) -> None:
    once = columns.encode(made)

    assert columns.encode(columns.decode(once)) == once


def test_a_letter_with_its_transitions_comes_back_equal(letter: list[Change]) -> None:
    assert columns.decode(columns.encode(letter)) == letter


def test_the_bytes_are_those_that_were_pinned(letter: list[Change]) -> None:
    assert columns.encode(letter) == golden("columns_letter_v1.bin", columns.encode(letter))


def test_ids_are_not_sent(letter: list[Change]) -> None:
    data = columns.encode(letter)

    assert not any(change.id in data for change in letter)


def test_columns_and_fields_of_a_later_version_go_back_unchanged(letter: list[Change]) -> None:
    later = [
        named(msgspec.structs.replace(change, extra={"counter": f"loket {change.seq}"}))
        for change in letter
    ]
    from_later = columns.encode(later)

    kept = columns.decode(from_later)

    assert [change.extra["counter"] for change in kept] == [f"loket {n}" for n in (1, 2, 3, 4)]
    assert all(change.id == change_id(change) for change in kept)
    assert columns.encode(kept) == from_later


def test_an_altered_answer_changes_the_id(letter: list[Change]) -> None:
    altered = msgspec.structs.replace(letter[0], body=Body(answers={"nama": "SARI MAWAR"}))

    assert change_id(altered) != letter[0].id


def test_an_erased_change_keeps_its_id(letter: list[Change]) -> None:
    first = letter[0]
    erased = msgspec.structs.replace(
        first, erased=digest(first.salt, first.body), salt=b"", body=Body()
    )

    assert change_id(erased) == first.id


def test_more_changes_than_allowed_are_refused_before_they_are_built() -> None:
    with pytest.raises(Refused) as refused:
        columns.decode(wire.encode({"rows": 5_000}), rows_max=1_000)

    assert refused.value.problems[0].code == "batch_too_many"


def spoiled(data: bytes, spoil: dict[str, Any]) -> bytes:
    plain = wire.decode(data, dict[str, Any])
    for path, value in spoil.items():
        part = plain
        *above, last = path.split(".")
        for name in above:
            part = part[name]
        part[last] = value
    return msgspec.msgpack.encode(plain)  # also what we never write


@pytest.mark.parametrize(
    "spoil",
    [
        {"rows": -1},
        {"rows": "four"},
        {"rows": 3},
        {"acts": []},
        {"acts.device": ["=", "not bytes"]},
        {"acts.seq": ["*", [1, 2, 3, None]]},
        {"acts.record": ["*", [b"", b"", 9, 2]]},
        {"acts.number": ["=", ["too", "short"]]},
        {"acts.number": ["=", {"series": "surat"}]},
        {"acts.number": ["=", ["surat", 2026, 2**53, "1"]]},
        {"acts.number": ["=", ["surat", 2026, -1, "1"]]},
        {"acts.number": ["=", ["surat", 10_000, 1, "1"]]},
        {"acts.number": ["=", ["surat", 2026, 1, "1\0"]]},
        {"acts.number": ["=", ["surat\0", 2026, 1, "1"]]},
        {"acts.state": ["=", "issued\0"]},
        {"acts.base": ["=", {"state\0": b"x" * 16}]},
        {"acts.device": ["?", b"\x01", ["=", b"d"]]},
        {"acts.seq": ["=", True]},
        {"acts.seq": ["+", 2**63, [2**63, 0, 0]]},
        {"acts.record": ["*", [b"", True, 1, 2]]},
        {"acts.base": ["=", [["state", b"x"]]]},
        {"acts.base": ["=", {"state": "not bytes"}]},
        {"acts.base": ["=", {7: b"x"}]},
        {"acts.paper": ["=", {7: "x"}]},
        {"acts.reason": ["=", 7]},
        {"tables": [{"form": ["letters/a", 1], "answers": ["=", "text"]}]},
        {"tables": [{"form": ["letters/a", 1], "answers": ["=", {7: "x"}]}]},
        {"table": ["=", 7]},
        {"tables": [{"form": ["letters/a"]}]},
    ],
)
def test_a_malformed_table_is_refused(letter: list[Change], spoil: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        columns.decode(spoiled(columns.encode(letter), spoil))


def test_a_name_that_stands_twice_is_refused(letter: list[Change]) -> None:
    data = columns.encode(letter)
    twice = bytes([data[0] + 1]) + data[1:] + wire.encode("rows") + wire.encode(len(letter))

    with pytest.raises(Refused) as refused:
        columns.decode(twice)

    assert refused.value.problems[0].code == "message_malformed"


def test_a_service_that_no_database_can_keep_is_refused(letter: list[Change]) -> None:
    strange = [msgspec.structs.replace(change, service="letters/a\0") for change in letter]

    with pytest.raises(Refused) as refused:
        columns.decode(columns.encode(strange))

    assert refused.value.problems[0].code == "column_malformed"
