"""A worker as the process above it sees it: started, listened to, ended."""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import IO

from sync.protocol.lock import Lock
from sync.server import orders
from sync.server.orders import Order, Report

START_S_MAX = 60.0
END_S_MAX = 45.0  # a request may wait half a minute for the database, and is given 10 s to end
READ_BYTES = 65_536
ROOT = Path(__file__).parents[2]  # by a link, if it was started by one: a release may change there


class Child:
    """One process: what it said, and since when it starts, serves or ends."""

    def __init__(self, order: Order, lock: Lock) -> None:
        path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "sync.server.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=(order.listener, lock.handle),
            env={**os.environ, "PYTHONPATH": path},
            start_new_session=True,  # Ctrl+C is for the one above, who lets them end in order
        )
        self.report: Report | None = None
        self.since = time.monotonic()
        self.ends = False
        self._said = b""
        os.set_blocking(self._out.fileno(), False)
        self._in.write(orders.line(order))
        self._in.flush()

    @property
    def id(self) -> int:
        """The process's."""
        return self._process.pid

    @property
    def serves(self) -> bool:
        """Whether it has said that it accepts connections."""
        return self.report is not None and self.report.serves

    @property
    def is_late(self) -> bool:
        """Whether it takes longer to start, or to end, than anything it does should take."""
        most = END_S_MAX if self.ends else START_S_MAX
        return (self.ends or not self.serves) and time.monotonic() - self.since > most

    @property
    def pipe(self) -> IO[bytes]:
        """Where it reports; its log goes its own way."""
        return self._out

    def listen(self) -> None:
        """Take in what it reports."""
        *lines, self._said = self._read().split(b"\n")
        for line in lines:
            self.report = orders.report(line)

    def is_gone(self) -> bool:
        """Whether it has ended; all that it said is taken in then."""
        if self._process.poll() is None:
            return False
        self.listen()
        return True

    def end(self) -> None:
        """Let it finish."""
        self.ends, self.since = True, time.monotonic()
        self._process.terminate()

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()

    def close(self) -> None:
        """Let go what is left of one that has ended."""
        self._process.wait()
        for pipe in (self._in, self._out):
            pipe.close()

    @property
    def _in(self) -> IO[bytes]:
        assert self._process.stdin is not None
        return self._process.stdin

    @property
    def _out(self) -> IO[bytes]:
        assert self._process.stdout is not None
        return self._process.stdout

    def _read(self) -> bytes:
        try:
            return self._said + os.read(self._out.fileno(), READ_BYTES)
        except BlockingIOError:
            return self._said
