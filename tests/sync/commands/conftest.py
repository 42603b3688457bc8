"""What tests of the command line share: one call in this process, and a city with one desk."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from forms.engine.region import Region
from sync.commands import credential, door
from sync.commands.call import Call
from sync.commands.parser import parse
from sync.server.run import Address, Running, start
from sync.store.keystore import NoKeystore
from tests import databases

HOUSE = Path(__file__).parents[3]
REGION = HOUSE / "resources" / "regions" / "kota_contoh.toml"
RESIDENTS = HOUSE / "resources" / "practice" / "penduduk_contoh.xlsx"
OPERATOR = "Siti Rahma"
ADMINISTRATOR = "Admin Kota"
PASSPHRASE = "pohon mangga di halaman kami"
OFFICE = "KEL-1"
# keyring's own backend that keeps nothing: tests leave the system's keystore alone.
NO_KEYRING = "keyring.backends.null.Keyring"


class Said(NamedTuple):
    """What one call put out: its status, stdout and stderr."""

    status: int
    out: str
    err: str

    @property
    def body(self) -> dict[str, Any]:
        """The one JSON object on stdout."""
        assert self.out.count("\n") == 1, self.out
        found = json.loads(self.out)
        assert isinstance(found, dict)
        return found

    @property
    def codes(self) -> list[str]:
        """The codes of the problems, in order."""
        return [problem["code"] for problem in self.body["problems"]]


class Porch(NamedTuple):
    """A city whose server ran on this port, and one desk that has joined it."""

    folder: Path
    port: int


@pytest.fixture
def teras(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[..., Said]:
    """Call the command line in this process, with folders of this test's own."""
    monkeypatch.setenv("TERAS_DATA_DIR", str(tmp_path / "desk"))
    monkeypatch.setenv("TERAS_SERVER_DIR", str(tmp_path / "server"))
    monkeypatch.setenv("TERAS_PASSPHRASE", PASSPHRASE)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", NO_KEYRING)

    def call(*words: object, json: bool = True, who: str = "") -> Said:
        asked = [str(word) for word in words]
        name = who or (ADMINISTRATOR if asked[0] == "server" else OPERATOR)
        monkeypatch.setenv("TERAS_OPERATOR", name)
        capsys.readouterr()
        status = door.main([*asked, *(["--json"] if json else [])])
        heard = capsys.readouterr()
        return Said(status, heard.out, heard.err)

    return call


@pytest.fixture(scope="session")
def porch(tmp_path_factory: pytest.TempPathFactory) -> Porch:
    """Make a city and a desk once; each test gets a copy."""
    folder = tmp_path_factory.mktemp("porch")
    region = Region.read(REGION)
    area = region.areas.first(region.code, "kelurahan")

    def ask(who: str, *words: object) -> dict[str, Any]:
        environ = {
            credential.NAME: who,
            credential.PASSPHRASE: PASSPHRASE,
            "TERAS_DATA_DIR": str(folder / "desk"),
            "TERAS_SERVER_DIR": str(folder / "server"),
        }
        call = Call(parse([str(word) for word in words]), environ=environ, kept_by=NoKeystore())
        return dict(door.answer(call).body)

    return _made(folder, area, ask)


def _made(folder: Path, area: str, ask: Callable[..., dict[str, Any]]) -> Porch:
    def city(*words: object) -> dict[str, Any]:
        return ask(ADMINISTRATOR, "server", *words)

    city("init", "--region", REGION)
    city(
        "office", "add", "--code", OFFICE, "--kind", "kelurahan",
        "--name", "Kelurahan Satu", "--area", area, "--catchment", area,
    )  # fmt: skip
    running = start(folder / "server")
    try:
        code = city("enrol-code", "--office", OFFICE, "--role", "kepala")["code"]
        ask(OPERATOR, "enrol", "--server", running.url, "--code", code, "--operator", OPERATOR)
    finally:
        running.stop()
    return Porch(folder, int(running.url.rpartition(":")[2]))


@pytest.fixture
def city(porch: Porch, tmp_path: Path) -> Path:
    """The folder of a server with one office and one device, not running."""
    databases.copy_city(porch.folder / "server", tmp_path / "server")
    return tmp_path / "server"


@pytest.fixture
def desk(porch: Porch, tmp_path: Path) -> Path:
    """The folder of a desk of that office, whose operator is its kepala."""
    shutil.copytree(porch.folder / "desk", tmp_path / "desk")
    return tmp_path / "desk"


@pytest.fixture
def live(porch: Porch, city: Path) -> Iterator[Running]:
    """The server of `city`, running where the desk looks for it."""
    running = start(city, Address(port=porch.port))
    yield running
    running.stop()
