"""What one record puts into the counters of the live room. Pure: history in, shares out.

A share says on which true day and hour something happened, by the clock of whoever did it, whenever
it came here. An act counts for the office that did it; an open record and an answer for the office
that took it.
"""

import datetime as dt
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from forms.engine import worktime
from forms.engine.form import Form, Tile
from forms.engine.region_hours import Hours
from forms.engine.spec import TileSpec
from sync.server.live_tables import NEVER

MINUTE = 60
# Classes of working time in minutes, each up to and with its figure; six hours are a day's work.
CLASSES = (5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240, 360, 720, 1_080, 1_800, 3_600, 10_800)
LAST_HOUR = 23
INDEX_PARTS = 10_000  # a record's index is kept in hundredths of a per cent
ITEM_MAX = 60


class Cell(msgspec.Struct, frozen=True):
    """The place of a counter."""

    measure: str
    day: str
    office: bytes
    hour: int
    item: str = ""


class Step(msgspec.Struct, frozen=True):
    """One act that took place: `day` is the service day, `at` the time in the region."""

    act: str
    state: str
    day: dt.date
    at: dt.datetime
    office: bytes


class Case(msgspec.Struct, frozen=True):
    """A record as counting sees it: its steps in order, what it says, how its office works."""

    form: Form
    steps: Sequence[Step]
    state: str
    answers: Mapping[str, Any]
    hours: Hours
    standard: int  # minutes; 0 where none is published


Share = tuple[Cell, int, int]


def shares(case: Case) -> dict[Cell, tuple[int, int]]:
    """Give what a record counts for, as count and total by cell."""
    counts, totals = Counter[Cell](), Counter[Cell]()
    if case.steps:
        for tile in case.form.tiles:
            for cell, count, total in _KINDS[tile.spec.kind](tile, case):
                counts[cell] += count
                totals[cell] += total
    return {cell: (counts[cell], totals[cell]) for cell in counts}


def class_of(seconds: int, standard: int) -> str:
    """Name the class of a working time, and whether it kept the standard: + kept, - not."""
    minutes = -(-seconds // MINUTE)
    bound = CLASSES[min(bisect_left(CLASSES, minutes), len(CLASSES) - 1)]
    if not standard:
        return str(bound)
    return f"{bound}{'+' if seconds <= standard * MINUTE else '-'}"


def _counted(tile: Tile, case: Case) -> Iterator[Share]:
    for step in _done(tile.spec, case.steps):
        yield _at(tile, step), 1, 0


def _timed(tile: Tile, case: Case) -> Iterator[Share]:
    done = _done(tile.spec, case.steps)
    if not done or done[0] is case.steps[0]:
        return
    end = done[0]
    way = [(step.at, step.state in tile.spec.paused) for step in _until(case.steps, end)]
    took = worktime.seconds(worktime.running(way), case.hours)
    yield _at(tile, end, class_of(took, case.standard)), 1, took


def _open(tile: Tile, case: Case) -> Iterator[Share]:
    if case.state not in tile.spec.states:
        return
    first = case.steps[0]
    day, hour = NEVER, 0
    due = case.answers.get(tile.spec.due) if tile.spec.due else None
    if isinstance(due, str) and due:
        day, hour = due[:10], LAST_HOUR
    elif case.standard and not tile.spec.due:
        moment = _deadline(tile.spec, case)
        if moment is not None:
            day, hour = moment.date().isoformat(), moment.hour
    yield Cell(tile.name, day, first.office, hour), 1, 0


def _deadline(spec: TileSpec, case: Case) -> dt.datetime | None:
    """Give the moment at which the standard runs out, the applicant's own time left out."""
    last = case.steps[-1]
    way = [(step.at, step.state in spec.paused) for step in case.steps]
    # A step that ends nothing closes the last span, which then is the one that is running.
    spans = worktime.running([*way, (last.at, False)])
    since = spans.pop()[0] if spans else last.at
    worked = worktime.seconds(spans, case.hours) if spans else 0
    return worktime.after(since, max(0, case.standard * MINUTE - worked), case.hours)


def _indexed(tile: Tile, case: Case) -> Iterator[Share]:
    given = [_number(case.answers.get(key)) for key in tile.spec.fields]
    marks = [mark for mark in given if mark is not None]
    if marks:
        mean = sum(marks) / len(marks) / tile.spec.scale
        yield _at(tile, case.steps[0]), 1, round(INDEX_PARTS * mean)


def _series(tile: Tile, case: Case) -> Iterator[Share]:
    value = _number(case.answers.get(tile.spec.fields[0]))
    item = case.answers.get(tile.spec.item)
    if value is not None and isinstance(item, str) and item:
        yield _at(tile, case.steps[0], item[:ITEM_MAX]), 1, value


def _done(spec: TileSpec, steps: Iterable[Step]) -> list[Step]:
    """List the acts that count, without those that were undone afterwards."""
    done: list[Step] = []
    for step in steps:
        if step.act in spec.acts:
            done.append(step)
        elif step.act in spec.undone and done:
            done.pop()
    return done


def _until(steps: Sequence[Step], end: Step) -> Sequence[Step]:
    place = next(place for place, step in enumerate(steps) if step is end)
    return steps[: place + 1]


def _at(tile: Tile, step: Step, item: str = "") -> Cell:
    return Cell(tile.name, step.day.isoformat(), step.office, step.at.hour, item)


def _number(value: object) -> int | None:
    """Read a figure, also one that is a choice's value."""
    if isinstance(value, str) and value.isdecimal():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


_KINDS = {
    "count": _counted,
    "time": _timed,
    "open": _open,
    "index": _indexed,
    "series": _series,
}
