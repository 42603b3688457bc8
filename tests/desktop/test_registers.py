import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pypdfium2
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QApplication, QLabel

from desktop.app import Application
from desktop.look.lists import EntryList
from desktop.pages.registers.page import RegistersPage
from desktop.pages.registers.period import show_day
from desktop.pages.registers.table import BookTable
from desktop.pictures import Visitor
from desktop.printer import draw
from forms.engine import example
from sync.store import read, records
from sync.store.handle import Store
from sync.store.registers.page import LIMIT
from tests.desktop.office import FakeFiles, FakePrinter, business

KEY = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier

Open = Callable[[str], BookTable]
Enter = Callable[..., bytes]


@pytest.fixture
def enter(store: Store) -> Enter:
    """Enter a piece of mail; what isn't given is the example's, None leaves an answer out."""

    def entered(kind: str, *, subject: bytes = b"", **answers: Any) -> bytes:
        form = store.catalogue.form(f"mail/{kind}")
        whole = dict(example.fill(form.example, store.scene())) | answers
        given = {key: value for key, value in whole.items() if value is not None}
        return records.new(store, form.code, given, subject=subject).record

    return entered


@pytest.fixture
def book(desk: Application, visitor: Visitor) -> Open:
    """Open the page, go to the choice of a book by keys and type its name."""

    def opened(name: str) -> BookTable:
        visitor.press(KEY.Key_F11)
        for _ in range(len(_page(desk).panes())):
            focus = QApplication.focusWidget()
            if focus is not None and focus.accessibleName() == "Buku atau laporan":
                break
            visitor.press(KEY.Key_F6)
        visitor.type(name)
        visitor.press(KEY.Key_Return)
        return _table()

    return opened


def _page(desk: Application) -> RegistersPage:
    page = desk.window.page()
    assert isinstance(page, RegistersPage)
    return page


def _go_to_the_period(desk: Application, visitor: Visitor) -> None:
    for _ in _page(desk).panes():
        visitor.press(KEY.Key_F6)
        focus = QApplication.focusWidget()
        if focus is not None and focus.accessibleName() == "Masa: Bulan ini":
            return
    raise AssertionError


def _table() -> BookTable:
    focus = QApplication.focusWidget()
    assert isinstance(focus, BookTable)
    return focus


def _cells(table: BookTable, heading: str) -> list[str]:
    at = [column.title for column in table.rows.columns].index(heading)
    return [table.rows.index(row, at).data() for row in range(table.rows.rowCount())]


def _shown(desk: Application) -> list[str]:
    return [label.text() for label in desk.window.findChildren(QLabel) if label.isVisible()]


# ---------------------------------------------------------------- books


def test_the_register_opens_at_its_newest_letter_and_reads_others_when_they_are_looked_at(
    store: Store, desk: Application, visitor: Visitor
) -> None:
    for _ in range(2 * LIMIT + 20):
        business(store, "Sari Dewi", issue=True)

    visitor.press(KEY.Key_F11)
    table = _table()
    assert table.rows.rowCount() == 2 * LIMIT + 20
    assert table.currentIndex().row() == 2 * LIMIT + 19
    assert table.rows.row(0) is None

    visitor.press(KEY.Key_Home)
    first = table.rows.row(0)
    assert first is not None
    assert first.cells[0] == 1


def test_a_letter_is_opened_at_the_counter_and_changed_there(
    store: Store, desk: Application, visitor: Visitor
) -> None:
    business(store, "Sari Dewi", issue=True)
    visitor.press(KEY.Key_F11)

    visitor.press(KEY.Key_Return)

    assert not isinstance(desk.window.page(), RegistersPage)
    assert "Sari Dewi" in _shown(desk)


def test_a_book_of_last_month_is_empty_and_says_so(
    store: Store, desk: Application, visitor: Visitor
) -> None:
    business(store, "Sari Dewi", issue=True)
    visitor.press(KEY.Key_F11)
    table = _table()
    _go_to_the_period(desk, visitor)

    visitor.press(KEY.Key_Right)

    assert table.rows.rowCount() == 0
    assert table.accessibleDescription() != ""


def test_typed_days_ask_for_their_letters_and_what_is_no_day_is_told(
    store: Store, book: Open, visitor: Visitor, enter: Enter, desk: Application
) -> None:
    today = store.scene().today
    enter("incoming", tanggal_terima=today.isoformat(), pengirim="Dinas Sosial", batas_waktu=None)
    table = book("agenda surat masuk")
    _go_to_the_period(desk, visitor)
    visitor.press(KEY.Key_4)

    visitor.type("31022026")
    visitor.press(KEY.Key_Return)
    assert "Tanggal itu tidak ada dalam kalender." in _shown(desk)

    visitor.press(KEY.Key_A, CTRL)
    visitor.type(show_day(today + dt.timedelta(days=-1)))
    visitor.press(KEY.Key_Return)
    assert _cells(table, "Pengirim") == ["Dinas Sosial"]


