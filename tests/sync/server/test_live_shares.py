"""What one record counts for, of kinds of tiles that no shipped form shows yet as well."""

import datetime as dt
from typing import Any

import pytest

from forms.engine.form import Form, Tile
from forms.engine.machine import Machine
from forms.engine.region_hours import USUAL
from forms.engine.spec import FormSpec, MachineSpec, TileSpec
from sync.server.live_shares import CLASSES, Case, Cell, Step, class_of, shares

OFFICE, OTHER = b"a" * 16, b"b" * 16
ZONE = dt.timezone(dt.timedelta(hours=7))
MONDAY = dt.date(2026, 11, 23)
MACHINE = MachineSpec("open", ("open", "done"), ("petugas",), ("petugas",), ("open",))


def step(
    act: str, hour: int, state: str = "open", office: bytes = OFFICE, day: dt.date = MONDAY
) -> Step:
    at = dt.datetime.combine(day, dt.time(hour, 30), ZONE)
    return Step(act, state, day, at, office)


def counted(spec: TileSpec, *steps: Step, state: str = "open", **answers: Any) -> dict[Cell, Any]:
    form = Form(FormSpec("rooms/thing", "Sesuatu", 1, "things", MACHINE), (), Machine(MACHINE))
    form.tiles = (Tile("t", spec),)
    return shares(Case(form, steps, state, answers, USUAL, 0))


def cell(hour: int, item: str = "", office: bytes = OFFICE) -> Cell:
    return Cell("t", "2026-11-23", office, hour, item)


def test_an_act_counts_for_the_office_that_did_it() -> None:
    spec = TileSpec("t", "count", "T", "t", acts=("sign",))

    found = counted(spec, step("new", 8), step("sign", 10, office=OTHER))

    assert found == {cell(10, office=OTHER): (1, 0)}


def test_what_was_done_twice_in_an_hour_counts_twice() -> None:
    spec = TileSpec("t", "count", "T", "t", acts=("edit",))

    assert counted(spec, step("new", 8), step("edit", 9), step("edit", 9)) == {cell(9): (2, 0)}


def test_undoing_takes_back_the_last_act_alone() -> None:
    spec = TileSpec("t", "count", "T", "t", acts=("give",), undone=("take",))

    found = counted(spec, step("give", 8), step("give", 9), step("take", 10), step("take", 11))

    assert found == {}
    assert counted(spec, step("give", 8), step("give", 9), step("take", 10)) == {cell(8): (1, 0)}


def test_an_index_is_the_mean_of_what_was_answered_in_hundredths_of_the_best() -> None:
    spec = TileSpec("t", "index", "T", "t", fields=("u1", "u2", "u3"), scale=4)

    assert counted(spec, step("new", 8), u1="4", u2=3) == {cell(8): (1, 8_750)}
    assert counted(spec, step("new", 8)) == {}


def test_a_series_is_summed_by_its_items() -> None:
    spec = TileSpec("t", "series", "T", "t", fields=("harga",), item="barang", unit="Rp")

    assert counted(spec, step("new", 8), harga=14_500, barang="beras") == {
        cell(8, "beras"): (1, 14_500)
    }
    assert counted(spec, step("new", 8), harga=14_500) == {}


def test_a_deadline_by_a_date_ends_with_that_day() -> None:
    spec = TileSpec("t", "open", "T", "t", states=("open",), due="tenggat")

    [found] = counted(spec, step("new", 8), tenggat="2026-11-25")

    assert (found.day, found.hour) == ("2026-11-25", 23)
    assert counted(spec, step("new", 8), state="done", tenggat="2026-11-25") == {}


@pytest.mark.parametrize(
    ("seconds", "standard", "name"),
    [
        (0, 30, "5+"),
        (300, 30, "5+"),
        (301, 30, "10+"),
        (1_800, 30, "30+"),
        (1_801, 30, "45-"),
        (1_801, 0, "45"),
        (10**9, 30, f"{CLASSES[-1]}-"),
    ],
)
def test_a_working_time_has_the_class_up_to_its_bound(
    seconds: int, standard: int, name: str
) -> None:
    assert class_of(seconds, standard) == name
