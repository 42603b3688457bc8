"""What is asked for, above the table: the book, the period, the service; all of it can be typed."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QWidget

from desktop.desk import Desk
from desktop.form_view.editors.choice import ChoiceEditor, SegmentsEditor
from desktop.form_view.editors.editor import Editor
from desktop.form_view.matching import Option, numbered
from desktop.look.ask import Ask
from desktop.look.parts import column, line, words
from desktop.pages.registers import mail
from desktop.pages.registers.period import PERIODS, TYPED, Span, read_day, show_day
from desktop.pages.registers.reading import Asked
from forms.engine.problem import Problem, Refused
from forms.engine.words import label, say, worded
from sync.store.registers import people, report

# ruff: noqa: N802 - Qt names the methods that it calls in camelCase

# In pixels of plain text: what one line needs, without and with the service, and a typed day.
_LINE, _LONG_LINE, _DAY = 850, 1_040, 108
_NARROW = 640  # With less room even the periods have a line of their own.


class AskedBar(QFrame):
    """Asks for a book; `changed` comes with every whole answer, `onward` with Enter."""

    changed = Signal()
    onward = Signal()

    def __init__(
        self,
        desk: Desk,
        books: Sequence[str],
        periods: Mapping[str, Callable[[dt.date], Span]] = PERIODS,
    ) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._desk = desk
        self._periods = periods
        self._book = ChoiceEditor(numbered((name, label("report", name)) for name in books))
        self._period = SegmentsEditor(
            numbered((code, say(f"registers.{code}")) for code in (*periods, TYPED))
        )
        self._first, self._last = Ask("registers.first"), Ask("registers.last")
        self._service = ChoiceEditor(self._services())
        self._service.put("")
        self._rw, self._rt = Ask("registers.rw"), Ask("registers.rt")
        self._near = QFrame()
        self._near.setProperty("role", "bare")
        near = line(8)
        near.addWidget(self._rw)
        near.addWidget(self._rt)
        self._near.setLayout(near)
        self._blocks = (
            self._named(self._book, "registers.book"),
            self._named(self._period, "registers.period"),
            self._first,
            self._last,
            self._named(self._service, "registers.service"),
            self._near,
        )
        for block in self._blocks:  # what stands nowhere yet would outlive the window
            block.setParent(self)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(16, 9, 16, 12)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(6)
        self._spots: tuple[tuple[QWidget, int, int, int], ...] = ()
        self._connect()
        self._book.put(books[0] if books else None)
        self._period.put("this_month")
        self._take_period()
        self._show_parts()

    def asked(self) -> Asked | None:
        """Give what is asked for, or None, with what is wrong said below its field."""
        name, service = self._book.value(), self._service.value() if self._by_service() else ""
        first, last = read_day(self._first.text), read_day(self._last.text)
        for day, field in ((first, self._first), (last, self._last)):
            field.complain("" if day else say("date_impossible"))
        if first is None or last is None or name not in report.NAMES:
            return None
        if service and self._desk.store.form(str(service)) is None:
            return None
        try:
            period = report.period(first, last)
            near = self._rw.text, self._rt.text
            place = people.place(*near) if name == report.RESIDENTS else people.EVERYWHERE
            return Asked(str(name), period, str(service or ""), place)
        except Refused as refused:
            self._last.complain(_said(refused.problems[0]))
            return None

    def parts(self) -> list[QWidget]:
        """List the parts between which F6 goes."""
        return [self._book, self._period]

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Stand in one line or two, as there is room."""
        super().resizeEvent(event)
        self._place()

    def _connect(self) -> None:
        self._book.edited.connect(self._follow_book)
        self._service.edited.connect(self.changed)
        self._period.edited.connect(self._follow_period)
        for editor in (self._book, self._period, self._service):
            editor.onward.connect(self._go_on)
        for day in (self._first, self._last):
            day.edit.setPlaceholderText(say("field.hint_date"))
            day.edit.textEdited.connect(lambda _: self._period.put(TYPED))
            day.edit.editingFinished.connect(self._tidy)
            day.entered.connect(self._go_on)
        for part in (self._rw, self._rt):
            part.edit.editingFinished.connect(self.changed)
            part.entered.connect(self._go_on)

    def _services(self) -> tuple[Option, ...]:
        store = self._desk.store
        forms = [form for form in store.catalogue.forms.values() if store.sees(form)]
        options = [
            Option(form.code, worded(form.title)) for form in forms if form.letter is not None
        ]
        options.sort(key=lambda option: option.label)
        return (Option("", say("registers.every_service")), *options)

    def _named(self, editor: Editor, code: str) -> QWidget:
        editor.name(say(code), "")
        caption = words(say(code), "caption")
        caption.setBuddy(editor.core)
        inner = column(3)
        inner.addWidget(caption)
        inner.addWidget(editor)
        made = QFrame()
        made.setProperty("role", "bare")
        made.setLayout(inner)
        return made

    def _go_on(self) -> None:
        """Leave the bar, unless something in it is wrong."""
        if self.asked() is not None:
            self.onward.emit()

    def _follow_book(self) -> None:
        self._show_parts()
        self.changed.emit()

    def _show_parts(self) -> None:
        *_, service, near = self._blocks
        service.setVisible(self._by_service())
        near.setVisible(self._book.value() == report.RESIDENTS)
        self._place()

    def _follow_period(self) -> None:
        self._take_period()
        if self._period.value() == TYPED:
            self._first.setFocus(Qt.FocusReason.TabFocusReason)
            self._first.edit.selectAll()
        else:
            self.changed.emit()

    def _take_period(self) -> None:
        span = self._periods.get(str(self._period.value()))
        if span is None:
            return
        today = self._desk.store.scene().today
        for field, day in zip((self._first, self._last), span(today), strict=True):
            field.edit.setText(show_day(day))
            field.complain("")

    def _tidy(self) -> None:
        for field in (self._first, self._last):
            day = read_day(field.text)
            if day is not None and field.text != show_day(day):
                field.edit.setText(show_day(day))
        self.changed.emit()

    def _by_service(self) -> bool:
        return str(self._book.value()) in mail.BY_SERVICE

    def _place(self) -> None:
        scale = self._desk.look.tokens.scale
        for day in (self._first, self._last):
            day.setFixedWidth(round(_DAY * scale))
        spots = self._fitting(scale)
        if spots == self._spots:
            return
        self._spots = spots
        while self._grid.takeAt(0) is not None:
            pass
        for block, row, at, span in spots:
            self._grid.addWidget(block, row, at, 1, span, Qt.AlignmentFlag.AlignTop)
        wide = all(row == 0 for _, row, _, _ in spots)
        for at, stretch in enumerate((3, 4, 0, 0, 3) if wide else (3, 2, 0, 0, 0)):
            self._grid.setColumnStretch(at, stretch)

    def _fitting(self, scale: float) -> tuple[tuple[QWidget, int, int, int], ...]:
        """Give each block its row, its column and how many columns, as there is room."""
        book, period, first, last, service, near = self._blocks
        asks_more = self._by_service() or self._book.value() == report.RESIDENTS
        if self.width() >= (_LONG_LINE if asks_more else _LINE) * scale:
            return (
                *((block, 0, at, 1) for at, block in enumerate((book, period, first, last))),
                *((block, 0, 4, 1) for block in (service, near)),
            )
        if self.width() >= _NARROW * scale:
            return (
                (book, 0, 0, 1),
                *((block, 0, 1, 3) for block in (service, near)),
                (period, 1, 0, 2),
                (first, 1, 2, 1),
                (last, 1, 3, 1),
            )
        return (
            (book, 0, 0, 4),
            *((block, 1, 0, 4) for block in (service, near)),
            (period, 2, 0, 4),
            (first, 3, 0, 1),
            (last, 3, 1, 1),
        )


def _said(problem: Problem) -> str:
    return say(problem.code, **problem.facts)
