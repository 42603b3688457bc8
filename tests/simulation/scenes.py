"""Encounters of two desks of one office, in the order in which they go wrong.

Chance alone would bring them together too seldom. Each part of a scene is an ordinary act, trip or
visit under the faults of the run, so a scene may come out otherwise than it was meant.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from sync.store import inbox, read
from sync.store import workbook as store_workbook
from tests.simulation import acts, past, sticks
from tests.simulation.acts import Act
from tests.simulation.laptop import Laptop
from tests.simulation.pattern import BLOCK, LETTER, RESIDENT

if TYPE_CHECKING:
    from tests.simulation.world import World

PLACES = ("telepon", "alamat")
PAPER_PLACES = ("nama_usaha", "telepon", "alamat")
BEFORE = frozenset({"received", "returned", "drafted"})

Scene = Callable[["World"], None]


class _Pair:
    """Two desks of one office, and a record that both have."""

    def __init__(self, world: "World", one: Laptop, other: Laptop, service: str) -> None:
        self.world, self.one, self.other, self.service = world, one, other, service
        self.record = b""

    def does(self, laptop: Laptop, act: Act) -> None:
        """Let a clerk do something, perhaps on a failing disk."""
        if laptop in self.world.laptops:
            with laptop.working():
                self.world.endanger()
                act(laptop)

    def types(self, laptop: Laptop, key: str, said: str | None = None) -> str | None:
        """Let a clerk change the field; give what was typed."""
        typed = None

        def act(where: Laptop) -> None:
            nonlocal typed
            if self.is_at(where):
                typed = acts.retype(where, self.record, key, said)

        self.does(laptop, act)
        return typed

    def is_at(self, laptop: Laptop) -> bool:
        """Tell whether a laptop has the record: it may be another office's by now."""
        return any(found.id == self.record for found in read.listing(laptop.store, self.service))

    def chooses(self, laptop: Laptop) -> None:
        """Let a clerk settle what is in dispute about the record."""

        def act(where: Laptop) -> None:
            found = [one for one in inbox.listing(where.store) if one.record == self.record]
            if found:
                acts.decide(where, self.world.chance.choice(found))

        self.does(laptop, act)

    def takes(self, laptop: Laptop, *actions: str) -> None:
        """Let a clerk take the first of these steps that is possible."""

        def act(where: Laptop) -> None:
            allowed = read.actions(where.store, read.record(where.store, self.record))
            found = [action for action in actions if action in allowed]
            if found:
                acts.step(where, self.record, found[0])

        self.does(laptop, act)

    def both_go(self) -> None:
        """Let both travel, in any order, the first once more."""
        first, second = self.world.chance.sample((self.one, self.other), 2)
        for laptop in (first, second, first):
            self.goes(laptop)

    def goes(self, laptop: Laptop, **sure: bool) -> None:
        """Let one travel; with `lost` nothing comes back from the city."""
        if laptop in self.world.laptops:
            with self.world.faults.forced(frozenset(sure)):
                self.world.travel(laptop)


def _pair(world: "World", service: str = RESIDENT, *states: str) -> _Pair | None:
    """Find two desks of one office and a record of one of these states that both have."""
    chance = world.chance
    one = chance.choice(world.laptops)
    others = [laptop for laptop in world.laptops if laptop.office == one.office and laptop != one]
    if not others:
        return None
    pair = _Pair(world, one, chance.choice(others), service)
    here = {found.id for found in read.listing(pair.other.store, service)}
    shared = [
        found.id
        for found in read.listing(pair.one.store, service)
        if found.id in here and (not states or found.state in states)
    ]
    if not shared:
        return None
    pair.record = chance.choice(shared[: world.profile.hot or 3])
    return pair


def contest(world: "World") -> None:
    """Both type into one field, the same now and then, one of them twice."""
    pair = _pair(world)
    if pair is None:
        return
    key = world.chance.choice(PLACES)
    said = pair.types(pair.one, key)
    same = world.chance.random() < 0.4
    pair.types(pair.other, key, said if same else None)
    pair.goes(pair.one)
    if world.chance.random() < 0.6:
        pair.types(pair.other, key)
    pair.goes(pair.other)


