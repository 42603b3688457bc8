"""What a printer does wrong, and what puts it right: kept at this desk by the printer's name.

A printer shifts and stretches a sheet a little, each in its own way. Three lengths measured on
its test page say by how much; from then on all that it prints is shifted and stretched back.
"""

from decimal import Decimal, InvalidOperation
from typing import Any, Final

import msgspec

from forms.engine.problem import Problem, Refused
from forms.engine.words import say
from forms.paper import trial
from sync.store import settings
from sync.store.handle import Store

FAR = 2_000  # no printer is off by more than 20 mm, in hundredths of one; it was misread
STRETCH_MAX = 1_000  # nor by more than 10 percent
LENGTH_MAX = 1_000  # mm; longer than any sheet
PRINTERS_MAX = 32  # one laptop's; the longest unmeasured one is forgotten
_KEY: Final = "printers"
_EXACT = 10_000


class Fit(msgspec.Struct, frozen=True):
    """What is done to a sheet: moved right and down by hundredths of a millimetre, then stretched.

    `stretch` is in hundredths of a percent.
    """

    right: int = 0
    down: int = 0
    stretch: int = _EXACT


AS_IT_IS = Fit()


class Measured(msgspec.Struct, frozen=True):
    """What the clerk measured on a test page, in hundredths of a millimetre.

    `left` and `top` are from the paper's edges to the first cross, `width` from it to the second.
    """

    left: int
    top: int
    width: int


def fits(store: Store) -> dict[str, Fit]:
    """Read the fits of all printers that were measured, by their names."""
    with store.read() as conn:
        return dict(_kept(conn))


def keep(store: Store, printer: str, fit: Fit) -> None:
    """Print with this fit from now on."""
    with store.write() as conn:
        others = [(name, kept) for name, kept in _kept(conn) if name != printer]
        settings.write(conn, _KEY, [*others, (printer, fit)][-PRINTERS_MAX:])


def mended(before: Fit, measured: Measured, size: trial.Size) -> Fit:
    """Work out the fit that puts a test page right which was printed with the fit `before`.

    A point x of a page comes to stand at e + f * (right + k * x) on paper, e and f being the
    printer's own faults. Refused(calibration_far) where the lengths can't be a printer's doing.
    """
    _judge("width", measured.width, trial.width_mm(size) * 100)
    stretch = Decimal(before.stretch) * trial.width_mm(size) * 100 / measured.width
    stretched = stretch / _EXACT
    first = Decimal(trial.CROSS_MM * 100) * before.stretch / _EXACT
    fit = Fit(
        round(before.right + first - measured.left * stretched),
        round(before.down + first - measured.top * stretched),
        round(stretch),
    )
    for code, moved in (("left", fit.right), ("top", fit.down)):
        if abs(moved) > FAR:
            raise Refused(_far(code, trial.CROSS_MM * 100))
    if abs(fit.stretch - _EXACT) > STRETCH_MAX:
        raise Refused(_far("width", trial.width_mm(size) * 100))
    return fit


def read_length(code: str, text: str) -> int:
    """Read a length in millimetres as it is typed, "19,5"; Refused(calibration_length)."""
    try:
        length = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        length = Decimal(0)
    if not length.is_finite() or not 0 < length < LENGTH_MAX:
        raise Refused(Problem("calibration_length", code))
    return round(length * 100)


def told(fit: Fit) -> str:
    """Say a fit in words."""
    if fit == AS_IT_IS:
        return say("printing.as_it_is")
    return say(
        "printing.fit",
        right=millimetres(fit.right),
        down=millimetres(fit.down),
        stretch=millimetres(fit.stretch),
    )


def millimetres(hundredths: int) -> str:
    """Write hundredths with a decimal comma, without needless zeros."""
    text = f"{Decimal(hundredths) / 100:.2f}".rstrip("0").rstrip(".")
    return text.replace(".", ",")


def _kept(conn: Any) -> list[tuple[str, Fit]]:
    return settings.read(conn, _KEY, list[tuple[str, Fit]]) or []


def _judge(code: str, found: int, meant: int) -> None:
    """A length that is far from what it should be was misread, or typed in centimetres."""
    if abs(found - meant) > meant * STRETCH_MAX // _EXACT * 2:
        raise Refused(_far(code, meant))


def _far(code: str, meant: int) -> Problem:
    return Problem("calibration_far", code, {"meant": millimetres(meant)})
