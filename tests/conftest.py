"""What all tests share: no screen is needed, and nothing of Qt is left behind."""

import os
import threading
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from sync.crypto import passphrase
from tests import databases

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # Before any test imports PySide6.

# The offscreen plugin says so of size hints, raising and grabbing; it is no trouble of ours.
_HARMLESS = "This plugin does not support"


def pytest_configure(config: pytest.Config) -> None:
    """Every warning of Qt fails the test that caused it, but for the one above."""
    config.addinivalue_line("qt_log_ignore", _HARMLESS)
    databases.put_cities_there()
    # No test fails by the time that it takes, on whatever machine and beside whatever else.
    slow = (HealthCheck.too_slow, HealthCheck.function_scoped_fixture)
    settings.register_profile("house", deadline=None, suppress_health_check=slow)
    settings.load_profile("house")


def pytest_sessionfinish() -> None:
    """Leave no database server running; a process that shares the work is not waited for later."""
    databases.close()


COST = (passphrase.MEMORY_KIB, passphrase.PASSES, passphrase.LANES)
QUICK = (8, 1, 1)
_LANES = ("teras-store", "teras-line", "teras-paper")


@pytest.fixture(autouse=True)
def _no_database_is_left() -> Iterator[None]:
    before = len(databases.cluster().made) if databases.is_running() else 0
    yield
    if databases.is_running():
        databases.cluster().drop(before)


@pytest.fixture(autouse=True)
def _no_thread_is_left() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    left = [
        thread.name
        for thread in set(threading.enumerate()) - before
        if thread.is_alive() and thread.name.startswith(_LANES)
    ]
    assert not left, f"left running: {left}"


@pytest.fixture(scope="session", autouse=True)
def _stretching_is_quick() -> None:
    """Let a passphrase cost a thousandth here; other processes, and `costly`, know the real one."""
    passphrase.MEMORY_KIB, passphrase.PASSES, passphrase.LANES = QUICK


@pytest.fixture(scope="module")
def costly() -> Iterator[None]:
    """Let a passphrase cost what it does in an office, for what another process opens too."""
    passphrase.MEMORY_KIB, passphrase.PASSES, passphrase.LANES = COST
    yield
    passphrase.MEMORY_KIB, passphrase.PASSES, passphrase.LANES = QUICK
