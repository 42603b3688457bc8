"""A printer that says LATIHAN on every page that leaves it, whatever the page is."""

from collections.abc import Sequence

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRect, Qt
from PySide6.QtGui import QColor, QImage, QImageWriter, QPainter, QPen
from PySide6.QtWidgets import QWidget

from desktop.calibration import Fit
from desktop.look.fonts import font
from desktop.printer import PPI, Printer
from forms.engine.words import say

_MM = PPI / 25.4
_EDGE, _HIGH = round(6 * _MM), round(9 * _MM)


class MarkedPrinter:
    """Prints by another printer what was stamped at the head and the foot."""

    def __init__(self, printer: Printer) -> None:
        self._printer = printer

    @property
    def fits(self) -> dict[str, Fit]:
        """What puts each printer's faults right."""
        return self._printer.fits

    @fits.setter
    def fits(self, found: dict[str, Fit]) -> None:
        self._printer.fits = found

    @property
    def name(self) -> str:
        """Name the printer that was chosen; "" before one is."""
        return self._printer.name

    def ask(self, parent: QWidget) -> bool:
        """Let the clerk choose where to print; False when it was called off."""
        return self._printer.ask(parent)

    def forget(self) -> None:
        """Have the next print ask again."""
        self._printer.forget()

    def put(self, title: str, pages: Sequence[bytes]) -> None:
        """Print the pages with the stamp on them; an OSError when the printer doesn't take them."""
        self._printer.put(title, [stamped(page) for page in pages])


def stamped(page: bytes) -> bytes:
    """Draw a framed LATIHAN across the head and the foot of a PNG page."""
    image = QImage.fromData(page).convertToFormat(QImage.Format.Format_RGB32)
    painter = QPainter(image)
    face = font(_HIGH * 6 // 10)
    face.setBold(True)
    painter.setFont(face)
    painter.setPen(QPen(QColor(Qt.GlobalColor.black), 4))
    wide = image.width() - 2 * _EDGE
    said = say("practice.stamp")
    needs = painter.fontMetrics().horizontalAdvance(said)
    if needs > wide - _EDGE:  # a ticket of the queue is a narrow strip
        face.setPixelSize(face.pixelSize() * (wide - _EDGE) // needs)
        painter.setFont(face)
    for top in (_EDGE, image.height() - _EDGE - _HIGH):
        band = QRect(_EDGE, top, wide, _HIGH)
        painter.fillRect(band, Qt.GlobalColor.white)
        painter.drawRect(band)
        painter.drawText(band, Qt.AlignmentFlag.AlignCenter, said)
    painter.end()
    kept = QByteArray()
    buffer = QBuffer(kept)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(image)
    return bytes(kept.data())
