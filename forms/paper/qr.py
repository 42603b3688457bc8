"""The QR code on a letter: text in, a drawing and its size in modules out."""

import io
from collections.abc import Mapping

import msgspec
import segno

from forms.engine.problem import Problem, Refused

QUIET_MODULES = 4  # ISO/IEC 18004 asks for a white border of four modules.
# A module of five dots on a 300 dpi printer is read by cheap scanners and survives a copier.
MODULE_MM = 0.42


class Drawing(msgspec.Struct, frozen=True):
    """A QR code as SVG; `modules` counts one side, its quiet border included."""

    svg: str
    modules: int

    def facts(self) -> Mapping[str, str | float]:
        """Give what a layout needs to place the code, lengths in millimetres."""
        return {
            "svg": self.svg,
            "side_mm": round(self.modules * MODULE_MM, 2),
            "border_mm": round(QUIET_MODULES * MODULE_MM, 2),
        }


def draw(text: str) -> Drawing:
    """Draw a text at error level M; in alphanumeric mode wherever its signs allow that.

    Refused(qr_too_long) if no code holds it.
    """
    try:
        code = segno.make_qr(text, error="m", boost_error=False)
    except segno.DataOverflowError as overflow:
        raise Refused(Problem("qr_too_long", facts={"length": len(text)})) from overflow
    svg = io.BytesIO()
    code.save(
        svg, kind="svg", border=QUIET_MODULES, xmldecl=False, nl=False, light="#fff", omitsize=True
    )
    return Drawing(svg.getvalue().decode(), int(code.symbol_size(border=QUIET_MODULES)[0]))
