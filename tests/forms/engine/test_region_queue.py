"""What a region says of its waiting rooms, and what is wrong with it."""

import pytest

from forms.engine import region_queue
from forms.engine.judgement import OFFICE_KINDS
from forms.engine.region_queue import Group, Priority, QueueSpec
from forms.engine.source import Source

SURAT = Group(letter="A", name="Surat", kinds=("kelurahan",), wait_minutes=15)
PENGADUAN = Group(letter="B", name="Pengaduan", kinds=("kelurahan",))
LANSIA = Priority(code="lansia", name="Lanjut usia")


def spec(
    *groups: Group, priority: tuple[Priority, ...] = (LANSIA,), in_a_row: int = 2
) -> QueueSpec:
    return QueueSpec(in_a_row=in_a_row, returns=1, wait_minutes=30, group=groups, priority=priority)


def problems(said: QueueSpec) -> list[str]:
    source = Source("region.toml", b"")
    region_queue.judge(source, said)
    return [problem.code for problem in source.problems]


def test_a_group_without_a_standard_has_that_of_the_region() -> None:
    plan = region_queue.of_kind(spec(SURAT, PENGADUAN), "kelurahan")

    assert [group.wait_minutes for group in plan.groups] == [15, 30]
    assert region_queue.of_kind(spec(SURAT), "puskesmas").groups == ()


@pytest.mark.parametrize("kind", OFFICE_KINDS)
def test_a_region_that_says_nothing_has_the_usual_waiting_room(kind: str) -> None:
    plan = region_queue.of_kind(None, kind)

    letters = [group.letter for group in plan.groups]
    assert len(letters) == len(set(letters))
    assert plan.priority("lansia") is not None
    assert plan.group("?") is None


def test_the_usual_waiting_room_is_without_a_fault() -> None:
    assert problems(region_queue._usual()) == []


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (spec(SURAT, in_a_row=0), "queue_bound"),
        (spec(Group(letter="AB", name="Surat", kinds=("kelurahan",))), "queue_letter"),
        (spec(Group(letter="A", name=" ", kinds=("kelurahan",))), "queue_name"),
        (spec(Group(letter="A", name="Surat", kinds=("kios",))), "office_kind"),
        (spec(SURAT, SURAT), "queue_letter_twice"),
        (spec(SURAT, priority=(LANSIA, LANSIA)), "queue_code"),
        (
            spec(*(Group(letter=c, name=c, kinds=("dinas",)) for c in "ABCDEFGHIJ")),
            "queue_many",
        ),
    ],
)
def test_a_fault_of_a_region_is_named(said: QueueSpec, code: str) -> None:
    assert code in problems(said)
