from collections.abc import Iterator

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail
from keyring.errors import PasswordDeleteError

from sync.store.keystore import SystemKeystore


class MemoryBackend(KeyringBackend):
    """A keystore of the system, for a test."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # keyring has no types here
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError


@pytest.fixture(autouse=True)
def backend() -> Iterator[MemoryBackend]:
    memory = MemoryBackend()
    keyring.set_keyring(memory)
    yield memory
    keyring.set_keyring(fail.Keyring())  # type: ignore[no-untyped-call]  # as for every other test


def test_a_secret_comes_back_as_it_was_put() -> None:
    store = SystemKeystore()

    store.put("name", bytes(range(32)))

    assert store.get("name") == bytes(range(32))
    assert store.get("other") is None


def test_asking_whether_there_is_one_leaves_nothing_behind(backend: MemoryBackend) -> None:
    assert SystemKeystore().available()
    assert backend.kept == {}


def test_a_system_without_one_says_so_and_keeps_nothing() -> None:
    keyring.set_keyring(fail.Keyring())  # type: ignore[no-untyped-call]  # nor here

    assert not SystemKeystore().available()
    assert SystemKeystore().get("name") is None
