"""A laptop is lost: how long its report takes: `.venv/bin/python bench/lost.py [PERSONS ...]`.

An office of so many residents, a tenth of them with an edit, 400 letters; each kind of file is
written by the command, in a process of its own, as an administrator would. The law gives three
days, the aim is a minute at 50,000.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.exchange import PASSPHRASE, REGION, ROOT, desk, fill
from bench.joining import edit, letters
from forms.engine.region import Office
from sync.client.https import Https
from sync.client.trip import trip
from sync.server import administration, devices, offices
from sync.server.city import City
from sync.server.run import start

SIZES = (5_000, 50_000)
FILES = ("json", "csv", "xlsx", "pdf")
ADMINISTRATOR = "Pengelola"


def main(count: int) -> None:
    """Fill an office with so many residents and report its laptop in every kind of file."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        administration.init(home / "city", REGION, operator=ADMINISTRATOR, passphrase=PASSPHRASE)
        city = City.open(home / "city")
        area = city.region.areas.first(city.region.code, "kelurahan")
        offices.add(city, Office(b"", "KEL-1", "kelurahan", "Kelurahan Satu", area), "bench")
        server = start(city.folder)
        store = desk(home / "a", city, server.url)
        fill(store, count)
        edit(store)
        letters(store)
        road = Https(server.url)
        trip(store, road)
        road.close()
        store.close()
        server.stop()
        [lost] = devices.listing(city)
        city.close()
        print(f"{count:,} residents, load {os.getloadavg()[0]:.0f}")
        for ending in FILES:
            report(home, lost.id.hex(), ending)


def report(home: Path, device: str, ending: str) -> None:
    """Write one file and print what it took."""
    out = home / f"lost.{ending}"
    command = [sys.executable, str(ROOT / "main.py"), "server", "device", "lost", device]
    command += ["--out", str(out), "--server-dir", str(home / "city"), "--json"]
    environ = {**os.environ, "TERAS_OPERATOR": ADMINISTRATOR, "TERAS_PASSPHRASE": PASSPHRASE}
    before, used = time.perf_counter(), os.times()
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=True)
    took, after = time.perf_counter() - before, os.times()
    cpu = after.children_user + after.children_system - used.children_user - used.children_system
    told = json.loads(done.stdout)
    size = out.stat().st_size / 1e6
    print(f"  {ending}: {told['persons']:,} persons, {took:.1f} s, CPU {cpu:.1f} s, {size:.1f} MB")


if __name__ == "__main__":
    for size in [int(text) for text in sys.argv[1:]] or SIZES:
        main(size)