def unheard(world: "World") -> None:
    """One is in conflict and does not hear of it; the other chooses; the first goes on typing."""
    pair = _pair(world)
    if pair is None:
        return
    key = world.chance.choice(PLACES)
    pair.types(pair.one, key)
    pair.types(pair.other, key)
    pair.goes(pair.one)
    pair.goes(pair.other, lost=True)
    pair.goes(pair.one)
    pair.chooses(pair.one)
    pair.goes(pair.one)
    pair.types(pair.other, key)
    pair.goes(pair.other)
    pair.goes(pair.one)


def _at_odds(world: "World") -> tuple[_Pair, str] | None:
    """Let a pair type into one field each, and both see the conflict; None without a pair."""
    pair = _pair(world)
    if pair is None:
        return None
    key = world.chance.choice(PLACES)
    pair.types(pair.one, key)
    pair.types(pair.other, key)
    pair.both_go()
    return pair, key


def two_choices(world: "World") -> None:
    """Both see one conflict; both choose, or one types on; whoever comes first counts."""
    found = _at_odds(world)
    if found is None:
        return
    pair, key = found
    pair.chooses(pair.one)
    if world.chance.random() < 0.7:
        pair.types(pair.one, key)
    if world.chance.random() < 0.8:
        pair.chooses(pair.other)
    else:
        pair.types(pair.other, key)
    pair.both_go()


def late_choice(world: "World") -> None:
    """One chooses and types on, while the other has gone on with the value that is present."""
    found = _at_odds(world)
    if found is None:
        return
    pair, key = found
    pair.goes(pair.other)
    chooser, mover = world.chance.sample((pair.one, pair.other), 2)
    pair.chooses(chooser)
    pair.types(chooser, key)
    pair.types(mover, key)
    pair.goes(mover)
    pair.goes(chooser)


def workbook(world: "World") -> None:
    """Both import one row of a workbook, the second without having heard of the first."""
    pair = _pair(world)
    if pair is None:
        return
    row, area = world.chance.randrange(acts.ROWS), pair.one.store.desk.office.area
    for laptop in (pair.one, pair.other):
        pair.does(laptop, lambda where: acts.take_row(where, row, area))
    pair.both_go()


def workbook_abroad(world: "World") -> None:
    """Two offices import one row; one of them goes on with it before hearing of the other."""
    one = world.chance.choice(world.laptops)
    abroad = [laptop for laptop in world.laptops if laptop.office != one.office]
    if not abroad:
        return
    pair = _Pair(world, one, world.chance.choice(abroad), RESIDENT)
    areas = sorted({laptop.store.desk.office.area for laptop in world.laptops})
    row, area = world.chance.randrange(acts.ROWS), world.chance.choice(areas)
    pair.record = store_workbook.record_id(one.store.desk.region, acts.row_nik(row, area))
    for laptop in (pair.one, pair.other):
        pair.does(laptop, lambda where: acts.take_row(where, row, area))
    if world.chance.random() < 0.5:
        pair.goes(pair.one)
    for key in PLACES[: world.chance.randrange(3)]:
        pair.types(pair.other, key)
    if world.chance.random() < 0.3:
        pair.goes(pair.other, lost=True)
        pair.types(pair.other, world.chance.choice(PLACES))
    pair.both_go()


def two_papers(world: "World") -> None:
    """Both print one letter, or one hands over what the other declares void."""
    pair = _pair(world, LETTER, "approved", "issued", "ready")
    if pair is None:
        return
    pair.takes(pair.one, "issue", "void", "hand_over")
    pair.takes(pair.other, "issue", *world.chance.sample(("hand_over", "ready", "void"), 3))
    pair.both_go()


def printed(world: "World") -> None:
    """One changes the text of a letter that the other prints."""
    pair = _pair(world, LETTER, *sorted(BEFORE))
    if pair is None:
        return
    pair.types(pair.one, world.chance.choice(PAPER_PLACES))
    pair.does(pair.other, lambda where: acts.finish(where, pair.record))
    if world.chance.random() < 0.7:
        pair.goes(pair.one)
    pair.both_go()


def dismissed(world: "World") -> None:
    """One is head of the office no more, prints before hearing of it, and is head again."""
    pair = _pair(world, LETTER, "approved", *sorted(BEFORE))
    if pair is None:
        return
    name = pair.other.operator
    pair.does(pair.one, lambda where: acts.entitle(where, name, head=False))
    pair.goes(pair.one)
    pair.does(pair.other, lambda where: acts.finish(where, pair.record))
    pair.goes(pair.other)
    pair.does(pair.one, lambda where: acts.entitle(where, name, head=True))
    pair.both_go()


