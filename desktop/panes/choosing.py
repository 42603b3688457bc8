"""Two values of one thing side by side, each with its author; one key keeps one of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QWidget

from desktop import rows
from desktop.dates import clock, day
from desktop.deed import deed
from desktop.desk import Desk
from desktop.form_view.told import value_text
from desktop.look.ask import Ask
from desktop.look.parts import Button, card, column, line, words
from desktop.panes.pane import Pane, esc
from desktop.tasks import Latest
from forms.engine.problem import Refused
from forms.engine.words import label, say, worded
from sync.protocol.view import Kept
from sync.store import authors, inbox, looks, read
from sync.store.authors import Author
from sync.store.handle import Store
from sync.store.inbox import Entry

SIDES: tuple[Kept, ...] = ("present", "proposed")


@dataclass(frozen=True, slots=True)
class Dispute:
    """One entry of the inbox with whom it concerns, and who wrote either value."""

    entry: Entry
    whom: str
    present_by: Author | None
    proposed_by: Author | None


def disputes(store: Store, record: bytes) -> list[Dispute]:
    """Read what is in dispute about a record, the oldest first."""
    found = [entry for entry in inbox.listing(store) if entry.record == record]
    if not found:
        return []
    about = read.record(store, record)
    looks.at_record(store, about)
    whom = rows.name(about.answers)
    with store.read() as conn:
        names = {name for one in found for name in (one.present_by, one.proposed_by)}
        wrote = authors.wrote(store, conn, names)
    return [
        Dispute(entry, whom, wrote.get(entry.present_by), wrote.get(entry.proposed_by))
        for entry in found
    ]


class _Side(QFrame):
    """One value, who wrote it and when, and the button that keeps it."""

    def __init__(self, side: Kept, button: Button) -> None:
        super().__init__()
        self._author = words("", "muted", wraps=True)
        self._value = words("", "lead", wraps=True)
        inner = column(8, (18, 14, 18, 14))
        inner.addWidget(words(say(f"choose.{side}"), "section"))
        inner.addWidget(self._value)
        inner.addWidget(self._author)
        inner.addSpacing(8)
        inner.addStretch(1)
        inner.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        around = column(0)
        around.addWidget(card(inner))
        self.setLayout(around)

    def put(self, said: str, author: Author | None) -> None:
        """Show a value."""
        self._value.setText(said)
        self._author.setText(_by(author))


class ChoicePane(Pane):
    """Goes through the disputes of one record; `shown` comes with each, `settled` after each.

    `done` comes after the last, or at once where there is none.

    Keys 1 and 2 keep the value that stands and the one that is proposed; where a reason is needed,
    it is asked for first.
    """

    shown = Signal()
    settled = Signal()
    done = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._reading = Latest(desk.tasks, self)
        self._open: list[Dispute] = []
        self._kept: Kept = "present"
        self._record = b""
        self._title = words("", "title", wraps=True)
        self._what = words("", "muted", wraps=True)
        self._reason = Ask("choose.reason", hint="choose.reason_hint")
        self._reason.entered.connect(lambda: self._settle(self._kept))
        self._reason.hide()
        self._sides: dict[Kept, _Side] = {}
        self._buttons: dict[Kept, Button] = {}
        both = line(14)
        for key, side in zip("12", SIDES, strict=True):
            action = deed(self, f"choose.keep_{side}", key, "check", partial(self._settle, side))
            self._buttons[side] = Button(action)
            self._sides[side] = _Side(side, self._buttons[side])
            both.addWidget(self._sides[side], 1)
        around = column(12)
        around.addWidget(self._title)
        around.addWidget(self._what)
        around.addLayout(both)
        around.addWidget(self._reason)
        around.addStretch(1)
        self.setLayout(around)

    def open(self, record: bytes) -> None:
        """Fetch what is in dispute about a record."""
        self._record = record
        self._reading.ask(partial(disputes, self._desk.store, record), self._put)

    def drop(self) -> None:
        """Be gone from: an answer that is still under way must not open the choice again."""
        self._record = b""
        self._reading.drop()

    def begin(self) -> None:
        """Put the keyboard where neither key is pressed by slip: Enter keeps what stands."""
        self._buttons["present"].setFocus(Qt.FocusReason.TabFocusReason)

    def refresh(self) -> None:
        """Fetch again what is shown."""
        if self._record:
            self.open(self._record)

    def panes(self) -> list[QWidget]:
        """List the parts between which F6 goes."""
        return list(self._buttons.values())

    def hints(self) -> list[tuple[str, str]]:
        """Name the keys of a choice."""
        return [("1", say("choose.keep_present")), ("2", say("choose.keep_proposed")), esc()]

    def _put(self, found: list[Dispute]) -> None:
        self._open = found
        self._reason.hide()
        self._reason.wipe()
        if not found:
            self.done.emit()
            return
        first = found[0]
        form = self._desk.store.catalogue.form(first.entry.service)
        self._title.setText(first.whom or worded(form.title))
        facts = {"service": worded(form.title), "count": len(found)}
        self._what.setText(say("choose.what", **facts))
        sides = (
            (first.entry.present, first.present_by),
            (first.entry.proposed, first.proposed_by),
        )
        for side, (value, author) in zip(SIDES, sides, strict=True):
            self._sides[side].put(self._told(first.entry.service, value), author)
        self.shown.emit()

    def _told(self, service: str, value: Mapping[str, Any]) -> str:
        store = self._desk.store
        form, said = store.catalogue.form(service), []
        for key, one in value.items():
            field = form.fields.get(key)
            if field is None:
                said.append(label("state", str(one)) if key == "state" else str(one))
            else:
                text = value_text(field, one, store.region.areas) if one is not None else "–"
                said.append(f"{worded(field.label)}: {text}")
        return "\n".join(said)

    def _settle(self, kept: Kept) -> None:
        if not self._open:
            return
        self._kept = kept
        entry = self._open[0].entry
        settle = partial(inbox.settle, reason=self._reason.text, seen=entry)
        work = partial(settle, self._desk.store, entry.id, kept)
        self._desk.tasks.run(self, work, self._settled, failed=self._refused)

    def _settled(self, _entry: Entry) -> None:
        self._desk.notices.say("choose.settled", side=say(f"choose.{self._kept}"))
        self.settled.emit()
        self.refresh()

    def _refused(self, error: Exception) -> None:
        codes = {one.code for one in error.problems} if isinstance(error, Refused) else set()
        if "reason_missing" in codes:
            self._reason.show()
            self._reason.setFocus(Qt.FocusReason.TabFocusReason)
        else:
            self._desk.notices.trouble(error)
            self.refresh()


def _by(author: Author | None) -> str:
    if author is None:
        return ""
    who = " · ".join(part for part in (author.operator, author.office) if part)
    facts = {"who": who or say("choose.elsewhere"), "day": day(author.time)}
    return say("choose.by", time=clock(author.time), **facts)
