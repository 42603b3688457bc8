"""Runs the server: one process, one writer, on loopback unless it has a certificate.

`run` is the command's: it prints one line {"url": ...} on stdout once connections are accepted,
logs to stderr and to a file in the server's folder, and ends on SIGTERM or Ctrl+C. `start` runs the
same in a thread, for tests and the demo.
"""

import ipaddress
import json
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import msgspec
import uvicorn

from forms.engine.problem import Problem, Refused
from sync.protocol.lock import Lock
from sync.server import erasure_list
from sync.server.app import create_app
from sync.server.city import City, Clock, clock
from sync.server.live import Keeper
from sync.server.logs import Log
from sync.server.threshold import Line

BACKLOG = 512
START_S_MAX = 30.0


class Address(msgspec.Struct, frozen=True):
    """Where to serve; with certificate and key (PEM files) also beyond this machine, by HTTPS."""

    host: str = "127.0.0.1"
    port: int = 0
    certificate: Path | None = None
    key: Path | None = None

    @property
    def scheme(self) -> str:
        """How desks reach it."""
        return "https" if self.certificate else "http"


class Running:
    """A server in a thread of this process."""

    def __init__(self, url: str, server: uvicorn.Server, thread: threading.Thread) -> None:
        self.url = url
        self._server = server
        self._thread = thread

    def stop(self) -> None:
        """Finish what is under way and end; the port is free afterwards."""
        self._server.should_exit = True
        self._thread.join(START_S_MAX)


def to_stdout(line: str) -> None:
    """Write a line that a waiting script reads at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def run(folder: Path, address: Address, say: Callable[[str], None] = to_stdout) -> None:
    """Serve until told to end.

    Refused(host_not_loopback | port_taken | server_missing | server_busy).
    """
    city, lock = _opened(folder)
    try:
        log = Log(folder)
        try:
            listener = _listen(address)
            server = _server(city, address)
            ready = threading.Thread(
                target=_announce,
                args=(server, _url(address, listener), say),
                name="teras-announce",
                daemon=True,
            )
            ready.start()
            _serve(city, server, listener)
        finally:
            log.end()
    finally:
        city.close()
        lock.release()


def start(folder: Path, address: Address | None = None, now: Clock = clock) -> Running:
    """Serve in a thread of this process and return once connections are accepted."""
    city, lock = _opened(folder, now)
    address = address or Address()
    try:
        listener = _listen(address)
    except Refused:
        city.close()
        lock.release()
        raise
    server = _server(city, address)

    def serve() -> None:
        try:
            _serve(city, server, listener)
        finally:
            city.close()
            lock.release()

    thread = threading.Thread(target=serve, name="teras-server")
    thread.start()
    if not _wait(server, thread):
        raise Refused(Problem("server_start"))
    return Running(_url(address, listener), server, thread)


def _serve(city: City, server: uvicorn.Server, listener: socket.socket) -> None:
    """Serve, and keep the live room's counters meanwhile."""
    keeper = Keeper(city)
    try:
        server.run(sockets=[listener])
    finally:
        keeper.stop()


def _opened(folder: Path, now: Clock = clock) -> tuple[City, Lock]:
    """Open a city for serving: no restore may take its folder away meanwhile."""
    city = City.open(folder, now)
    try:
        lock = Lock.take(folder, "server_busy")
        erasure_list.heed(city, [folder])  # an older disk put back has forgotten who is erased
    except Refused:
        city.close()
        raise
    return city, lock


def _server(city: City, address: Address) -> uvicorn.Server:
    return uvicorn.Server(
        uvicorn.Config(
            create_app(city),
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=10,
            http=Line,
            ws="none",
            ssl_certfile=address.certificate,
            ssl_keyfile=address.key,
        )
    )


def _listen(address: Address) -> socket.socket:
    """Bind first, so that the port is certain; a killed server's is free again at once."""
    if address.certificate is None and not _is_loopback(address.host):
        raise Refused(Problem("host_not_loopback", facts={"host": address.host}))
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    if sys.platform != "win32":  # there the option would let two servers share one port
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((address.host, address.port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise Refused(Problem("port_taken", facts={"port": address.port})) from error
    return listener


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _url(address: Address, listener: socket.socket) -> str:
    host = f"[{address.host}]" if ":" in address.host else address.host
    return f"{address.scheme}://{host}:{listener.getsockname()[1]}"


def _wait(server: uvicorn.Server, thread: threading.Thread | None = None) -> bool:
    pause = threading.Event()
    waited = 0.0
    while not server.started and waited < START_S_MAX:
        if thread is not None and not thread.is_alive():
            return False
        pause.wait(0.01)
        waited += 0.01
    return server.started


def _announce(server: uvicorn.Server, url: str, say: Callable[[str], None]) -> None:
    if _wait(server):
        say(json.dumps({"url": url}))
