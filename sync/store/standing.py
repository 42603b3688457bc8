"""What this laptop tells the city of itself: what is unsent, and how well it is locked."""

import os
import platform
from functools import lru_cache
from pathlib import Path

from sync.protocol.standing import TEXT_MAX, VERSION, Disk, Standing
from sync.store import status
from sync.store.handle import Store
from sync.store.statements import Connection

SYSTEM = Path("/sys/dev/block")
CRYPT = "CRYPT-"  # how the kernel's device mapper names what dm-crypt opened
DEPTH_MAX = 8  # of devices on devices: a volume of a group on an encrypted partition is three


def told(store: Store, conn: Connection) -> Standing:
    """Say how this laptop stands now."""
    count, oldest = status.unsent(conn)
    age = max(0, store.now() - oldest) if oldest is not None else 0
    return Standing(count, age, VERSION, _system(), store.has_keystore, disk(store.folder))


@lru_cache
def disk(folder: Path, devices: Path = SYSTEM) -> Disk:
    """Tell whether the disk of a folder is encrypted by its system; Linux alone says so to all."""
    try:
        number = folder.stat().st_dev
        start = devices / f"{os.major(number)}:{os.minor(number)}"
        return "sealed" if _is_sealed(start.resolve(strict=True)) else "open"
    except (OSError, AttributeError):  # no such device to look at, or not such a system
        return "unknown"


def _is_sealed(device: Path, depth: int = 0) -> bool:
    """Look at a block device and those on which it lies."""
    name = device / "dm" / "uuid"
    if name.is_file() and name.read_text("ascii", "replace").startswith(CRYPT):
        return True
    below = device / "slaves"
    if depth == DEPTH_MAX or not below.is_dir():
        return False
    parts = [one.resolve() for one in below.iterdir()]
    return bool(parts) and all(_is_sealed(one, depth + 1) for one in parts)


@lru_cache
def _system() -> str:
    return f"{platform.system()} {platform.release()}"[:TEXT_MAX]
