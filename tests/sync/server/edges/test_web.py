"""A destination by HTTPS is verified always, bounded always, and never followed elsewhere."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sync.server.edges import web
from sync.server.edges.places import Place
from sync.server.edges.reply import Reply
from sync.server.edges.web import Web
from tests.sync.server.edges.lapor import Lapor
from tests.sync.server.test_https import made


@contextmanager
def answering(content: bytes, context: ssl.SSLContext | None = None) -> Iterator[int]:
    """A server that says the same bytes to the first who asks."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(20)

    def serve() -> None:
        try:
            plain, _ = listener.accept()
            plain.settimeout(20)
            with context.wrap_socket(plain, server_side=True) if context else plain as one:
                one.recv(65_536)
                one.sendall(content)
        except OSError:  # it was not believed, or was cut off
            pass

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        thread.join()
        listener.close()


def ask(url: str, ca: str = "") -> Reply:
    way = Web(Place(url=url, ca=ca))
    try:
        return way.ask("ab")
    finally:
        way.close()


TAKEN = b'{"status": "taken", "reference": "7"}'
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: "


def test_a_certificate_that_nobody_vouches_for_is_not_believed(tmp_path: Path) -> None:
    file, key = made(tmp_path, "own")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, key)
    said = HEAD + str(len(TAKEN)).encode() + b"\r\n\r\n" + TAKEN
    with answering(said, context) as port:
        assert ask(f"https://127.0.0.1:{port}") == Reply("rest", code="certificate")
    with answering(said, context) as port:
        assert ask(f"https://127.0.0.1:{port}", str(file)) == Reply("taken", "7")


def test_an_answer_without_end_is_cut_off() -> None:
    endless = b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * (web.ANSWER_MAX + 1)
    with answering(endless) as port:
        assert ask(f"http://127.0.0.1:{port}") == Reply("later", code="answer_long")


@pytest.mark.parametrize(
    "content", [b"", b"no http", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx"]
)
def test_an_answer_that_breaks_off_lets_the_destination_rest(content: bytes) -> None:
    with answering(content) as port:
        assert ask(f"http://127.0.0.1:{port}") == Reply("rest", code="unreachable")


def test_nobody_there_is_a_rest() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert ask(f"http://127.0.0.1:{port}") == Reply("rest", code="unreachable")


def test_a_redirect_is_not_followed_with_the_token(lapor: Lapor) -> None:
    lapor.failures = [(307, {"Location": lapor.url})]

    assert ask(lapor.url) == Reply("rest", code="http_307")
    assert len(lapor.asked) == 1


def test_a_word_in_a_refusal_is_kept_whatever_else_is_wrong(lapor: Lapor) -> None:
    lapor.failures = [(413, {})]

    assert ask(lapor.url) == Reply("refused", code="http_413")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120),
        ("999999999999", web.WAIT_S_MAX),
        ("-5", 0),
        ("soon", 0),
        ("", 0),
        ("Fri, 31 Dec 1999 23:59:59 GMT", 0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", web.WAIT_S_MAX),
        ("٣", 0),
    ],
)
def test_how_long_to_wait_is_read_within_bounds(text: str, seconds: int) -> None:
    assert web._wait(text) == seconds
