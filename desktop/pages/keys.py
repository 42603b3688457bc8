"""Whose keys sign in this office, since when and by whose word; and what was done without them."""

import datetime as dt
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from desktop.dates import date_text
from desktop.deed import deed
from desktop.desk import Desk
from desktop.look.ask import Ask
from desktop.look.lists import Entry
from desktop.look.parts import Button, column, line, words
from desktop.look.titled import TitledList
from desktop.pages.head import Head
from desktop.panes.pane import Pane, esc
from desktop.tasks import Latest
from forms.engine.words import say
from sync.protocol import authorship
from sync.protocol import looks as said
from sync.store import key_list, looks, records
from sync.store.handle import Store
from sync.store.key_list import VOUCH, Key
from sync.store.registers import report

YEAR = dt.timedelta(days=365)
SHOWN_MAX = 500  # acts; the register has all of them
DEVICE_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Act:
    """One act that somebody has to look at: which record it is about, and what to say of it."""

    record: bytes
    deed: str
    what: str
    who: str
    doubt: str


@dataclass(frozen=True, slots=True)
class Found:
    """What is shown."""

    keys: list[Key]
    acts: list[Act]


def read(store: Store) -> Found:
    """Read the office's keys, and the year's acts that its head has to look at."""
    today = store.day().date
    (table,) = report.lists(store, report.ENDED, report.period(today - YEAR, today))
    acts = list[Act]()
    for row in reversed(tuple(table.rows)):
        if len(acts) == SHOWN_MAX:
            break
        _, date, who, done, service, name, number, doubt = map(str, row.cells)
        told = (date_text(date), service, name, number)
        what = " · ".join(part for part in told if part)
        acts.append(Act(row.record, done, what, who, doubt))
    looks.at_list(store, said.LIST, report.ENDED, len(acts))
    return Found(key_list.keys(store), acts)


