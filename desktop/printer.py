"""The seam to the printer: pages come as pictures of the very letter, paper comes out.

The pages are drawn at 300 points an inch by the letter's own renderer; a printer that was chosen
in the system's dialog gets them as they are, F4 paper included.
"""

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import QMarginsF, QRectF, QSizeF
from PySide6.QtGui import QImage, QPageLayout, QPageSize, QPainter
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QDialog, QWidget

PPI = 300
F4 = QSizeF(215, 330)  # Indonesian office paper, in millimetres


class Printer(Protocol):
    """Puts pages on paper."""

    def ask(self, parent: QWidget) -> bool:
        """Let the clerk choose where to print; False when it was called off."""
        ...

    def put(self, title: str, pages: Sequence[bytes]) -> None:
        """Print PNG pages of `PPI`; an OSError when the printer doesn't take them."""
        ...


class SystemPrinter:
    """A printer of this computer, chosen once and remembered until the window closes."""

    def __init__(self) -> None:
        self._device: QPrinter | None = None

    def ask(self, parent: QWidget) -> bool:
        """Show the system's print dialog unless a printer has been chosen before."""
        if self._device is not None:
            return True
        device = QPrinter(QPrinter.PrinterMode.HighResolution)
        device.setPageSize(QPageSize(F4, QPageSize.Unit.Millimeter, "F4"))
        device.setPageMargins(QMarginsF(0, 0, 0, 0), QPageLayout.Unit.Millimeter)
        device.setFullPage(True)
        if QPrintDialog(device, parent).exec() != QDialog.DialogCode.Accepted:
            return False
        self._device = device
        return True

    def forget(self) -> None:
        """Have the next print ask again."""
        self._device = None

    def put(self, title: str, pages: Sequence[bytes]) -> None:
        """Print the pages at their true size."""
        if self._device is None:
            raise OSError(title)
        draw(self._device, title, pages)


def draw(device: QPrinter, title: str, pages: Sequence[bytes]) -> None:
    """Draw PNG pages on a device at their true size; an OSError when it can't be begun."""
    device.setDocName(title)
    device.setResolution(PPI)
    painter = QPainter()
    if not painter.begin(device):
        raise OSError(title)
    for at, page in enumerate(pages):
        if at:
            device.newPage()
        image = QImage.fromData(page)
        painter.drawImage(QRectF(0, 0, image.width(), image.height()), image)
    painter.end()
