"""I9: the city's history, read row by row, by what each author had on screen (both directions).

    applied      nothing was there but what its author had before them
    no effect    what it says was there already
    conflict     something else was there than what its author had before them, and than it says
    settlement   adopted over what its author saw; one choice for each dispute
    the end      what history leaves behind is what the record says

What a city that was put back is given again may come in another order than before, and a value may
leave and come back: where the screen can't tell that, nothing is said. Of a record that moved to
another office each stream tells a part.
"""

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from forms.engine.form import Form
from sync.protocol import wire
from sync.protocol.change import EDIT, NEW, NUMBERING, SETTLE, STATE, Change
from sync.protocol.merge import applied_groups, carries_paper
from sync.protocol.settle import said_by
from sync.server import tables
from sync.server.city import City
from tests.simulation import erasures
from tests.simulation.laptop import Values
from tests.simulation.model import Groups, values

if TYPE_CHECKING:
    from tests.simulation.world import World

Place = tuple[bytes, str]
STEPS = frozenset({NEW, EDIT, SETTLE, NUMBERING})  # every other act is a step of a machine


def check(world: "World") -> None:
    """Read all of it."""
    fold, moved = _Fold(world), _moved(world.city) | erasures.names(world.city)
    for change in _turned_down(world.city):
        form = world.city.form(change.service)
        if form is not None:
            fold.refuse(form, change)
    for change, verdict, code in _rows(world.city):
        form = world.city.form(change.service)
        if form is not None and change.target not in moved:
            fold.take(form, change, verdict, code)
    fold.compare(moved)


class _Fold:
    """What stands in each group of each record, as history goes on."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self._strict = not world.model.was_restored
        self._present: dict[Place, Values] = {}
        self._left: dict[Place, set[Values]] = defaultdict(set)  # stood there before
        self._lost: dict[Place, set[Values]] = defaultdict(set)  # lost there, and may come again
        self._refused: dict[Place, set[Values]] = defaultdict(set)
        self._settled: dict[Place, bytes] = {}

    def take(self, form: Form, change: Change, verdict: str, code: str) -> None:
        """Judge one row, and go on."""
        groups = applied_groups(form, change, verdict, code)
        if change.act == SETTLE:
            self._choice(form, change, verdict, groups)
        elif change.act in STEPS:
            self._edit(form, change, verdict, groups)
        else:
            self._step(form, change, verdict, code)
        for group, said in self._says(form, change).items():
            if group in groups:
                self._write((change.target, group), said)
            elif verdict == "conflict":
                self._lost[change.target, group].add(said)

    def refuse(self, form: Form, change: Change) -> None:
        """Note what was turned down: its author goes on from there, and is judged from before."""
        for group, said in _said(form, change).items():
            self._refused[change.target, group].add(said)

    def compare(self, moved: set[bytes]) -> None:
        """Compare what history leaves with what the records say, but for those that moved."""
        table, city = tables.record, self._world.city
        with city.database.read() as connection:
            rows = connection.execute(select(table).where(table.c.region == city.code)).all()
        for row in (row for row in rows if row.id not in moved):
            form = city.form(row.service)
            assert form is not None, "every form of a run is known"
            answers = wire.decode(row.answers, dict[str, Any])
            said = {group: values(answers, keys) for group, keys in form.groups.items()}
            for group, there in (said | {STATE: (row.state,)}).items():
                left = self._there(form, (row.id, group))
                assert left == there, f"I1: {group} says {there}, its history {left}"

    def _edit(self, form: Form, change: Change, verdict: str, groups: frozenset[str]) -> None:
        seen = self._world.model.screens.get(change.id)
        for group, said in self._says(form, change).items():
            if group == STATE:
                continue
            there = self._there(form, (change.target, group))
            if group in groups:
                assert self._is_known((change.target, group), seen, said), (
                    f"I9: {group} overwritten unseen by {change.act}: {there}"
                )
            elif verdict == "conflict":
                assert said != there, f"I9: a conflict about one value of {group}"
                if seen is not None and self._strict:
                    self._is_true_conflict(form, change, group, seen[group])
            elif verdict == "no_effect" and self._strict:
                assert said == there, f"I9: {group} had no effect and was never said"

    def _is_known(self, place: Place, seen: Groups | None, said: Values) -> bool:
        """Tell whether an author had before them what is there, or says it, or was turned down."""
        there, had = self._present.get(place), seen and seen[place[1]]
        nothing = tuple(None for _ in said)
        return had is None or (there or nothing) in {had, said} or had in self._refused[place]

    def _is_true_conflict(self, form: Form, change: Change, group: str, seen: Values) -> None:
        place = (change.target, group)
        there = self._there(form, place)
        (state,) = self._there(form, (change.target, STATE))
        back = there in self._left[place] or there in self._lost[place]
        fits = state in form.machine.editable
        assert seen != there or back or not fits, f"I9: a false conflict about {group}"

    def _step(self, form: Form, change: Change, verdict: str, code: str) -> None:
        seen = self._world.model.screens.get(change.id)
        vouched = (*form.groups, STATE) if carries_paper(change) else (STATE,)
        places = {group: (change.target, group) for group in vouched}
        there = {group: self._there(form, place) for group, place in places.items()}
        if verdict == "no_effect":
            assert there[STATE] == (change.state,), "I9: a step without effect that nobody took"
        if seen is None:
            return
        # A step may go on from one that was turned down; a value that was stands on the paper.
        other = [
            group
            for group in vouched
            if seen[group] != there[group]
            and (group != STATE or seen[group] not in self._refused[places[group]])
        ]
        if verdict == "applied":
            assert not other, f"I9: {change.act} over other {other} than its author saw"
        elif verdict == "conflict" and code.startswith("transition") and self._strict:
            known = any(
                there[group] in self._left[place] | self._lost[place]
                for group, place in places.items()
            )
            assert other or known, f"I9: a false conflict of {change.act}"

    def _choice(self, form: Form, change: Change, verdict: str, groups: frozenset[str]) -> None:
        said, seen = said_by(change), self._world.model.choices.get(change.id)
        if said is None or verdict != "applied":
            return
        if self._strict:
            other = self._settled.setdefault((said.conflict, said.group), change.id)
            assert other == change.id, f"I9: a dispute about {said.group} was settled twice"
        place = (change.target, said.group)
        if groups:
            keys = form.groups.get(said.group, (said.group,))
            there = dict(zip(keys, self._there(form, place), strict=True))
            both = seen[: 1 if self._strict else 2] if seen else ({},)
            known = any(shown.items() <= there.items() for shown in both)
            assert known, f"I9: {said.group} settled over what its author did not see"
            self._lost[place].discard(_said(form, change)[said.group])

    def _there(self, form: Form, place: Place) -> Values:
        nothing = ("",) if place[1] == STATE else values({}, form.groups.get(place[1], (place[1],)))
        return self._present.get(place, nothing)

    def _says(self, form: Form, change: Change) -> Groups:
        """Give what a change says; fields that its author's version lacks are as they were."""
        found = _said(form, change)
        if change.act in {EDIT, SETTLE}:
            for group in found.keys() & form.groups.keys():
                keys, there = form.groups[group], self._there(form, (change.target, group))
                found[group] = tuple(
                    said if key in change.body.answers else before
                    for key, said, before in zip(keys, found[group], there, strict=True)
                )
        return found

    def _write(self, place: Place, said: Values) -> None:
        if place in self._present:
            self._left[place].add(self._present[place])
        self._present[place] = said


