"""GET /metrics: how the server does, in Prometheus' text format, for who has the token.

Being on this machine is no key: whatever a proxy forwards comes from this machine. The token is 32
random bytes, made by command; the folder keeps its digest, and a second one ends the first.

Counters are summed over all processes of the folder (sync.server.meter). What the tables say is
read by whichever process is asked, and kept for FRESH_S, or longer where reading took long, so that
no scraper costs more than a twentieth of one core.
"""

import base64
import hashlib
import hmac
import os
import shutil
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from time import monotonic

from fastapi import FastAPI, Request, Response
from sqlalchemy.exc import DBAPIError
from starlette.concurrency import run_in_threadpool

from sync.server import audit, gauges
from sync.server.city import City
from sync.server.gauges import Value
from sync.server.meter import (
    BATCHES,
    BOUNDS,
    MICRO,
    OTHER,
    RECEIPTS,
    SLOW,
    STATUSES,
    TURN_MICROS,
    TURNS,
    UNREAD,
    WAITING,
    Key,
    Meter,
    Route,
)

PATH = "/metrics"
KIND = "text/plain; version=0.0.4; charset=utf-8"
TOKEN_FILE = "metrics.token"  # noqa: S105 - a file's name
TOKEN_BYTES = 32
FRESH_S = 10.0
SHARE = 20  # what reading may take of the time: one part in so many
COUNTER, GAUGE, HISTOGRAM = "counter", "gauge", "histogram"

# Every metric: its name after "teras_", its sort, what it says. Ages are seconds.
METRICS: Mapping[str, tuple[str, str]] = {
    "requests_total": (COUNTER, "Requests by method, route and status."),
    "request_duration_seconds": (HISTOGRAM, "Time from a request's head to its answer's end."),
    "received_bytes_total": (COUNTER, "Bytes of bodies that came."),
    "sent_bytes_total": (COUNTER, "Bytes of bodies that went."),
    "slow_requests_total": (COUNTER, "Requests that were cut off because they came too slowly."),
    "receipts_total": (COUNTER, "Exchanges that were answered with a signed receipt."),
    "batches_total": (COUNTER, "Envelopes that exchanges brought beside their ask."),
    "writers_waiting": (GAUGE, "Requests that wait for the one writing transaction now."),
    "writer_turns_total": (COUNTER, "Writing transactions that were begun."),
    "writer_wait_seconds_total": (COUNTER, "Time that was waited for writing transactions."),
    "oldest_unacked_age": (GAUGE, "Age of the oldest change that a laptop says only it has."),
    "devices": (GAUGE, "Laptops by office."),
    "devices_silent_24h": (GAUGE, "Laptops that have not spoken for 24 hours, by office."),
    "forks_total": (COUNTER, "Lives that laptops began anew, and copies of laptops."),
    "gaps_open": (GAUGE, "Changes and records that others wait for and that have not come."),
    "quarantine_open": (GAUGE, "Changes that could not be judged."),
    "conflicts_open": (GAUGE, "Values that a person has to choose between."),
    "lease_low": (GAUGE, "Series of laptops with less than a quarter of a lease left, by office."),
    "backup_age": (GAUGE, "Age of the newest verified backup apart from the server."),
    "restore_test_age": (GAUGE, "Age of the newest backup that was restored and verified."),
    "edge_oldest_age": (GAUGE, "Age of the oldest item that another system has not taken."),
    "edges_given_up": (GAUGE, "Items for other systems that wait for a person."),
    "disk_free_bytes": (GAUGE, "Room on the disk of the server's folder."),
    "readings_failed_total": (COUNTER, "Times that the tables could not be read for this page."),
}


