"""A complaint is taken at the counter by keys alone, also from somebody who gives no name."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from desktop.app import Application
from desktop.form_view.view import FormView
from desktop.pages.registers.table import BookTable
from desktop.pictures import Visitor
from sync.store import read
from sync.store.handle import Store

KEY = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
SERVICE = "aspirations/complaint"


def _table() -> BookTable:
    focus = QApplication.focusWidget()
    assert isinstance(focus, BookTable)
    return focus


@pytest.mark.parametrize("role", ["petugas"])
def test_it_is_begun_from_its_register_and_stands_there_with_its_deadline(
    store: Store, desk: Application, visitor: Visitor
) -> None:
    visitor.press(KEY.Key_F11)
    page = desk.window.page()
    assert page is not None
    for _ in page.panes():
        focus = QApplication.focusWidget()
        if focus is not None and focus.accessibleName() == "Buku atau laporan":
            break
        visitor.press(KEY.Key_F6)
    visitor.type("aspirasi")
    visitor.press(KEY.Key_Return)
    _table()
    visitor.press(KEY.Key_N, CTRL)
    view = next(one for one in desk.window.findChildren(FormView) if one.isVisible())
    assert view.session.answers["tanggal"] == store.scene().today.isoformat()
    visitor.take("complaint_form")
    answers = {
        "jenis": "pengaduan", "kategori": "pju", "judul": "Lampu jalan padam",
        "isi": "Padam sejak hari Minggu.", "anonim": True,
    }  # fmt: skip
    for key, given in answers.items():
        view.session.put(key, given)
    visitor.press(KEY.Key_S, CTRL)

    table = _table()
    visitor.take("complaint_register")
    row = table.rows.row(0)
    assert row is not None
    assert row.cells[4] == "Lampu jalan padam"
    [record] = read.listing(store, SERVICE, limit=9)
    assert "pelapor" not in record.answers
    visitor.press(KEY.Key_Return)
    visitor.take("complaint_record")
