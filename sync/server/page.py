"""The public page about one letter: one small file without scripts, for any phone; or JSON."""

import base64
import datetime as dt
import hashlib
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path
from string import Template
from typing import Any, TypeAlias
from urllib.parse import urlencode

import msgspec

from forms.engine.region import Region
from forms.engine.words import LANGUAGES, OFFICIAL, label, language, say
from forms.paper.amounts import long_date
from sync.server.finding import Finding, Shown

PAGES = Path(__file__).parents[2] / "resources" / "pages"
AREA = "letter_check"
Asked: TypeAlias = Sequence[tuple[str, str]]
SPOKEN = "bahasa"  # what a link or form says of the language
# What a status looks like, beside its words; every other one asks for care.
TONES = {"genuine": "ok", "void": "bad", "forged": "bad", "superseded": "bad"}
SEEN_AS = "unknown_signed"  # how an unrecorded letter is told of whose QR's signature holds


class Page:
    """The page of one region; its style is the same on all, so that a policy can name it."""

    def __init__(self, region: Region) -> None:
        self._region = region.name
        style = (PAGES / "check.css").read_text("utf-8")
        self._style = style.replace("@accent", region.colours["accent"])
        self._frame = Template((PAGES / "check.html").read_text("utf-8"))
        digest = base64.b64encode(hashlib.sha256(self._style.encode()).digest()).decode()
        self.policy = (
            f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'; "
            "base-uri 'none'; frame-ancestors 'none'"
        )

    def html(self, finding: Finding | None, asked: Asked = ()) -> bytes:
        """Draw what was found; without it the page only asks.

        `asked` is the question as it came, which the way to another language asks again.
        """
        return self._drawn("" if finding is None else self._answer(finding), asked)

    def busy(self, seconds: int) -> bytes:
        """Ask for patience."""
        return self._drawn(_box("", _word("busy"), say(f"{AREA}.busy_says", seconds=seconds)))

    def json(self, finding: Finding) -> bytes:
        """Say the same as the page to a program."""
        title, says = self._words(finding)
        told: dict[str, Any] = {"status": finding.status, "title": title, "says": says}
        if finding.letter is not None:
            told["letter"] = finding.letter
        if finding.replaced_by:
            told["replaced_by"] = finding.replaced_by
        told |= {"proves": _word("proves"), "proves_not": _word("proves_not")}
        return msgspec.json.encode(told)

    def _answer(self, finding: Finding) -> str:
        title, says = self._words(finding)
        rows = list(_facts(finding.letter)) if finding.letter is not None else []
        if finding.replaced_by:
            rows.append((_word("replaced_by"), finding.replaced_by))
        facts = "".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in rows)
        tone = "" if _is_over(finding) else TONES.get(finding.status, "")
        return _box(tone, title, says, f"<dl>{facts}</dl>" if rows else "")

    def _words(self, finding: Finding) -> tuple[str, str]:
        status: str = "expired" if _is_over(finding) else finding.status
        signed = status == "unknown" and finding.letter is not None
        said = say(
            f"{AREA}.{SEEN_AS if signed else status}_says",
            region=self._region,
            number=finding.replaced_by,
        )
        return _word(status), said

    def _drawn(self, answer: str, asked: Asked = ()) -> bytes:
        words = ("title", "ask", "ask_code", "ask_number", "ask_office", "ask_button")
        more = ("proves_title", "proves", "proves_not")
        texts = {name: escape(_word(name)) for name in (*words, *more)}
        spoken = language()
        kept = f'<input type="hidden" name="{SPOKEN}" value="{spoken}">\n'
        return self._frame.substitute(
            texts,
            region=escape(self._region),
            style=self._style,
            answer=answer,
            spoken=spoken,
            other="".join(_other(name, asked) for name in LANGUAGES if name != spoken),
            kept="" if spoken == OFFICIAL else kept,
        ).encode()


def _other(name: str, asked: Asked) -> str:
    """Draw the way to the page in another language."""
    said = escape(label("language", name))
    again = escape("?" + urlencode([*asked, (SPOKEN, name)]))
    return f'<a lang="{name}" hreflang="{name}" href="{again}">{said}</a>'


def _box(tone: str, title: str, says: str, facts: str = "") -> str:
    return (
        f'<div class="found {tone}" role="status"><h2>{escape(title)}</h2>'
        f"<p>{escape(says)}</p>{facts}</div>"
    )


def _facts(shown: Shown) -> Iterator[tuple[str, str]]:
    yield _word("letter"), shown.title
    yield _word("number"), shown.number
    yield _word("date"), _long(shown.date)
    yield _word("office"), shown.office
    if shown.initials:
        yield _word("initials"), shown.initials
    if shown.valid_until:
        yield _word("valid_until"), _long(shown.valid_until)
    if shown.second is not None:
        yield _word("second"), shown.second.office
        register = say(f"{AREA}.second_number", office=shown.second.office)
        yield register, f"{shown.second.number}, {_long(shown.second.date)}"


def _is_over(finding: Finding) -> bool:
    return finding.status == "genuine" and finding.letter is not None and finding.letter.expired


def _long(date: str) -> str:
    """Write an ISO date as people do; anything else as it is."""
    try:
        return long_date(dt.date.fromisoformat(date))
    except ValueError:
        return date


def _word(name: str) -> str:
    return label(AREA, name)
