import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from desktop.app import Application
from desktop.look import icons
from desktop.pages.checking import _LOOKS, CheckPage, verdict
from desktop.pictures import Visitor
from forms.engine.words import say
from sync.crypto.letter import Claims
from sync.store import letters, read, records
from sync.store.checking import Finding
from sync.store.handle import Store
from tests.desktop.office import BUSINESS, business

KEY = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
CLAIMS = Claims(bytes(16), "1/2026", "Surat Keterangan Usaha", "2026-11-21", "SD", bytes(16))


def shown(desk: Application) -> list[str]:
    page = desk.window.page()
    assert isinstance(page, CheckPage)
    return [label.text() for label in page.findChildren(QLabel) if label.isVisible()]


def scan(visitor: Visitor, text: str) -> None:
    """What a scanner types: the code and Enter, in one burst."""
    visitor.type(text)
    visitor.press(KEY.Key_Return)


def test_a_scanned_letter_is_said_to_be_genuine_with_what_it_says(
    store: Store, desk: Application, visitor: Visitor
) -> None:
    record = business(store, "Sari Dewi", issue=True)
    visitor.press(KEY.Key_F12)

    scan(visitor, letters.qr_text(store, record))

    said = shown(desk)
    number = read.record(store, record).number
    assert number is not None
    for text in ("Asli", number.text, "Surat Keterangan Usaha", "S.D.", store.office.name):
        assert text in said


def test_one_scan_follows_the_other(store: Store, desk: Application, visitor: Visitor) -> None:
    void = business(store, "Sari Dewi", issue=True)
    records.move(store, void, "void", reason="Salah nama")
    old = business(store, "Budi Raharja", issue=True)
    answers = read.record(store, old).answers
    records.new(store, BUSINESS, answers, replaces=old, reason="Keliru", issue=True)
    visitor.press(KEY.Key_F12)

    for record, word in ((void, "Sudah dibatalkan"), (old, "Sudah diganti")):
        scan(visitor, letters.qr_text(store, record))
        assert word in shown(desk)
    scan(visitor, "bukan kode")
    assert "Bukan kode surat" in shown(desk)


def test_a_letter_that_is_known_here_can_be_opened(
    store: Store, desk: Application, visitor: Visitor
) -> None:
    visitor.press(KEY.Key_F12)
    scan(visitor, letters.qr_text(store, business(store, "Sari Dewi", issue=True)))

    visitor.press(KEY.Key_Return, CTRL)

    labels = [label for label in desk.window.findChildren(QLabel) if label.isVisible()]
    assert "Sari Dewi" in [label.text() for label in labels]


@pytest.mark.parametrize("code", [*_LOOKS, "waits"])
def test_every_verdict_has_words_an_icon_and_a_sentence(code: str) -> None:
    glyph = _LOOKS.get(code, ("qr-code", "muted"))[0]

    assert (icons.FOLDER / f"{glyph}.svg").exists()
    for word in (f"checking.{code}", f"checking.{code}_says"):
        assert say(word) != word


@pytest.mark.parametrize(
    ("found", "code"),
    [
        (Finding("genuine", CLAIMS), "elsewhere"),
        (Finding("void", CLAIMS, reason="Salah"), "void"),
        (Finding("unknown", CLAIMS), "unknown"),
        (Finding("forged"), "forged"),
    ],
)
def test_a_signature_alone_is_said_to_prove_less_than_a_record(found: Finding, code: str) -> None:
    assert verdict(found) == code
    assert code in _LOOKS
