"""What every request passes before its door: an id, a clock, a measure of patience, a line.

    the head      HEAD_S from the connection, or from its first byte after a pause, to its end
    the body      at least SLOWEST bytes a second, counted after GRACE_S; a pause of PART_S at most
    the answer    STALL_S without anything being taken ends the connection

Who is slower gets 408 and the line is closed: nothing was done yet, a desk comes again in pieces.
Whatever no door caught ends here as 500, of a database or disk as 503, and is logged by its places
in the program.
"""

import asyncio
import ipaddress
import logging
import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from time import perf_counter
from typing import Any

from sqlalchemy.exc import DBAPIError
from uvicorn.protocols.http.h11_impl import H11Protocol

from sync.server import logs
from sync.server.meter import NOWHERE, SLOW, Meter, Route

HEAD_S = 15.0
PART_S = 30.0
GRACE_S = 30.0
SLOWEST = 400  # bytes a second: less than half of what 64 kbit/s with 30 % loss leaves
STALL_S = 120.0
ID_BYTES = 8
V4_NETWORK, V6_NETWORK = 24, 48
LATE, FAULT, BUSY = 408, 500, 503
RETRY_S = 30
QUIET = frozenset({"/healthz", "/readyz", "/metrics"})  # asked every few seconds; counted, not told

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_log = logging.getLogger(__name__)


class Threshold:
    """The outermost layer of the application."""

    def __init__(self, app: App, meter: Meter) -> None:
        self._app = app
        self._meter = meter

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        visit = Visit(scope, receive, send)
        about = logs.enter(visit.id)
        try:
            await self._app(scope, visit.receive, visit.send)
        except Exception as error:  # noqa: BLE001 - the last door: nobody is shown a trace
            logs.trouble(_log, "a door failed", error)
            if not visit.status:
                await visit.end(BUSY if isinstance(error, (DBAPIError, OSError)) else FAULT)
        finally:
            self._note(scope, visit, about)

    def _note(self, scope: Scope, visit: "Visit", about: dict[str, Any]) -> None:
        route = route_of(scope)
        seconds = perf_counter() - visit.began
        self._meter.passed(route, visit.status, seconds, received=visit.received, sent=visit.sent)
        if visit.is_late:
            self._meter.count(SLOW)
        if route[1] in QUIET and visit.status < FAULT:
            return
        client = scope.get("client")
        facts = {
            "method": route[0],
            "route": route[1],
            "status": visit.status,
            "ms": round(seconds * 1000, 1),
            "received": visit.received,
            "sent": visit.sent,
            "network": network_of(client[0] if client else ""),
        }
        told = {name: value for name, value in about.items() if name != "request"}
        _log.info("answered", extra={**told, **facts})


class Visit:
    """One request: how much of it came and went, and how patiently."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.id = secrets.token_hex(ID_BYTES)
        self.began = perf_counter()
        self.status = 0
        self.received = 0
        self.sent = 0
        self.is_late = False
        self._is_whole = scope["method"] in ("GET", "HEAD")
        self._receive = receive
        self._send = send

    async def receive(self) -> Message:
        """Give the next part of the body; who sends too slowly is taken for gone."""
        if self._is_whole:
            return await self._receive()
        gone = perf_counter() - self.began
        # As if it had come at the slowest pace that is allowed, from the end of the grace on.
        left = GRACE_S + (self.received + 1) / SLOWEST - gone
        try:
            async with asyncio.timeout(max(0.0, min(PART_S, left))):
                message = await self._receive()
        except TimeoutError:
            self.is_late = self._is_whole = True
            return {"type": "http.disconnect"}
        self.received += len(message.get("body", b""))
        self._is_whole = not message.get("more_body", False)
        return message

    async def end(self, status: int) -> None:
        """Answer with nothing but a status; the same may be asked again later."""
        headers = [(b"retry-after", str(RETRY_S).encode())]
        await self.send({"type": "http.response.start", "status": status, "headers": headers})
        await self.send({"type": "http.response.body", "body": b""})

    async def send(self, message: Message) -> None:
        """Send a part of the answer."""
        if message["type"] == "http.response.start":
            headers = [*message.get("headers", ()), (b"x-request-id", self.id.encode())]
            if self.is_late:
                message["status"] = LATE
                headers.append((b"connection", b"close"))
            self.status = message["status"]
            message["headers"] = headers
        else:
            self.sent += len(message.get("body", b""))
        await self._send(message)


class Line(H11Protocol):
    """One connection, with bounds on its head and on who takes nothing."""

    _head: asyncio.TimerHandle | None = None
    _stall: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn does
        """Begin to wait for the first head."""
        super().connection_made(transport)
        self.access_log = False  # it would write down what was asked for
        self._wait_for_head()

    def data_received(self, data: bytes) -> None:
        """Take bytes; those of a head have to be followed by its end."""
        super().data_received(data)
        if self.cycle is not None and not self.cycle.response_complete:
            self._wait_no_more()
        elif self._head is None and not self.transport.is_closing():
            self._wait_for_head()

    def on_response_complete(self) -> None:
        """Wait for the next request as long as a pause may take."""
        self._wait_no_more()
        super().on_response_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        self._wait_no_more()
        self._go_on()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """Begin to wait for who takes nothing."""
        super().pause_writing()
        if self._stall is None:
            self._stall = self.loop.call_later(STALL_S, self.transport.abort)

    def resume_writing(self) -> None:
        """Go on with who takes again."""
        self._go_on()
        super().resume_writing()

    def _wait_for_head(self) -> None:
        self._head = self.loop.call_later(HEAD_S, self.transport.abort)

    def _wait_no_more(self) -> None:
        if self._head is not None:
            self._head.cancel()
            self._head = None

    def _go_on(self) -> None:
        if self._stall is not None:
            self._stall.cancel()
            self._stall = None


def route_of(scope: Scope) -> Route:
    """Name the door of a request as it was declared, never what was asked for."""
    path = getattr(scope.get("route"), "path", None)
    return NOWHERE if path is None else (str(scope["method"]), str(path))


def network_of(address: str) -> str:
    """Name the network of an address, not who in it asked."""
    try:
        place = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    bits = V4_NETWORK if place.version == 4 else V6_NETWORK  # noqa: PLR2004 - IP's own
    return str(ipaddress.ip_network((place, bits), strict=False))