class KeysPane(Pane):
    """Two lists; a key that waits is vouched for, one that counts is ended with a reason.

    `picked` comes with the record of an act that is to be looked at, `worked` after something was
    saved.
    """

    picked = Signal(object)
    worked = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._reading = Latest(desk.tasks, self)
        self._vouch = deed(self, "keys.vouch", "F9", "seal-check", self._vouch_for)
        self._end = deed(self, "keys.end", "Ctrl+Delete", "prohibit", self._ask_why)
        self._keys = TitledList(desk.look, "keys.keys", "key", "keys.no_keys")
        self._keys.rows.is_steered = True  # The key that is meant is seen wherever the keyboard is.
        self._acts = TitledList(desk.look, "keys.acts", "warning", "keys.no_acts")
        self._told = words("", "muted", wraps=True)
        self._reason = Ask("keys.reason", hint="keys.reason_hint")
        self._reason.hide()
        self._reason.entered.connect(self._end_it)
        self._keys.rows.moved.connect(lambda _: self._follow())
        self._acts.rows.picked.connect(lambda entry: self.picked.emit(entry.value.record))
        left = column(10)
        left.addWidget(self._keys, 1)
        left.addWidget(self._told)
        left.addWidget(self._reason)
        both = line(14)
        both.addLayout(left, 1)
        both.addWidget(self._acts, 1)
        around = column(14)
        around.addWidget(Head("keys.title", "keys.lead"))
        around.addLayout(both, 1)
        foot = line(8)
        foot.addStretch(1)
        for action in (self._end, self._vouch):
            foot.addWidget(Button(action))
        around.addLayout(foot)
        self.setLayout(around)
        self._follow()

    def begin(self) -> None:
        """Show what is true now, the keyboard in the list of keys."""
        self.refresh()
        self._keys.setFocus(Qt.FocusReason.TabFocusReason)

    def refresh(self) -> None:
        """Fetch again what is shown."""
        self._reading.ask(partial(read, self._desk.store), self._put)

    def panes(self) -> list[QWidget]:
        """List the parts between which F6 goes."""
        return [self._keys.rows, self._acts.rows]

    def hints(self) -> list[tuple[str, str]]:
        """Name the keys of this pane."""
        told = (("F6", "hint.pane"), ("F9", "keys.vouch"), ("Enter", "hint.open"))
        return [*((key, say(code)) for key, code in told), esc()]

    def put_away(self) -> bool:
        """Ask for no reason any more; False where none was asked for."""
        asked = self._reason.isVisible()
        self._reason.hide()
        self._reason.wipe()
        if asked:
            self._keys.setFocus(Qt.FocusReason.OtherFocusReason)
        return asked

    def _put(self, found: Found) -> None:
        here = self._chosen()
        self._keys.put([_entry(key, self._desk.store) for key in found.keys])
        self._acts.put(
            [
                Entry(act, f"{act.deed} · {act.who}", act.what, "signature", act.doubt, "warn")
                for act in found.acts
            ]
        )
        names = [key.id for key in found.keys]
        waiting = [n for n, key in enumerate(found.keys) if not _is_settled(key)]
        if here is not None and here.id in names:
            self._keys.rows.choose(names.index(here.id))
        elif names:
            self._keys.rows.choose(waiting[0] if waiting else 0)
        self._follow()

    def _chosen(self) -> Key | None:
        entry = self._keys.rows.chosen()
        return entry.value if entry is not None and isinstance(entry.value, Key) else None

    def _follow(self) -> None:
        key = self._chosen()
        actions = key.actions if key is not None else ()
        self._vouch.setEnabled(key is not None and VOUCH in actions and not key.counts)
        self._end.setEnabled(authorship.END in actions)
        self._told.setText(_told(key, self._desk.store) if key is not None else "")

    def _vouch_for(self) -> None:
        key = self._chosen()
        if key is not None:
            self._move(key, VOUCH, "", "keys.vouched")

    def _ask_why(self) -> None:
        self._reason.show()
        self._reason.setFocus(Qt.FocusReason.TabFocusReason)

    def _end_it(self) -> None:
        key, reason = self._chosen(), self._reason.text
        if not reason:
            self._reason.complain(say("field.required"))
        elif key is not None:
            self._move(key, authorship.END, reason, "keys.ended")

    def _move(self, key: Key, action: str, reason: str, told: str) -> None:
        work = partial(records.move, self._desk.store, key.id, action, reason=reason)

        def done(_saved: object) -> None:
            self.put_away()
            self._desk.notices.say(told)
            self.worked.emit()
            self.refresh()

        self._desk.tasks.run(self, work, done)


def _is_settled(key: Key) -> bool:
    return key.counts or key.state == authorship.ENDED_STATE


def _entry(key: Key, store: Store) -> Entry:
    if key.state == authorship.ENDED_STATE:
        chip, tone = say("keys.is_ended"), "danger"
    elif key.counts:
        chip, tone = say("keys.is_counting"), "ok"
    else:
        chip, tone = say("keys.is_waiting"), "warn"
    name = key.operator or say("keys.nobody")
    return Entry(key, name, _origin(key, store), "key", chip, tone)


def _origin(key: Key, store: Store) -> str:
    """Say where and when a key began, and by whose word beside its owner's."""
    own = key.device == store.desk.device.hex()
    laptop = say("keys.this") if own else say("keys.laptop", name=_short(key.device))
    since = say("keys.since", day=_day(key.since, store)) if key.since else ""
    by = say("keys.by", name=key.vouched_by) if key.vouched_by else ""
    return ", ".join(part for part in (laptop, since, by) if part)


def _told(key: Key, store: Store) -> str:
    """Say about a key what its row may have no room for."""
    told = {"code": _short(key.id.hex()), "origin": _origin(key, store)}
    if key.state == authorship.ENDED_STATE:
        ended = _day(key.ended, store) if key.ended else ""
        return say("keys.told_ended", **told, name=key.ended_by, day=ended, reason=key.reason)
    return say("keys.told_counting" if key.counts else "keys.told_waiting", **told)


def _day(moment: int, store: Store) -> str:
    """Show the region's day, as the acts beside do."""
    return date_text(store.date(moment).isoformat())


def _short(text: str) -> str:
    return text[:DEVICE_SHOWN].upper()
