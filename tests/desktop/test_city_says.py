"""What the city says of our work and of its own state, in the words of the desk."""

from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel

from desktop import acts, rows
from desktop.app import Application
from desktop.panes import happened, standing
from desktop.panes.doing import Doing
from desktop.pictures import Visitor
from forms.engine.machine import Action
from sync.protocol.change import Number
from sync.store import drafts, read, status
from sync.store.handle import Store
from sync.store.read import Event
from tests.desktop import photographs
from tests.desktop.office import FakeFiles, business

KEY = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
NOW = 1_800_000_000_000


def event(verdict: str, code: str = "", day: str = "", *, pending: bool = False) -> Event:
    return Event(
        b"e", "edit", NOW, "Rina", b"d", "", ("telepon",), "", None, verdict, code, pending, day
    )


def shown(desk: Application) -> str:
    labels = desk.window.findChildren(QLabel)
    return "\n".join(label.text() for label in labels if label.isVisible())


@pytest.mark.parametrize(
    ("told", "mark", "words"),
    [
        (event("", pending=True), "hard-drives", "Rina"),
        (event("applied"), "cloud-check", "Rina"),
        (event("conflict"), "scales", "Rina · berbeda dengan isian lain, menunggu pilihan"),
        (event("held"), "pause-circle", "Rina · ditahan pusat sampai yang mendahuluinya datang"),
        (
            event("refused", "role_missing"),
            "warning-circle",
            "Rina · tidak diterima pusat · Peran Anda tidak mencakup langkah Diubah.",
        ),
        (event("applied", day="2026-11-21"), "cloud-check", "Rina · hari layanan 21-11-2026"),
    ],
)
def test_every_verdict_has_its_mark_and_its_words(told: Event, mark: str, words: str) -> None:
    row = happened.entry(told, NOW)

    assert row.mark == mark
    assert row.detail.startswith(words)


def test_a_record_of_a_city_that_was_put_back_says_so(store: Store) -> None:
    view = acts.look(store, business(store, "Sari Dewi"))
    rewound = msgspec.structs.replace(view.record, rewound=True)

    assert standing.notes(view) == []
    [note] = standing.notes(acts.Shown(rewound, view.history, (), view.form, may_edit=False))
    assert note.text.startswith("Pusat dipulihkan")


def test_a_paper_whose_final_number_came_names_both_in_the_list_and_on_its_page(
    store: Store,
) -> None:
    view = acts.look(store, business(store, "Sari Dewi", issue=True))
    number = Number("surat", 2026, 7, "0007/500/2026")
    final = msgspec.structs.replace(view.record, number=number, printed="SEMENTARA-AB-1")

    row = rows.case(final, view.form, NOW)
    notes = standing.notes(acts.Shown(final, view.history, (), view.form, may_edit=False))

    assert "0007/500/2026 (pada surat: SEMENTARA-AB-1)" in row.detail
    assert any("Nomor tetap sudah datang: 0007/500/2026" in note.text for note in notes)


def test_a_correction_keeps_its_reason_in_the_draft(
    store: Store, desk: Application, visitor: Visitor
) -> None:
    business(store, "Sari Dewi", issue=True)
    visitor.press(KEY.Key_F4)
    visitor.press(KEY.Key_Return)
    visitor.press(KEY.Key_F2)
    visitor.press(KEY.Key_F6)
    visitor.type("Alamat usaha keliru")
    visitor.press(KEY.Key_Escape)
    visitor.rest(lambda: bool(drafts.listing(store)))

    [kept] = drafts.listing(store)
    assert kept.reason == "Alamat usaha keliru"

    visitor.press(KEY.Key_F3)
    visitor.press(KEY.Key_Escape)
    visitor.press(KEY.Key_F6)
    visitor.press(KEY.Key_Return)
    visitor.press(KEY.Key_F6)
    focus = QApplication.focusWidget()
    assert getattr(focus, "text", str)() == "Alamat usaha keliru"


def test_a_file_is_attached_to_a_record_and_the_line_does_not_say_that_all_is_there(
    store: Store, desk: Application, visitor: Visitor, files: FakeFiles, tmp_path: Path
) -> None:
    record = business(store, "Sari Dewi")
    files.named = tmp_path / "pengantar.jpg"
    files.named.write_bytes(photographs.snapshot(photographs.image()))
    visitor.press(KEY.Key_F4)
    visitor.press(KEY.Key_Return)

    visitor.press(KEY.Key_B, CTRL)
    assert "Berkas untuk kelengkapan yang mana?" in shown(desk)
    visitor.press(KEY.Key_Return)

    value = read.record(store, record).answers["surat_pengantar"]
    assert value["type"] == "image/jpeg"
    assert "Surat pengantar RT/RW dilampirkan" in shown(desk)
    found = msgspec.structs.replace(status.status(store), pending=0, oldest_unsent=None)
    assert found.files == 1
    assert status.state(found, NOW).code == "files"


def test_esc_attaches_nothing(
    store: Store, desk: Application, visitor: Visitor, files: FakeFiles
) -> None:
    record = business(store, "Sari Dewi")
    before = read.record(store, record).answers
    visitor.press(KEY.Key_F4)
    visitor.press(KEY.Key_Return)
    visitor.press(KEY.Key_B, CTRL)
    visitor.press(KEY.Key_Escape)

    assert "Berkas untuk kelengkapan" not in shown(desk)
    assert read.record(store, record).answers == before


def test_an_act_that_turns_out_to_need_a_reason_is_asked_for_one_and_goes_on(
    store: Store, desk: Application, visitor: Visitor
) -> None:
    record = business(store, "Sari Dewi", issue=True)
    visitor.press(KEY.Key_F4)
    visitor.press(KEY.Key_Return)
    assert desk.work is not None
    page = desk.window.page()
    assert page is not None
    [bar] = [part for part in page.findChildren(Doing) if part.parentWidget() is not None]
    bar.take(Action("issued", "void", "void", frozenset({"kepala"})))
    visitor.rest()

    visitor.type("Salah orang")
    visitor.press(KEY.Key_Return)

    assert read.record(store, record).state == "void"
    assert read.history(store, record)[-1].reason == "Salah orang"
