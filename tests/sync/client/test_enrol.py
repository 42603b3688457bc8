"""A laptop joins: cut anywhere, it goes on with the same code, and says what stands between."""

import ssl
from pathlib import Path

import pytest
import requests
import urllib3
from urllib3.exceptions import MaxRetryError, NewConnectionError, SSLError

from forms.engine.problem import Refused
from sync.client.carrier import Barred
from sync.client.enrol import join, reach
from sync.client.line import _barred
from sync.practice.road import Indoors
from sync.server import administration, codes
from sync.server.city import City, clock
from sync.store import attempt
from sync.store.handle import Store
from sync.store.keystore import NoKeystore
from sync.store.open import unlock
from tests.sync.client.road import PASSPHRASE

SARI, BIMA = "Sari Puspita", "Bima Wardhana"


class CutRoad(Indoors):
    """A road on which the power fails after the city has let the laptop in."""

    def enrol(self, join: bytes) -> bytes:
        super().enrol(join)
        raise KeyboardInterrupt


def joined(folder: Path, road: Indoors, code: str, operator: str = SARI) -> Store:
    return join(
        folder,
        road,
        url="",
        code=code,
        operator=operator,
        phrase=PASSPHRASE,
        keystore=NoKeystore(),
        now=clock,
    )


def test_a_power_cut_between_the_citys_answer_and_the_store_costs_no_code(
    city: City, tmp_path: Path
) -> None:
    folder = tmp_path / "desk"
    code, _ = codes.make(city, "KEL-1", "kepala", "test")
    with pytest.raises(KeyboardInterrupt):
        joined(folder, CutRoad(city), code)
    left = {path.name for path in folder.iterdir()}
    assert left == {attempt.NAME}
    assert SARI.encode() not in (folder / attempt.NAME).read_bytes()

    with pytest.raises(Refused, match="code_used"):
        joined(tmp_path / "other", Indoors(city), code)
    with pytest.raises(
        Refused, match="code_used"
    ):  # another person would bear the first one's name
        joined(tmp_path / "moved", Indoors(city), code, BIMA)
    store = joined(folder, Indoors(city), code)

    assert store.operator.name == SARI
    assert administration.status(city).devices == 1
    assert not (folder / attempt.NAME).exists()
    store.close()


def test_what_an_enrolment_left_at_its_very_end_goes_when_the_store_is_opened(
    city: City, tmp_path: Path
) -> None:
    folder = tmp_path / "desk"
    code, _ = codes.make(city, "KEL-1", "kepala", "test")
    joined(folder, Indoors(city), code).close()
    (folder / attempt.NAME).write_bytes(b"left")

    unlock(folder, SARI, PASSPHRASE, keystore=NoKeystore(), now=clock).close()

    assert not (folder / attempt.NAME).exists()


def test_an_attempt_opens_with_its_code_alone(city: City, tmp_path: Path) -> None:
    code, _ = codes.make(city, "KEL-1", "kepala", "test")
    with pytest.raises(KeyboardInterrupt):
        joined(tmp_path, CutRoad(city), code)

    assert attempt.read(tmp_path, bytes(10), SARI) is None
    (tmp_path / attempt.NAME).write_bytes(b"")
    assert attempt.read(tmp_path, bytes(10), SARI) is None


def test_nobody_there_is_a_server_that_does_not_answer() -> None:
    with pytest.raises(Barred) as barred:
        reach("http://127.0.0.1:9")

    assert barred.value.why == "server"


def test_what_stands_between_is_told_apart() -> None:
    expired = ssl.SSLCertVerificationError(1, "certificate has expired")
    expired.verify_code = 10
    strange = ssl.SSLCertVerificationError(1, "self-signed certificate")
    strange.verify_code = 18
    nameless = urllib3.exceptions.NameResolutionError("teras.contoh", None, OSError())  # type: ignore[arg-type] # no connection there was
    unroaded = NewConnectionError(None, "")  # type: ignore[arg-type] # as above
    unroaded.__cause__ = OSError(101, "Network is unreachable")
    told = {
        "clock": SSLError(expired),
        "portal": SSLError(strange),
        "network": nameless,
        "server": NewConnectionError(None, ""),  # type: ignore[arg-type] # as above
    }

    for why, reason in [*told.items(), ("network", unroaded)]:
        around = MaxRetryError(None, "/", reason)  # type: ignore[arg-type] # as above
        assert _barred(requests.ConnectionError(around), "").why == why
