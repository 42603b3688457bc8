"""One run over the queue: take an item, ask its destination, keep what it says, tell the office.

    destination fails    it rests, longer each time, or as long as it asked for; its items wait too
    item fails           it waits, longer each time, while others go; after GIVE_UP_MS it is for a
                         person
    taken, no reply yet  asked again each ASK_MS, until ANSWER_MS have passed
    replied, refused     the office hears it: a step of the city's on the record, with the words

Nothing is held open while another system is asked: taking and settling are transactions of their
own. No more is logged than which destination failed how.
"""

import logging
from collections.abc import Callable, Mapping
from random import SystemRandom
from typing import Any, Protocol

from sqlalchemy import Connection

from forms.engine.problem import Refused
from forms.engine.words import say
from sync.protocol.change import STATE, Body
from sync.server import acts, edge_queue, speaking
from sync.server.city import City
from sync.server.edge_queue import Item, Rest
from sync.server.edges import parcel, places
from sync.server.edges.drop import Drop
from sync.server.edges.parcel import Matter
from sync.server.edges.places import Place
from sync.server.edges.reply import Reply
from sync.server.edges.web import Web

AT_ONCE = 50  # items of one run; the next one goes on
BASE_MS, STEP_MAX = 30_000, 10
ITEM_MAX_MS, REST_MAX_MS = 6 * 3_600_000, 3_600_000
CREDENTIAL_MS = 900_000  # a person has to mend it; asking often locks an account
DAY_MS = 86_400_000
GIVE_UP_MS = 14 * DAY_MS
ASK_MS, ANSWER_MS = 3_600_000, 60 * DAY_MS
_log = logging.getLogger(__name__)
_chance = SystemRandom().random
_TOLD = frozenset({"taken", "replied", "refused"})  # what the office hears of


class Carrier(Protocol):
    """A way to one destination; keys are of [0-9a-f]."""

    def send(self, key: str, body: bytes) -> Reply:
        """Bring an item; the same key twice is one item."""

    def ask(self, key: str) -> Reply:
        """Ask what became of an item that was taken."""

    def forget(self, key: str) -> None:
        """Keep nothing of an item that has ended."""

    def close(self) -> None:
        """Let go what is open."""


def carrier(place: Place) -> Carrier:
    """Make the way to a place."""
    return Web(place) if place.url else Drop(place)


def run(city: City, *, chance: Callable[[], float] = _chance) -> int:
    """Go once over what is due; return how many items were tried.

    Refused as `places.read`. `chance` gives 0 to 1, so that not all come back at one moment.
    """
    with city.database.read() as connection:
        known = edge_queue.rests(connection, city)
        failed = {one.destination: one for one in known}
        resting = [one.destination for one in known if one.until > city.now()]
        if not edge_queue.due(connection, city, resting, 1):
            return 0
    ways = {name: carrier(place) for name, place in places.read(city.folder).items()}
    try:
        return _Run(city, ways, failed, chance).go(resting)
    finally:
        for way in ways.values():
            way.close()


