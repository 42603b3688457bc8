"""What an IT team installs: units, scripts and containers that call this program as it is."""

import re
import shlex
import subprocess
import sys
from argparse import Namespace
from pathlib import Path

import pytest

from sync.commands.parser import parse
from sync.commands.table import COMMANDS
from sync.server import nightly

HOUSE = Path(__file__).parents[3]
OPERATIONS = HOUSE / "resources" / "operations"
PROGRAM = "/opt/teras"
UNITS = ("teras.service", "teras-backup.service", "teras-backup.timer")
# Without these a hole in the program would be a hole in the machine.
HARDENED = (
    "CapabilityBoundingSet=", "LockPersonality=true", "MemoryDenyWriteExecute=true",
    "NoNewPrivileges=true", "PrivateDevices=true", "PrivateTmp=true", "ProtectHome=true",
    "ProtectKernelModules=true", "ProtectSystem=strict", "RestrictNamespaces=true",
    "RestrictSUIDSGID=true", "StateDirectory=teras", "StateDirectoryMode=0700",
    "SystemCallFilter=@system-service", "UMask=0077", "User=teras",
)  # fmt: skip
# What a server has no use for, and is installed without.
DESKS = (
    "PySide6", "sqlcipher3", "keyring", "python_calamine", "xlsxwriter", "pyhanko",
    "platformdirs",
)  # fmt: skip


def text(name: str) -> str:
    return (OPERATIONS / name).read_text("utf-8")


def commands(unit: str) -> list[Namespace]:
    """Parse what a unit starts, as the program does."""
    found = []
    for line in re.findall(r"^ExecStart=(.+)$", text(unit), re.MULTILINE):
        python, program, *words = shlex.split(line)
        assert (python, program) == (f"{PROGRAM}/.venv/bin/python", f"{PROGRAM}/main.py")
        found.append(parse(words))
    return found


def test_the_server_s_unit_starts_the_server_on_this_machine_alone() -> None:
    (asked,) = commands("teras.service")

    assert asked.command == "server run"
    assert (asked.server_dir, asked.host, asked.port) == ("/var/lib/teras", "127.0.0.1", 8420)


def test_the_timer_s_unit_spends_a_night_into_a_folder_that_it_may_write() -> None:
    (asked,) = commands("teras-backup.service")

    assert asked.command == "server nightly"
    assert (asked.server_dir, asked.nights) == ("/var/lib/teras", nightly.KEEP)
    assert f"ReadWritePaths={asked.dir}\n" in text("teras-backup.service")
    assert f"RequiresMountsFor={asked.dir}\n" in text("teras-backup.service")
    assert "TERAS_PASSPHRASE_FILE=%d/passphrase" in text("teras-backup.service")
    assert "LoadCredential=passphrase:" in text("teras-backup.service")


@pytest.mark.parametrize("unit", UNITS[:2])
def test_a_unit_gives_the_program_no_more_than_it_needs(unit: str) -> None:
    lines = text(unit).splitlines()

    assert [line for line in HARDENED if line not in lines] == []


@pytest.mark.parametrize("script", ["install.sh", "pack.sh"])
def test_a_script_is_whole(script: str) -> None:
    assert subprocess.run(["sh", "-n", OPERATIONS / script], check=False).returncode == 0


def test_every_unit_is_installed_where_it_looks_for_the_program() -> None:
    script = text("install.sh")

    assert f"for unit in {' '.join(UNITS)};" in script
    assert 'mv "$fresh" "$root/opt/teras"' in script


def test_a_container_calls_the_same_commands() -> None:
    found = re.search(r"^CMD (\[.+\])$", text("Containerfile"), re.MULTILINE)
    assert found is not None
    assert parse(re.findall(r'"([^"]+)"', found[1])).command == "server run"
    night = re.search(r"command: (\[.+\])$", text("compose.yml"), re.MULTILINE)
    assert night is not None
    assert parse(re.findall(r'"([^"]+)"', night[1])).command == "server nightly"


def test_all_that_is_copied_into_a_container_exists_and_is_let_in() -> None:
    let_in = {line[1:] for line in text("Containerfile.dockerignore").split() if line[0] == "!"}
    copied = {
        name
        for line in re.findall(r"^COPY (?!--from)(.+) \S+$", text("Containerfile"), re.MULTILINE)
        for name in line.split()
    }

    assert copied == let_in
    assert all((HOUSE / name).exists() for name in copied)


def test_the_server_s_commands_need_nothing_of_a_desk() -> None:
    functions = [one.function for one in COMMANDS if one.words.startswith("server ")]
    program = (
        "import sys; from importlib import import_module\n"
        f"for name in {DESKS}: sys.modules[name] = None\n"
        f"for one in {sorted(set(functions))}:\n"
        "    module, _, name = one.partition(':')\n"
        "    getattr(import_module('sync.commands.' + module), name)\n"
        "for one in ('run', 'restore', 'nightly', 'folder', 'retention', 'records', 'verify'):\n"
        "    import_module('sync.server.' + one)\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], cwd=HOUSE, capture_output=True, text=True, check=False
    )

    assert done.stderr == ""


def test_every_command_in_the_page_is_one_of_ours() -> None:
    page = (HOUSE / "docs" / "pemasangan.md").read_text("utf-8")
    lines = re.findall(r"^ {7}teras (.+)$", page, re.MULTILINE)

    assert len(lines) > 5
    for line in lines:
        assert parse(shlex.split(line.partition(" #")[0])).function, line


def test_every_file_that_the_page_names_exists() -> None:
    page = (HOUSE / "docs" / "pemasangan.md").read_text("utf-8")

    named = set(re.findall(r"resources/operations/[\w.-]+\w", page))
    assert named >= {f"resources/operations/{one}" for one in ("pack.sh", "compose.yml")}
    assert [name for name in named if not (HOUSE / name).exists()] == []
    shipped = {path.name for path in OPERATIONS.iterdir()}
    assert [name for name in shipped if name not in page and "dockerignore" not in name] == []
