"""The operating system's keystore: where it is, a copied folder alone opens nothing."""

import base64
from typing import Protocol

SERVICE = "teras"


class Keystore(Protocol):
    """A place of the operating system for small secrets."""

    def available(self) -> bool:
        """Tell whether secrets can be kept here at all."""

    def get(self, name: str) -> bytes | None:
        """Give back a kept secret; None where there is none of that name."""

    def put(self, name: str, secret: bytes) -> None:
        """Keep a secret."""


class NoKeystore:
    """No keystore, for what the passphrase alone may open: invented people."""

    def available(self) -> bool:
        """There is none."""
        return False

    def get(self, name: str) -> bytes | None:
        """Nothing was ever put."""
        raise LookupError(name)

    def put(self, name: str, secret: bytes) -> None:
        """Nothing is asked to be put where none is available."""
        raise LookupError(name, len(secret))


class SystemKeystore:
    """The keystore of this system through keyring: Windows, macOS or the Secret Service.

    It never falls back to a file. Whether there is one is found out by keeping something.
    """

    def available(self) -> bool:
        """Tell whether a secret that is put here comes back."""
        import keyring
        from keyring.errors import KeyringError

        try:
            keyring.set_password(SERVICE, "probe", "1")
            kept = keyring.get_password(SERVICE, "probe") == "1"
            keyring.delete_password(SERVICE, "probe")
        except (KeyringError, RuntimeError):
            return False
        return kept

    def get(self, name: str) -> bytes | None:
        """Give back a kept secret; None also where the keystore is locked or gone."""
        import keyring
        from keyring.errors import KeyringError

        try:
            text = keyring.get_password(SERVICE, name)
        except (KeyringError, RuntimeError):
            return None
        return None if text is None else base64.b64decode(text)

    def put(self, name: str, secret: bytes) -> None:
        """Keep a secret."""
        import keyring

        keyring.set_password(SERVICE, name, base64.b64encode(secret).decode())
