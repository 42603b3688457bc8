"""Kills a desk with SIGKILL while it saves, again and again: no acknowledged letter may be lost.

    .venv/bin/python bench/kill.py [TIMES]

Each time a child saves letters one after the other and acknowledges each after its commit; it is
killed at a random moment. The store is opened again: every acknowledged record is there with its
number, no number stands twice, and the whole store is sound.
"""

import os
import random
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from forms.engine import example
from sync.crypto import passphrase
from sync.store import read, records
from sync.store.verify import verify
from tests.sync.store.laptop import LETTER, Desk, make_desk

TIMES = 200
WAIT_S_MAX = 0.15  # so that a kill falls into any part of a save, a checkpoint or a first start
VERIFY_EVERY = 5  # opened and counted each time; read through as a whole every fifth


class Acknowledged(NamedTuple):
    """What a child said it had saved."""

    record: bytes
    number: str


def main(times: int, folder: Path) -> tuple[int, int]:
    """Kill so many times; return how many letters were acknowledged, and how many were lost."""
    passphrase.MEMORY_KIB, passphrase.PASSES = 64, 1  # signing in is not what is tried here
    desk = make_desk(folder / "data")
    with desk.unlock() as store:
        form = store.catalogue.form(LETTER)
        answers = example.fill(form.example, store.scene())
        records.new(store, LETTER, answers, issue=True)  # what a child needs is loaded before it
    chance = random.Random(1)
    known: list[Acknowledged] = []
    lost = 0
    for turn in range(1, times + 1):
        known += _one_life(desk, answers, chance.uniform(0, WAIT_S_MAX))
        lost += _missing(desk, known, whole=turn % VERIFY_EVERY == 0 or turn == times)
    return len(known), lost


def _one_life(desk: Desk, answers: dict[str, object], wait: float) -> list[Acknowledged]:
    """Let a child save until it is killed; return what it acknowledged."""
    outlet, inlet = os.pipe()
    child = os.fork()  # what is imported here needs no second import there
    if child == 0:
        os.close(outlet)
        _save_until_killed(desk, answers, inlet)
    os.close(inlet)
    with os.fdopen(outlet, "rb") as pipe:
        assert pipe.readline() == b"open\n", "the child could not open the store"
        time.sleep(wait)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        lines = [line.split() for line in pipe if line.endswith(b"\n")]
    return [Acknowledged(bytes.fromhex(name.decode()), number.decode()) for name, number in lines]


def _save_until_killed(desk: Desk, answers: dict[str, object], inlet: int) -> None:
    store = desk.unlock()
    os.write(inlet, b"open\n")
    while True:
        saved = records.new(store, LETTER, answers, issue=True)
        number = saved.number.text if saved.number else ""
        os.write(inlet, f"{saved.record.hex()} {number}\n".encode())


def _missing(desk: Desk, known: list[Acknowledged], *, whole: bool) -> int:
    """Open the store again and count what is missing; assert that all else is sound."""
    with desk.unlock() as store:
        listed = read.listing(store, LETTER)
        numbers = [one.number.text for one in listed if one.number]
        assert len(numbers) == len(set(numbers)), "a number stands twice"
        assert all(one.state == "issued" for one in listed), "a letter was saved in part"
        if whole:
            problems = verify(store)
            assert problems == [], problems
        here = {(one.id, one.number.text) for one in listed if one.number}
    return sum((one.record, one.number) not in here for one in known)


if __name__ == "__main__":
    place = Path(tempfile.mkdtemp())
    begun = time.perf_counter()
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else TIMES
    try:
        letters, gone = main(kills, place)
    finally:
        shutil.rmtree(place)
    seconds = time.perf_counter() - begun
    print(f"{kills} kills, {letters} letters acknowledged, {gone} lost, {seconds:.0f} s")
    sys.exit(gone > 0)
