"""The seam to the printer: pages come as pictures of the very letter, paper comes out.

The pages are drawn at 300 points an inch by the letter's own renderer; a printer that was chosen
in the system's dialog gets them at their true size, F4 paper included, moved and stretched by what
its test page has shown (see calibration).
"""

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import QMarginsF, QRectF, QSizeF
from PySide6.QtGui import QImage, QPageLayout, QPageSize, QPainter
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QDialog, QWidget

from desktop.calibration import AS_IT_IS, Fit

PPI = 300
F4 = QSizeF(215, 330)  # Indonesian office paper, in millimetres
_A4 = QPageSize(QPageSize.PageSizeId.A4)
_STANDING, _LYING = QPageLayout.Orientation.Portrait, QPageLayout.Orientation.Landscape
_INCH = 25.4  # millimetres
_FAILED = (QPrinter.PrinterState.Aborted, QPrinter.PrinterState.Error)


class Printer(Protocol):
    """Puts pages on paper, each printer's with its own fit; one without any prints as it does."""

    fits: dict[str, Fit]

    @property
    def name(self) -> str:
        """Name the printer that was chosen; "" before one is."""
        ...

    def ask(self, parent: QWidget) -> bool:
        """Let the clerk choose where to print; False when it was called off."""
        ...

    def forget(self) -> None:
        """Have the next print ask again."""
        ...

    def put(self, title: str, pages: Sequence[bytes]) -> None:
        """Print PNG pages of `PPI`; an OSError when the printer doesn't take them."""
        ...


class SystemPrinter:
    """A printer of this computer, chosen once and remembered until the window closes."""

    def __init__(self) -> None:
        self.fits: dict[str, Fit] = {}
        self._device: QPrinter | None = None

    @property
    def name(self) -> str:
        """Name the printer that was chosen; "" before one is."""
        return "" if self._device is None else self._device.printerName()

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
        try:
            draw(self._device, title, pages, self.fits.get(self.name, AS_IT_IS))
        except OSError:
            self._device = None  # pulled out or switched off: the next print asks for one again
            raise


def draw(device: QPrinter, title: str, pages: Sequence[bytes], fit: Fit = AS_IT_IS) -> None:
    """Draw PNG pages on a device at their true size; an OSError when it doesn't take them all.

    All pages of a job stand, or all of them lie. A lying sheet is not fitted: the test page stands.
    """
    device.setDocName(title)
    device.setResolution(PPI)
    first = QImage.fromData(pages[0]) if pages else QImage()
    lies = first.width() > first.height()
    chosen = device.pageLayout().pageSize()
    if _is_a4(first):
        device.setPageSize(_A4)
    device.setPageOrientation(_LYING if lies else _STANDING)
    painter = QPainter()
    if not painter.begin(device):
        raise OSError(title)
    if not lies:
        painter.translate(*(part / 100 / _INCH * PPI for part in (fit.right, fit.down)))
        painter.scale(fit.stretch / 10_000, fit.stretch / 10_000)
    for at, page in enumerate(pages):
        if at:
            turned = device.newPage()
            if not turned:
                device.abort()
                painter.end()
                raise OSError(title)
        image = QImage.fromData(page)  # One at a time: a register has many, of 40 MB each.
        painter.drawImage(QRectF(0, 0, image.width(), image.height()), image)
    done = painter.end()
    device.setPageSize(chosen)
    if not done or device.printerState() in _FAILED:
        raise OSError(title)


def _is_a4(image: QImage) -> bool:
    """Tell whether a page is an A4 sheet; any other is printed on what the clerk has chosen."""
    size = _A4.sizePixels(PPI)
    short, long = sorted((image.width(), image.height()))
    return abs(short - size.width()) + abs(long - size.height()) < PPI / _INCH
