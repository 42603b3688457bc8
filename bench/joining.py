"""A desk joins an office that has thousands of residents: until it can be used, until it has all.

    .venv/bin/python bench/joining.py [RESIDENTS ...]

A tenth of the residents were edited three times, 400 letters are issued, 50 are not. Two desks
join, one by a snapshot, one by pages, each a process of its own, as the server is. Printed are
bytes that came down, seconds on this machine, the same on a line of 50 kbit/s, what was there by
then, and the most memory that desk and server took meanwhile.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.exchange import PASSPHRASE, REGION, ROOT, Counted, desk, fill
from forms.engine import example
from forms.engine.region import Office
from sync.client.enrol import enrol
from sync.client.trip import trip
from sync.server import administration, codes, offices
from sync.server.city import City, clock
from sync.store import records
from sync.store import snapshot as taking
from sync.store.handle import Store
from sync.store.journal import Journal, edited
from sync.store.keystore import NoKeystore

SIZES = (1_000, 10_000, 50_000)
SLOW = 50_000 / 8  # bytes a second
RESIDENT = "residents/resident"
LETTER = "letters/surat_keterangan_usaha"
ISSUED, OPEN = 400, 50
EDITS = 3  # of each tenth resident


class Server(NamedTuple):
    """A server in a process of its own."""

    process: subprocess.Popen[str]
    url: str


def serve(folder: Path) -> Server:
    """Start it, and wait until it says where it is."""
    command = [sys.executable, str(ROOT / "main.py"), "server", "run", "--port", "0"]
    command += ["--server-dir", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return Server(process, json.loads(process.stdout.readline())["url"])


def forget_peak(process: int) -> None:
    """Let the most memory that a process took count from now on."""
    Path(f"/proc/{process}/clear_refs").write_text("5")


def memory(process: int, line: str = "VmHWM") -> int:
    """Read the most memory that a process took, in MB, or with VmRSS what it takes now."""
    for text in Path(f"/proc/{process}/status").read_text().splitlines():
        if text.startswith(line + ":"):
            return int(text.split()[1]) // 1024
    raise LookupError(line)


def cpu_of(process: int) -> float:
    """Read the CPU time that a process has taken, in seconds."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def letters(store: Store) -> None:
    """Take letters in, most of them issued long ago."""
    form = store.catalogue.form(LETTER)
    for place in range(ISSUED + OPEN):
        answers = example.fill(form.example, store.scene())
        records.new(store, LETTER, answers, issue=place < ISSUED)


def edit(store: Store) -> None:
    """Change each tenth resident's telephone number three times."""
    with store.write() as conn:
        names = conn.exec_driver_sql("SELECT id FROM record WHERE service = ?", (RESIDENT,))
        tenth = list(names.scalars())[::10]
        for turn in range(EDITS):
            journal = Journal(store, conn)
            for place, name in enumerate(tenth):
                case, form = records.find(store, conn, name)
                said = edited(form, case, {**case.answers, "telepon": f"08{turn}{place:08}"})
                assert said is not None
                journal.add(form, case, said)
            journal.flush()


def here(store: Store) -> dict[str, int]:
    """Count what there is to work with."""
    with store.read() as conn:
        query = "SELECT service, count(*) FROM record GROUP BY service"
        found = dict(tuple(row) for row in conn.exec_driver_sql(query))
    return {"residents": found.get(RESIDENT, 0), "letters": found.get(LETTER, 0)}