class Gate:
    """The door of one city's metrics."""

    def __init__(self, city: City, meter: Meter) -> None:
        self._city = city
        self._meter = meter
        self._turn = threading.Lock()
        self._values: list[Value] = []
        self._until = 0.0

    def answered(self, authorization: str) -> Response:
        """Answer one scraper."""
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not admits(self._city.folder, token.strip()):
            return Response(status_code=401, headers={"WWW-Authenticate": "Bearer"})
        values = self._taken()
        lines = "\n".join(text(self._meter.sums(), self._meter.routes, values))
        return Response(lines + "\n", headers={"Cache-Control": "no-store"}, media_type=KIND)

    def _taken(self) -> list[Value]:
        """Read the tables, or give what was read lately; nothing where they can't be read."""
        with self._turn:
            began = monotonic()
            if began >= self._until:
                try:
                    self._values = gauges.read(self._city)
                except (DBAPIError, OSError):
                    self._values = []
                    self._meter.count(UNREAD)
                ended = monotonic()
                self._until = ended + max(FRESH_S, (ended - began) * SHARE)
            free = shutil.disk_usage(self._city.folder).free
            return [*self._values, Value("disk_free_bytes", free)]


def add(app: FastAPI, city: City, meter: Meter) -> None:
    """Open the door."""
    gate = Gate(city, meter)

    @app.get(PATH)
    async def metrics(request: Request) -> Response:
        return await run_in_threadpool(gate.answered, request.headers.get("authorization", ""))


def make_token(city: City, by: str) -> str:
    """Make the token anew; whoever had the one before is shut out."""
    token = base64.urlsafe_b64encode(os.urandom(TOKEN_BYTES)).decode().rstrip("=")
    fresh = city.folder / (TOKEN_FILE + ".next")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(_digest(token))
    with city.database.write() as connection:
        audit.note(connection, city, by, "metrics_token_made")
        fresh.replace(city.folder / TOKEN_FILE)
    return token


def admits(folder: Path, token: str) -> bool:
    """Tell whether a token is the one of this folder."""
    try:
        kept = (folder / TOKEN_FILE).read_text("ascii").strip()
    except (OSError, ValueError):
        return False
    return bool(kept) and hmac.compare_digest(_digest(token), kept)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()


def text(sums: dict[Key, int], routes: tuple[Route, ...], values: list[Value]) -> Iterator[str]:
    """Write metrics as Prometheus reads them."""
    told: dict[str, list[str]] = {name: [] for name in METRICS}
    for route in routes:
        _route(told, sums, route)
    for name, cell, part in (
        ("slow_requests_total", SLOW, 1),
        ("readings_failed_total", UNREAD, 1),
        ("receipts_total", RECEIPTS, 1),
        ("batches_total", BATCHES, 1),
        ("writers_waiting", WAITING, 1),
        ("writer_turns_total", TURNS, 1),
        ("writer_wait_seconds_total", TURN_MICROS, MICRO),
    ):
        told[name].append(_line(name, {}, sums[(cell,)] / part))
    for one in values:
        labels = {"office": one.office} if one.office else {}
        told[one.metric].append(_line(one.metric, labels, one.value))
    for name, (sort, says) in METRICS.items():
        if told[name]:
            yield f"# HELP teras_{name} {says}"
            yield f"# TYPE teras_{name} {sort}"
            yield from told[name]


def _route(told: dict[str, list[str]], sums: dict[Key, int], route: Route) -> None:
    """Write what was counted of one route; nothing where nobody came."""
    buckets = [sums[("bucket", *route, str(number))] for number in range(len(BOUNDS) + 1)]
    if not sum(buckets):
        return
    here = {"method": route[0], "route": route[1]}
    for status in (*map(str, STATUSES), OTHER):
        if count := sums[("requests", *route, status)]:
            told["requests_total"].append(
                _line("requests_total", {**here, "status": status}, count)
            )
    name = "request_duration_seconds"
    for number, bound in enumerate((*map(str, BOUNDS), "+Inf"), 1):
        labels = {**here, "le": bound}
        told[name].append(_line(name + "_bucket", labels, sum(buckets[:number])))
    told[name].append(_line(name + "_sum", here, sums[("micros", *route)] / MICRO))
    told[name].append(_line(name + "_count", here, sum(buckets)))
    for name, cell in (("received_bytes_total", "received"), ("sent_bytes_total", "sent")):
        told[name].append(_line(name, here, sums[(cell, *route)]))


def _line(name: str, labels: dict[str, str], value: float) -> str:
    said = ",".join(f'{key}="{_escaped(one)}"' for key, one in labels.items())
    number = str(int(value)) if value == int(value) else repr(float(value))
    return f"teras_{name}{{{said}}} {number}" if said else f"teras_{name} {number}"


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
