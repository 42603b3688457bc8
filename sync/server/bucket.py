"""A bucket of tokens for each address: how often one address may ask what everybody may ask.

The buckets lie in memory that the processes of one server share: a file of their folder, of
PLACES entries that never grows. An entry is a keyed digest of its subscriber, the tokens that are
left and since when; a subscriber has WAYS places of his own choosing, of which the one that was
silent longest is given to who comes new.
"""

import hashlib
import ipaddress
import mmap
import os
import secrets
import struct
import threading
from pathlib import Path

from sync.server import turns

SETS, WAYS = 4_096, 4  # 16,384 subscribers, 384 KiB
V6_NETWORK = 64  # bits that one subscriber is given
_ENTRY = struct.Struct("<8sdq")
_SIZE = SETS * WAYS * _ENTRY.size
_KEY_BYTES = 16
_NOBODY = bytes(8)


class Buckets:
    """Lets each address ask `burst` times at once, and `per_s` times a second in the long run.

    Many phones share one address of their network's, so neither may be small. With a server's
    folder and a name the buckets are those of all its processes, and outlive them.
    """

    def __init__(
        self, burst: int, per_s: float, folder: Path | None = None, name: str = ""
    ) -> None:
        self._burst = float(burst)
        self._per_ms = per_s / 1000
        self._lock = threading.Lock()
        self._place = (folder, name) if folder is not None else None
        self._memory = _shared(folder, name) if folder is not None else _own()
        self._key = self._memory[:_KEY_BYTES]

    def take(self, address: str, now: int) -> float:
        """Take a token at a time in ms; 0 if there was one, else the seconds until there will be.

        A clock that is put back gives nothing and takes nothing.
        """
        who = hashlib.blake2b(_subscriber(address).encode(), digest_size=12, key=self._key).digest()
        name, first = who[:8], int.from_bytes(who[8:]) % SETS * WAYS
        with self._lock:
            if self._place is None:
                return self._taken(name, first, now)
            with turns.wait(*self._place):
                return self._taken(name, first, now)

    def _taken(self, name: bytes, first: int, now: int) -> float:
        here = {at: self._read(at) for at in range(first, first + WAYS)}
        at = min(here, key=lambda at: (here[at][0] != name, here[at][0] != _NOBODY, here[at][2]))
        known, left, since = here[at]
        if known != name:
            left, since = self._burst, now
        left = min(self._burst, left + max(0, now - since) * self._per_ms)
        wait = 0.0 if left >= 1 else (1 - left) / self._per_ms / 1000
        _ENTRY.pack_into(self._memory, _offset(at), name, left - 1 if left >= 1 else left, now)
        return wait

    def _read(self, at: int) -> tuple[bytes, float, int]:
        name, left, since = _ENTRY.unpack_from(self._memory, _offset(at))
        return name, left, since


def _offset(at: int) -> int:
    return _KEY_BYTES + at * _ENTRY.size


def _own() -> mmap.mmap:
    """Make memory of this process's own, with a key that nobody knows."""
    memory = mmap.mmap(-1, _KEY_BYTES + _SIZE)
    memory[:_KEY_BYTES] = secrets.token_bytes(_KEY_BYTES)
    return memory


def _shared(folder: Path, name: str) -> mmap.mmap:
    """Open the memory of a server's processes; whoever comes first makes it."""
    with turns.wait(folder, name):
        handle = os.open(folder / turns.FOLDER / f"{name}.map", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if os.fstat(handle).st_size != _KEY_BYTES + _SIZE:
                os.ftruncate(handle, 0)
                os.pwrite(handle, secrets.token_bytes(_KEY_BYTES), 0)
                os.ftruncate(handle, _KEY_BYTES + _SIZE)
            return mmap.mmap(handle, _KEY_BYTES + _SIZE)
        finally:
            os.close(handle)


def _subscriber(address: str) -> str:
    """Name whom an address belongs to; what is no address is a name of its own."""
    try:
        place = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(place, ipaddress.IPv6Address) and place.ipv4_mapped is None:
        return str(ipaddress.ip_network((place, V6_NETWORK), strict=False))
    return str(place)
