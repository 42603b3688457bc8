"""Where the city's edges lead: `edges.toml` in the server's folder, for its owner alone.

    [lapor]
    url = "https://bridge.example/laporan"    items go there as PUT <url>/<key>, or
    folder = "/srv/teras/lapor"               as files: keluar/<key>.json, answers in masuk/
    token = "..."                             sent as Authorization: Bearer
    ca = "/etc/teras/ca.pem"                  who signed the other side's certificate, where the
                                              system doesn't know it

The file is read anew for every run, so a changed token needs no restart.
"""

import stat
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from forms.engine.problem import Problem, Refused
from sync.protocol.loopback import is_loopback

FILE = "edges.toml"
BYTES_MAX = 65_536
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class Place(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where one destination is; either `url` or `folder`."""

    url: str = ""
    folder: str = ""
    token: str = ""
    ca: str = ""

    def __repr__(self) -> str:
        """Show where, never the token."""
        return f"<Place {self.url or self.folder}>"


def read(folder: Path) -> dict[str, Place]:
    """Read the destinations of a server's folder; none without the file.

    Refused(edges_open) where others than the owner may read it, Refused(edges_malformed), and
    Refused(edge_place) for a destination that is neither of the two or not encrypted.
    """
    path = folder / FILE
    try:
        found = path.stat()
        if stat.S_IMODE(found.st_mode) & _OTHERS:
            raise Refused(Problem("edges_open", facts={"file": FILE}))
        if found.st_size > BYTES_MAX:
            raise Refused(Problem("edges_malformed", facts={"file": FILE}))
        data = tomllib.loads(path.read_text("utf-8"))
        places = msgspec.convert(data, dict[str, Place])
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, msgspec.MsgspecError) as error:
        raise Refused(Problem("edges_malformed", facts={"file": FILE})) from error
    for name, place in places.items():
        if not _is_sound(place):
            raise Refused(Problem("edge_place", facts={"destination": name[:40]}))
    return places


def _is_sound(place: Place) -> bool:
    sendable = place.token.isascii() and place.token.isprintable()
    if bool(place.url) == bool(place.folder) or not sendable:
        return False
    if place.folder:
        return Path(place.folder).is_absolute()
    url = urlsplit(place.url)
    plain = url.scheme == "http" and is_loopback(url.hostname or "")
    clean = not (url.query or url.fragment or url.username or url.password)
    return bool(url.hostname) and clean and (url.scheme == "https" or plain)
