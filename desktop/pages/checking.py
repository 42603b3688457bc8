"""A letter that somebody brings is checked by its QR, without a network, and the answer is said."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QWidget

from desktop.dates import clock, date_text
from desktop.deed import deed
from desktop.desk import Desk
from desktop.look.ask import Ask
from desktop.look.lists import Entry
from desktop.look.parts import Glyph, card, column, held, line, restyle, words
from desktop.look.titled import TitledList
from desktop.pages.head import Head
from desktop.pages.page import Page
from desktop.panes.facts import Facts, Part
from desktop.tasks import Latest
from forms.engine.words import say
from sync.store import checking
from sync.store.checking import Finding

KEPT_MAX = 30  # findings of this session that are listed: a morning's visitors
_BIG = 40
_WAITS = ("qr-code", "muted")
_LOOKS = {
    "genuine": ("seal-check", "ok"),
    "elsewhere": ("check-circle", "ok"),
    "expired": ("hourglass", "warn"),
    "void": ("prohibit", "danger"),
    "superseded": ("files", "warn"),
    "disputed": ("scales", "warn"),
    "unknown": ("question", "warn"),
    "revoked": ("warning-octagon", "warn"),
    "forged": ("warning-octagon", "danger"),
    "foreign": ("globe", "wait"),
    "unreadable": ("x-circle", "wait"),
}


def verdict(found: Finding) -> str:
    """Name what is said of a letter: its status, told apart where it holds only in part."""
    if found.status != "genuine":
        return found.status
    if found.record is None:
        return "elsewhere"
    return "expired" if found.last_day else "genuine"


class CheckPage(Page):
    """One box for a scanner or a paste; `record_picked` comes with a letter that is known here."""

    record_picked = Signal(object)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._reading = Latest(desk.tasks, self)
        self._found: Finding | None = None
        self._listed: list[Entry] = []
        self._box = Ask("checking.box", hint="checking.hint")
        self._box.entered.connect(self._check)
        self._glyph = Glyph(_WAITS[0], _BIG)
        self._said = words("", "title", wraps=True)
        self._told = words("", "body", wraps=True)
        self._facts = Facts()
        self._verdict = QFrame()
        self._verdict.setProperty("role", "banner")
        self._recent = TitledList(
            desk.look, "checking.recent", "clock-counter-clockwise", "checking.none"
        )
        self._recent.rows.picked.connect(lambda entry: self._show(entry.value))
        self._open = deed(self, "checking.open", "Ctrl+Return", "file-text", self._open_record)
        self._build()
        self._show(None)

    def begin(self) -> None:
        """Take what a scanner types."""
        self._box.setFocus(Qt.FocusReason.TabFocusReason)

    def search(self, text: str) -> None:
        """Judge a code that was scanned wherever the keyboard stood."""
        self._reading.ask(partial(checking.by_qr, self._desk.store, text), self._put)

    def panes(self) -> list[QWidget]:
        """List the parts between which F6 goes."""
        return [self._box, self._recent.rows]

    def hints(self) -> list[tuple[str, str]]:
        """Name the keys of this page."""
        return [("Enter", say("checking.do")), ("Ctrl+Enter", say("checking.open"))]

    def _build(self) -> None:
        says = column(4)
        says.addWidget(self._said)
        says.addWidget(self._told)
        says.addSpacing(10)
        says.addWidget(self._facts)
        says.addStretch(1)
        side = column(0)
        side.addWidget(self._glyph)
        side.addStretch(1)
        inner = line(18, (22, 20, 22, 20))
        inner.addLayout(side)
        inner.addLayout(says, 1)
        self._verdict.setLayout(inner)
        asked = column(0, (18, 14, 18, 16))
        asked.addWidget(self._box)
        below = column(14)
        below.addWidget(card(asked))
        below.addWidget(self._verdict)
        below.addWidget(self._recent, 1)
        around = column(14, (17, 16, 17, 13))
        around.addWidget(Head("checking.title", "checking.lead", self._open))
        around.addLayout(held(below), 1)
        self.setLayout(around)

    def _check(self) -> None:
        text = self._box.text
        if not text:
            return
        self._box.wipe()  # At once: the next scan may come before the answer to this one.
        self.search(text)

    def _put(self, found: Finding) -> None:
        entry = _entry(found, self._desk.store.now())
        self._listed = [entry, *self._listed][:KEPT_MAX]
        self._recent.put(self._listed)
        self._show(found)

    def _show(self, found: Finding | None) -> None:
        self._found = found
        code = verdict(found) if found is not None else "waits"
        glyph, tone = _LOOKS.get(code, _WAITS)
        facts = {"day": "", "reason": "", "number": ""}
        if found is not None:
            facts = {
                "day": date_text(found.last_day),
                "reason": found.reason,
                "number": found.replaced_by,
            }
        self._glyph.show_as(glyph, tone)
        restyle(self._verdict, tone=tone)
        self._said.setText(say(f"checking.{code}"))
        self._told.setText(say(f"checking.{code}_says", **facts))
        self._verdict.setAccessibleName(self._said.text())
        self._facts.put(_parts(found), scale=self._desk.look.tokens.scale)
        self._open.setEnabled(found is not None and found.record is not None)

    def _open_record(self) -> None:
        if self._found is not None and self._found.record is not None:
            self.record_picked.emit(self._found.record.id)


def _parts(found: Finding | None) -> list[Part]:
    if found is None or found.claims is None:
        return []
    claims = found.claims
    told = (
        (say("checking.number"), claims.number),
        (say("checking.service"), claims.service),
        (say("checking.date"), date_text(claims.date)),
        (say("checking.initials"), "".join(f"{letter}." for letter in claims.initials)),
        (say("checking.office"), found.office),
    )
    return [Part("", told)]


def _entry(found: Finding, now: int) -> Entry:
    code = verdict(found)
    glyph, tone = _LOOKS[code]
    claims = found.claims
    return Entry(
        found,
        claims.number if claims is not None else say(f"checking.{code}"),
        detail=f"{claims.service} · {found.office}" if claims is not None else "",
        glyph=glyph,
        chip=say(f"checking.{code}"),
        tone=tone,
        aside=clock(now),
    )
