"""A leave is a row of the chain; what the old office did is judged by what it had read."""

from collections.abc import Callable

import pytest

from sync.protocol.change import Change
from sync.protocol.stream import CHAIN_START, Cursor, Page, chained
from sync.server import holding, verify
from sync.server.city import City
from sync.server.streams import name
from tests.sync.server.conftest import Time
from tests.sync.server.laptop import Laptop

Enrol = Callable[..., Laptop]
A, B = "99.71.01.1001", "99.71.01.1002"


@pytest.fixture
def moved(enrol: Enrol) -> tuple[Laptop, Change, Change]:
    """A laptop of the old office, a resident that left it, and the change that moved them."""
    laptop = enrol("kel-a")
    resident = laptop.resident(kelurahan=A)
    move = laptop.change(
        resident.service,
        "edit",
        record=resident.target,
        base={"alamat_lengkap": resident.id},
        answers={"alamat": None, "rt": None, "rw": None, "kelurahan": B},
    )
    assert [v.verdict for v in laptop.send(resident, move)] == ["applied", "applied"]
    return laptop, resident, move


def page(laptop: Laptop) -> Page:
    stream = name(laptop.welcome.office.id, "residents")
    [found] = [page for page in laptop.pages(laptop.exchange()) if page.stream == stream]
    return found


def at(page: Page) -> list[Cursor]:
    return [Cursor(page.stream, page.last, page.chain)]


def test_a_leave_is_a_row_behind_the_move_and_the_chain_covers_it(
    city: City, moved: tuple[Laptop, Change, Change]
) -> None:
    laptop, resident, move = moved

    told = page(laptop)

    assert [fate.change for fate in told.fates] == [resident.id, move.id]
    assert [(leave.number, leave.record) for leave in told.leaves] == [(3, resident.target)]
    chain = CHAIN_START
    for row in (*told.fate_rows, *told.leave_rows):
        chain = chained(chain, row)
    assert told.chain == chain
    assert verify.verify(city) == ()


def test_the_new_office_is_told_from_the_beginning(
    moved: tuple[Laptop, Change, Change], enrol: Enrol
) -> None:
    _, resident, move = moved

    told = page(enrol("kel-b"))

    assert [fate.change for fate in told.fates] == [resident.id, move.id]
    assert told.leaves == []


def test_the_new_office_is_told_in_the_order_of_judging_whatever_the_citys_clock_said(
    enrol: Enrol, time: Time
) -> None:
    laptop, other = enrol("kel-a"), enrol("kel-a")
    resident = laptop.resident(kelurahan=A)
    laptop.send(resident, laptop.edit(resident, telepon="081200000001"))
    same = other.edit(resident, telepon="081200000001")
    further = other.edit(resident, same, telepon="081200000002")
    move = other.change(
        resident.service, "edit", record=resident.target, base={"alamat_lengkap": resident.id},
        answers={"alamat": None, "rt": None, "rw": None, "kelurahan": B},
    )  # fmt: skip

    time.ms -= 1_000  # it was ahead
    verdicts = other.send(same, further, move)

    assert [v.verdict for v in verdicts] == ["no_effect", "applied", "applied"]
    before = [fate.change for fate in page(laptop).fates]
    assert [fate.change for fate in page(enrol("kel-b")).fates] == before


def test_what_was_sealed_before_the_leave_was_read_counts(
    moved: tuple[Laptop, Change, Change], enrol: Enrol
) -> None:
    laptop, resident, _ = moved
    late = laptop.edit(resident, telepon="081200000001")
    before = [Cursor(page(laptop).stream, 2, bytes(32))]

    answer = laptop.exchange(laptop.batch(late, cursors=before))

    assert [v.verdict for v in laptop.receipt(answer).verdicts] == ["applied"]
    assert page(laptop).fates[-1].change == late.id  # so that it is pending no more
    assert page(enrol("kel-b")).fates[-1].change == late.id


def test_what_was_sealed_after_the_leave_was_read_is_out_of_scope(
    moved: tuple[Laptop, Change, Change], enrol: Enrol
) -> None:
    laptop, resident, _ = moved
    late = laptop.edit(resident, telepon="081200000001")

    answer = laptop.exchange(laptop.batch(late, cursors=at(page(laptop))))

    [verdict] = laptop.receipt(answer).verdicts
    assert (verdict.verdict, verdict.code) == ("refused", "not_in_scope")


def test_an_office_that_never_held_the_record_stays_outside(
    moved: tuple[Laptop, Change, Change], enrol: Enrol
) -> None:
    _, resident, _ = moved
    stranger = enrol("kel-b")
    other = stranger.resident("BUDI", kelurahan=B)
    stranger.send(other)

    [verdict] = enrol("kel-a").send(enrol("kel-a").edit(other, telepon="081200000001"))

    assert verdict.verdict == "refused"
    assert resident.target != other.target


def test_both_moves_of_one_batch_leave_the_record_where_it_was(
    city: City, enrol: Enrol, moved: tuple[Laptop, Change, Change]
) -> None:
    laptop, resident, move = moved
    bases = {"alamat_lengkap": move.id}
    nothing = {"alamat": None, "rt": None, "rw": None}
    parts = {"record": resident.target}
    back = laptop.change(
        resident.service, "edit", base=bases, answers={**nothing, "kelurahan": A}, **parts
    )
    away = laptop.change(
        resident.service, "edit", base={"alamat_lengkap": back.id},
        answers={**nothing, "kelurahan": B}, **parts,
    )  # fmt: skip

    assert [v.verdict for v in laptop.send(back, away)] == ["applied", "applied"]

    assert [leave.record for leave in page(laptop).leaves] == [resident.target] * 2
    assert page(enrol("kel-b")).fates[-1].change == away.id
    assert verify.verify(city) == ()


@pytest.mark.parametrize(
    ("catchment", "inside"),
    [((A,), True), (("99.71.01",), True), ((B,), False), (("99.71.0",), False), ((), False)],
)
def test_a_catchment_covers_its_areas_and_what_lies_in_them(
    catchment: tuple[str, ...], inside: bool
) -> None:
    assert holding.covers(catchment, A) is inside
