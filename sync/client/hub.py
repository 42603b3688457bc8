"""A hub in the office: takes the exchanges of desks that have no line, and goes in their place.

It holds no key of anybody: an exchange is sealed to the city and signed by the desk, an answer is
sealed to the desk and signed by the city. What a hub sees, and anybody who has its disk: random
ids of devices and keys, counters, padded sizes, times. What it can do: be late, or forget.

| a desk's exchange comes                | the hub                                                |
|----------------------------------------|--------------------------------------------------------|
| always                                 | writes it to the disk                                  |
| and the city was reached last time     | goes at once; the city's answer is the answer (200)    |
| and it can't be reached                | answers Kept, with what came for the desk (202)        |
| and there is no room                   | asks to be left alone for a while (503)                |

Meanwhile the timetable has it try what waits. Refused exchanges are not tried again: the desk hears
it from the city itself.

Who may come: whoever is in the office's network and knows the hub's certificate by its fingerprint,
which is part of its address. It can't tell a desk from a stranger, so a stranger there may fill it
up to its bounds or take a sealed answer away; both only make the others late.
"""

import random
import threading
import time
from collections.abc import Callable
from typing import Protocol

from forms.engine.problem import Problem, Refused, Unreachable
from sync.client.carrier import Busy, Carrier
from sync.client.hub_shelf import Shelf
from sync.client.timetable import Timetable
from sync.crypto import envelope
from sync.protocol import wire
from sync.protocol.header import Header
from sync.protocol.hub import ENVELOPES_MAX, Kept

DEVICE_BYTES = 16
KINDS = frozenset({"batch", "return", "chunk"})


class CityRoad(Carrier, Protocol):
    """A road that says how many of the batches the last exchange brought."""

    brought: int


class NoRoom(Exception):  # noqa: N818 - a state of the hub, not a fault
    """The hub keeps as much as it may."""


class Hub:
    """What a hub does, whoever calls, in any thread; its network side is sync.client.hub_run."""

    def __init__(
        self,
        shelf: Shelf,
        city: CityRoad,
        now: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._shelf = shelf
        self._city = city
        self._now = now
        self._chance = chance
        self._table = Timetable(now())
        self._reached = True  # until it is known better
        self._lock = threading.Lock()  # of all above, never held while going
        self._line = threading.Lock()  # one goes at a time

    def exchange(self, body: bytes) -> bytes | Kept:
        """Take a desk's exchange: the city's answer to it, or that it is kept.

        Refused as the city says, or (message_malformed | envelope_* | exchange_empty |
        exchange_too_many); NoRoom.
        """
        envelopes = wire.decode(body, wire.Listed[bytes])
        device = _device(envelopes)
        with self._lock:
            if not self._shelf.put(device, envelopes):
                raise NoRoom
            reached = self._reached
        answer = self._at_once(device) if reached else None
        if answer is not None:
            return answer
        with self._lock:
            self._table.saved(self._now())
            return Kept(self._shelf.answers(device))

    def look(self) -> None:
        """Try what waits, if the timetable says that it is time."""
        with self._lock:
            if not self._table.due(self._now()):
                return
            self._reached = True
            devices = self._shelf.devices()
        least = 0.0
        with self._line:
            for device in devices:
                try:
                    self._carry(device)
                except Busy as busy:
                    least = max(least, busy.seconds)
                except Unreachable:
                    break
        with self._lock:
            if self._reached:
                self._table.arrived(self._now())
            else:
                self._table.failed(self._now(), self._chance(), least)

    def _at_once(self, device: str) -> bytes | None:
        """Go for a desk that waits for it; None where the line is taken or the city away."""
        if not self._line.acquire(blocking=False):
            return None
        try:
            refused = self._carry(device)
        except Unreachable:
            return None
        finally:
            self._line.release()
        if refused is not None:
            raise refused
        with self._lock:
            answers = self._shelf.answers(device)
        return answers[-1] if answers else None  # the newest says all that the others did

    def _carry(self, device: str) -> Refused | None:
        """Bring what waits for one device, oldest first; what the city said against the last."""
        said = None
        while True:
            with self._lock:
                waiting = self._shelf.next(device)
            if waiting is None:
                return said
            path, envelopes = waiting
            answer, said = None, None
            try:
                answer = self._all(envelopes)
            except Refused as refused:
                said = refused
            except Unreachable:
                self._reached = False
                raise
            with self._lock:
                self._shelf.answered(device, path, answer)

    def _all(self, envelopes: list[bytes]) -> bytes:
        """Bring an exchange, in as many as the line makes of it; the last answer says it all."""
        begins = _begins([envelope.read(data).header for data in envelopes[:2]])
        shown, rest = envelopes[:begins], envelopes[begins:]
        while True:
            answer = self._city.exchange([*shown, *rest])
            rest = rest[max(1, self._city.brought) :]
            if not rest:
                return answer


def _begins(headers: list[Header]) -> int:
    """Count what goes before the batches: an ask, and what lets its device in again."""
    return 1 + (headers[0].kind == "rejoin" and len(headers) > 1)


def _device(envelopes: list[bytes]) -> str:
    """Name the device that an exchange is of, by its form alone."""
    if not envelopes:
        raise Refused(Problem("exchange_empty"))
    if len(envelopes) > ENVELOPES_MAX:
        raise Refused(Problem("exchange_too_many", facts={"max": ENVELOPES_MAX}))
    headers = [envelope.read(data).header for data in envelopes]
    begins = _begins(headers)
    kinds = [header.kind for header in headers]
    if kinds[begins - 1] not in {"ask", "trust"} or not set(kinds[begins:]) <= KINDS:
        raise Refused(Problem("envelope_kind"))
    if len(headers[begins - 1].writer) != DEVICE_BYTES:
        raise Refused(Problem("envelope_malformed"))
    return headers[begins - 1].writer.hex()
