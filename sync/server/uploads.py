"""Envelopes that come in pieces, in a folder of the server's, until an exchange cites them.

<server folder>/uploads/<device>-<name>-<size>      its length is how much of it has come

| bound                | per device                         | in all                              |
|----------------------|------------------------------------|-------------------------------------|
| at once              | 4; a fifth ends the oldest         | as many as the bytes let be         |
| bytes, as announced  | 16 MiB; more ends the oldest       | 512 MiB; then no opening is taken   |
| rest without a piece | 30 days                            |                                     |

Nothing is trusted: what was announced as an envelope is one only if its id says so, after a crash
as well, so no piece waits for the disk. What an exchange cited stays until the device's next one
cites it no more: only then has the answer come. The folder is all that is known: pieces of one
envelope come to whichever process of the server takes them, and each acts in its turn.
"""

import errno
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from forms.engine.problem import Problem, Refused
from sync.crypto import envelope
from sync.protocol import upload
from sync.protocol.batch import SEALED_MAX
from sync.protocol.lock import Lock
from sync.protocol.upload import NAME_BYTES, Opening, Piece
from sync.server import city_keys, intake, recovery, turns
from sync.server.city import City

FOLDER = "uploads"
DEVICE_COUNT_MAX = 4
DEVICE_BYTES_MAX = 2 * SEALED_MAX
BYTES_MAX = 64 * SEALED_MAX
CITED_MAX = 4 * SEALED_MAX  # of one exchange, as of one that comes whole
REST_MS = 30 * 86_400_000


class Upload(msgspec.Struct, frozen=True):
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
    """All uploads of one server; several threads and processes may come at once."""

    def __init__(self, folder: Path, now: Callable[[], int]) -> None:
        self._home = folder
        self._folder = folder / FOLDER
        self._now = now

    def open(self, device: bytes, name: bytes, size: int) -> int:
        """Begin, or go on: the place behind what has come.

        Refused(upload_name | body_too_large); OSError where there is no room.
        """
        if len(name) != NAME_BYTES:
            raise Refused(Problem("upload_name"))
        if not 0 < size <= SEALED_MAX:
            raise Refused(Problem("body_too_large", facts={"max": SEALED_MAX}))
        self._folder.mkdir(exist_ok=True)
        with self._turn():
            kept = {one.name: one for one in _found(self._folder)}
            here = kept.get(name)
            if here is not None and (here.device, here.size) == (device, size):
                return here.place
            if here is not None:
                self._end(kept.pop(name))
            self._make_room(list(kept.values()), device, size)
            begun = Upload(device, name, size, 0, self._now())
            path = self._folder / begun.file
            path.write_bytes(b"")
            _date(path, begun.grew)
            return 0

    def add(self, name: bytes, piece: Piece) -> int:
        """Take a piece if it begins where we are and is whole; the place behind what has come.

        Refused(upload_unknown); OSError where there is no room.
        """
        with self._turn():
            here = self._here(name)
            if here is None:
                raise Refused(Problem("upload_unknown"))
            fits = piece.place == here.place and here.place + len(piece.content) <= here.size
            if not fits or upload.digest(piece.content) != piece.digest:
                return here.place
            path = self._folder / here.file
            try:
                with path.open("r+b") as file:
                    file.seek(here.place)
                    file.write(piece.content)
            except OSError:
                os.truncate(path, here.place)  # a write that broke off left more
                raise
            _date(path, self._now())
            return here.place + len(piece.content)

    def filled(self, brought: Sequence[bytes]) -> list[bytes]:
        """Put envelopes in the place of their names.

        Refused(upload_unknown | body_too_large), also where an upload is not what it is called:
        then it has to come again.
        """
        cited = [data for data in brought if len(data) == NAME_BYTES]
        if not cited:
            return list(brought)
        with self._turn():
            found = {name: self._whole(name) for name in cited}
            if sum(found[name].size for name in cited) > CITED_MAX:
                raise Refused(Problem("body_too_large", facts={"max": CITED_MAX}))
            contents = {name: self._content(one) for name, one in found.items()}
        return [contents.get(data, data) for data in brought]

    def settle(self, device: bytes, brought: Sequence[bytes]) -> None:
        """End the uploads of a device that are whole and were not cited by its last exchange."""
        if not _found(self._folder, device):  # as mostly
            return
        with self._turn():
            for one in _found(self._folder, device):
                if one.place == one.size and one.name not in brought:
                    self._end(one)

    def _turn(self) -> Lock:
        return turns.wait(self._home, FOLDER)

    def _here(self, name: bytes) -> Upload | None:
        return next(iter(_found(self._folder, name=name)), None)

    def _whole(self, name: bytes) -> Upload:
        here = self._here(name)
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

    def _make_room(self, kept: list[Upload], device: bytes, size: int) -> None:
        now = self._now()
        for one in [one for one in kept if now - one.grew > REST_MS]:
            kept.remove(one)
            self._end(one)
        own = sorted((one for one in kept if one.device == device), key=lambda one: one.grew)
        while own and (
            len(own) >= DEVICE_COUNT_MAX or sum(o.size for o in own) + size > DEVICE_BYTES_MAX
        ):
            kept.remove(own[0])
            self._end(own.pop(0))
        if sum(one.size for one in kept) + size > BYTES_MAX:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def _end(self, one: Upload) -> None:
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


def _found(folder: Path, device: bytes = b"", name: bytes = b"") -> list[Upload]:
    """Read what is in the folder, or what is of one device or of one name.

    What is not called like an upload is not ours.
    """
    found = []
    try:
        files = sorted(entry.name for entry in os.scandir(folder))
    except FileNotFoundError:
        return []
    for file in files:
        if not file.startswith(device.hex()) or f"-{name.hex()}" not in file:
            continue
        try:
            owner, called, size = file.split("-")
            stands = (folder / file).stat()
            place = min(stands.st_size, int(size))
            one = Upload(
                bytes.fromhex(owner), bytes.fromhex(called), int(size), place, _dated(stands)
            )
        except (ValueError, OSError):
            continue
        if one.file == file and device in {b"", one.device} and name in {b"", one.name}:
            found.append(one)
    return found


def _date(path: Path, moment: int) -> None:
    """Note when an upload grew, in ms: by the server's clock, whatever the disk's says."""
    os.utime(path, ns=(moment * 1_000_000,) * 2)


def _dated(stands: os.stat_result) -> int:
    return stands.st_mtime_ns // 1_000_000
