"""Icons: Phosphor's drawings, tinted when they are first asked for, kept by colour and size."""

from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

FOLDER = Path(__file__).parents[2] / "resources" / "third_party" / "phosphor"

_KEPT_MAX = 512  # About 60 drawings in a handful of tints and sizes: under 2 MB of pixels.


@lru_cache(maxsize=_KEPT_MAX)
def picture(name: str, colour: str, pixels: int, ratio: float = 1.0) -> QPixmap:
    """Draw icon `name` in one colour, `pixels` wide on a screen of that device pixel ratio."""
    drawing = (FOLDER / f"{name}.svg").read_text("utf-8").replace("currentColor", colour)
    painted = QPixmap(round(pixels * ratio), round(pixels * ratio))
    painted.fill(Qt.GlobalColor.transparent)
    painter = QPainter(painted)
    QSvgRenderer(QByteArray(drawing.encode())).render(
        painter, QRectF(0, 0, painted.width(), painted.height())
    )
    painter.end()
    painted.setDevicePixelRatio(ratio)
    return painted


def icon(name: str, colour: str, pixels: int, *, chosen: str = "", faint: str = "") -> QIcon:
    """Make an icon that changes its colour when its button is checked or disabled."""
    made = QIcon()
    for ratio in (1.0, 2.0):
        made.addPixmap(picture(name, colour, pixels, ratio))
        if chosen:
            made.addPixmap(picture(name, chosen, pixels, ratio), QIcon.Mode.Normal, QIcon.State.On)
        if faint:
            made.addPixmap(picture(name, faint, pixels, ratio), QIcon.Mode.Disabled)
    return made
