"""What is to be known of a record beside its answers: what it waits for, what it stands for."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QFrame

from desktop.acts import Shown
from desktop.dates import clock, day
from desktop.look.parts import Glyph, column, line, words
from desktop.tones import state as state_words
from forms.engine.words import say
from sync.protocol.change import EDIT
from sync.store.letters import VOID
from sync.store.read import Event, Record

RETURN = "return"
_PARTS = ";"  # Between the things that are missing, as the clerk types them.


@dataclass(frozen=True, slots=True)
class Note:
    """One thing to know: its icon and tone, its sentence, and single things below it."""

    glyph: str
    tone: str
    text: str
    parts: tuple[str, ...] = ()


def notes(view: Shown) -> list[Note]:
    """Tell what stands around a record, the most pressing first."""
    if view.record.erased:
        return [Note("lock", "muted", say("erasure.closed"))]
    story = (event for event in reversed(view.history) if event.act != EDIT)
    last = next((event for event in story if event.state == view.record.state), None)
    found = [*_of_city(view.record), *_of_state(view, last), *_of_second(view, last)]
    for after in view.after:
        code = "note.replaced" if _stands(after) else "note.being_replaced"
        tone = "warn" if _stands(after) else "wait"
        found.append(Note("arrow-right", tone, _linked(code, after)))
    if view.before is not None:
        found.append(Note("arrow-left", "muted", _linked("note.replaces", view.before)))
    return found


def linked(view: Shown) -> Record | None:
    """Name the letter to which one goes from here: the one that took its place, else before it."""
    return view.after[-1] if view.after else view.before


def _of_city(record: Record) -> list[Note]:
    """Tell of a city that was put back, and of a number that came after the paper was printed."""
    found = []
    if record.rewound:
        found.append(Note("hourglass", "wait", say("note.rewound")))
    if record.printed and record.number is not None:
        facts = {"number": record.number.text, "printed": record.printed}
        found.append(Note("hash", "ok", say("note.final", **facts)))
    return found


def _of_state(view: Shown, last: Event | None) -> list[Note]:
    if last is None:
        return []
    when = {"day": day(last.time), "time": clock(last.time)}
    match view.record.state:
        case "returned":
            return [Note("pause-circle", "warn", say("note.returned", **when), _parts(last.reason))]
        case "handed_over" if last.reason:
            return [Note("users", "ok", say("note.handed_over", who=last.reason, **when))]
        case "void":
            return [Note("x-circle", "danger", say("note.void", reason=last.reason))]
    return []


def _of_second(view: Shown, last: Event | None) -> list[Note]:
    found = []
    register = view.record.register
    if register is not None:
        found.append(Note("stamp", "ok", say("note.countersigned", number=register.text)))
    if not view.waits:
        return found
    if last is not None and last.act == RETURN:
        found.append(Note("warning", "warn", say("note.sent_back"), _parts(last.reason)))
    code = "note.waits_here" if view.stands else "note.waits_there"
    return [*found, Note("hourglass", "wait", say(code))]


def _parts(reason: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in reason.split(_PARTS) if part.strip())


def _stands(after: Record) -> bool:
    return after.number is not None and after.state != VOID


def _linked(code: str, record: Record) -> str:
    number = record.number.text if record.number is not None else say("note.no_number")
    return say(code, number=number, state=state_words(record.state)[0])


class Standing(QFrame):
    """Shows notes below each other; nothing of it where there are none."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "bare")
        self._rows: list[QFrame] = []
        self._column = column(6, (0, 6, 0, 4))
        self.setLayout(self._column)
        self.hide()

    def put(self, found: Sequence[Note]) -> None:
        """Show these notes in place of all before."""
        for row in self._rows:
            row.hide()
            self._column.removeWidget(row)
            row.deleteLater()
        self._rows = [_row(note) for note in found]
        for row in self._rows:
            self._column.addWidget(row)
        self.setVisible(bool(found))


def _row(note: Note) -> QFrame:
    told = column(2)
    told.addWidget(words(note.text, "strong", wraps=True))
    for part in note.parts:
        told.addWidget(words(f"• {part}", "body", wraps=True))
    inner = line(10, (12, 7, 12, 8))
    top = column(0)
    top.addWidget(Glyph(note.glyph, tone=note.tone))
    top.addStretch(1)
    inner.addLayout(top)
    inner.addLayout(told, 1)
    made = QFrame()
    made.setProperty("role", "banner")
    made.setProperty("tone", note.tone)
    made.setLayout(inner)
    return made
