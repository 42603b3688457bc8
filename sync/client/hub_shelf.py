"""What a hub keeps for the desks of its office: exchanges that wait for the city, and its answers.

<folder>/<device>/<number>.exchange      the MessagePack array [ask, batch, ...] as it came
<folder>/<device>/<number>.answer        the city's answer to one, until the desk has it

Written to the disk before anybody is told. A later exchange of a desk that brings all of an earlier
one takes its place. At most DESKS_MAX desks, DESK_BYTES_MAX each, and KEPT_MS long: a desk keeps
everything until a receipt has come, so what a hub drops is late and never lost.
"""

import os
from collections.abc import Callable
from pathlib import Path

from sync.protocol import wire

DESKS_MAX = 64
DESK_BYTES_MAX = 64 * 1024 * 1024
ANSWERS_MAX = 16
KEPT_MS = 30 * 86_400_000


class Shelf:
    """The folder of one hub."""

    def __init__(self, folder: Path, now: Callable[[], int]) -> None:
        self._folder = folder
        self._now = now
        folder.mkdir(parents=True, exist_ok=True)

    def devices(self) -> list[str]:
        """List the devices for which an exchange waits."""
        return sorted({path.parent.name for path in self._folder.glob("*/*.exchange")})

    def put(self, device: str, envelopes: list[bytes]) -> bool:
        """Keep an exchange; False where there is no room for it."""
        self._expire()
        place = self._folder / device
        if not place.is_dir() and len(list(self._folder.iterdir())) >= DESKS_MAX:
            return False
        brought = set(envelopes[1:])
        outdone = [
            path for path in self._sorted(device, "exchange") if set(_read(path)[1:]) <= brought
        ]
        here = sum(path.stat().st_size for path in place.glob("*") if path not in outdone)
        body = wire.encode(envelopes)
        if here + len(body) > DESK_BYTES_MAX:
            return False
        self._write(device, "exchange", body)
        for path in outdone:
            path.unlink()
        return True

    def next(self, device: str) -> tuple[Path, list[bytes]] | None:
        """Give the oldest exchange of a device that waits."""
        for path in self._sorted(device, "exchange"):
            return path, _read(path)
        return None

    def answered(self, device: str, exchange: Path, answer: bytes | None) -> None:
        """Put the city's answer in an exchange's place, or nothing where it was refused."""
        if answer is not None:
            self._write(device, "answer", answer)
            for path in self._sorted(device, "answer")[:-ANSWERS_MAX]:
                path.unlink()
        exchange.unlink(missing_ok=True)

    def answers(self, device: str) -> list[bytes]:
        """Give what has come for a device, oldest first, and keep it no longer."""
        found = []
        for path in self._sorted(device, "answer"):
            found.append(path.read_bytes())
            path.unlink()
        return found

    def _sorted(self, device: str, ending: str) -> list[Path]:
        return sorted((self._folder / device).glob(f"*.{ending}"))

    def _write(self, device: str, ending: str, content: bytes) -> None:
        place = self._folder / device
        place.mkdir(exist_ok=True)
        numbers = [int(path.name.partition(".")[0]) for path in place.glob("*.*")]
        path = place / f"{max(numbers, default=0) + 1:012}.{ending}"
        making = path.with_suffix(".part")
        with making.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        moment = self._now() / 1000
        os.utime(making, (moment, moment))
        making.replace(path)
        _sync(place)

    def _expire(self) -> None:
        for path in self._folder.glob("*/*"):
            if self._now() - path.stat().st_mtime * 1000 > KEPT_MS:
                path.unlink(missing_ok=True)
        for place in self._folder.iterdir():
            if place.is_dir() and not any(place.iterdir()):
                place.rmdir()


def _read(path: Path) -> list[bytes]:
    return wire.decode(path.read_bytes(), list[bytes])


def _sync(folder: Path) -> None:
    """Have the name itself on the disk; a system without it syncs names by itself."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
