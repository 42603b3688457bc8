"""All records that are worked off, the newest first; narrowed by typing and by what is due."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from desktop import acts, rows
from desktop.desk import Desk
from desktop.form_view.editors.choice import ChoiceEditor, SegmentsEditor
from desktop.form_view.editors.editor import Line
from desktop.form_view.matching import numbered
from desktop.look.lists import Entry
from desktop.look.parts import column, words
from desktop.look.titled import TitledList
from desktop.look.turning import Turning
from desktop.pages.filters import EVER, FILTERS, MARK, SPANS, chosen, offered
from desktop.pages.head import Head
from desktop.pages.page import Page
from desktop.panes.record import RecordPane
from desktop.tasks import Lane, Latest
from desktop.tones import badge
from forms.engine.form import Form
from forms.engine.words import say
from forms.paper.amounts import thousands
from sync.store.read import Record

_NARROW = 180  # What the line needs to show a name of two words, in pixels.


class RecordsPage(Page):
    """A list and, one step further, the record.

    F2 hands it to the counter to be changed, or corrected where it is on paper.
    """

    edit_asked = Signal(object)
    correct_asked = Signal(object)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._reading = Latest(desk.tasks, self, Lane.PAPER)
        self._found = self._with_forms([])
        self._text = Line()
        self._text.setPlaceholderText(say("records.narrow"))
        self._text.setAccessibleName(say("records.narrow"))
        spans = numbered((code, say(f"records.{code}")) for code in SPANS)
        self._span = SegmentsEditor(spans)
        self._span.name(say("records.span"), "")
        self._span.put(EVER)
        options = numbered((code, _named(code)) for code in offered(desk.store))
        self._filter = ChoiceEditor(options)
        self._filter.name(say("records.filter"), "")
        self._filter.put("all")
        self._count = words("", "muted")
        self._list = TitledList(desk.look, "records.list", "files", "records.none")
        self._record = RecordPane(desk)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._listing())
        self._stack.addWidget(self._record)
        around = column(0, (18, 16, 18, 12))
        around.addWidget(self._stack)
        self.setLayout(around)
        self._text.textEdited.connect(self._narrow)
        self._text.entered.connect(self._list.setFocus)
        for editor in (self._span, self._filter):
            editor.edited.connect(self._narrow)
            editor.onward.connect(self._list.setFocus)
        self._list.rows.picked.connect(self._open)
        self._record.edit_asked.connect(self.edit_asked)
        self._record.correct_asked.connect(self.correct_asked)
        self._record.changed.connect(self.worked)

    def begin(self) -> None:
        """Show what is true now."""
        self.refresh()
        self._take_keyboard()

    def back(self) -> bool:
        """Go from the record to the list."""
        if self._stack.currentWidget() is self._record:
            if self._record.put_away():
                return True
            self._stack.setCurrentIndex(0)
            self.refresh()
            self._take_keyboard()
            return True
        return False

    def refresh(self) -> None:
        """Fetch the list again; in a lane of its own, so that a search never waits for it."""
        self._reading.ask(partial(acts.worked_on, self._desk.store), self._put)

    def panes(self) -> list[QWidget]:
        """List the parts between which F6 goes."""
        if self._stack.currentWidget() is self._record:
            return self._record.panes()
        return [self._text, self._span, self._filter, self._list.rows]

    def hints(self) -> list[tuple[str, str]]:
        """Name the keys of what is open."""
        if self._stack.currentWidget() is self._record:
            return [("Ctrl+P", say("record.print")), ("Esc", say("desk.do_back"))]
        return [("↑ ↓", say("hint.choose")), ("Enter", say("hint.open")), ("F6", say("hint.pane"))]

    def _listing(self) -> QWidget:
        asked = Turning(10)
        asked.add(self._text, 4)
        asked.add(self._span, 4)
        asked.add(self._filter, 3)
        asked.add(self._count)
        self._text.setMinimumWidth(_NARROW)
        inner = column(12)
        inner.addWidget(Head("records.title", "records.lead"))
        inner.addWidget(asked)
        inner.addWidget(self._list, 1)
        made = QWidget()
        made.setLayout(inner)
        return made

    def _put(self, found: list[Record]) -> None:
        self._found = self._with_forms(found)
        self._narrow()

    def _with_forms(self, found: list[Record]) -> list[tuple[Record, Form]]:
        catalogue = self._desk.store.catalogue
        return [(record, catalogue.form(record.service)) for record in found]

    def _narrow(self) -> None:
        store = self._desk.store
        code = str(self._filter.value() or "all")
        if code not in FILTERS:
            return  # Still being typed.
        span = str(self._span.value() or EVER)
        kept = chosen(self._found, code, self._text.text(), store, span)
        counts = {"count": thousands(len(kept)), "of": thousands(len(self._found))}
        self._count.setText(say("records.count", **counts))
        now = store.now()
        self._list.put([rows.case(record, form, now) for record, form in kept])

    def _open(self, entry: Entry) -> None:
        record: Record = entry.value

        def shown() -> None:
            self._stack.setCurrentWidget(self._record)
            self._record.begin()

        self._record.open(record.id, shown)

    def _take_keyboard(self) -> None:
        if self._stack.currentWidget() is self._record:
            self._record.begin()
        else:
            self._list.rows.setFocus(Qt.FocusReason.TabFocusReason)


def _named(code: str) -> str:
    """Name a filter; one of a mark as the mark is told."""
    mark = code.removeprefix(MARK)
    return say(f"records.{code}") if mark == code else badge(mark)[1]
