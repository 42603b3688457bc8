"""A letter on paper: what was decided is composed once, and printed from that for ever.

    compose   form + answers + office + signatory  ->  Paper and the two texts it names by digest
    digest    what the QR code vouches for
    render    Paper + texts (+ logo, QR, mark)      ->  PDF/A; equal input, equal bytes
    pictures  the same sheet as PNG pages

A Paper travels in the change that issues the letter. Its template and head are named by their
SHA-256, since all letters of one kind and office share them: they are stored and sent once.
"""

import datetime as dt
import hashlib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import msgspec

from forms.engine import expiry
from forms.engine.answers import Value
from forms.engine.form import Form
from forms.engine.problem import Problem, Refused
from forms.engine.region import Office, Region
from forms.engine.words import official
from forms.paper import bundle, glyphs, press
from forms.paper.amounts import long_date
from forms.paper.head import Signatory, head_of
from forms.paper.mark import Mark
from forms.paper.printed import coded, printed
from forms.paper.qr import draw
from forms.paper.template import forbidden

__all__ = ["Mark", "Paper", "Signatory", "compose", "digest", "pictures", "render", "warm"]

PREVIEW_PPI = 96.0
# The emblem alone, as the letterhead has it.
_EMBLEM = "#image(bytes(json(bytes(sys.inputs.paper)).logo), width: 20mm)"


class Paper(msgspec.Struct, frozen=True):
    """One composed letter; `template` and `head` are the digests of its texts."""

    layout: int
    template: str
    head: str
    data: dict[str, Any]


@official
def compose(
    form: Form,
    answers: Mapping[str, Value],
    *,
    region: Region,
    office: Office,
    signatory: Signatory,
    number: str,
    date: dt.date,
    letter_id: bytes,
) -> tuple[Paper, dict[str, str]]:
    """Compose a letter and the texts that it names; a draft has "" as number.

    Refused(signer_not_allowed) where a letter is numbered and who signs may not sign its kind.
    """
    assert form.letter is not None, "only a letter has a paper"
    today = date.isoformat()
    if number and form.letter.kind != "request":
        _may_sign(form, region, signatory)
    until = expiry.last_day(form, answers, date, region)
    sheets = form.letter.printed_sheets(answers, today)
    data: dict[str, Any] = {
        "number": number,
        "letter": letter_id.hex(),
        "code": _short(letter_id),
        "iso_date": today,
        "date": long_date(date),
        "valid_until": long_date(until) if until else "",
        "answers": printed(form.fields, answers, region.areas, region.terms),
    }
    if form.letter.shows_camat(answers, today):
        data["camat"] = "1"
    if sheets:
        data["coded"] = coded(form.fields, answers)
    source = bundle.joined(form.letter.template, ((sheet.name, sheet.template) for sheet in sheets))
    head = _canonical(head_of(form, region, office, signatory))
    texts = {_sha(source): source, _sha(head): head}
    return Paper(press.LATEST, _sha(source), _sha(head), data), texts


def digest(paper: Paper, texts: Mapping[str, str]) -> bytes:
    """Give the 32 bytes that stand for everything the letter says; its texts must be there."""
    _text(texts, paper.template)
    _text(texts, paper.head)
    whole = [paper.layout, paper.template, paper.head, paper.data]
    return hashlib.sha256(_canonical(whole).encode()).digest()


def render(
    paper: Paper,
    texts: Mapping[str, str],
    *,
    logo: bytes | None,
    qr: str | None,
    mark: Mark | None,
) -> bytes:
    """Print a letter as PDF/A; `qr` is the code's text, left out where the mark forbids it.

    Refused(template_error) with form, line and column; a logo that can't be drawn is left out.
    """
    return _printed(paper, texts, _Dress(logo, qr, mark), None)[0]


def pictures(
    paper: Paper,
    texts: Mapping[str, str],
    *,
    logo: bytes | None,
    qr: str | None,
    mark: Mark | None,
    ppi: float = PREVIEW_PPI,
) -> list[bytes]:
    """Draw the very same sheets as PNG, one a page."""
    return _printed(paper, texts, _Dress(logo, qr, mark), ppi)


@lru_cache(maxsize=4)  # a desk prints with one emblem, and a lint with as many as it has regions
def draws(logo: bytes) -> bool:
    """Tell whether an emblem can be drawn; with one that can't, letters print without it."""
    if not logo:
        return False
    facts = {"logo": _drawing(logo)}
    try:
        press.press(_EMBLEM, press.LATEST, facts, None)
    except Refused:
        return False
    return True


def source_digest(source: str) -> str:
    """Give the digest under which a Paper names a source."""
    return _sha(source)


def warm() -> None:
    """Load fonts and layout, so that the first letter of the day is as quick as the others."""
    press.warm()


class _Dress(msgspec.Struct, frozen=True):
    """What a print adds to what was composed."""

    logo: bytes | None
    qr: str | None
    mark: Mark | None

    def facts(self) -> dict[str, Any]:
        vouched = self.mark is None or self.mark.vouched
        mark = self.mark and {"kind": self.mark.kind, "text": glyphs.printable(self.mark.text)}
        code = draw(self.qr).facts() if self.qr and vouched else None
        return {"logo": _drawing(self.logo), "qr": code, "mark": mark}


def _printed(
    paper: Paper, texts: Mapping[str, str], dress: _Dress, ppi: float | None
) -> list[bytes]:
    source = _text(texts, paper.template)
    head = msgspec.json.decode(_text(texts, paper.head), type=dict[str, Any])
    pieces = bundle.split(source)
    for piece in pieces:
        if banned := forbidden(piece.text):
            facts = {"form": head["form"], "word": banned.word, "line": banned.line}
            raise Refused(Problem("template_word", facts=piece.named(facts), row=banned.line))
    letter = {"head": glyphs.printable_all(head), "data": glyphs.printable_all(paper.data)}
    try:
        whole = bundle.set_together(pieces)
        return press.press(whole, paper.layout, {**letter, **dress.facts()}, ppi)
    except Refused as refused:
        if dress.logo is None:
            told = (bundle.placed(problem, pieces) for problem in refused.problems)
            raise Refused(*(_of(head["form"], problem) for problem in told)) from None
    # The letter matters more than the coat of arms: if that was to blame, this one succeeds.
    return _printed(paper, texts, msgspec.structs.replace(dress, logo=None), ppi)


def _may_sign(form: Form, region: Region, signatory: Signatory) -> None:
    assert form.letter is not None, "only a letter is signed"
    if signatory.level not in region.signers(form.code, form.letter.signers):
        raise Refused(Problem("signer_not_allowed", facts={"title": signatory.title}))


def _drawing(logo: bytes | None) -> str | list[int] | None:
    """Give SVG as text and any other picture as numbers, since JSON has no bytes."""
    if not logo:
        return None
    try:
        return logo.decode("utf-8")
    except UnicodeDecodeError:
        return list(logo)


def _of(form: str, problem: Problem) -> Problem:
    return msgspec.structs.replace(problem, facts={"form": form, **problem.facts})


def _text(texts: Mapping[str, str], wanted: str) -> str:
    text = texts.get(wanted)
    if text is None or _sha(text) != wanted:
        raise Refused(Problem("paper_text_missing", facts={"digest": wanted[:12]}))
    return text


def _canonical(value: Any) -> str:
    return msgspec.json.encode(value, order="sorted").decode()


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _short(letter_id: bytes) -> str:
    """Give the first twelve digits of an id, as a person can read them out."""
    digits = letter_id.hex().upper()
    return "-".join(digits[at : at + 4] for at in range(0, min(len(digits), 12), 4))
