"""What strangers send without end or past every bound is refused, counted, and leaves nothing."""

import gzip
import json
import os
import re
import socket
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from fastapi.routing import APIRoute
from sqlalchemy import func, select

from sync.crypto import code as codes
from sync.crypto.keys import DeviceKeys
from sync.protocol.exchange import CONTENT_TYPE
from sync.server import app, metrics, tables
from sync.server import throttle as throttles
from sync.server.account_tables import throttle
from sync.server.admin.pages import PAGES
from sync.server.app import create_app
from sync.server.city import City
from sync.server.run import Running
from tests.sync.server.calling import Reply, call
from tests.sync.server.conftest import ADMINISTRATOR
from tests.sync.server.laptop import Laptop

TRIES = int(os.environ.get("TERAS_WRONG", "80"))
GROWTH_MAX = 24_000  # kB that ten thousand strangers may leave in a process, caches included
FORM = "application/x-www-form-urlencoded"
NUMBER = re.compile(r"^teras_requests_total\{(.*)\} (\d+)$", re.MULTILINE)


class Stranger:
    """Somebody who asks without end, on one line."""

    def __init__(self, running: Running) -> None:
        place = urlsplit(running.url)
        self._line = HTTPConnection(place.hostname or "", place.port, timeout=20)
        self._own = {"Origin": running.url, "Sec-Fetch-Site": "same-origin"}

    def ask(self, method: str, path: str, body: bytes | None = None, kind: str = FORM) -> Reply:
        self._line.request(method, path, body, {"Content-Type": kind, **self._own})
        reply = self._line.getresponse()
        return Reply(reply.status, dict(reply.headers.items()), reply.read())

    def close(self) -> None:
        self._line.close()


@pytest.fixture
def stranger(running: Running) -> Iterator[Stranger]:
    one = Stranger(running)
    yield one
    one.close()


def counted(city: City, running: Running) -> dict[tuple[str, str], int]:
    """Read from the metrics how often each route was answered with each status."""
    token = metrics.make_token(city, ADMINISTRATOR)
    reply = call(running, "GET", "/metrics", Authorization=f"Bearer {token}")
    found = {}
    for labels, number in NUMBER.findall(reply.text):
        told = dict(re.findall(r'(\w+)="([^"]*)"', labels))
        found[told["route"], told["status"]] = int(number)
    return found


def memory() -> int:
    """Tell how many kB this process has in memory."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 1024


Try = Callable[[Stranger, int], Reply]


def enrolling(city: City) -> Try:
    """Show codes that nobody made, each sealed anew as a laptop does."""
    laptop = object.__new__(Laptop)
    laptop.city, laptop.incarnation = city, os.urandom(8)
    laptop.keys = DeviceKeys.make()

    def once(stranger: Stranger, _number: int) -> Reply:
        text, _ = codes.make(city.public.sign)
        return stranger.ask("POST", "/v1/enrol", laptop.request(text, "Siti"), CONTENT_TYPE)

    return once


def signing_in(_city: City) -> Try:
    def once(stranger: Stranger, number: int) -> Reply:
        name = ADMINISTRATOR if number % 2 else f"orang {number}"
        given = {"name": name, "passphrase": f"salah {number}", "code": f"{number:06}"}
        return stranger.ask("POST", "/admin/sign-in", urlencode(given).encode())

    return once


def guessing(_city: City) -> Try:
    return lambda stranger, number: stranger.ask("GET", f"/periksa/{number:012}")


def tokens(_city: City) -> Try:
    return lambda stranger, number: stranger.ask("GET", f"/live?token={number:043}")


@pytest.mark.parametrize(
    ("tries", "route", "statuses"),
    [
        (enrolling, "/v1/enrol", {403}),
        (signing_in, "/admin/sign-in", {422, 429}),
        (guessing, "/periksa/{text:path}", {404, 429}),
        (tokens, "/live", {401, 429}),
    ],
)
def test_wrong_codes_without_end_let_nobody_in_and_are_counted(
    city: City,
    running: Running,
    stranger: Stranger,
    tries: Callable[[City], Try],
    route: str,
    statuses: set[int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Thirty stretched passphrases take seconds and prove no more than three do.
    monkeypatch.setitem(throttles.RULES, throttles.ADDRESS, throttles.Rule(3, 900_000))
    attempt = tries(city)
    for number in range(TRIES // 10):  # what is made once is made
        attempt(stranger, number)
    before = memory()

    seen = {attempt(stranger, number).status for number in range(TRIES // 10, TRIES)}

    assert seen <= statuses
    assert max(seen) == max(statuses)
    assert memory() - before < GROWTH_MAX
    told = counted(city, running)
    assert sum(told.get((route, str(status)), 0) for status in statuses) == TRIES
    with city.database.read() as connection:
        for table, most in ((tables.device, 0), (throttle, 200)):
            assert (connection.scalar(select(func.count()).select_from(table)) or 0) <= most
    assert call(running, "GET", "/readyz").status == 200


def taking(city: City) -> list[tuple[str, str]]:
    return [
        (method, re.sub(r"\{[^}]*\}", "0" * 64, route.path))
        for route in create_app(city).routes
        if isinstance(route, APIRoute)
        for method in sorted((route.methods or set()) & {"POST", "PUT"})
    ]


def test_no_door_takes_a_body_without_a_bound(
    city: City, running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "EXCHANGE_MAX", 1_000_000)
    for method, path in taking(city):
        kind = FORM if path.startswith("/admin") else CONTENT_TYPE
        reply = call(running, method, path, iter([b"x" * 65_536] * 40), Content_Type=kind)  # type: ignore[arg-type] # 3 MB, of a length that nobody states

        assert reply.status == 413, path


def test_no_door_takes_a_body_of_another_kind(city: City, running: Running) -> None:
    files = "multipart/form-data; boundary=x"
    enclosing = {page.path for page in PAGES if page.encloses}
    for method, path in taking(city):
        own = {files} if path in enclosing else set()
        for kind in sorted({"text/html", "application/json", files, ""} - own):
            reply = call(running, method, path, b"{}", Content_Type=kind)

            assert reply.status == 415, (path, kind)


@pytest.mark.parametrize(
    "head",
    [
        b"GET /periksa?" + b"k" * 1_000_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X-A: b\r\n" * 20_000 + b"\r\n",
        b"POST /v1/enrol HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
        b"POST /v1/enrol HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST /v1/enrol HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, x\r\n\r\n",
        b"GET /periksa HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500),
    ],
)
def test_a_head_that_is_none_is_refused_and_the_line_closed(running: Running, head: bytes) -> None:
    place = urlsplit(running.url)
    with socket.create_connection((place.hostname, place.port), timeout=10) as line:
        answer = b""
        try:
            line.sendall(head)
            while part := line.recv(65_536):
                answer += part
        except (ConnectionResetError, BrokenPipeError):
            pass

    assert re.match(rb"HTTP/1.1 (400|431|501) |$", answer)
    assert call(running, "GET", "/healthz").status == 200


def test_a_packed_body_is_not_unpacked(running: Running) -> None:
    bomb = gzip.compress(bytes(50_000_000))

    reply = call(running, "POST", "/v1/exchange", bomb, Content_Encoding="gzip")

    assert reply.status == 422
    assert json.loads(reply.body)["problems"][0]["code"] == "message_malformed"
