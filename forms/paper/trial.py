"""A test page for a printer: crosses to be measured, and rulers along all edges of the paper."""

from typing import Final, Literal

from forms.engine.words import official, say
from forms.paper import press

Size = Literal["f4", "a4"]

LAYOUT = "trial"
CROSS_MM: Final = 20  # of the first cross from the paper's left and upper edges
_SIZES: Final[dict[Size, tuple[int, int]]] = {"f4": (215, 330), "a4": (210, 297)}


def width_mm(size: Size) -> int:
    """Give the distance from the first cross to the second, which is as far from the right edge."""
    return _SIZES[size][0] - 2 * CROSS_MM


@official
def picture(size: Size, printer: str, fit: str, ppi: float) -> bytes:
    """Draw the page as PNG; `printer` and `fit` say in words on it what it was printed with."""
    width, height = _SIZES[size]
    facts = {
        "width": width,
        "height": height,
        "cross": CROSS_MM,
        "title": say("trial.title"),
        "lead": say("trial.lead"),
        "steps": [
            say("trial.left", meant=CROSS_MM),
            say("trial.top", meant=CROSS_MM),
            say("trial.width", meant=width_mm(size)),
        ],
        "close": say("trial.close"),
        "about": [printer, fit, say(f"trial.{size}")],
    }
    return press.tables(LAYOUT, facts, ppi)[0]