def test_a_report_of_several_tables_shows_the_one_that_is_chosen(
    store: Store, book: Open, visitor: Visitor
) -> None:
    business(store, "Sari Dewi", issue=True)
    table = book("laporan bulanan")
    assert _cells(table, "Jenis surat") == ["Surat Keterangan Usaha", "Jumlah"]

    visitor.press(KEY.Key_F6)
    visitor.press(KEY.Key_Right)

    assert _cells(table, "RW")[-1] == "Jumlah"


# ---------------------------------------------------------------- mail


def test_a_letter_that_comes_in_is_entered_by_keys_alone(
    store: Store, book: Open, visitor: Visitor, heard: list[str]
) -> None:
    book("agenda surat masuk")

    visitor.press(KEY.Key_N, CTRL)
    visitor.type("Dinas Sosial")
    visitor.press(KEY.Key_Return)
    visitor.press(KEY.Key_Return)
    visitor.press(KEY.Key_Return)
    visitor.type("Undangan rapat")
    visitor.press(KEY.Key_S, CTRL)

    table = _table()
    assert _cells(table, "Pengirim") == ["Dinas Sosial"]
    assert _cells(table, "Perihal") == ["Undangan rapat"]
    year = store.scene().today.year
    assert heard[-1] == f"Surat Masuk tercatat dengan nomor 1/{year}."


def test_what_was_typed_of_a_letter_is_there_again_after_esc(
    book: Open, visitor: Visitor, desk: Application
) -> None:
    book("agenda surat masuk")
    visitor.press(KEY.Key_N, CTRL)
    visitor.type("Dinas Sosial")
    visitor.press(KEY.Key_Escape)
    _table()

    visitor.press(KEY.Key_N, CTRL)
    visitor.press(KEY.Key_S, CTRL)  # The subject is missing, so it isn't saved.
    visitor.type("Undangan rapat")
    visitor.press(KEY.Key_S, CTRL)

    assert _cells(_table(), "Pengirim") == ["Dinas Sosial"]


def test_a_disposition_is_about_the_chosen_letter_and_due_when_the_letter_is(
    store: Store, book: Open, visitor: Visitor, enter: Enter, desk: Application
) -> None:
    due = store.scene().today + dt.timedelta(days=1)
    letter = enter("incoming", batas_waktu=due.isoformat())
    book("agenda surat masuk")

    visitor.press(KEY.Key_Return, CTRL)
    visitor.type("Lurah")
    visitor.press(KEY.Key_Return)
    visitor.type("Sekretaris")
    visitor.press(KEY.Key_Return)
    visitor.press(KEY.Key_Space)
    visitor.press(KEY.Key_S, CTRL)

    (made,) = read.of_subject(store, letter)
    assert made.answers["tenggat"] == due.isoformat()
    assert _cells(_table(), "Disposisi") == [f"Sekretaris (s.d. {due:%d-%m-%Y})"]
    visitor.press(KEY.Key_F6)
    chain = QApplication.focusWidget()
    assert isinstance(chain, EntryList)
    assert "Lurah → Sekretaris" in chain.entries.entry(0).said  # type: ignore[union-attr] # it is there


def test_a_disposition_is_finished_from_its_letter_with_what_was_done(
    store: Store, book: Open, visitor: Visitor, enter: Enter
) -> None:
    letter = enter("incoming")
    link = enter("disposition", subject=letter)
    book("agenda surat masuk")
    visitor.press(KEY.Key_F6)
    visitor.press(KEY.Key_Return)

    visitor.press(KEY.Key_K, CTRL)
    visitor.type("selesai")
    visitor.press(KEY.Key_Return)
    visitor.type("Sudah dijawab")
    visitor.press(KEY.Key_Return)
    assert read.record(store, link).state == "done"

    visitor.press(KEY.Key_Escape)
    _table()


def test_f2_changes_a_letter_that_came_in_and_leads_back_to_its_row(
    store: Store, book: Open, visitor: Visitor, enter: Enter
) -> None:
    letter = enter("incoming", pengirim="Dinas Sosial")
    book("agenda surat masuk")

    visitor.press(KEY.Key_F2)
    visitor.press(KEY.Key_Tab)
    visitor.type("Dinas Kesehatan")
    visitor.press(KEY.Key_S, CTRL)

    assert read.record(store, letter).answers["pengirim"] == "Dinas Kesehatan"
    assert _cells(_table(), "Pengirim") == ["Dinas Kesehatan"]


