"""One run: a city, its laptops, and everything that can happen to them, under one seed.

Nothing here knows how anything is merged, judged, numbered or encoded: the shipped modules do it,
on a disk, a road and a clock that fail.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

from forms.engine.problem import Refused, Unreachable
from sync.client.pace import Pace
from sync.client.trip import trip
from sync.server.city import City
from tests.simulation import acts, events, guards, past, pattern, rare, rest, road, thrift
from tests.simulation.chance import seeded
from tests.simulation.desks import Desks
from tests.simulation.disk import Disk, watched
from tests.simulation.faults import Faults
from tests.simulation.files import Files
from tests.simulation.laptop import Laptop
from tests.simulation.model import Model
from tests.simulation.profile import YEARS_END_MS, Profile
from tests.simulation.road import DAY_MS, NARROW_ROWS, Late, Narrow, Road
from tests.simulation.trace import Trace

STEPS = 20
CUT_WITHIN = 60  # statements: an act has about ten, a trip some dozens


class World:
    """The state of one run."""

    def __init__(self, root: Path, chance: Random, disk: Disk, about: Profile) -> None:
        self.root = root
        self.chance = chance
        self.profile = about
        self.now = pattern.START + (YEARS_END_MS if chance.random() < about.late else 0)
        self.steps = 0
        self.trace = Trace()
        self.disk = disk
        self.faults = Faults(chance, about)
        self.model = Model(self)
        self.desks = Desks(self)
        self.files = Files(self)
        self.city = City.open(root / "city", self.clock)
        self.niks: list[str] = []
        self.typed: dict[tuple[bytes, str], str] = {}
        self.backups: list[Path] = []
        third = 3 if chance.random() < about.far else 2  # of another office, or a colleague
        self.laptops = [
            Laptop(self, f"laptop{at}", f"Petugas {at}", pattern.OFFICES[at])
            for at in (0, 1, third)
        ]
        if about.old and chance.random() < about.old:
            self.laptops[1].is_older = True
        self._late = Late(self)
        self._counted = 0

    def clock(self) -> int:
        """Tell the city's time."""
        return self.now

    def count(self) -> int:
        """Give a number that no value of this run has had."""
        self._counted += 1
        return self._counted

    def later(self, laptop: Laptop | None, message: bytes | list[bytes]) -> None:
        """Let messages arrive some other day."""
        self._late.put(laptop, message if isinstance(message, list) else [message])

    def deliver(self, envelopes: list[bytes]) -> bytes:
        """Hand messages to the server."""
        if self.faults.strikes("cut_server"):
            self.disk.arm("server", self.chance.randrange(CUT_WITHIN))
        try:
            return road.deliver(self, envelopes)
        finally:
            if self.faults.rates["cut_server"]:
                self.disk.calm()

    def flipped(self, data: bytes) -> bytes:
        """Change one bit of a message."""
        at = self.chance.randrange(len(data))
        return data[:at] + bytes([data[at] ^ 1 << self.chance.randrange(8)]) + data[at + 1 :]

    def restart(self) -> None:
        """Start the server again on what its disk has."""
        self.trace.add("server restarts")
        self.city.close()
        self.city = City.open(self.root / "city", self.clock)

    def act(self, laptop: Laptop) -> None:
        """Let a clerk do something."""
        weights = {name: weight for name, (weight, _) in acts.ACTS.items()}
        weights |= self.profile.acts
        (chosen,) = self.chance.choices(list(weights), list(weights.values()))
        acts.ACTS[chosen][1](laptop)

    def step(self) -> None:
        """Let one thing happen."""
        before = self.steps
        events.any_of(self)(self)
        self.steps = max(self.steps, before + 1)
        self._late.arrive()
        self.desks.check()

    def live(self) -> None:
        """Let things happen until it is enough; a scene counts by its trips."""
        while self.steps < STEPS:
            self.step()

    def travel(self, laptop: Laptop) -> None:
        """Make one trip, whatever comes of it."""
        self.steps += 1
        with laptop.working():
            self.endanger()
            try:
                laptop.attempt(lambda: self._told(laptop))
            except Unreachable:
                self.trace.add("unreachable", laptop.name)

    def settle_down(self) -> None:
        """End all faults and let everybody travel until nothing is left to say."""
        self.faults.calm()
        past.part(self)
        for laptop in self.laptops:
            laptop.skew = 0
        for days in (31, 31, 0):
            self.now += days * DAY_MS
            self._late.arrive()
            for laptop in self.laptops:
                self.travel(laptop)
            guards.settle(self)
        rest.check(self)
        self.files.check()

    def close(self) -> None:
        """Shut everything."""
        for laptop in self.laptops:
            laptop.close()
        self.city.close()

    def _told(self, laptop: Laptop) -> None:
        try:
            done = trip(laptop.store, Road(self, laptop), self._pace())
        except Refused as refused:
            if refused.problems[0].code != "epoch_superseded":
                raise
            past.put_right(self)  # the city says that it needs its administrator
            raise Unreachable("superseded") from refused
        self.trace.add("trip", laptop.name, done.sent, done.received, done.pending, done.conflicts)

    def _pace(self) -> Pace | None:
        if not self.faults.rates["slow"] or not self.faults.strikes("slow"):
            return None
        return Narrow(self.chance.randrange(1, NARROW_ROWS))

    def endanger(self) -> None:
        """Perhaps let the disk fail in what comes."""
        if self.faults.strikes("cut_laptop"):
            self.disk.arm("laptop", self.chance.randrange(CUT_WITHIN))
        elif self.faults.strikes("full"):
            self.disk.arm("laptop", self.chance.randrange(CUT_WITHIN), full=True)


@contextmanager
def begun(seed: int, root: Path) -> Iterator[World]:
    """Begin a run in an empty folder."""
    pattern.make()
    about = rare.of(seed)
    with seeded(seed) as chance, pattern.small_leases(), rare.bounds(about), _sparing():
        pattern.copy(root)
        disk = Disk()
        with watched(disk), thrift.remembered():
            world = World(root, chance, disk, about)
            try:
                for laptop in world.laptops:
                    laptop.note()  # what was there before is nobody's act of this run
                yield world
            finally:
                world.close()


@contextmanager
def _sparing() -> Iterator[None]:
    """Look for cycles once, after the run, and only among what it made."""
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.collect()


def run(seed: int, root: Path) -> Trace:
    """Do one whole run; AssertionError where an invariant does not hold."""
    with begun(seed, root) as world:
        world.live()
        world.settle_down()
        return world.trace
