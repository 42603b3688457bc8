"""Answers that are texts: text, paragraph, note, nik, kk, phone."""

import re
import unicodedata
from typing import Any

from forms.engine import nik
from forms.engine.answers import Scene
from forms.engine.kinds.reading import Reader, Wrong
from forms.engine.spec import Field

TEXT_MAX = 200  # One line on F4 takes about 90 letters; an address two lines.
PARAGRAPH_MAX = 4000  # About two pages; longer is an attachment.
# Controls, direction overrides (they make a name read otherwise than it is), invisible blanks,
# halves of characters, private and non-characters. Joiners stay: some scripts need them.
_HIDDEN = (
    r"\x7f-\x9f\u200b\u2028-\u202e\u2060-\u2069\ufeff\ufff0-\ufffb\ufffe\uffff"
    r"\ud800-\udfff\ue000-\uf8ff\U000e0000-\U0010ffff"
)
_FORBIDDEN = re.compile(rf"[\x00-\x1f{_HIDDEN}]")
_FORBIDDEN_IN_LINES = re.compile(rf"[\x00-\x08\x0b-\x1f{_HIDDEN}]")
_PHONE_NOISE = re.compile(r"[\s().\-/]")
_PHONE = re.compile(r"\+?[0-9]{6,15}", re.ASCII)


def clean(raw: object, *, lines: bool = False) -> str:
    """Give a text in Unicode form NFC without outer blanks; Wrong for characters that hide."""
    if type(raw) is not str:
        raise Wrong("not_text")
    text = raw.strip()
    if text.isascii() and text.isprintable():
        return text
    if lines:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    # Only one blank is a blank: a copied no-break space must not make two names of one.
    text = unicodedata.normalize("NFC", text.replace("\xa0", " ")).strip()
    if (_FORBIDDEN_IN_LINES if lines else _FORBIDDEN).search(text):
        raise Wrong("control_character")
    return text


def _bounded(field: Field, longest: int, *, lines: bool) -> Reader:
    least, most = field.min or 0, field.max or longest

    def read(raw: Any, _scene: Scene) -> str | None:
        text = clean(raw, lines=lines)
        if len(text) > most:
            raise Wrong("too_long", max=most)
        if len(text) < least and text:
            raise Wrong("too_short", min=least)
        return text or None

    return read


def read_text(field: Field) -> Reader:
    """Read one line; with `digits`, a number of so many digits, filled up with zeros."""
    return _digits(field.digits) if field.digits else _bounded(field, TEXT_MAX, lines=False)


def read_paragraph(field: Field) -> Reader:
    """Read a text of several lines."""
    return _bounded(field, PARAGRAPH_MAX, lines=True)


def _digits(count: int) -> Reader:
    def read(raw: Any, _scene: Scene) -> str | None:
        text = clean(raw)
        if text and not (text.isascii() and text.isdigit() and len(text) <= count):
            raise Wrong("digits_only", digits=count)
        return text.zfill(count) if text else None

    return read


def read_nik(_field: Field) -> Reader:
    """Read a NIK down to its sixteen digits."""

    def read(raw: Any, scene: Scene) -> str | None:
        if type(raw) is not str:
            raise Wrong("not_text")
        digits = nik.tidy(raw)
        if not digits:
            return None
        found = nik.read(digits, scene.today)
        if found.problems:
            raise Wrong(found.problems[0])
        return digits

    return read


def read_kk(_field: Field) -> Reader:
    """Read a family card's number down to its sixteen digits."""

    def read(raw: Any, scene: Scene) -> str | None:
        if type(raw) is not str:
            raise Wrong("not_text")
        digits = nik.tidy(raw)
        if not digits:
            return None
        problems = nik.read_kk(digits, scene.today)
        if problems:
            raise Wrong(problems[0])
        return digits

    return read


def read_phone(_field: Field) -> Reader:
    """Read a phone number; one of Indonesia begins with 0, so one phone has one spelling."""

    def read(raw: Any, _scene: Scene) -> str | None:
        number = _PHONE_NOISE.sub("", clean(raw))
        if not number:
            return None
        if number.startswith("+62"):
            number = "0" + number[3:].removeprefix("0")
        if not _PHONE.fullmatch(number):
            raise Wrong("phone_shape")
        return number

    return read