def test_what_is_archived_is_not_changed_any_more(
    store: Store, book: Open, visitor: Visitor, enter: Enter, heard: list[str]
) -> None:
    records.move(store, enter("incoming"), "archive")
    book("agenda surat masuk")

    visitor.press(KEY.Key_F2)

    assert heard[-1] == "Tidak dapat diubah lagi. Keadaannya: Diarsipkan."
    _table()


def test_a_letter_is_sent_out_with_its_number_and_name_filled_in(
    store: Store, book: Open, visitor: Visitor
) -> None:
    letter = business(store, "Sari Dewi", issue=True)
    number = read.record(store, letter).number
    book("buku register")

    visitor.press(KEY.Key_Return, CTRL)
    visitor.press(KEY.Key_S, CTRL)

    (sent,) = read.listing(store, "mail/expedition")
    assert number is not None
    assert sent.answers["nomor_surat"] == number.text
    assert sent.answers["tujuan"] == "Sari Dewi"
    assert sent.subject == letter


def test_a_number_is_taken_for_a_letter_that_is_written_by_hand(
    store: Store, book: Open, visitor: Visitor
) -> None:
    table = book("agenda surat keluar")

    visitor.press(KEY.Key_N, CTRL)
    visitor.type("500.3")
    for _ in range(2):
        visitor.press(KEY.Key_Return)
    visitor.type("Listrik padam")
    visitor.press(KEY.Key_S, CTRL)

    assert len(_cells(table, "Nomor surat")) == 1
    assert _cells(table, "Keterangan") == ["nomor cadangan: Listrik padam"]


# ---------------------------------------------------------------- paper and files


def test_a_book_is_printed_on_lying_pages(
    store: Store, desk: Application, visitor: Visitor, printer: FakePrinter
) -> None:
    business(store, "Sari Dewi", issue=True)
    visitor.press(KEY.Key_F11)

    visitor.press(KEY.Key_P, CTRL)
    visitor.rest(lambda: bool(printer.printed))

    ((title, (page,)),) = printer.printed
    image = QImage.fromData(page)
    assert title == "Buku Register Surat"
    assert image.width() > image.height()


def test_a_disposition_sheet_is_printed_with_f9(
    store: Store, book: Open, visitor: Visitor, enter: Enter, printer: FakePrinter
) -> None:
    enter("incoming")
    book("agenda surat masuk")

    visitor.press(KEY.Key_F9)
    visitor.rest(lambda: bool(printer.printed))

    ((title, (page,)),) = printer.printed
    image = QImage.fromData(page)
    assert title == "Lembar Disposisi"
    assert image.width() < image.height()


def test_a_printer_that_fails_is_told_of(
    desk: Application, visitor: Visitor, printer: FakePrinter, heard: list[str]
) -> None:
    printer.broken = True
    visitor.press(KEY.Key_F11)

    visitor.press(KEY.Key_P, CTRL)
    visitor.rest(lambda: "Printer tidak menerima" in heard[-1])


@pytest.mark.parametrize("ending", ["pdf", "xlsx"])
def test_a_book_is_saved_as_the_ending_says(
    store: Store, visitor: Visitor, files: FakeFiles, tmp_path: Path, ending: str
) -> None:
    business(store, "Sari Dewi", issue=True)
    files.named = tmp_path / f"register.{ending}"
    visitor.press(KEY.Key_F11)

    visitor.press(KEY.Key_E, CTRL)
    visitor.rest(files.named.exists)

    if ending == "xlsx":
        sheet = openpyxl.load_workbook(files.named).worksheets[0]
        cells = {str(cell) for row in sheet.iter_rows(values_only=True) for cell in row}
        assert "Sari Dewi" in cells
    else:
        assert files.named.read_bytes()[:4] == b"%PDF"


def test_another_ending_is_refused_in_words(
    visitor: Visitor, files: FakeFiles, tmp_path: Path, heard: list[str]
) -> None:
    files.named = tmp_path / "register.doc"
    visitor.press(KEY.Key_F11)

    visitor.press(KEY.Key_E, CTRL)
    visitor.rest(lambda: "berakhiran" in heard[-1])

    assert not files.named.exists()


def test_lying_pages_lie_on_the_printer_and_standing_ones_stand(
    qapp: QApplication, tmp_path: Path
) -> None:
    for size, lies in (((390, 254), True), ((254, 390), False)):
        file = tmp_path / f"{lies}.pdf"
        device = QPrinter(QPrinter.PrinterMode.HighResolution)
        device.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
        device.setOutputFileName(str(file))

        image = QImage(*size, QImage.Format.Format_Grayscale8)
        image.fill(Qt.GlobalColor.white)
        page = tmp_path / f"{lies}.png"
        image.save(str(page))
        draw(device, "register", [page.read_bytes()] * 2)

        with pypdfium2.PdfDocument(file) as document:  # type: ignore[no-untyped-call] # has no types
            assert [page.get_width() > page.get_height() for page in document] == [lies, lies]
