"""Files for a record's papers: which paper, which file, or the other way round.

    Ctrl+B            paper -> file: from the scanner's folder, else named in the system's dialog
    dropped, pasted   file  -> paper, one after the other

Each is made small in a lane, then saved with the record; Esc calls off what is under way.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame

from desktop import acts
from desktop.capture.clip import shown_name
from desktop.capture.course import CalledOff, Course
from desktop.capture.shown import InHand
from desktop.capture.source import Ready, Source, prepare
from desktop.dates import when
from desktop.desk import Desk
from desktop.look.lists import Entry
from desktop.look.parts import line
from desktop.look.titled import TitledList
from desktop.notices import SAID_MAX, Notice, Tone, sentences
from desktop.tasks import Lane
from forms.engine.problem import Refused
from forms.engine.session import Session
from forms.engine.spec import Field
from forms.engine.words import say, worded
from sync.store import foreign_file, records
from sync.store.handle import Store
from sync.store.records import Saved

_HEIGHT = 200  # pixels of plain text: four papers at once, the others by the arrows
_MILLION = 1_000_000  # ns in a ms


@dataclass(slots=True)
class _Round:
    """One round of asking, from the first question to the end or to Esc."""

    view: acts.Shown | None = None
    queue: deque[Source] = field(default_factory=deque)
    count: int = 1
    course: Course | None = None  # of what is being read now
    source: Source | None = None
    ready: Ready | None = None
    paper: Field | None = None
    had: set[str] = field(default_factory=set)  # papers that got a file in this round
    refused: list[str] = field(default_factory=list)


class Attaching(QFrame):
    """Asks for a paper and its file; `attached` comes when all that was brought is dealt with.

    It comes only where at least one file was saved; `ended` in any case.
    """

    attached = Signal()
    ended = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setProperty("role", "bare")
        self._desk = desk
        self._papers = TitledList(desk.look, "attach.which", "upload-simple", "attach.none")
        self._origins = TitledList(desk.look, "capture.from", "folder-open", "attach.none")
        self._hand = InHand()
        for part in (self._hand, self._papers, self._origins):
            part.hide()
        self._papers.rows.picked.connect(self._pick)
        self._origins.rows.picked.connect(self._choose)
        inner = line(12)
        for shown in (self._hand, self._papers, self._origins):
            inner.addWidget(shown, 1)
        self.setLayout(inner)
        self._dress()
        desk.look.changed.connect(self._dress)
        self._round = _Round()
        self.hide()

    def ask(self, view: acts.Shown) -> None:
        """Ask for the paper; after it for the file."""
        self._clear()
        self._round.view = view
        self._ask_paper()

    def bring(self, view: acts.Shown, sources: Iterable[Source]) -> None:
        """Take these one after the other, and ask for the paper of each."""
        self._clear()
        self._round.view = view
        self._round.queue = deque(sources)
        self._round.count = len(self._round.queue)
        self.show()
        self._next()

    def put_away(self) -> bool:
        """Ask no more, and call off what is under way; False where nothing was asked."""
        asked, saved = not self.isHidden(), bool(self._round.had)
        self._clear()
        for part in (self._papers, self._origins):
            part.rows.clearFocus()
            part.hide()
        self._hand.hide()
        self.hide()
        if saved:
            self.attached.emit()
        if asked:
            self.ended.emit()
        return asked

    def _dress(self) -> None:
        self.setMaximumHeight(round(_HEIGHT * self._desk.look.tokens.scale))

    def _clear(self) -> None:
        if self._round.course is not None:
            self._round.course.call_off()
        self._round = _Round()

    def _ask_paper(self) -> None:
        view = self._round.view
        if view is None:
            return
        self._round.paper = None
        self._origins.hide()
        self._papers.put(
            [
                Entry(paper, worded(paper.label), glyph="file-text", detail=self._told(view, paper))
                for paper in papers(self._desk.store, view)
            ]
        )
        self.show()
        self._papers.show()
        self._papers.rows.choose(0)
        self._papers.rows.setFocus(Qt.FocusReason.TabFocusReason)

    def _told(self, view: acts.Shown, paper: Field) -> str:
        value = view.record.answers.get(paper.key)
        has_file = isinstance(value, dict) and "file" in value
        return say("attach.again") if has_file or paper.key in self._round.had else ""

    def _pick(self, entry: Entry) -> None:
        """Go on from the paper: to saving what is in hand, else to where the file comes from."""
        paper: Field = entry.value
        self._round.paper = paper
        if self._round.ready is not None:
            self._save(paper, self._round.ready)
            return
        lying = self._desk.scans.lying
        if not lying:
            self._name_file(paper)
            return
        now = self._desk.store.now()
        rows = [
            Entry(
                source,
                source.name,
                glyph="file-text",
                detail=say("capture.lies", when=when(_ms(one.changed, now), now)),
            )
            for one, source in zip(lying, self._desk.scans.sources(), strict=True)
        ]
        self._origins.put([*rows, Entry(None, say("capture.other"), glyph="folder-open")])
        self._papers.hide()
        self._origins.show()
        self._origins.rows.choose(0)
        self._origins.rows.setFocus(Qt.FocusReason.TabFocusReason)

    def _choose(self, entry: Entry) -> None:
        if entry.value is not None:
            self._prepare(entry.value)
        elif self._round.paper is not None:
            self._name_file(self._round.paper)

    def _name_file(self, paper: Field) -> None:
        title = say("attach.file", paper=worded(paper.label))
        chosen = self._desk.files.to_open(self, title, say("attach.kinds"))
        if chosen is not None:
            self._prepare(Source(shown_name(chosen.name), chosen))

    def _next(self) -> None:
        """Go on with the next that was brought; where there is none, tell and be done."""
        self._round.ready = self._round.paper = None
        self._papers.hide()
        if self._round.queue:
            self._prepare(self._round.queue.popleft())
            return
        if self._round.refused:
            said = self._round.refused[:SAID_MAX]
            more = len(self._round.refused) - len(said)
            if more:
                said.append(say("desk.more_problems", count=more))
            self._desk.notices.banner.emit(Notice(Tone.CARE, "\n".join(said)))
        self.put_away()

    def _prepare(self, source: Source) -> None:
        course = Course(self._desk.tasks.teller(self, self._reach))
        self._round.course, self._round.source = course, source
        self.show()
        self._hand.begin(source.name, self._round.count - len(self._round.queue), self._round.count)
        for part in (self._papers, self._origins):
            part.hide()
        self._desk.tasks.run(
            self,
            partial(prepare, source, course),
            partial(self._prepared, course),
            failed=partial(self._broke, course),
            lane=Lane.FILES,
        )

    def _reach(self, share: int) -> None:
        self._hand.reach(share)

    def _prepared(self, course: Course, ready: Ready) -> None:
        if course is not self._round.course:
            return  # called off, or another record's by now
        self._round.course, self._round.ready = None, ready
        self._hand.put(ready)
        if self._round.paper is not None:
            self._save(self._round.paper, ready)
        else:
            self._ask_paper()

    def _broke(self, course: Course, error: Exception) -> None:
        under_way = self._round
        if isinstance(error, CalledOff) or course is not under_way.course:
            return
        under_way.course = None
        self._hand.hide()
        source = under_way.source
        if isinstance(error, Refused) and source is not None and under_way.paper is None:
            why = sentences(error.problems)
            under_way.refused.append(say("capture.not_taken", name=source.name, why=why))
            self._next()
            return
        self._desk.notices.trouble(error)
        self._ask_paper()

    def _save(self, paper: Field, ready: Ready) -> None:
        if self._round.view is None or self._round.source is None:
            return
        answers = {paper.key: {"file": ready.content}}
        work = partial(records.edit, self._desk.store, self._round.view.record.id, answers)
        self._hand.setFocus(Qt.FocusReason.OtherFocusReason)
        self._papers.hide()
        done = partial(self._done, self._round.view, paper, ready, self._round.source)
        self._desk.tasks.run(self, work, done, failed=self._unsaved)

    def _unsaved(self, error: Exception) -> None:
        """Keep what is in hand: after room was made, Enter tries again."""
        self._desk.notices.trouble(error)
        if not self.isHidden():
            self._ask_paper()

    def _done(
        self, view: acts.Shown, paper: Field, ready: Ready, source: Source, _saved: Saved
    ) -> None:
        self._desk.notices.say("attach.done", paper=worded(paper.label))
        if source.path is not None:
            self._desk.scans.took(source.path)
            if source.cleared and ready.mark is not None:
                work = partial(foreign_file.shred, source.path, ready.mark)
                gone = partial(self._gone, source.name)
                self._desk.tasks.run(self, work, gone, lane=Lane.FILES)
        if view is self._round.view:
            self._round.had.add(paper.key)
            self._next()
        else:  # put away meanwhile; what was saved is to be seen all the same
            self.attached.emit()

    def _gone(self, name: str, gone: bool) -> None:  # noqa: FBT001 - the lane hands it in
        if not gone:
            self._desk.notices.say("capture.not_cleared", Tone.CARE, name=name)


def _ms(changed: int, now: int) -> int:
    """Give a file's time in ms; what is far outside of any calendar becomes now, or 1970."""
    return max(0, min(changed // _MILLION, now))


def papers(store: Store, view: acts.Shown) -> list[Field]:
    """List the papers that this operator may attach a file to now, in the form's order."""
    if not view.may_edit:
        return []
    fields = [field for field in view.form.fields.values() if field.kind == "attachment"]
    if not fields:
        return []
    asked = Session(view.form, store.scene(), view.record.answers).shown
    return [field for field in fields if asked.get(field.key) and not field.retired]