def _said(form: Form, change: Change) -> dict[str, Values]:
    """Give what a change says of each group that it touches."""
    found = {
        group: values(change.body.answers, keys)
        for group, keys in form.groups.items()
        if any(key in change.body.answers for key in keys)
    }
    if change.state:
        found[STATE] = (change.state,)
    elif change.act == NEW:
        found[STATE] = (form.machine.start,)
    return found


def _moved(city: City) -> set[bytes]:
    """Name the records that several offices' streams tell of: no one stream has all of them."""
    row, change = tables.stream_row, tables.change
    joined = (change.c.region == row.c.region) & (change.c.id == row.c.change)
    told: dict[bytes, set[bytes]] = defaultdict(set)
    with city.database.read() as connection:
        for record, office in connection.execute(
            select(change.c.record, row.c.office)
            .join_from(row, change, joined)
            .where(row.c.region == city.code)
        ):
            told[record].add(office)
    return {record for record, offices in told.items() if len(offices) > 1}


def _turned_down(city: City) -> list[Change]:
    table = tables.change
    with city.database.read() as connection:
        rows = connection.scalars(
            select(table.c.content).where(
                table.c.region == city.code, table.c.verdict.in_(("refused", "quarantined"))
            )
        ).all()
    return [wire.decode(content, Change) for content in rows]


def _rows(city: City) -> list[tuple[Change, str, str]]:
    """Give every change that a stream of its author's office shows, each stream in its order."""
    row, change = tables.stream_row, tables.change
    joined = (change.c.region == row.c.region) & (change.c.id == row.c.change)
    with city.database.read() as connection:
        rows = connection.execute(
            select(change.c.content, change.c.verdict, change.c.code, change.c.office, row.c.office)
            .join_from(row, change, joined)
            .where(row.c.region == city.code)
            .order_by(row.c.office, row.c.service_group, row.c.number)
        ).all()
    return [(wire.decode(one[0], Change), one[1], one[2]) for one in rows if one[3] == one[4]]
