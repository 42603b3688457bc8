"""The road over the network: only our own server's answer is an answer."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from forms.engine.problem import Refused, Unreachable
from sync.client.https import Https
from sync.protocol.exchange import CONTENT_TYPE

Reply = tuple[int, dict[str, str], bytes]
Serve = Callable[[Reply], str]


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
        Https(serve(reply)).exchange([b"ask"])


def test_a_refusal_of_the_server_keeps_its_code(serve: Serve) -> None:
    url = serve((403, {"Content-Type": "application/json"}, b'{"problems":[{"code":"code_used"}]}'))

    with pytest.raises(Refused) as refused:
        Https(url).enrol(b"join")

    assert refused.value.problems[0].code == "code_used"


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
