"""Every number of a series and year explained: on which paper it stands, or why on none."""

from functools import partial
from itertools import groupby

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from desktop.deed import deed
from desktop.desk import Desk
from desktop.form_view.editors.choice import ChoiceEditor
from desktop.form_view.matching import Option
from desktop.look.ask import Ask
from desktop.look.lists import Entry
from desktop.look.parts import card, column, line, words
from desktop.look.titled import TitledList
from desktop.pages.head import Head
from desktop.pages.page import Page
from desktop.tasks import Latest
from forms.engine.words import say
from sync.store import numbers
from sync.store.numbers import Explained

_TONES = {"issued": "ok", "void": "danger", "burned": "warn", "skipped": "warn"}


class NumbersPage(Page):
    """Asks for series and year; runs of numbers with one state and no paper stand in one row."""

    record_picked = Signal(object)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._reading = Latest(desk.tasks, self)
        store = desk.store
        letters = [f for f in store.catalogue.offered(store.office.kind) if f.letter is not None]
        series: dict[str, str] = {}
        for form in letters:
            code = numbers.series_of(form, store.region)
            series[code] = say("numbers.all_letters") if code in series else form.title
        options = tuple(Option(code, title) for code, title in series.items())
        self._series = ChoiceEditor(options)
        self._series.name(say("numbers.series"), "")
        self._series.put(next(iter(series), None))
        self._year = Ask("numbers.year")
        self._year.edit.setText(str(store.scene().today.year))
        self._rows = TitledList(desk.look, "numbers.explained", "hash", "numbers.none")
        self._rows.rows.picked.connect(self._pick)
        show = deed(self, "numbers.show", "Ctrl+Return", "magnifying-glass", self.refresh)
        self._series.edited.connect(self.refresh)
        self._year.entered.connect(self.refresh)
        label = words(say("numbers.series"), "caption")
        label.setBuddy(self._series.core)
        chosen = column(3)
        chosen.addWidget(label)
        chosen.addWidget(self._series)
        asked = line(12, (18, 14, 18, 14))
        asked.addLayout(chosen, 3)
        asked.addWidget(self._year, 1)
        around = column(14, (18, 16, 18, 14))
        around.addWidget(Head("numbers.title", "numbers.lead", show))
        around.addWidget(card(asked))
        around.addWidget(self._rows, 1)
        self.setLayout(around)

    def begin(self) -> None:
        """Show what is true now."""
        self.refresh()
        self._series.setFocus(Qt.FocusReason.TabFocusReason)

    def panes(self) -> list[QWidget]:
        """List the parts between which F6 goes."""
        return [self._series, self._rows.rows]

    def refresh(self) -> None:
        """Fetch the series again."""
        series, year = str(self._series.value() or ""), self._year.text
        if not year.isdecimal():
            self._year.complain(say("not_number"))
            return
        work = partial(numbers.explain, self._desk.store, series, int(year))
        self._reading.ask(work, lambda found: self._rows.put(rows(found)))

    def _pick(self, entry: Entry) -> None:
        if entry.value:
            self.record_picked.emit(entry.value)


def rows(explained: list[Explained]) -> list[Entry]:
    """Put every number into words, the highest first."""
    runs = groupby(
        reversed(explained),
        key=lambda one: (one.state, one.record, one.number if one.record else 0),
    )
    return [_row(list(run)) for _, run in runs]


def _row(run: list[Explained]) -> Entry:
    first, last = run[-1].number, run[0].number
    one = run[0]
    said = (
        say("numbers.one", number=first)
        if first == last
        else say("numbers.many", first=first, last=last)
    )
    return Entry(
        one.record or None,
        said,
        detail=one.reason or say(f"numbers.why_{one.state}", count=len(run)),
        glyph="file-text" if one.record else "hash",
        chip=say(f"numbers.is_{one.state}"),
        tone=_TONES.get(one.state, "plain"),
    )