def join(folder: Path, url: str, code: str, road: str) -> dict[str, Any]:
    """Be a desk that joins: what each step took."""
    began = time.perf_counter()
    store = enrol(
        folder, url=url, code=code, operator=folder.name, phrase=PASSPHRASE,
        keystore=NoKeystore(), now=clock,
    )  # fmt: skip
    welcomed = time.perf_counter()
    answers = example.fill(store.catalogue.form(LETTER).example, store.scene())
    records.new(store, LETTER, answers, issue=True)
    written = time.perf_counter()
    with store.write() as conn:  # it was only to be timed; a desk with something pending waits
        conn.exec_driver_sql("UPDATE change SET pending = 0 WHERE pending = 1")
    at_welcome = here(store)
    forget_peak(os.getpid())
    before = memory(os.getpid(), "VmRSS")
    counted = Counted(url)
    work: list[tuple[int, dict[str, int]]] = []
    laid = taking._part  # noqa: SLF001 - only here is a part by itself

    def seen(*given: Any) -> int:
        rows = laid(*given)
        if rows and not work:
            work.append((len(given[-1]) + len(given[1].manifest.plain), here(store)))
        return rows

    asked, cpu = time.perf_counter(), time.process_time()
    with mock.patch.object(taking, "_part", seen), mock.patch.object(taking, "want", wanting(road)):
        trip(store, counted)
    done, cpu = time.perf_counter(), time.process_time() - cpu
    told = {
        "welcome": welcomed - began,
        "written": written - began,
        "at_welcome": at_welcome,
        "first": work[0] if work else None,
        "whole": done - asked,
        "cpu": cpu,
        "down": counted.down,
        "rounds": counted.rounds,
        "end": here(store),
        "memory": memory(os.getpid()) - before,
    }
    store.close()
    return told


def wanting(road: str) -> Any:
    """Ask for a snapshot, or never."""
    return taking.want if road == "snapshot" else lambda _conn: None


def measure(count: int) -> None:
    """Fill an office of this many residents and let two desks join."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        administration.init(home / "city", REGION, operator="Pengelola", passphrase=PASSPHRASE)
        city = City.open(home / "city")
        area = city.region.areas.first(city.region.code, "kelurahan")
        offices.add(city, Office(b"", "KEL-1", "kelurahan", "Kelurahan Satu", area), "bench")
        server = serve(city.folder)
        first = desk(home / "a", city, server.url)
        fill(first, count)
        edit(first)
        letters(first)
        trip(first, Counted(server.url))
        load = os.getloadavg()[0]
        print(f"{count:,} residents, {ISSUED} letters issued and {OPEN} not, load {load:.0f}")
        for road in ("snapshot", "pages"):
            text, _ = codes.make(city, "KEL-1", "kepala", "bench")
            forget_peak(server.process.pid)
            before, cpu = memory(server.process.pid, "VmRSS"), cpu_of(server.process.pid)
            command = [sys.executable, __file__, "--join", str(home / road), server.url, text, road]
            told = json.loads(subprocess.check_output(command, text=True))
            told["server"] = memory(server.process.pid) - before
            told["server_cpu"] = cpu_of(server.process.pid) - cpu
            show(road, told)
        server.process.terminate()
        server.process.wait()
        first.close()
        city.close()


def show(road: str, told: dict[str, Any]) -> None:
    """Print what one desk saw."""
    said = f"welcome {told['welcome']:.1f} s, first letter issued {told['written']:.1f} s"
    print(f"  {road:<9} {said}, with {told['at_welcome']}")
    if told["first"]:
        size, found = told["first"]
        print(f"            first part {size:,} B ({size / SLOW:.0f} s at 50 kbit/s), with {found}")
    slow = f"{told['down'] / SLOW:.0f} s at 50 kbit/s"
    said = f"{told['down']:,} B in {told['rounds']} exchanges ({slow})"
    print(f"            the trip {told['whole']:.1f} s, {said}, with {told['end']}")
    took = f"desk {told['memory']} MB, server {told['server']} MB"
    cpu = f"desk {told['cpu']:.1f} s, server {told['server_cpu']:.1f} s"
    print(f"            peak above rest: {took}; CPU time: {cpu}")


def main(arguments: Sequence[str]) -> None:
    """Measure the sizes asked for, or be one of the desks."""
    if arguments[:1] == ["--join"]:
        folder, url, code, road = arguments[1:]
        print(json.dumps(join(Path(folder), url, code, road)))
        return
    for count in [int(text) for text in arguments] or SIZES:
        measure(count)


if __name__ == "__main__":
    main(sys.argv[1:])
