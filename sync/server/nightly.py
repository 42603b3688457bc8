"""A city's night: a backup that was restored and verified before it counts, and the old ones gone.

    backup, read back              (sync.server.backup)
    -> restored into a scratch folder of the server's own, as a lost server would be
    -> everything checked there (sync.server.verify): every chain, number and digest
    -> only then durable; a copy in which something is wrong is kept beside, and counts for nothing
    -> after a good night: more than `keep` of ours, and those past AGE_MS, are removed

The scratch folder lies in the server's folder, since the city's keys are open in it meanwhile.
"""

import datetime as dt
import re
import shutil
from functools import partial
from pathlib import Path

import msgspec

from forms.engine.problem import Problem, Refused
from sync.protocol.lock import Lock
from sync.server import restore
from sync.server import verify as verifying
from sync.server.backup import Made, backup, explained
from sync.server.city import City

FOLDER, SCRATCH = "nightly", "scratch"
KEEP = 14
KEEP_MIN, KEEP_MAX = 2, 35
AGE_MS = 35 * 86_400_000  # after which an erased person is in no backup any more
_NAME = re.compile(r"teras-(?P<region>[\w.-]+)-(?P<made>\d{8}-\d{6})\.bak")
_STAMP = "%Y%m%d-%H%M%S"


class Night(msgspec.Struct, frozen=True):
    """What a night made, and the files that it removed."""

    made: Made
    removed: tuple[str, ...]


def spend(city: City, folder: Path, passphrase: str, by: str, keep: int = KEEP) -> Night:
    """Back up into a folder, rehearse, and let the old ones go.

    Refused(backup_keep | backup_busy) and as `backup` says; then the older ones stay, as they do
    where `made.flaws` says what is wrong. `by` and `passphrase` are an administrator's.
    """
    if not KEEP_MIN <= keep <= KEEP_MAX:
        raise Refused(Problem("backup_keep", facts={"min": KEEP_MIN, "max": KEEP_MAX}))
    work = city.folder / FOLDER
    with explained():
        work.mkdir(mode=0o700, exist_ok=True)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = Lock.take(work, "backup_busy")
    try:
        stamp = dt.datetime.fromtimestamp(city.now() / 1000, dt.UTC).strftime(_STAMP)
        file = folder / f"teras-{city.code}-{stamp}.bak"
        rehearsal = partial(rehearse, city, work / SCRATCH, by, passphrase)
        made = backup(city, file, passphrase, by, rehearsal)
        removed = () if made.flaws else _let_go(city, folder, file, keep)
        return Night(made, removed)
    finally:
        lock.release()


def rehearse(
    city: City, scratch: Path, by: str, passphrase: str, file: Path
) -> tuple[Problem, ...]:
    """Restore a backup into a folder that goes afterwards, and verify what came out."""
    shutil.rmtree(scratch, ignore_errors=True)  # a night that was cut short left it
    try:
        restore.put_back(scratch, file, by, passphrase, city.now)
        restored = City.open(scratch, city.now)
        try:
            return verifying.verify(restored)
        finally:
            restored.close()
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _let_go(city: City, folder: Path, newest: Path, keep: int) -> tuple[str, ...]:
    """Remove the backups of this city by this program that are too many or too old."""
    ours = {
        path: dt.datetime.strptime(named["made"], _STAMP).replace(tzinfo=dt.UTC)
        for path in folder.glob("teras-*.bak")
        if (named := _NAME.fullmatch(path.name)) and named["region"] == city.code
    }
    before = sorted(ours.keys() - {newest}, key=lambda path: ours[path], reverse=True)
    oldest = dt.datetime.fromtimestamp((city.now() - AGE_MS) / 1000, dt.UTC)
    gone = [
        path
        for place, path in enumerate(before, 2)
        if place > KEEP_MIN and (place > keep or ours[path] < oldest)
    ]
    with explained():
        for path in gone:
            path.unlink(missing_ok=True)
    return tuple(sorted(path.name for path in gone))
