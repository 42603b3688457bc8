"""Runs the office's hub: one process, on the office's network by a certificate of its own.

<hub folder>/certificate.pem, key.pem    made at the first start, with the owner alone to read it
<hub folder>/shelf                       what is kept

What somebody sees who listens in the office's network: that desks speak to a hub, when and how
much, padded to steps of 12 %; within TLS, and within that sealed to the city.
"""

import os
import signal
import socket
import ssl
import sys
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import msgspec

from forms.engine.problem import Problem, Refused
from sync.client.https import Https
from sync.client.hub import Hub, NoRoom
from sync.client.hub_shelf import Shelf
from sync.crypto import certificate
from sync.protocol import wire
from sync.protocol.exchange import CONTENT_TYPE, PATH_EXCHANGE
from sync.protocol.hub import BODY_MAX, KEPT
from sync.protocol.lock import Lock

CERTIFICATE, KEY, SHELF = "certificate.pem", "key.pem", "shelf"
AT_ONCE = 16  # bodies in memory
STALL_S = 60
RETRY_S = 600
LOOK_S = 1.0


def clock() -> int:
    """Return the time in ms since 1970 UTC."""
    return time.time_ns() // 1_000_000


class Listening(ThreadingHTTPServer):
    """A hub at its port, answering in threads."""

    daemon_threads = True

    def __init__(self, folder: Path, hub: Hub, host: str, port: int) -> None:
        self.hub = hub
        self.turns = threading.BoundedSemaphore(AT_ONCE)
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            super().__init__((host, port), _Handler)
        except OSError as error:
            raise Refused(Problem("port_taken", facts={"port": port})) from error
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.load_cert_chain(folder / CERTIFICATE, folder / KEY)
        # A handshake is the business of the thread that answers: nobody can hold up the others.
        self.socket = context.wrap_socket(
            self.socket, server_side=True, do_handshake_on_connect=False
        )

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of broken connections; a fault of ours is told."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)  # type: ignore[arg-type] # as it was given


class _Handler(BaseHTTPRequestHandler):
    server: Listening
    timeout = STALL_S

    def do_POST(self) -> None:
        stated = self.headers.get("Content-Length", "")
        kind = self.headers.get("Content-Type", "").partition(";")[0].strip()
        if self.path != PATH_EXCHANGE or kind != CONTENT_TYPE or not stated.isdecimal():
            self._say(404, b"", "text/plain")
        elif int(stated) > BODY_MAX:
            self._say(413, b"", "text/plain")
        elif not self.server.turns.acquire(blocking=False):
            self._say(503, b"", "text/plain", rest=1)
        else:
            try:
                self._exchange(self.rfile.read(int(stated)))
            finally:
                self.server.turns.release()

    def _exchange(self, body: bytes) -> None:
        try:
            answer = self.server.hub.exchange(body)
        except Refused as refused:
            content = msgspec.json.encode({"problems": refused.problems})
            self._say(422, content, "application/json")
        except (NoRoom, OSError):
            self._say(503, b"", "text/plain", rest=RETRY_S)
        else:
            if isinstance(answer, bytes):
                self._say(200, answer, CONTENT_TYPE)
            else:
                self._say(KEPT, wire.encode(answer), CONTENT_TYPE)

    def _say(self, status: int, content: bytes, kind: str, rest: int = 0) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        if rest:
            self.send_header("Retry-After", str(rest))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Keep no list of who came."""


def listen(
    folder: Path, hub: Hub, host: str, port: int, now: Callable[[], int] = clock
) -> tuple[Listening, str]:
    """Open a hub at a port, 0 for any; it, and its address for the desks. Refused(port_taken)."""
    _certify(folder, now())
    server = Listening(folder, hub, host, port)
    print_ = certificate.fingerprint((folder / CERTIFICATE).read_bytes())
    named = f"[{host}]" if ":" in host else host
    return server, f"https://{named}:{server.server_address[1]}#{print_}"


def run(folder: Path, url: str, host: str, port: int, say: Callable[[str], None]) -> None:
    """Serve until told to end; one line {"url": ...} says where.

    Refused(port_taken | store_busy | url_malformed | http_plain).
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = Lock.take(folder, "store_busy")
    city = Https(url)
    try:
        server, address = listen(folder, Hub(Shelf(folder / SHELF, clock), city), host, port)
        ended = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: ended.set())
        thread = threading.Thread(target=server.serve_forever, name="teras-hub", daemon=True)
        thread.start()
        say(msgspec.json.encode({"url": address}).decode())
        while not ended.wait(LOOK_S):
            server.hub.look()
        server.shutdown()
        server.server_close()
    finally:
        city.close()
        lock.release()


def _certify(folder: Path, now: int) -> None:
    if (folder / CERTIFICATE).exists():
        return
    public, private = certificate.make(now)
    handle = os.open(folder / KEY, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(private)
    (folder / CERTIFICATE).write_bytes(public)
