"""A printer's faults are measured on its test page and put right on everything that it prints."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QMarginsF, QPoint, Qt
from PySide6.QtGui import QColor, QImage, QPageLayout, QPageSize, QPainter
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QApplication, QLineEdit

from desktop import calibration
from desktop.app import Application
from desktop.calibration import AS_IT_IS, Fit, Measured, mended, read_length
from desktop.pages.printing_setup import PrintingSetup
from desktop.pictures import Visitor
from desktop.printer import F4, PPI, draw
from forms.engine.problem import Refused
from forms.paper import trial
from sync.store.handle import Store
from tests.desktop.office import FakePrinter

KEY = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
MM = PPI / 25.4
SPOT = QPoint(round(50 * MM), round(80 * MM))  # where a page has its one dark square


@pytest.fixture
def sheet(qapp: QApplication, tmp_path: Path) -> Any:
    """Print a page with one dark square and say where it came to stand, in millimetres."""

    def printed(fit: Fit) -> tuple[float, float, float]:
        image = QImage(round(215 * MM), round(330 * MM), QImage.Format.Format_RGB32)
        image.fill(QColor("white"))
        painter = QPainter(image)
        painter.fillRect(SPOT.x(), SPOT.y(), round(20 * MM), round(20 * MM), QColor("black"))
        painter.end()
        image.save(str(tmp_path / "page.png"))
        device = QPrinter(QPrinter.PrinterMode.HighResolution)
        device.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
        device.setOutputFileName(str(tmp_path / "out.pdf"))
        device.setPageSize(QPageSize(F4, QPageSize.Unit.Millimeter, "F4"))
        device.setPageMargins(QMarginsF(0, 0, 0, 0), QPageLayout.Unit.Millimeter)
        device.setFullPage(True)
        draw(device, "Surat", [(tmp_path / "page.png").read_bytes()], fit)
        return _dark(tmp_path / "out.pdf")

    return printed


def _dark(file: Path) -> tuple[float, float, float]:
    """Give left, top and width of what is dark on a PDF's first page, in millimetres."""
    with pypdfium2.PdfDocument(file) as document:  # type: ignore[no-untyped-call] # has no types
        bitmap = document[0].render(scale=PPI / 72, grayscale=True)
        rows = bytes(bitmap.buffer)
        stride, width, height = bitmap.stride, bitmap.width, bitmap.height
    lines = [rows[y * stride : y * stride + width] for y in range(height)]
    dark = [(y, line) for y, line in enumerate(lines) if min(line) < 100]
    top, line = dark[0][0], dark[len(dark) // 2][1]
    across = [x for x, point in enumerate(line) if point < 100]
    return across[0] / MM, top / MM, (across[-1] - across[0] + 1) / MM


def test_a_page_stands_where_the_letter_says_without_a_fit(sheet: Any) -> None:
    assert sheet(AS_IT_IS) == pytest.approx((50, 80, 20), abs=0.2)


def test_ten_millimetres_move_the_page_by_ten_millimetres(sheet: Any) -> None:
    assert sheet(Fit(right=1_000, down=-1_000)) == pytest.approx((60, 70, 20), abs=0.2)


def test_a_page_is_stretched_from_its_upper_left_corner(sheet: Any) -> None:
    assert sheet(Fit(stretch=11_000)) == pytest.approx((55, 88, 22), abs=0.2)


def test_an_a4_page_is_printed_on_a4_and_the_next_on_the_chosen_paper(
    qapp: QApplication, tmp_path: Path
) -> None:
    device = QPrinter(QPrinter.PrinterMode.HighResolution)
    device.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    device.setOutputFileName(str(tmp_path / "out.pdf"))
    device.setPageSize(QPageSize(F4, QPageSize.Unit.Millimeter, "F4"))
    device.setPageMargins(QMarginsF(0, 0, 0, 0), QPageLayout.Unit.Millimeter)
    chosen = device.pageLayout().pageSize()

    draw(device, "A4", [trial.picture("a4", "P", "", PPI)])

    with pypdfium2.PdfDocument(tmp_path / "out.pdf") as document:  # type: ignore[no-untyped-call] # has no types
        width, height = document[0].get_size()
    assert (width / 72 * 25.4, height / 72 * 25.4) == pytest.approx((210, 297), abs=1)
    assert device.pageLayout().pageSize() == chosen


@given(
    st.integers(-500, 500),
    st.integers(-500, 500),
    st.integers(9_700, 10_300),
    st.sampled_from(["f4", "a4"]),
    st.builds(Fit, st.integers(-300, 300), st.integers(-300, 300), st.integers(9_800, 10_200)),
)
def test_a_fit_puts_right_whatever_a_printer_does_wrong(
    off_right: int, off_down: int, stretched: int, size: Any, before: Fit
) -> None:
    def stands(fit: Fit, x: int, *, down: bool = False) -> Decimal:
        moved = (fit.down if down else fit.right) + Decimal(fit.stretch) * x / 10_000
        return (off_down if down else off_right) + Decimal(stretched) / 10_000 * moved

    cross, width = trial.CROSS_MM * 100, trial.width_mm(size) * 100
    first = stands(before, cross)
    measured = Measured(
        round(first),
        round(stands(before, cross, down=True)),
        round(stands(before, cross + width) - first),
    )

    after = mended(before, measured, size)

    for x in (0, cross, cross + width):
        assert abs(stands(after, x) - x) < 6  # hundredths of a millimetre
        assert abs(stands(after, x, down=True) - x) < 6


@pytest.mark.parametrize(
    ("measured", "field"),
    [
        (Measured(6_000, 2_000, 17_500), "left"),
        (Measured(2_000, 6_000, 17_500), "top"),
        (Measured(2_000, 2_000, 1_750), "width"),
        (Measured(2_000, 2_000, 15_000), "width"),
    ],
)
def test_lengths_that_no_printer_is_off_by_were_misread(measured: Measured, field: str) -> None:
    with pytest.raises(Refused) as refused:
        mended(AS_IT_IS, measured, "f4")

    assert [(p.code, p.field) for p in refused.value.problems] == [("calibration_far", field)]


@pytest.mark.parametrize(("text", "length"), [("19,5", 1_950), (" 20 ", 2_000), ("0.25", 25)])
def test_a_length_is_read_with_comma_or_point(text: str, length: int) -> None:
    assert read_length("left", text) == length


@pytest.mark.parametrize("text", ["", "dua", "-3", "0", "NaN", "Infinity", "1e9", "1.234,5"])
def test_what_is_no_length_is_refused(text: str) -> None:
    with pytest.raises(Refused) as refused:
        read_length("left", text)

    assert [(p.code, p.field) for p in refused.value.problems] == [("calibration_length", "left")]


def test_each_printer_has_a_fit_of_its_own_and_the_last_one_counts(store: Store) -> None:
    calibration.keep(store, "Satu", Fit(right=50))
    calibration.keep(store, "Dua", Fit(down=-50))
    calibration.keep(store, "Satu", Fit(right=70))

    assert calibration.fits(store) == {"Satu": Fit(right=70), "Dua": Fit(down=-50)}


def test_no_more_printers_are_kept_than_a_laptop_has(store: Store) -> None:
    for number in range(calibration.PRINTERS_MAX + 2):
        calibration.keep(store, f"P{number}", Fit(right=number))

    kept = calibration.fits(store)
    assert len(kept) == calibration.PRINTERS_MAX
    assert "P0" not in kept


def _setup(desk: Application, visitor: Visitor) -> PrintingSetup:
    """Go to the settings and on to the printer's part, by keys alone."""
    visitor.press(KEY.Key_F10)
    page = desk.window.page()
    assert page is not None
    (setup,) = page.findChildren(PrintingSetup)
    for _ in range(len(page.panes())):
        focus = QApplication.focusWidget()
        if focus is not None and setup.isAncestorOf(focus):
            break
        visitor.press(KEY.Key_F6)
    return setup


def test_a_printer_is_measured_and_put_right_by_keyboard(
    store: Store, desk: Application, visitor: Visitor, printer: FakePrinter
) -> None:
    _setup(desk, visitor)

    visitor.press(KEY.Key_P, CTRL)
    visitor.rest(lambda: len(printer.printed) == 1)
    for length in ("19,5", "22", "175"):
        visitor.type(length)
        visitor.press(KEY.Key_Return)
    visitor.rest(lambda: printer.name in printer.fits)

    assert calibration.fits(store) == {printer.name: Fit(right=50, down=-200)}
    assert printer.fits == calibration.fits(store)


def test_a_wrong_length_is_told_beside_it_and_nothing_is_kept(
    store: Store, desk: Application, visitor: Visitor, printer: FakePrinter
) -> None:
    setup = _setup(desk, visitor)
    visitor.press(KEY.Key_P, CTRL)
    visitor.rest(lambda: len(printer.printed) == 1)

    for length in ("2", "dua", "17,5"):
        visitor.type(length)
        visitor.press(KEY.Key_Return)

    focus = QApplication.focusWidget()
    assert isinstance(focus, QLineEdit)
    assert setup.isAncestorOf(focus)
    assert focus.accessibleDescription()
    assert calibration.fits(store) == {}


def test_the_line_that_is_typed_in_is_in_sight(desk: Application, visitor: Visitor) -> None:
    _setup(desk, visitor)

    visitor.press(KEY.Key_P, CTRL)

    focus = QApplication.focusWidget()
    assert isinstance(focus, QLineEdit)
    assert focus.visibleRegion().boundingRect() == focus.rect()


def test_nothing_is_measured_before_a_page_is_printed(
    store: Store, desk: Application, visitor: Visitor, heard: list[str]
) -> None:
    _setup(desk, visitor)

    visitor.press(KEY.Key_Return, CTRL)

    assert len(heard) == 1
    assert calibration.fits(store) == {}


def test_the_fits_of_former_days_are_in_force_from_the_start(
    qapp: QApplication, store: Store, printer: FakePrinter
) -> None:
    from desktop.app import open_window
    from sync.store.keystore import NoKeystore
    from tests.desktop.office import FakeFiles

    calibration.keep(store, "Satu", Fit(right=70))
    opened = open_window(qapp, store, printer=printer, files=FakeFiles(), keystore=NoKeystore())
    try:
        Visitor(opened.window, opened.tasks, store.folder, quiet=3).rest(lambda: bool(printer.fits))
    finally:
        opened.dismiss()
        opened.deleteLater()

    assert printer.fits == {"Satu": Fit(right=70)}
