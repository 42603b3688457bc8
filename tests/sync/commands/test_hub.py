"""The hub by its commands: it says where it is, ends when told to, and a desk goes by it."""

import json
import signal
import subprocess
import sys
from pathlib import Path

HOUSE = Path(__file__).parents[3]


def test_a_hub_says_its_address_and_ends_when_told_to(tmp_path: Path) -> None:
    hub = subprocess.Popen(
        [sys.executable, "main.py", "hub", "run", "--dir", str(tmp_path / "hub"),
         "--server", "http://127.0.0.1:1", "--host", "127.0.0.1", "--port", "0"],
        cwd=HOUSE,
        stdout=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    assert hub.stdout is not None
    address = json.loads(hub.stdout.readline())["url"]
    hub.send_signal(signal.SIGTERM)

    assert hub.wait(30) == 0
    assert address.startswith("https://127.0.0.1:")
    assert len(address.partition("#")[2]) == 64
    hub.stdout.close()


def test_a_hub_speaks_to_a_city_by_https_only(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "main.py", "--json", "hub", "run", "--dir", str(tmp_path / "hub"),
         "--server", "http://192.0.2.1"],
        cwd=HOUSE,
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip

    assert done.returncode == 1
    assert json.loads(done.stdout)["problems"][0]["code"] == "http_plain"
