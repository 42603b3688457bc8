"""The look that an operator chose for this laptop, kept beside the store: it names nobody.

It is needed before anybody has signed in, so it can't lie in the store.
"""

import json
from pathlib import Path

from desktop.look.tokens import SCALES, Theme

FILE = "look"


def read(folder: Path) -> tuple[Theme, float]:
    """Read ground and size of text; light and plain where there is nothing readable."""
    try:
        kept = json.loads((folder / FILE).read_text("utf-8"))
        ground, scale = Theme(kept["ground"]), float(kept["scale"])
    except (OSError, ValueError, KeyError, TypeError):
        return Theme.LIGHT, 1.0
    return ground, scale if scale in SCALES else 1.0


def keep(folder: Path, ground: Theme, scale: float) -> None:
    """Keep both; a folder that is missing or full keeps nothing, and nothing is lost by it."""
    try:
        (folder / FILE).write_text(json.dumps({"ground": ground.value, "scale": scale}), "utf-8")
    except OSError:
        return
