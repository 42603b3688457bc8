"""What a snapshot leaves out changes nothing of a record; its parts come back as they were laid."""

from typing import Any

import msgspec
import pytest

from forms.engine import catalogue
from forms.engine.problem import Refused
from sync.protocol import wire
from sync.protocol.change import EDIT, NEW, SETTLE, Body, Change, Number, named
from sync.protocol.lease import Lease
from sync.protocol.snapshot import Part, Told, behind, counting, part_of
from sync.protocol.stream import CHAIN_START, Cursor, Fate

FORMS = catalogue.load()
RESIDENT = FORMS.form("residents/resident")
LETTER = FORMS.form("letters/surat_keterangan_usaha")


def change(act: str, answers: dict[str, Any] | None = None, **parts: Any) -> Change:
    plain: dict[str, Any] = {
        "device": bytes(16),
        "incarnation": bytes(8),
        "seq": 1,
        "operator": bytes(16),
        "time": 1_000,
        "service": RESIDENT.code,
        "version": 1,
        "record": b"" if act == NEW else bytes(16),
        "subject": b"",
        "base": {},
        "state": "active" if act == NEW else "",
        "number": None,
        "salt": bytes(12),
        "body": Body(answers or {}, paper=parts.pop("paper", None)),
    }
    return named(Change(act=act, **{**plain, **parts}))


BEGUN = change(NEW, {"nama": "SARI", "telepon": "1"})


def kept(*rest: tuple[Change, str, str]) -> list[int]:
    return counting(RESIDENT, [(BEGUN, "applied", ""), *rest])


def applied(answers: dict[str, Any], **parts: Any) -> tuple[Change, str, str]:
    return change(EDIT, answers, **parts), "applied", ""


def test_of_edits_of_one_group_the_last_one_counts() -> None:
    assert kept(applied({"telepon": "2"}), applied({"telepon": "3"})) == [0, 2]


def test_an_edit_counts_while_any_of_its_groups_does() -> None:
    both = applied({"telepon": "2", "nama": "SARI MELATI"})

    assert kept(both, applied({"telepon": "3"})) == [0, 1, 2]
    assert kept(both, applied({"telepon": "3", "nama": "SARI M"})) == [0, 2]


def test_what_had_no_effect_or_was_refused_does_not_count() -> None:
    for verdict in ("no_effect", "refused", "quarantined"):
        assert kept((change(EDIT, {"telepon": "1"}), verdict, "")) == [0]


def test_a_dispute_and_its_settlement_count_whatever_came_later() -> None:
    disputed = change(EDIT, {"telepon": "2"}), "conflict", "groups:telepon"
    settled = change(SETTLE, {"telepon": "1"}), "applied", "kept"

    assert kept(disputed, settled, applied({"telepon": "4"})) == [0, 1, 2, 3]


@pytest.mark.parametrize(
    "parts",
    [
        {"number": Number("surat", 2026, 7, "7"), "state": "issued"},
        {"paper": {"template": "a"}, "state": "issued"},
        {"state": "void"},
    ],
)
def test_a_number_a_paper_and_what_made_it_void_always_count(parts: dict[str, Any]) -> None:
    story = [change(NEW, service=LETTER.code, state="received")]
    story += [change("issue", service=LETTER.code, **parts)]
    story += [change("ready", service=LETTER.code, state="ready")]

    assert counting(LETTER, [(one, "applied", "") for one in story]) == [0, 1, 2]


def test_the_latest_clock_and_the_newest_version_are_kept() -> None:
    ahead = applied({"telepon": "2"}, time=9_000)
    later = applied({"telepon": "3"}, version=2)

    assert kept(ahead, later, applied({"telepon": "4"}, time=2_000)) == [0, 1, 2, 3]


def test_of_a_form_that_is_not_known_every_change_counts() -> None:
    story = [(BEGUN, "applied", "")] * 3
    assert counting(None, story) == [0, 1, 2]


def part() -> Part:
    first, second = BEGUN, change(EDIT, {"telepon": "2"}, record=BEGUN.id)
    lease = Lease(
        id=bytes(16), office=bytes(16), series="surat", year=2026, low=1, high=500,
        device=bytes(16), incarnation=bytes(8), asked=b"",
    )  # fmt: skip
    return Part(
        [
            Told("aa/residents", Fate(3, first.id, "applied", "", b"o" * 16, 10), first),
            Told("aa/letters", Fate(9, second.id, "conflict", "groups:telepon", b"", 12), second),
        ],
        [("aa/office", 2, lease)],
        [("aa/residents", 1, bytes(16))],
        {"digest": "teks"},
    )


def test_a_part_comes_back_as_it_was_laid() -> None:
    laid = part()
    empty = Part([], [], laid.leaves)

    assert part_of(laid.encode()) == laid
    assert part_of(empty.encode()) == msgspec.structs.replace(empty, leases=[])


def test_what_is_no_part_is_refused_by_one_code() -> None:
    plain = wire.decode(part().encode(), dict[str, Any])
    wrong: list[dict[str, Any]] = [
        {"rows": 3},
        {"streams": []},
        {"fates": {}},
        {"changes": b"\x80"},
        {"texts": 1},
    ]
    for one in wrong:
        with pytest.raises(Refused) as refused:
            part_of(wire.encode(plain | one))
        assert [problem.code for problem in refused.value.problems] == ["snapshot_malformed"]


def test_a_desk_is_behind_by_the_rows_that_it_lacks() -> None:
    ends = [Cursor("a", 10, CHAIN_START), Cursor("b", 5, CHAIN_START), Cursor("c", 2, CHAIN_START)]
    at = [Cursor("a", 4, CHAIN_START), Cursor("c", 7, CHAIN_START)]

    assert behind(at, ends) == 6 + 5
