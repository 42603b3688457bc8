"""How a command enters this desk's store: by an operator's passphrase, and out again."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from sync.commands import credential
from sync.commands.call import Call
from sync.commands.credential import Credential
from sync.store import open as door
from sync.store.handle import Store


def clock() -> int:
    """Return the time in ms since 1970 UTC."""
    return time.time_ns() // 1_000_000


@contextmanager
def entered(call: Call, who: Credential | None = None) -> Iterator[Store]:
    """Open the desk's store for whoever acts; Locked, Refused(store_missing | store_busy | ...)."""
    who = who or credential.ask(call)
    store = door.unlock(call.data_dir, who.name, who.passphrase, keystore=call.keystore, now=clock)
    try:
        yield store
    finally:
        store.close()
