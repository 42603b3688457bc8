"""One of several processes that serve one city: started by sync.server.workers, ends with it.

    stdin     one line, the Order; its end is the end of whoever gave it, however that came
    stdout    one line, the Report, once connections are accepted or it is certain that none will be
    stderr    the log, which it also keeps in a file of its own (sync.server.logs)

SIGTERM lets it finish what is under way. A worker knows nothing of the others: what they share is
the database, the server's folder (sync.server.turns) and the socket that they accept from.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable
from io import FileIO
from typing import Any

from forms.engine.problem import Refused, Unreachable
from sync.server import orders
from sync.server.address import Listener
from sync.server.orders import Order, Report

READERS_MIN = 4  # connections of one worker: what is read within what is read must find one
ORPHANED = 3


def main() -> None:
    """Live the life of one worker."""
    above, answers = FileIO(sys.stdin.fileno(), closefd=False), sys.stdout.buffer
    signal.signal(signal.SIGTERM, _end)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the one above hears it too, and ends us
    order = orders.order(above.readline())
    threading.Thread(target=_follow, args=(above,), name="teras-above", daemon=True).start()

    def tell(report: Report) -> None:
        answers.write(orders.line(report))
        answers.flush()

    try:
        _serve(order, lambda: tell(Report(serves=True)))
    except Refused as refused:
        tell(Report(problems=refused.problems))
    except Unreachable as error:
        tell(Report(unreachable=str(error)))


def _serve(order: Order, ready: Callable[[], None]) -> None:
    # Only now, since they take a second: who gave the order may end in the meantime.
    from sync.server import city_keys
    from sync.server.logs import Log
    from sync.server.run import made, opened, serve
    from sync.server.sqlite import READERS_MAX

    readers = max(READERS_MIN, READERS_MAX // order.workers)
    city = opened(order.folder, readers=readers, migrate=order.migrate)
    try:
        city_keys.attend(city)  # the first worker makes what is due, before there are others
        server = made(city, order.address)

        def end(*_: Any) -> None:
            server.should_exit = True

        signal.signal(signal.SIGTERM, end)
        with Log(order.folder), Listener(fileno=order.listener) as listener:
            serve(city, server, listener, ready)
    finally:
        city.close()


def _follow(above: FileIO) -> None:
    """Wait for the end of whoever gave the order, and end at once: the port is free again."""
    while above.read(1):
        pass
    os._exit(ORPHANED)


def _end(*_: Any) -> None:
    sys.exit(0)


if __name__ == "__main__":
    main()
