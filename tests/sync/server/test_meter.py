"""What passes is counted by every process of a folder, and no count is lost with a process."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sync.server import meter as meters
from sync.server.meter import BATCHES, NOWHERE, WAITING, Meter
from sync.server.seat import Seat

HOUSE = Path(__file__).parents[3]
HELLO = ("GET", "/v1/hello")


def laid(folder: Path) -> Meter:
    meter = Meter(folder)
    meter.lay([HELLO])
    return meter


def requests(meter: Meter) -> dict[tuple[str, ...], int]:
    return {key[1:]: n for key, n in meter.sums().items() if key[0] == "requests" and n}


def test_a_request_is_counted_by_route_status_time_and_size(tmp_path: Path) -> None:
    meter = laid(tmp_path)

    meter.passed(HELLO, 200, 0.02, received=3, sent=40)
    meter.passed(HELLO, 299, 99.0, received=0, sent=2)
    meter.passed(("GET", "/nobody/knows"), 404, 0.0, received=0, sent=0)

    sums = meter.sums()
    assert requests(meter) == {
        (*HELLO, "200"): 1,
        (*HELLO, "other"): 1,
        (*NOWHERE, "404"): 1,
    }
    assert (sums[("bucket", *HELLO, "2")], sums[("bucket", *HELLO, "12")]) == (1, 1)
    assert sums[("micros", *HELLO)] == 99_020_000
    assert (sums[("received", *HELLO)], sums[("sent", *HELLO)]) == (3, 42)


def test_processes_of_one_folder_add_up(tmp_path: Path) -> None:
    first, second = laid(tmp_path), laid(tmp_path)

    first.count(BATCHES, 2)
    second.count(BATCHES, 5)

    assert first.sums()[(BATCHES,)] == second.sums()[(BATCHES,)] == 7


def test_what_a_killed_process_counted_stays_and_its_waiting_writers_do_not(
    tmp_path: Path,
) -> None:
    program = (
        "import os, signal, sys; from pathlib import Path; from sync.server.meter import *\n"
        "meter = Meter(Path(sys.argv[1])); meter.lay([('GET', '/v1/hello')])\n"
        "meter.count(BATCHES, 3)\n"
        "with meter.turn(): os.kill(os.getpid(), signal.SIGKILL)"
    )
    for _ in range(2):
        subprocess.run([sys.executable, "-c", program, str(tmp_path)], cwd=HOUSE, check=False)

    meter = laid(tmp_path)
    meter.count(BATCHES)

    assert meter.sums()[(BATCHES,)] == 7
    assert meter.sums()[(WAITING,)] == 0
    assert len(list((tmp_path / meters.FOLDER).iterdir())) == 1


def test_a_file_of_another_program_is_not_added(tmp_path: Path) -> None:
    laid(tmp_path).count(BATCHES, 4)
    other = Meter(tmp_path)
    other.lay([HELLO, ("GET", "/new")])

    other.count(BATCHES)

    assert other.sums()[(BATCHES,)] == 1


def test_a_forked_process_takes_a_place_of_its_own(tmp_path: Path) -> None:
    meter = laid(tmp_path)
    meter.count(BATCHES)
    child = os.fork()
    if child == 0:
        meter.count(BATCHES, 2)
        os._exit(0)
    os.waitpid(child, 0)

    assert meter.sums()[(BATCHES,)] == 3
    assert len(list((tmp_path / meters.FOLDER).iterdir())) == 2


def test_without_room_a_process_counts_for_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_folder: Path) -> Seat:
        raise OSError

    monkeypatch.setattr(Seat, "take", full)
    meter = laid(tmp_path)

    meter.count(BATCHES)

    assert meter.sums()[(BATCHES,)] == 1


def test_who_waits_to_write_is_counted_only_meanwhile(tmp_path: Path) -> None:
    meter = laid(tmp_path)

    with meter.turn(), meter.turn():
        assert meter.sums()[(WAITING,)] == 2

    assert meter.sums()[(WAITING,)] == 0
