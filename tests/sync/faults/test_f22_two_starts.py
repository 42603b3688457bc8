"""F22: two instances on one data folder, started at once: one has it, the others say so and go."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from forms.engine.problem import Refused
from sync.store import open as door
from sync.store import records
from sync.store.handle import Store
from sync.store.keystore import NoKeystore
from sync.store.verify import verify
from tests.sync.client.road import PASSPHRASE, RESIDENT
from tests.sync.faults.carrying import save

Enrol = Callable[..., Store]
HOUSE = Path(__file__).parents[3]
STARTS = 20
AT_ONCE = 4

# One instance as another process has it: it opens the store, saves, says so, and stays until told.
INSTANCE = """
import sys, time
from pathlib import Path
from forms.engine.problem import Refused
from sync.crypto import passphrase
from sync.store import open as door
from sync.store import records
from tests.sync.client.road import (PASSPHRASE, RESIDENT)
from sync.store.keystore import NoKeystore

passphrase.MEMORY_KIB, passphrase.PASSES, passphrase.LANES = 8, 1, 1
print("ready", flush=True)
for line in sys.stdin:
    try:
        store = door.unlock(
            Path(sys.argv[1]), "Rina", PASSPHRASE, keystore=NoKeystore(), now=lambda: 1795233600000
        )
    except Refused as refused:
        print(refused.problems[0].code, flush=True)
        continue
    records.new(store, RESIDENT, {"nama": "WARGA"})
    print("opened", flush=True)
    sys.stdin.readline()
    store.close()
    print("closed", flush=True)
"""


class Instance:
    """The program in a process of its own, waiting to be started on the folder."""

    def __init__(self, folder: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", INSTANCE, str(folder)],
            cwd=HOUSE,
            env={**os.environ, "PYTHONPATH": str(HOUSE)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.hear() == "ready"

    def say(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def hear(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def end(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def folder(desk: Enrol) -> Path:
    store = desk()
    save(store)
    store.close()
    return store.folder


def opened(folder: Path) -> Store:
    return door.unlock(folder, "Rina", PASSPHRASE, keystore=NoKeystore(), now=lambda: 1)


def count(folder: Path) -> int:
    store = opened(folder)
    try:
        assert verify(store) == []
        with store.read() as conn:
            return int(conn.exec_driver_sql("SELECT count(*) FROM record").scalar() or 0)
    finally:
        store.close()


def test_of_processes_that_start_at_once_one_works_and_the_others_say_busy(folder: Path) -> None:
    before = count(folder)
    instances = [Instance(folder) for _ in range(AT_ONCE)]
    try:
        for _ in range(STARTS):
            for one in instances:
                one.say()
            said = [one.hear() for one in instances]
            assert sorted(said) == sorted(["opened", *["store_busy"] * (AT_ONCE - 1)])
            winner = instances[said.index("opened")]
            winner.say()
            assert winner.hear() == "closed"
    finally:
        for one in instances:
            one.end()

    assert count(folder) == before + STARTS


def test_an_instance_that_was_killed_leaves_the_folder_to_the_next(folder: Path) -> None:
    before = count(folder)
    for _ in range(3):
        instance = Instance(folder)
        instance.say()
        assert instance.hear() == "opened"
        with pytest.raises(Refused) as refused:
            opened(folder)
        assert refused.value.problems[0].code == "store_busy"
        instance.end()

    assert count(folder) == before + 3


def test_the_program_itself_says_busy_while_another_has_the_folder(folder: Path) -> None:
    store = opened(folder)
    try:
        told = subprocess.run(
            [sys.executable, "main.py", "status", "--json"],
            cwd=HOUSE,
            env={
                **os.environ,
                "TERAS_DATA_DIR": str(folder),
                "TERAS_OPERATOR": "Rina",
                "TERAS_PASSPHRASE": PASSPHRASE,
                "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        records.new(store, RESIDENT, {"nama": "WARGA LAGI"})
    finally:
        store.close()

    assert [problem["code"] for problem in json.loads(told.stdout)["problems"]] == ["store_busy"]
