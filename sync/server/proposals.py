"""Region files that an administrator has brought and not decided about, until they do.

<server folder>/proposals/<SHA-256 of the files>      whichever process of the server is asked

They were read and judged before they are kept, and count for nothing until they are taken; a
forgotten one is brought anew, so nothing here waits for the disk.
"""

import re
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import msgspec

from forms.engine.problem import Problem, Refused
from forms.engine.region import CODES, FILES, LOGO, Region
from sync.protocol import policy, wire
from sync.server import policies
from sync.server.city import City
from sync.server.policies import Applied
from sync.server.region_change import REGION

FOLDER = "proposals"
KEPT = 8  # the newest; each is bounded by what a form may bring
NAMES = (*FILES, LOGO, CODES)
_NAME = re.compile("[0-9a-f]{64}")
_TOML = ".toml"


class Proposal(msgspec.Struct, frozen=True):
    """The files as they would be, and the digest of those over which they were brought."""

    pack: dict[str, bytes]
    over: bytes
    by: str
    at: int


def bring(city: City, files: Iterable[tuple[str, bytes]], by: str) -> str:
    """Judge the files that differ, beside the present others, and keep them; give their name.

    Any file of TOML is the region's own, whatever it is called. Refused with what is wrong in them,
    or (region_files | region_file_unknown | region_same | region_other | area_needed).
    """
    given = {_place(name): content for name, content in files}
    if not given:
        raise Refused(Problem("region_files"))
    with city.database.read() as connection:
        city.know_region(connection)
        region = Region.from_pack({**city.region.pack(), **given})
        policies.check(connection, city, region)
    pack = region.pack()
    if pack == city.region.pack():
        raise Refused(Problem("region_same"))
    folder = city.folder / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    name = policy.digest(pack).hex()
    made = Proposal(pack, city.pack_digest, by, city.now())
    (folder / name).write_bytes(wire.encode(made))
    _sweep(folder, keep=name)
    return name


def find(city: City, name: str) -> Proposal:
    """Read a proposal; Refused(proposal_unknown)."""
    if not _NAME.fullmatch(name):
        raise Refused(Problem("proposal_unknown"))
    try:
        content = (city.folder / FOLDER / name).read_bytes()
    except OSError as error:
        raise Refused(Problem("proposal_unknown")) from error
    return wire.decode(content, Proposal)


def take(city: City, name: str, by: str) -> Applied:
    """Go by a proposal from now on; Refused(proposal_unknown | region_moved | as `bring`)."""
    found = find(city, name)
    done = policies.take(city, Region.from_pack(found.pack), by, over=found.over)
    drop(city, name)
    return done


def drop(city: City, name: str) -> None:
    """Let a proposal go; Refused(proposal_unknown)."""
    find(city, name)
    with suppress(OSError):
        (city.folder / FOLDER / name).unlink()


def _place(name: str) -> str:
    """Say which of a region's files one is by its name."""
    plain = name.replace("\\", "/").rpartition("/")[2].lower()
    if plain.endswith(_TOML):
        return REGION
    if plain not in NAMES:
        raise Refused(Problem("region_file_unknown", facts={"file": plain[:60]}))
    return plain


def _sweep(folder: Path, keep: str) -> None:
    """Let the oldest go beyond what is kept."""
    with suppress(OSError):
        rest = [path for path in folder.iterdir() if path.name != keep]
        rest.sort(key=lambda path: path.stat().st_mtime_ns, reverse=True)
        for path in rest[KEPT - 1 :]:
            path.unlink(missing_ok=True)
