"""What was acknowledged is there after a SIGKILL at any moment."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[3] / "bench" / "kill.py"


@pytest.mark.kills
def test_killing_a_desk_while_it_saves_loses_no_acknowledged_letter() -> None:
    times = os.environ.get("TERAS_KILLS", "20")

    answer = subprocess.run(
        [sys.executable, str(BENCH), times], capture_output=True, text=True, check=False
    )

    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.startswith(f"{times} kills, ")
    assert " 0 letters acknowledged" not in answer.stdout
    assert " 0 lost" in answer.stdout
