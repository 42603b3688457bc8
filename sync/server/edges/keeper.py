"""A thread that sends what is due to other systems, in one of a server's processes at a time."""

import logging
import threading

from forms.engine.problem import Refused
from sync.server import logs, turns
from sync.server.city import City
from sync.server.edges import courier

EVERY_S = 5.0
TURN = "edges"
_log = logging.getLogger(__name__)


class Keeper:
    """Runs every few seconds as long as the server does; when its process ends, another goes on."""

    def __init__(self, city: City) -> None:
        self._city = city
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="teras-edges", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after the item that is under way."""
        self._end.set()
        self._thread.join()

    def _keep(self) -> None:
        turn, said = None, ""
        while not self._end.wait(EVERY_S):
            try:
                turn = turn or turns.attempt(self._city.folder, TURN)
                if turn:
                    courier.run(self._city)
                said = ""
            except Refused as refused:  # a wrong file; told once, not every few seconds
                code = refused.problems[0].code
                if code != said:
                    _log.error("the edges are not set up", extra={"reason": code})
                said = code
            except Exception as error:  # noqa: BLE001 - a full disk or a lost database: what is queued stays queued
                logs.trouble(_log, "the edges can't be served now", error)
        if turn is not None:
            turn.release()
