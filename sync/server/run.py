"""Runs the server in one process, on loopback unless it has a certificate.

`run` is the command's: it prints one line {"url": ...} on stdout once connections are accepted,
logs to stderr and to a file in the server's folder, and ends on SIGTERM or Ctrl+C. `start` runs the
same in a thread, for tests and the demo. Several processes: sync.server.workers.
"""

import json
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import uvicorn

from forms.engine.problem import Problem, Refused
from sync.protocol.lock import Lock
from sync.server import address as addresses
from sync.server import erasure_list
from sync.server.address import PATIENCE_S, Address
from sync.server.app import create_app
from sync.server.city import City, Clock, clock, settings_of
from sync.server.edges.keeper import Keeper as EdgeKeeper
from sync.server.live import Keeper
from sync.server.logs import Log
from sync.server.sqlite import READERS_MAX
from sync.server.threshold import Line

__all__ = ["Address", "Running", "made", "opened", "run", "serve", "start"]

ACCEPTED_MAX = 8  # connections taken out of the queue at once; other processes take the rest
START_S_MAX = 30.0


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
    city, lock = _locked(folder, patience=PATIENCE_S)
    try:
        with Log(folder):
            listener = addresses.listen(address)
            line = json.dumps({"url": addresses.url(address, listener)})
            serve(city, made(city, address), listener, lambda: say(line))
    finally:
        city.close()
        lock.release()


def start(folder: Path, address: Address | None = None, now: Clock = clock) -> Running:
    """Serve in a thread of this process and return once connections are accepted."""
    city, lock = _locked(folder, now)
    address = address or Address()
    try:
        listener = addresses.listen(address)
    except Refused:
        city.close()
        lock.release()
        raise
    server = made(city, address)

    def served() -> None:
        try:
            serve(city, server, listener)
        finally:
            city.close()
            lock.release()

    thread = threading.Thread(target=served, name="teras-server")
    thread.start()
    if not _wait(server, thread):
        raise Refused(Problem("server_start"))
    return Running(addresses.url(address, listener), server, thread)


def serve(
    city: City,
    server: uvicorn.Server,
    listener: socket.socket,
    ready: Callable[[], None] | None = None,
) -> None:
    """Serve, and keep the live room's counters and the edges meanwhile.

    `ready` is called once connections are accepted.
    """
    if ready is not None:
        told = threading.Thread(
            target=_tell, args=(server, ready), name="teras-announce", daemon=True
        )
        told.start()
    keepers = (Keeper(city), EdgeKeeper(city))
    try:
        server.run(sockets=[listener])
    finally:
        for keeper in keepers:
            keeper.stop()


def made(city: City, address: Address) -> uvicorn.Server:
    """Make what serves an open city."""
    return uvicorn.Server(
        uvicorn.Config(
            create_app(city),
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=10,
            backlog=ACCEPTED_MAX,
            http=Line,
            ws="none",
            ssl_certfile=address.certificate,
            ssl_keyfile=address.key,
        )
    )


def opened(
    folder: Path, now: Clock = clock, *, readers: int = READERS_MAX, migrate: bool = True
) -> City:
    """Open a city for serving, as `City.open` does."""
    city = City.open(folder, now, readers=readers, migrate=migrate)
    try:
        erasure_list.heed(city, [folder])  # an older disk put back has forgotten who is erased
    except Refused:
        city.close()
        raise
    return city


def _locked(folder: Path, now: Clock = clock, patience: float = 0) -> tuple[City, Lock]:
    """Open a city that no restore may take away; Refused(server_missing | server_busy)."""
    settings_of(folder)
    lock = Lock.take(folder, "server_busy", patience)
    try:
        return opened(folder, now), lock
    except BaseException:
        lock.release()
        raise


def _wait(server: uvicorn.Server, thread: threading.Thread | None = None) -> bool:
    pause = threading.Event()
    waited = 0.0
    while not server.started and waited < START_S_MAX:
        if thread is not None and not thread.is_alive():
            return False
        pause.wait(0.01)
        waited += 0.01
    return server.started


def _tell(server: uvicorn.Server, ready: Callable[[], None]) -> None:
    if _wait(server):
        ready()
