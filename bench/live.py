"""The live room of a city with a thousand devices: its page, a look for news, and counting.

    .venv/bin/python bench/live.py [DIR]

DIR is a city made by bench/city_day.py; without it one is made. Printed are the time from asking
for the page to its last byte with nothing kept at the server, what a screen's look costs where
nothing changed and where something did, records counted anew a second, and the size of it all.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sqlalchemy import func, select

from bench.city_day import REGION, WHO, make
from sync.server import live, run, tables
from sync.server.city import City
from sync.server.live_tables import live_cell, live_share
from sync.server.wall import tokens

TIMES = 15
DEVICES = 1_000


class Screen:
    """A screen's line to the server, its cookie and the tag of what it has."""

    def __init__(self, url: str, token: str) -> None:
        place = urlsplit(url)
        self._line = HTTPConnection(place.hostname or "", place.port)
        self.tag = ""
        self._cookie = ""
        self._cookie = self.get(f"/live?token={token}")[2].partition(";")[0]

    def get(self, path: str) -> tuple[int, int, str]:
        """Ask for a path; status, bytes and the cookie that is set."""
        headers = {"Cookie": self._cookie, "If-None-Match": self.tag}
        self._line.request("GET", path, headers={k: v for k, v in headers.items() if v})
        reply = self._line.getresponse()
        size = len(reply.read())
        self.tag = reply.headers.get("ETag", self.tag)
        return reply.status, size, reply.headers.get("Set-Cookie", "")


def timed(work: Callable[[], object]) -> float:
    """Give the milliseconds that something took."""
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1_000


def count(city: City, table: object) -> int:
    """Count the rows of a table."""
    with city.database.read() as connection:
        return int(connection.scalar(select(func.count()).select_from(table)) or 0)  # type: ignore[arg-type] # a table


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as name:
        given = Path(sys.argv[1]) if sys.argv[1:] else Path(name) / "server"
        if not sys.argv[1:]:
            make(given, REGION, DEVICES)
        city = City.open(given)
        with city.database.read() as connection:  # the clock stands at the day's last word
            last = int(connection.scalar(select(func.max(tables.device.c.seen))) or 0)
        moment = [last]
        city.now = lambda: moment[0]
        took = timed(lambda: live.count_all_anew(city))
        records = count(city, tables.record)
        print(f"{records} records, {count(city, tables.change)} changes")
        print(f"counted anew: {1_000 * records / took:.0f} records/s")
        print(f"{count(city, live_share)} shares, {count(city, live_cell)} counters")
        running = run.start(given, run.Address(), lambda: moment[0])
        screen = Screen(running.url, tokens.make(city, f"bench {time.time_ns()}", WHO))
        whole, same = [], []
        for _ in range(TIMES):
            moment[0] += 3_000  # past what the server keeps
            whole.append(timed(lambda: screen.get("/live")))
            screen.get("/live/parts")
            same.append(timed(lambda: screen.get("/live/parts")))
        size = screen.get("/live")[1]
        print(
            f"page, nothing kept: p50 {median(whole):.0f}, worst {max(whole):.0f} ms, {size} bytes"
        )
        print(f"a look, nothing new: p50 {median(same):.1f}, worst {max(same):.1f} ms")
        running.stop()
        city.close()


if __name__ == "__main__":
    main()
