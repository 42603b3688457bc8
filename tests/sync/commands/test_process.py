"""The program as scripts start it: one object on stdout, its status, its locks."""

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sync.crypto import passphrase
from sync.store import open as store_door
from sync.store.keystore import SystemKeystore
from sync.store.slot_file import SlotFile

HOUSE = Path(__file__).parents[3]
TERAS = (sys.executable, "main.py")
FULL = {name: getattr(passphrase, name) for name in ("MEMORY_KIB", "PASSES", "LANES")}
PASSPHRASE = "pohon mangga di halaman kami"


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {
        **os.environ,
        "TERAS_DATA_DIR": str(tmp_path / "desk"),
        "TERAS_SERVER_DIR": str(tmp_path / "server"),
        "TERAS_OPERATOR": "Siti Rahma",
        "TERAS_PASSPHRASE": PASSPHRASE,
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
    }


@pytest.fixture
def desk(desk: Path) -> Path:
    """The same desk with a slot that other processes open: they stretch at the full cost."""
    file = SlotFile.read(desk)
    key = file.slots.open("Siti Rahma", PASSPHRASE)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in FULL.items():
            patch.setattr(passphrase, name, value)
        file.with_slots(file.slots.add(key, "Siti Rahma", PASSPHRASE)).write(desk)
    return desk


def _run(environ: dict[str, str], *words: str, said: str = "") -> Any:
    return subprocess.run(
        [*TERAS, *words],
        cwd=HOUSE,
        env=environ,
        input=said,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )


def _serve(environ: dict[str, str], port: int = 0) -> tuple[Any, str]:
    server = subprocess.Popen(
        [*TERAS, "server", "run", "--port", str(port)],
        cwd=HOUSE,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert server.stdout is not None
    return server, server.stdout.readline()


def test_stdout_is_one_json_object(environ: dict[str, str]) -> None:
    done = _run(environ, "nik", "3671055505900003", "--json")

    assert done.returncode == 0
    assert json.loads(done.stdout)["valid"] is True
    assert done.stderr == ""


def test_a_pure_check_imports_neither_window_nor_database_nor_keys(
    environ: dict[str, str],
) -> None:
    program = (
        "import sys; from sync.commands import door; door.main(['nik', '1']);"
        "print([m for m in ('PySide6', 'sqlalchemy', 'cryptography', 'requests', 'typst')"
        " if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=HOUSE,
        env=environ,
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.splitlines()[-1] == "[]"


def test_without_a_passphrase_and_nobody_to_type_one_the_store_stays_locked(
    environ: dict[str, str], desk: Path
) -> None:
    del environ["TERAS_PASSPHRASE"]

    done = _run(environ, "status", "--json")

    assert done.returncode == 3
    assert json.loads(done.stdout)["problems"][0]["code"] == "passphrase_missing"


def test_a_passphrase_may_be_typed(environ: dict[str, str], desk: Path) -> None:
    del environ["TERAS_PASSPHRASE"]

    done = _run(environ, "status", "--json", said=PASSPHRASE + "\n")

    assert done.returncode == 0
    assert json.loads(done.stdout)["pending"] == 0


def test_a_second_start_on_one_folder_is_refused_and_the_lock_dies_with_its_process(
    environ: dict[str, str], desk: Path
) -> None:
    store = store_door.unlock(
        desk, "Siti Rahma", PASSPHRASE, keystore=SystemKeystore(), now=lambda: 0
    )
    busy = _run(environ, "status", "--json")
    store.close()
    free = _run(environ, "status", "--json")

    assert busy.returncode == 1
    assert json.loads(busy.stdout)["problems"][0]["code"] == "store_busy"
    assert free.returncode == 0


def test_the_next_command_works_after_a_kill(environ: dict[str, str], desk: Path) -> None:
    held = subprocess.Popen(
        [*TERAS, "record", "new", "residents/resident", "--answers", "-", "--many"],
        cwd=HOUSE,
        env=environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    assert held.stdin is not None
    assert held.stderr is not None
    held.stdin.write(b'{"nama": "SITI AMINAH", "jenis_kelamin": "P"}\n')
    held.stdin.flush()
    told = json.loads(held.stderr.readline())
    held.send_signal(signal.SIGKILL)
    held.wait()
    held.stdin.close()
    held.stderr.close()

    done = _run(environ, "record", "show", told["record"], "--json")

    assert done.returncode == 0
    assert json.loads(done.stdout)["answers"]["nama"] == "SITI AMINAH"


def test_a_server_says_one_line_and_its_port_is_free_after_a_kill(
    environ: dict[str, str], city: Path
) -> None:
    first, line = _serve(environ)
    url = json.loads(line)["url"]
    first.send_signal(signal.SIGKILL)
    rest = first.communicate()[0]
    second, again = _serve(environ, int(url.rpartition(":")[2]))
    second.send_signal(signal.SIGTERM)
    left = second.communicate(timeout=30)[0]

    assert url.startswith("http://127.0.0.1:")
    assert line == json.dumps({"url": url}) + "\n"
    assert json.loads(again)["url"] == url
    assert rest == left == ""


def test_a_port_in_use_is_refused(environ: dict[str, str], city: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = _run(environ, "server", "run", "--port", str(taken.getsockname()[1]), "--json")

    assert done.returncode == 1
    assert json.loads(done.stdout)["problems"][0]["code"] == "port_taken"
