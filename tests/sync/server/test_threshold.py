"""Who sends or takes too slowly is let go, and every door is behind the same threshold."""

import socket
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from urllib.parse import urlsplit

import pytest

from sync.protocol.exchange import CONTENT_TYPE
from sync.server import threshold
from sync.server.run import Running
from sync.server.threshold import network_of
from tests.sync.server.calling import call

POST = (
    f"POST /v1/exchange HTTP/1.1\r\nHost: x\r\nContent-Type: {CONTENT_TYPE}\r\n"
    "Content-Length: 1000\r\n\r\n"
)


@contextmanager
def line(running: Running) -> Iterator[socket.socket]:
    place = urlsplit(running.url)
    with closing(socket.create_connection((place.hostname, place.port), timeout=10)) as opened:
        yield opened


def rest(opened: socket.socket) -> bytes:
    """Read until the server closes; a server that doesn't lets the test fail by its timeout."""
    read = b""
    try:
        while part := opened.recv(65_536):
            read += part
    except ConnectionResetError:
        pass
    return read


@pytest.mark.parametrize("begun", [b"", b"GET /v1/hello HTTP/1.1\r\nHost:"])
def test_a_head_that_does_not_end_is_not_waited_for(
    running: Running, monkeypatch: pytest.MonkeyPatch, begun: bytes
) -> None:
    monkeypatch.setattr(threshold, "HEAD_S", 0.1)

    with line(running) as opened:
        opened.sendall(begun)

        assert rest(opened) == b""


def test_drops_of_a_head_do_not_make_it_longer(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threshold, "HEAD_S", 0.2)
    sent = 0

    with line(running) as opened:
        opened.sendall(b"GET /v1/hello HTTP/1.1\r\n")
        try:
            while sent < 200:
                opened.sendall(b"X-Slow: 1\r\n")
                sent += 1
                time.sleep(0.02)
        except OSError:
            pass

    assert sent < 200


def test_a_second_head_on_the_same_line_is_bounded_too(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threshold, "HEAD_S", 0.1)

    with line(running) as opened:
        opened.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        while b'{"ok":true}' not in opened.recv(65_536):
            pass
        opened.sendall(b"GET /healthz HTTP/1.1\r\n")

        assert rest(opened) == b""


def test_a_body_that_pauses_is_refused_as_slow(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threshold, "PART_S", 0.1)

    with line(running) as opened:
        opened.sendall(POST.encode() + b"x" * 10)
        answer = rest(opened)

    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"connection: close" in answer


def test_a_body_that_drips_is_refused_though_it_never_pauses(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threshold, "GRACE_S", 0.2)
    sent = 0

    with line(running) as opened:
        opened.settimeout(0.02)
        opened.sendall(POST.encode())
        answer = b""
        while sent < 400 and not answer:
            opened.sendall(b"x")
            sent += 1
            try:
                answer = opened.recv(100)
            except TimeoutError:
                continue

    assert answer.startswith(b"HTTP/1.1 408 ")


def test_a_slow_laptop_that_keeps_the_pace_is_served(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threshold, "GRACE_S", 0.0)
    monkeypatch.setattr(threshold, "PART_S", 5.0)

    with line(running) as opened:
        opened.sendall(POST.encode())
        for _ in range(10):
            opened.sendall(b"x" * 100)
            time.sleep(0.02)
        answer = opened.recv(65_536)

    assert answer.startswith(b"HTTP/1.1 422 ")


def test_who_takes_nothing_is_let_go(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threshold, "STALL_S", 0.1)
    place = urlsplit(running.url)
    with closing(socket.socket()) as opened:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        opened.settimeout(10)
        opened.connect((place.hostname, place.port))
        is_gone = False
        for number in range(20_500):  # more answers than both systems take in between
            try:
                opened.sendall(b"GET /periksa HTTP/1.1\r\nHost: x\r\n\r\n")
            except (ConnectionResetError, BrokenPipeError):
                is_gone = True
                break
            time.sleep(0.02 if number > 20_000 else 0)

    assert is_gone


def test_a_website_is_no_door_for_sockets(running: Running) -> None:
    reply = call(running, "GET", "/v1/hello", Upgrade="websocket", Connection="Upgrade")

    assert reply.status == 200


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("10.20.30.40", "10.20.30.0/24"),
        ("2001:db8:1:2::5", "2001:db8:1::/48"),
        ("fe80::1%eth0", "fe80::/48"),
        ("", ""),
        ("testclient", ""),
    ],
)
def test_an_address_is_told_by_its_network(address: str, network: str) -> None:
    assert network_of(address) == network
