"""A ticket of the waiting room on paper, for any printer: a strip of 58 or 80 mm."""

from typing import Final

import msgspec

from forms.paper import press

LAYOUT: Final = "slip"
WIDTHS: Final = (58, 80)  # of the rolls that thermal printers take, in mm


class Slip(msgspec.Struct, frozen=True):
    """What stands on a ticket, in words; no name, since anybody may find one on the floor.

    With a `mark` it counts for nothing, and says so above and below, as large as it gets.
    """

    office: str
    group: str
    number: str
    time: str
    before: str
    foot: str
    priority: str = ""
    mark: str = ""


def pdf(slip: Slip, width: int) -> bytes:
    """Print a ticket as one PDF page of its own size."""
    return press.tables(LAYOUT, _facts(slip, width))[0]


def picture(slip: Slip, width: int, ppi: float) -> bytes:
    """Draw a ticket as PNG."""
    return press.tables(LAYOUT, _facts(slip, width), ppi)[0]


def _facts(slip: Slip, width: int) -> dict[str, object]:
    return {"width": width, **msgspec.structs.asdict(slip)}