class _Run:
    def __init__(
        self,
        city: City,
        ways: Mapping[str, Carrier],
        failed: dict[str, Rest],
        chance: Callable[[], float],
    ) -> None:
        self._city = city
        self._ways = ways
        self._failed = failed
        self._chance = chance

    def go(self, resting: list[str]) -> int:
        """Try what is due, until a destination fails or all were tried."""
        tried = 0
        with self._city.database.read() as connection:
            found = edge_queue.due(connection, self._city, resting, AT_ONCE)
        for item in found:
            if item.destination in resting or item.destination not in self._ways:
                continue  # nobody has said where it is: it waits, and its age is an alert
            tried += 1
            if not self._try(item, self._ways[item.destination]):
                resting.append(item.destination)
        return tried

    def _try(self, item: Item, way: Carrier) -> bool:
        """Try one item; False where its destination rests from now on."""
        city, key = self._city, item.change.hex()
        with city.database.write() as connection:
            taken = edge_queue.take(connection, city, item)
            found = parcel.matter(connection, city, item) if taken is not None else None
            if taken is None:
                return True
            if found is None:
                edge_queue.move(connection, city, taken, "recalled")
                body = b""
            else:
                body = parcel.body(connection, city, item, found) or b""
        if found is None:
            way.forget(key)
            return True
        if not body:
            said = Reply("refused", code="too_long")
        elif taken.state == edge_queue.DELIVERED:
            said = way.ask(key)
        else:
            said = way.send(key, body)
        ended = self._settle(taken, said)
        if ended:
            way.forget(key)
        return said.event != "rest"

    def _settle(self, item: Item, said: Reply) -> bool:
        """Keep what was said, and tell the office; True where the item has ended by it."""
        rest = self._rest_after(item.destination, said)
        try:
            with self._city.database.write() as connection:
                ended = self._keep(connection, item, said, rest, telling=True)
        except Refused:  # the record was moved on while it was asked: the item alone is settled
            with self._city.database.write() as connection:
                ended = self._keep(connection, item, said, rest, telling=False)
        if rest is not None:
            self._failed[item.destination] = rest
        return ended

    def _keep(
        self, connection: Connection, item: Item, said: Reply, rest: Rest | None, *, telling: bool
    ) -> bool:
        city = self._city
        if rest is not None:
            edge_queue.rest(connection, city, rest)
        event, values = self._event(item, said)
        moved = edge_queue.move(connection, city, item, event, **values)
        if moved is None:
            return False
        fresh = item.state != edge_queue.DELIVERED
        if telling and event in _TOLD and (fresh or event != "taken"):
            found = parcel.matter(connection, city, item)
            if found is not None:
                _tell(connection, city, found, event, moved)
        return moved.state in edge_queue.ENDED

    def _event(self, item: Item, said: Reply) -> tuple[str, dict[str, Any]]:
        """Say what becomes of the item, and what is kept of it."""
        now = self._city.now()
        values: dict[str, Any] = {"code": said.code}
        if said.words:
            values["words"] = said.words
        if said.reference:
            values["reference"] = said.reference
        match said.event:
            case "taken":
                expired = now - item.added > ANSWER_MS
                return ("expired" if expired else "taken"), {**values, "due": now + ASK_MS}
            case "replied" | "refused":
                return said.event, values
            case "unknown":
                return "unknown", {**values, "due": now}
        delivered = item.state == edge_queue.DELIVERED
        if now - item.added > (ANSWER_MS if delivered else GIVE_UP_MS):
            return "expired", values
        wait = self._backoff(item.attempts, ITEM_MAX_MS)
        return "later", {**values, "due": now + max(wait, said.wait_s * 1000)}

    def _rest_after(self, destination: str, said: Reply) -> Rest | None:
        """Let a destination that failed rest, and one that answers no more; None: as it is."""
        before = self._failed.get(destination)
        failed = before.failures if before is not None else 0
        if said.event != "rest":
            return Rest(destination, 0, 0, "") if failed else None
        failures = failed + 1
        wait = max(self._backoff(failures, REST_MAX_MS), said.wait_s * 1000)
        if said.code == "credential":
            wait = max(wait, CREDENTIAL_MS)
        _log.warning("a destination rests", extra={"route": destination, "reason": said.code})
        return Rest(destination, self._city.now() + wait, failures, said.code)

    def _backoff(self, times: int, most: int) -> int:
        """Give a wait between half and all of what doubles with each time."""
        whole = min(most, BASE_MS << min(max(times - 1, 0), STEP_MAX))
        return int(whole * (1 + self._chance()) / 2)


def _tell(connection: Connection, city: City, found: Matter, event: str, item: Item) -> None:
    """Do the city's own step on the record, so that the desk hears by its next trip."""
    name = getattr(found.edge, event)
    row = found.form.machine.action(found.present.state, name)
    facts = {"reference": item.reference or item.change.hex()[:8].upper()}
    said = {
        "taken": lambda: say("edge_taken", **facts),
        "replied": lambda: item.words,
        "refused": lambda: item.words or say("edge_refused", code=item.code),
    }[event]()
    change = acts.made(
        connection,
        city,
        found.form,
        name,
        Body(reason=said),
        record=item.record,
        base={STATE: found.present.head(STATE)},
        state=row.target,
    )
    speaking.say(connection, city, found.present.office, change)
