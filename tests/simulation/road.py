"""The network between laptop and city: it loses, doubles, delays, cuts and flips."""

from typing import TYPE_CHECKING

from forms.engine.problem import Refused, Unreachable
from sync.client.pace import SIZE_MIN, Pace
from sync.server import exchange
from sync.store import inbound
from tests.simulation.disk import PowerCut
from tests.simulation.laptop import Laptop

if TYPE_CHECKING:
    from tests.simulation.world import World

DAY_MS = 24 * 3_600_000
NARROW_ROWS = 8  # of one answer over a bad line, at most
LATE_MAX = 12  # messages on their way; more of them would only be forgotten


class Narrow(Pace):
    """A bad line: an answer brings a few rows only, and what is urgent goes by itself."""

    def __init__(self, rows: int) -> None:
        super().__init__(SIZE_MIN)
        self._rows = rows

    def rows(self) -> int:
        """Give the rows that one answer may bring."""
        return self._rows


class Road:
    """The carrier of one trip of one laptop."""

    def __init__(self, world: "World", laptop: Laptop) -> None:
        self._world = world
        self._laptop = laptop

    def exchange(self, envelopes: list[bytes]) -> bytes:
        """Bring an ask and batches, perhaps; bring an answer back, perhaps."""
        world, faults = self._world, self._world.faults
        self._meanwhile()
        world.model.on_the_road(envelopes)
        if faults.strikes("drop"):
            world.trace.add("dropped", self._laptop.name)
            if faults.strikes("late"):
                self._later(envelopes)
            raise Unreachable("dropped")
        if faults.strikes("flip"):
            self._flipped(envelopes)
        if faults.strikes("double"):
            world.deliver(envelopes)
        answer = world.deliver(envelopes)
        world.model.on_the_road([answer])
        if faults.strikes("late"):
            self._later(envelopes)
        if faults.strikes("lost"):
            world.trace.add("lost", self._laptop.name)
            world.later(self._laptop, answer)
            raise Unreachable("lost")
        if faults.strikes("flip"):
            return world.flipped(answer)
        return answer

    def _meanwhile(self) -> None:
        """Let the clerk go on while the trip is under way."""
        if self._world.faults.strikes("meanwhile"):
            side, self._world.disk.side = self._world.disk.side, "laptop"
            self._world.act(self._laptop)
            self._world.disk.side = side

    def _flipped(self, envelopes: list[bytes]) -> None:
        """Bring one message with a byte changed: it is refused, and the line is then cut."""
        at = self._world.chance.randrange(len(envelopes))
        broken = [
            self._world.flipped(data) if place == at else data
            for place, data in enumerate(envelopes)
        ]
        try:
            self._world.deliver(broken)
        except Refused as refused:
            self._world.trace.add("flipped", *(p.code for p in refused.problems))
        raise Unreachable("flipped")

    def _later(self, envelopes: list[bytes]) -> None:
        self._world.later(None, envelopes)


class Late:
    """Messages that are still on their way, to the city or back to a laptop."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self._waiting: list[tuple[int, Laptop | None, list[bytes]]] = []

    def put(self, laptop: Laptop | None, messages: list[bytes]) -> None:
        """Let messages arrive within 30 days; to the city without a laptop."""
        due = self._world.now + self._world.chance.randrange(30 * DAY_MS)
        self._waiting = [*self._waiting, (due, laptop, messages)][-LATE_MAX:]

    def arrive(self) -> None:
        """Let arrive what is due."""
        due = [one for one in self._waiting if one[0] <= self._world.now]
        self._waiting = [one for one in self._waiting if one[0] > self._world.now]
        for _, laptop, messages in due:
            self._world.trace.add("late", laptop.name if laptop else "city", len(messages))
            if laptop is None:
                self._to_city(messages)
            elif laptop in self._world.laptops:
                with laptop.working():
                    self._to_laptop(laptop, messages[0])

    def _to_laptop(self, laptop: Laptop, answer: bytes) -> None:
        try:
            inbound.take(laptop.store, answer)
        except Refused as refused:  # it may have begun anew since, and asked nothing
            self._world.trace.add("late refused", *(p.code for p in refused.problems))

    def _to_city(self, messages: list[bytes]) -> None:
        try:
            self._world.deliver(messages)
        except (Refused, Unreachable):
            self._world.trace.add("late refused")


def deliver(world: "World", envelopes: list[bytes]) -> bytes:
    """Hand messages to the server as it runs now; Unreachable if it dies over them."""
    with world.disk.at("server"):
        try:
            return exchange.exchange(world.city, envelopes)
        except PowerCut:
            world.restart()
            raise Unreachable("server died") from None
