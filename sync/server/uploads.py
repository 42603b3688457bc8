"""Envelopes that come in pieces, in a folder of the server's, until an exchange cites them.

<server folder>/uploads/<device>-<name>-<size>      its length is how much of it has come

| bound                | per device                         | in all                              |
|----------------------|------------------------------------|-------------------------------------|
| at once              | 4; a fifth ends the oldest         | as many as the bytes let be         |
| bytes, as announced  | 16 MiB; more ends the oldest       | 512 MiB; then no opening is taken   |
| rest without a piece | 30 days                            |                                     |

Nothing is trusted: what was announced as an envelope is one only if its id says so, after a crash
as well, so no piece waits for the disk. What an exchange cited stays until the device's next one
cites it no more: only then has the answer come.
"""

import errno
import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from forms.engine.problem import Problem, Refused
from sync.crypto import envelope
from sync.protocol import upload
from sync.protocol.batch import SEALED_MAX
from sync.protocol.upload import NAME_BYTES, Opening, Piece
from sync.server import city_keys, intake, recovery
from sync.server.city import City

FOLDER = "uploads"
DEVICE_COUNT_MAX = 4
DEVICE_BYTES_MAX = 2 * SEALED_MAX
BYTES_MAX = 64 * SEALED_MAX
CITED_MAX = 4 * SEALED_MAX  # of one exchange, as of one that comes whole
REST_MS = 30 * 86_400_000


class Upload(msgspec.Struct):
    """One file of the folder: whose, how long it will be, how much is here, when it last grew."""

    device: bytes
    name: bytes
    size: int
    place: int
    grew: int

    @property
    def file(self) -> str:
        """What it is called in the folder."""
        return f"{self.device.hex()}-{self.name.hex()}-{self.size}"


class Uploads:
    """All uploads of one server; several threads may come at once."""

    def __init__(self, folder: Path, now: Callable[[], int]) -> None:
        self._folder = folder / FOLDER
        self._now = now
        self._lock = threading.Lock()
        self._kept = {one.name: one for one in _found(self._folder)}

    def open(self, device: bytes, name: bytes, size: int) -> int:
        """Begin, or go on: the place behind what has come.

        Refused(upload_name | body_too_large); OSError where there is no room.
        """
        if len(name) != NAME_BYTES:
            raise Refused(Problem("upload_name"))
        if not 0 < size <= SEALED_MAX:
            raise Refused(Problem("body_too_large", facts={"max": SEALED_MAX}))
        with self._lock:
            here = self._kept.get(name)
            if here is not None and (here.device, here.size) == (device, size):
                return here.place
            if here is not None:
                self._end(here)
            self._make_room(device, size)
            begun = Upload(device, name, size, 0, self._now())
            self._folder.mkdir(exist_ok=True)
            (self._folder / begun.file).write_bytes(b"")
            self._kept[name] = begun
            return 0

    def add(self, name: bytes, piece: Piece) -> int:
        """Take a piece if it begins where we are and is whole; the place behind what has come.

        Refused(upload_unknown); OSError where there is no room.
        """
        with self._lock:
            here = self._kept.get(name)
            if here is None:
                raise Refused(Problem("upload_unknown"))
            fits = piece.place == here.place and here.place + len(piece.content) <= here.size
            if not fits or upload.digest(piece.content) != piece.digest:
                return here.place
            path = self._folder / here.file
            if not path.exists():
                self._end(here)
                raise Refused(Problem("upload_unknown"))
            with path.open("r+b") as file:
                file.truncate(here.place)  # a write that broke off left more
                file.seek(here.place)
                file.write(piece.content)
            here.place += len(piece.content)
            here.grew = self._now()
            os.utime(path, (here.grew / 1000, here.grew / 1000))
            return here.place

    def filled(self, brought: Sequence[bytes]) -> list[bytes]:
        """Put envelopes in the place of their names.

        Refused(upload_unknown | body_too_large), also where an upload is not what it is called:
        then it has to come again.
        """
        cited = [data for data in brought if len(data) == NAME_BYTES]
        with self._lock:
            found = {name: self._whole(name) for name in cited}
            if sum(found[name].size for name in cited) > CITED_MAX:
                raise Refused(Problem("body_too_large", facts={"max": CITED_MAX}))
            contents = {name: self._content(one) for name, one in found.items()}
        return [contents.get(data, data) for data in brought]

    def settle(self, device: bytes, brought: Sequence[bytes]) -> None:
        """End the uploads of a device that are whole and were not cited by its last exchange."""
        with self._lock:
            for one in list(self._kept.values()):
                if one.device == device and one.place == one.size and one.name not in brought:
                    self._end(one)

    def _whole(self, name: bytes) -> Upload:
        here = self._kept.get(name)
        if here is None or here.place != here.size:
            raise Refused(Problem("upload_unknown"))
        return here

    def _content(self, one: Upload) -> bytes:
        try:
            content = (self._folder / one.file).read_bytes()
            if envelope.read(content).id == one.name:
                return content
        except (Refused, FileNotFoundError):
            pass
        self._end(one)
        raise Refused(Problem("upload_unknown"))

    def _make_room(self, device: bytes, size: int) -> None:
        now = self._now()
        for one in list(self._kept.values()):
            if now - one.grew > REST_MS:
                self._end(one)
        own = sorted(
            (one for one in self._kept.values() if one.device == device), key=lambda one: one.grew
        )
        while own and (
            len(own) >= DEVICE_COUNT_MAX or sum(o.size for o in own) + size > DEVICE_BYTES_MAX
        ):
            self._end(own.pop(0))
        if sum(one.size for one in self._kept.values()) + size > BYTES_MAX:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def _end(self, one: Upload) -> None:
        del self._kept[one.name]
        (self._folder / one.file).unlink(missing_ok=True)


def owner(city: City, opening: Opening) -> bytes:
    """Find the device that opens, by the ask that it shows.

    Refused(exchange_empty) and as `intake.open_message` and `recovery.rejoin` say.
    """
    city_keys.attend(city)
    shown = opening.shown
    if len(shown) > 1:
        recovery.rejoin(city, shown[0])
    if not shown:
        raise Refused(Problem("exchange_empty"))
    return intake.open_message(city, shown[-1], "ask", revoked=True).device.id


def _found(folder: Path) -> list[Upload]:
    """Read what a server before us left; what is not called like an upload is not ours."""
    found = []
    for path in sorted(folder.glob("*-*-*")) if folder.is_dir() else ():
        device, name, size = path.name.split("-", 2)
        try:
            one = Upload(bytes.fromhex(device), bytes.fromhex(name), int(size), 0, 0)
            stands = path.stat()
        except (ValueError, OSError):
            continue
        one.place, one.grew = min(stands.st_size, one.size), int(stands.st_mtime * 1000)
        found.append(one)
    return found