def given_back(world: "World") -> None:
    """The city is put back to before work whose author is lost, and only a colleague has it."""
    pair = _pair(world)
    if pair is None:
        return
    past.make_backup(world)
    file = world.backups[-1]
    pair.types(pair.one, world.chance.choice(PLACES))
    if world.chance.random() < 0.4:
        pair.does(pair.one, acts.attach)
    pair.goes(pair.one)
    pair.goes(pair.other)
    if world.chance.random() < 0.5:
        pair.types(pair.other, world.chance.choice(PLACES))
    if world.chance.random() < 0.6:
        past.lose(world, pair.one)
    past.restore(world, file)
    pair.both_go()


def granted(world: "World") -> None:
    """The city is put back to before it granted numbers; who had them comes last."""
    pair = _pair(world)
    if pair is None:
        return
    past.make_backup(world)
    file = world.backups[-1]
    for laptop in (pair.one, pair.other):
        for _ in range(BLOCK - 1):
            pair.does(laptop, acts.take_letter)
        pair.goes(laptop)
        if laptop is pair.one:
            past.restore(world, file)
    pair.goes(pair.one)
    for laptop in (pair.one, pair.other):
        for _ in range(BLOCK // 2):
            pair.does(laptop, acts.take_letter)


def unawares(world: "World") -> None:
    """The city's disk is put back, and a desk builds on what the city has not any more."""
    pair = _pair(world)
    if pair is None:
        return
    key = world.chance.choice(PLACES)
    past.image_city(world, back=False)
    pair.types(pair.one, key)
    pair.goes(pair.one)
    pair.goes(pair.other)
    past.image_city(world, back=True)
    if world.chance.random() < 0.4:
        pair.types(pair.one, world.chance.choice(PLACES))
        pair.goes(pair.one)
    pair.types(pair.other, key)
    pair.goes(pair.other)
    pair.both_go()


def by_stick(world: "World") -> None:
    """Both type; one sends it by a stick that comes late, and twice."""
    pair = _pair(world)
    if pair is None:
        return
    key = world.chance.choice(PLACES)
    pair.types(pair.one, key)
    sticks.carry_out(world, pair.one)
    pair.types(pair.other, key)
    pair.goes(pair.other)
    sticks.at_the_city(world)
    pair.types(pair.one, key)
    sticks.at_the_city(world)
    pair.goes(pair.one)


def copied(world: "World") -> None:
    """A laptop is copied, and both print letters."""
    pair = _pair(world)
    if pair is None:
        return
    pair.one.image()
    twin = past.twin(world, pair.one)
    for laptop in (pair.one, twin or pair.other):
        pair.does(laptop, acts.take_letter)
    for laptop in (pair.one, twin or pair.other, pair.other):
        pair.goes(laptop)


def namesakes(world: "World") -> None:
    """Both register the same person, or one does so twice."""
    pair = _pair(world)
    if pair is None:
        return
    nik = acts.fresh_nik(pair.one)
    for laptop in (pair.one, world.chance.choice((pair.one, pair.other))):
        pair.does(laptop, lambda where: acts.enter(where, nik))
    pair.both_go()


def moved(world: "World") -> None:
    """A resident moves to another office's area while somebody here still works on the entry."""
    pair = _pair(world)
    abroad = [laptop for laptop in world.laptops if pair and laptop.office != pair.one.office]
    if pair is None or not abroad:
        return
    far = world.chance.choice(abroad)
    homes = [laptop.store.desk.office.area for laptop in (far, pair.one)]
    pair.types(pair.one, "kelurahan", homes[0])
    pair.types(pair.other, world.chance.choice(PLACES))
    pair.both_go()
    pair.goes(far)
    pair.types(far, *world.chance.choice((("telepon",), ("kelurahan", homes[1]))))
    pair.types(pair.other, "telepon")
    pair.goes(far)
    pair.both_go()


SCENES: dict[str, Scene] = {
    "contest": contest,
    "unheard": unheard,
    "two_choices": two_choices,
    "late_choice": late_choice,
    "workbook": workbook,
    "workbook_abroad": workbook_abroad,
    "two_papers": two_papers,
    "printed": printed,
    "dismissed": dismissed,
    "given_back": given_back,
    "granted": granted,
    "unawares": unawares,
    "by_stick": by_stick,
    "copied": copied,
    "namesakes": namesakes,
    "moved": moved,
}
