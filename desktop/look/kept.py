"""The look and language last chosen on this laptop, kept beside the store: they name nobody.

They are needed before anybody has signed in, so they can't lie in the store.
"""

import json
from pathlib import Path

from desktop.look.tokens import SCALES, Theme
from forms.engine.words import OFFICIAL, known

FILE = "look"


def read(folder: Path) -> tuple[Theme, float, str]:
    """Read ground, size of text and language; the usual ones where there is nothing readable."""
    try:
        kept = json.loads((folder / FILE).read_text("utf-8"))
        ground, scale = Theme(kept["ground"]), float(kept["scale"])
    except (OSError, ValueError, KeyError, TypeError):
        return Theme.LIGHT, 1.0, OFFICIAL
    return ground, scale if scale in SCALES else 1.0, known(kept.get("language"))


def keep(folder: Path, ground: Theme, scale: float, language: str) -> None:
    """Keep all three; a folder that is missing or full keeps nothing, and nothing is lost by it."""
    chosen = {"ground": ground.value, "scale": scale, "language": language}
    try:
        (folder / FILE).write_text(json.dumps(chosen), "utf-8")
    except OSError:
        return
