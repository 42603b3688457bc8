"""GET /healthz: the process lives. GET /readyz: it can do its work, or what of three is missing.

    database    it answers, and this city is in it
    keys        the folder's secret opens them
    disk        the folder, and that of a database that is a file, take a write and have ROOM_MIN

Asked for anew every FRESH_S at most; a load balancer may ask as often as it likes.
"""

import logging
import shutil
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from time import monotonic

import msgspec
from fastapi import FastAPI, Response
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool

from forms.engine.problem import Locked, Refused
from sync.server import logs, tables
from sync.server.city import City
from sync.server.database import is_file, path_of

ROOM_MIN = 256 * 1024 * 1024  # what a morning of a city brings, and its write-ahead log
FRESH_S = 2.0
JSON = "application/json"
NOT_READY = 503

_log = logging.getLogger(__name__)


class Health:
    """What one process says of itself."""

    def __init__(self, city: City) -> None:
        self._city = city
        self._turn = threading.Lock()
        self._said: dict[str, bool] = {}
        self._until = 0.0

    def looked(self) -> dict[str, bool]:
        """Look at all three, or say what was seen lately."""
        with self._turn:
            if monotonic() >= self._until:
                self._said = {name: self._does(name, look) for name, look in LOOKS.items()}
                self._until = monotonic() + FRESH_S
            return self._said

    def _does(self, name: str, look: Callable[[City], bool]) -> bool:
        try:
            done = look(self._city)
        except (SQLAlchemyError, OSError, Refused, Locked, ValueError) as error:
            logs.trouble(_log, "not ready", error, reason=name)
            return False
        if not done:
            _log.error("not ready", extra={"reason": name})
        return done


def add(app: FastAPI, city: City) -> None:
    """Open both doors."""
    health = Health(city)

    @app.get("/healthz")
    async def healthz() -> Response:
        return Response('{"ok":true}', media_type=JSON)

    @app.get("/readyz")
    async def readyz() -> Response:
        said = await run_in_threadpool(health.looked)
        is_ready = all(said.values())
        content = msgspec.json.encode({"ok": is_ready, **said})
        return Response(content, 200 if is_ready else NOT_READY, media_type=JSON)


def _database(city: City) -> bool:
    with city.database.read() as connection:
        table = tables.region
        found = connection.scalar(select(table.c.region).where(table.c.region == city.code))
    return found is not None


def _keys(city: City) -> bool:
    with city.database.read() as connection:
        city.read_keys(connection)
    return True


def _disk(city: City) -> bool:
    url = city.database.url
    places = {city.folder, path_of(url).parent if is_file(url) else city.folder}
    return all(_has_room(place) for place in places)


def _has_room(folder: Path) -> bool:
    with tempfile.TemporaryFile(dir=folder) as file:
        file.write(b"\0")
        file.flush()
    return shutil.disk_usage(folder).free >= ROOM_MIN


LOOKS: dict[str, Callable[[City], bool]] = {"database": _database, "keys": _keys, "disk": _disk}
