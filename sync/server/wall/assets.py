"""What the live room's page loads, all from here, under names that change with the content."""

import hashlib
from pathlib import Path

import msgspec

from forms.engine.region import Region

RESOURCES = Path(__file__).parents[3] / "resources"
BELOW = "/live/assets"
EMPTY_LOGO = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>'
_SVG, _CSS, _JS = "image/svg+xml", "text/css", "text/javascript"
_FONT = "font/otf"
_FILES = {
    "wall.js": (RESOURCES / "pages" / "live" / "wall.js", _JS),
    "uplot.js": (RESOURCES / "third_party" / "uplot" / "uPlot.iife.min.js", _JS),
    "uplot.css": (RESOURCES / "third_party" / "uplot" / "uPlot.min.css", _CSS),
    "regular.otf": (RESOURCES / "third_party" / "inter" / "Inter-Regular.otf", _FONT),
    "bold.otf": (RESOURCES / "third_party" / "inter" / "Inter-SemiBold.otf", _FONT),
}


class Asset(msgspec.Struct, frozen=True):
    """One file as it is sent."""

    content: bytes
    kind: str


class Assets:
    """The files of one region's page; `paths` maps plain names to addresses."""

    def __init__(self, region: Region) -> None:
        self._files: dict[str, Asset] = {}
        self.paths: dict[str, str] = {}
        for name, (path, kind) in _FILES.items():
            self._put(name, path.read_bytes(), kind)
        self._put("logo.svg", region.logo or EMPTY_LOGO, _SVG)
        style = (RESOURCES / "pages" / "live" / "wall.css").read_text("utf-8")
        style = style.replace("@accent", region.colours["accent"])
        for font in ("regular.otf", "bold.otf"):
            style = style.replace(f"@{font}", self.paths[font])
        self._put("wall.css", style.encode(), _CSS)

    def find(self, name: str) -> Asset | None:
        """Find a file by the last part of its address."""
        return self._files.get(name)

    def _put(self, name: str, content: bytes, kind: str) -> None:
        stem, _, ending = name.rpartition(".")
        told = f"{stem}-{hashlib.sha256(content).hexdigest()[:16]}.{ending}"
        self._files[told] = Asset(content, kind)
        self.paths[name] = f"{BELOW}/{told}"
