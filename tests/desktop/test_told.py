from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some
from PySide6.QtCore import QMarginsF
from PySide6.QtGui import QColor, QImage, QPageLayout
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.dates import age, date_text
from desktop.frame.status_line import sentence
from desktop.look import icons
from desktop.notices import Notice, Notices, Tone, sentences
from desktop.printer import PPI, draw
from desktop.tones import badge, sync_line
from forms.engine.problem import Locked, Problem, Refused, Unreachable
from sync.store.status import HOUR_MS, Status, state

NOW = 1_800_000_000_000


def _status(**facts: object) -> Status:
    plain = {
        "pending": 0, "carried": 0, "oldest_unsent": None, "last_receipt": None, "durable": 0,
        "conflicts": 0, "to_fix": 0, "epoch": b"", "incarnation": b"", "safe_to_close": True,
    }  # fmt: skip
    return Status(**(plain | facts))  # type: ignore[arg-type] # each test names facts of the right sort


STATUSES = some.builds(
    Status,
    pending=some.integers(0, 40),
    carried=some.integers(0, 40),
    oldest_unsent=some.none() | some.integers(NOW - 200 * HOUR_MS, NOW),
    last_receipt=some.none() | some.integers(1, NOW),
    durable=some.just(0),
    conflicts=some.integers(0, 2),
    to_fix=some.integers(0, 2),
    files=some.integers(0, 2),
    epoch=some.just(b""),
    incarnation=some.just(b""),
    safe_to_close=some.booleans(),
)


@given(STATUSES, some.none() | some.tuples(some.integers(0, 9), some.integers(0, 9)))
def test_every_state_of_the_line_has_words_an_icon_and_a_tone(
    status: Status, sending: tuple[int, int] | None
) -> None:
    told = state(status, NOW, sending=sending)
    glyph, tone = sync_line(told)

    assert "{" not in sentence(told)
    assert " " in sentence(told)
    assert (icons.FOLDER / f"{glyph}.svg").exists()
    assert tone in ("ok", "wait", "warn", "danger")


@pytest.mark.parametrize(
    ("facts", "beginning", "tone"),
    [
        ({"last_receipt": NOW}, "Semua sudah diterima server", "ok"),
        ({}, "Belum ada yang perlu dikirim", "ok"),
        ({"pending": 3, "oldest_unsent": NOW}, "3 perubahan menunggu", "wait"),
        ({"pending": 3, "carried": 3, "oldest_unsent": NOW}, "3 perubahan di USB", "wait"),
        ({"pending": 1, "oldest_unsent": NOW - 25 * HOUR_MS}, "1 perubahan belum", "warn"),
        ({"pending": 1, "oldest_unsent": NOW - 73 * HOUR_MS}, "1 perubahan belum", "danger"),
        ({"files": 2, "last_receipt": NOW}, "Semua data sudah diterima; 2 lampiran", "wait"),
        ({"to_fix": 2}, "2 berkas perlu diperbaiki", "danger"),
    ],
)
def test_the_line_says_what_is_true(facts: dict[str, object], beginning: str, tone: str) -> None:
    told = state(_status(**facts), NOW)

    assert sentence(told).startswith(beginning)
    assert sync_line(told)[1] == tone


@pytest.mark.parametrize("code", ["local", "sent", "received", "durable", "to_fix", "conflict"])
def test_every_badge_has_words_and_an_icon(code: str) -> None:
    glyph, said, _ = badge(code)

    assert (icons.FOLDER / f"{glyph}.svg").exists()
    assert not said.startswith("badge.")


def test_a_refusal_and_an_absent_network_are_told_in_a_banner(
    notices: Notices, told: list[Notice]
) -> None:
    for error in (Refused(Problem("store_busy")), Locked(), Unreachable()):
        notices.trouble(error)

    assert [notice.tone for notice in told] == [Tone.CARE, Tone.CARE, Tone.CALM]
    assert not any(notice.details for notice in told)


def test_a_fault_is_told_with_its_details(notices: Notices, told: list[Notice]) -> None:
    notices.trouble(ZeroDivisionError("x"))

    assert told[0].tone is Tone.DANGER
    assert "ZeroDivisionError: x" in told[0].details


def test_a_form_mends_what_it_can_and_the_rest_is_told(
    notices: Notices, told: list[Notice]
) -> None:
    mended = Problem("required", "nama")
    strange = Problem("store_busy")
    receive = notices.beside(lambda problems: [p for p in problems if p is not mended])

    receive(Refused(mended, strange))
    receive(Refused(mended))

    assert len(told) == 1


def test_many_problems_are_counted() -> None:
    said = sentences([Problem("required", key) for key in "abcde"]).splitlines()

    assert len(said) == 4
    assert "2" in said[-1]


def test_a_page_is_printed_at_its_true_size(
    qapp: QApplication, qtbot: QtBot, tmp_path: Path
) -> None:
    file = tmp_path / "surat.pdf"
    device = QPrinter(QPrinter.PrinterMode.HighResolution)
    device.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    device.setOutputFileName(str(file))
    device.setPageMargins(QMarginsF(0, 0, 0, 0), QPageLayout.Unit.Millimeter)

    draw(device, "Surat", [_page(tmp_path), _page(tmp_path)])

    assert device.resolution() == PPI
    assert file.read_bytes().startswith(b"%PDF")
    assert file.read_bytes().count(b"/Type /Page\n") == 2


@pytest.mark.qt_log_ignore("QPainter::begin")  # Qt says so as well; we say it to the clerk.
def test_a_printer_that_cannot_begin_is_an_error(qapp: QApplication, tmp_path: Path) -> None:
    device = QPrinter(QPrinter.PrinterMode.HighResolution)
    device.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    device.setOutputFileName(str(tmp_path / "nowhere" / "surat.pdf"))

    with pytest.raises(OSError, match="Surat"):
        draw(device, "Surat", [])


@pytest.mark.parametrize(
    ("born", "years"), [("1990-08-16", 36), ("1990-11-22", 35), ("2026-11-21", 0), ("", None)]
)
def test_an_age_is_counted_in_full_years(born: str, years: int | None) -> None:
    import datetime as dt

    assert age(born, dt.date(2026, 11, 21)) == years


def test_a_date_is_shown_day_first() -> None:
    assert date_text("1990-08-16") == "16-08-1990"


def _page(folder: Path) -> bytes:
    image = QImage(100, 150, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    file = folder / "page.png"
    image.save(str(file))
    return file.read_bytes()
