"""The road over the network: only our own server's answer is an answer."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from forms.engine.problem import Refused, Unreachable
from sync.client.carrier import Busy
from sync.client.https import Https
from sync.client.pace import GOOD, SIZE_MIN
from sync.protocol.exchange import CONTENT_TYPE

Reply = tuple[int, dict[str, str], bytes]
Serve = Callable[[Reply], str]


def rest(_: float) -> None:
    """Wait for nobody."""


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start a server on a port of its own that gives one and the same reply to everything."""
    running: list[HTTPServer] = []

    def start(reply: Reply) -> str:
        class Handler(BaseHTTPRequestHandler):
            def _reply(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                status, headers, body = reply
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = _reply  # noqa: N815 - the names that http.server calls

            def log_message(self, *_: object) -> None:
                """Stay silent."""

        server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        running.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in running:
        server.shutdown()
        server.server_close()


def test_the_servers_answer_comes_back(serve: Serve) -> None:
    url = serve((200, {"Content-Type": CONTENT_TYPE}, b"answer"))

    assert Https(url).exchange([b"ask"]) == b"answer"


@pytest.mark.parametrize(
    "reply",
    [
        (200, {"Content-Type": "text/html"}, b"<h1>Selamat datang di wifi kami</h1>"),
        (302, {"Location": "http://127.0.0.1:1/login"}, b""),
        (500, {"Content-Type": CONTENT_TYPE}, b""),
        (503, {}, b"busy"),
        (403, {"Content-Type": "text/html"}, b"<h1>forbidden by the office's proxy</h1>"),
        (200, {"Content-Type": CONTENT_TYPE, "Content-Length": "99"}, b"cut"),
        (400, {"Content-Type": "application/json"}, b"[not a refusal]"),
    ],
)
def test_a_portal_a_proxy_or_a_cut_line_is_no_answer(serve: Serve, reply: Reply) -> None:
    with pytest.raises(Unreachable):
        Https(serve(reply), pause=rest).exchange([b"ask"])


def test_a_refusal_of_the_server_keeps_its_code(serve: Serve) -> None:
    url = serve((403, {"Content-Type": "application/json"}, b'{"problems":[{"code":"code_used"}]}'))

    with pytest.raises(Refused) as refused:
        Https(url).enrol(b"join")

    assert refused.value.problems[0].code == "code_used"


def test_a_server_that_wants_to_be_left_alone_says_for_how_long(serve: Serve) -> None:
    with pytest.raises(Busy) as busy:
        Https(serve((503, {"Retry-After": "30"}, b""))).exchange([b"ask"])

    assert busy.value.seconds == 30


def test_nobody_can_ask_for_more_rest_than_ten_minutes(serve: Serve) -> None:
    with pytest.raises(Busy) as busy:
        Https(serve((429, {"Retry-After": "99999999"}, b""))).exchange([b"ask"])

    assert busy.value.seconds == 600


def test_what_nobody_takes_gets_shorter_and_then_the_trip_ends(serve: Serve) -> None:
    road = Https(serve((413, {"Content-Type": "text/html"}, b"too large")))

    with pytest.raises(Unreachable):
        road.exchange([b"ask", bytes(100)])

    assert road.pace.size == SIZE_MIN


def test_nobody_there_leaves_the_pace_as_it_was() -> None:
    road = Https("http://127.0.0.1:1")

    with pytest.raises(Unreachable):
        road.exchange([b"ask"])

    assert road.pace.size == GOOD


def test_a_line_that_breaks_in_an_answer_is_a_slow_one(serve: Serve) -> None:
    pauses: list[float] = []
    reply = (200, {"Content-Type": CONTENT_TYPE, "Content-Length": "99"}, b"cut")
    road = Https(serve(reply), pause=pauses.append)

    with pytest.raises(Unreachable):
        road.exchange([b"ask"])

    assert pauses == [0.5, 1.0, 2.0, 4.0]
    assert road.pace.is_slow


def test_nobody_there_is_unreachable() -> None:
    with pytest.raises(Unreachable):
        Https("http://127.0.0.1:1").hello()


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://teras.example", "http_plain"),
        ("http://10.0.0.7:8000", "http_plain"),
        ("ftp://teras.example", "url_malformed"),
        ("teras.example", "url_malformed"),
        ("", "url_malformed"),
    ],
)
def test_plain_http_and_odd_urls_are_refused(url: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        Https(url)

    assert refused.value.problems[0].code == code


@pytest.mark.parametrize("url", ["https://teras.example/", "http://localhost:1", "http://[::1]:1"])
def test_https_and_this_machine_are_fine(url: str) -> None:
    assert Https(url).url == url.rstrip("/")
