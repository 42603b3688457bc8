"""One open form on the screen: what a clerk types goes to the session, its effects are painted."""

from collections.abc import Iterable, MutableMapping
from functools import partial

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget

from desktop.form_view import kinds
from desktop.form_view.editors.row import Row
from desktop.form_view.mnemonics import marked
from desktop.form_view.residents import Residents
from desktop.form_view.sheet import Sheet
from forms.engine import doubt, nik, written
from forms.engine.answers import Value
from forms.engine.problem import Problem
from forms.engine.session import Effects, Session
from forms.engine.words import say, worded

# ruff: noqa: N802 - Qt names the methods that it calls in camelCase

_COLUMN = 236  # The least width of a column in pixels at plain text; grows with the text.


class FormView(QScrollArea):
    """Shows a session; `changed` comes with every answer, `finished` with Enter on the last one.

    `repeats` remembers the last value of every field for Ctrl+D; who saves fills it. With `fold`,
    sections that somebody's data fill in completely begin folded.
    """

    changed = Signal()
    finished = Signal()

    def __init__(
        self,
        session: Session,
        repeats: MutableMapping[str, Value],
        *,
        scale: float = 1.0,
        fold: bool = False,
        residents: Residents | None = None,
    ) -> None:
        super().__init__()
        self.session = session
        self._repeats = repeats
        self._residents = residents
        self._column_width = round(_COLUMN * scale)
        self._touched: set[str] = set()
        self._rows: dict[str, Row] = {}
        self._sheet = Sheet()
        self.setWidget(self._sheet)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._build()
        if fold:
            self._fold_known()
        self._sheet.settle()
        self._add_repeat()

    def row(self, key: str) -> Row:
        """Give the row of a field."""
        return self._rows[key]

    def begin(self) -> None:
        """Put the keyboard into the first question without an answer, else the first of all."""
        open_rows = [row for row in self._asked() if row.editor.value() is None]
        first = next(iter(open_rows or self._asked()), None)
        if first is not None:
            first.editor.setFocus(Qt.FocusReason.TabFocusReason)

    def first(self) -> QWidget | None:
        """Give the first question that is asked."""
        return next((row.editor for row in self._asked()), None)

    def reveal(self, problems: Iterable[Problem]) -> tuple[Problem, ...]:
        """Show problems at their fields and go to the first; gives those that have none here."""
        strange: list[Problem] = []
        found: dict[str, list[Problem]] = {}
        for problem in problems:
            row = self._rows.get(problem.field or "")
            if row is None or not row.asked:
                strange.append(problem)
            else:
                found.setdefault(row.field.key, []).append(problem)
        for key, told in found.items():
            self._sheet.unfold(self._rows[key])
            self._touched.add(key)
            self._rows[key].blame(told, told=True)
        for key, told in list(found.items())[:1]:
            self._rows[key].editor.seek(told[0])
            self.ensureWidgetVisible(self._rows[key])
        return tuple(strange)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Stand in one, two or three columns, as there is room."""
        super().resizeEvent(event)
        self._sheet.stand_in(max(1, min(3, self.viewport().width() // self._column_width)))

    def minimumSizeHint(self) -> QSize:
        """One narrow column can always be read."""
        return QSize(min(240, self._column_width), 160)

    def _build(self) -> None:
        fields = [field for section in self.session.form.sections for field in section.fields]
        labels = dict(
            zip((f.key for f in fields), marked(worded(f.label) for f in fields), strict=True)
        )
        answers = self.session.answers
        for section in self.session.form.sections:
            rows = []
            for field in section.fields:
                editor = kinds.editor(field, self.session.scene, self._residents)
                row = Row(field, editor, labels[field.key])
                row.setParent(self._sheet)  # Shown without a parent it would be a window.
                editor.put(answers.get(field.key, self.session.raw.get(field.key)))
                editor.lock(locked=bool(field.compute))
                row.asked = self.session.shown[field.key]
                row.require(required=self.session.required[field.key])
                editor.edited.connect(lambda key=field.key: self._edited(key))
                editor.left.connect(lambda key=field.key: self._left(key))
                editor.onward.connect(lambda key=field.key: self._onward(key))
                # Queued: a part that has just opened must have got its place first.
                editor.moved.connect(self._follow, Qt.ConnectionType.QueuedConnection)
                self._rows[field.key] = row
                rows.append(row)
            self._sheet.add(worded(section.title), rows)
        for key in self._rows:
            self._remark(key)

    def _fold_known(self) -> None:
        answers, wrong = self.session.answers, {p.field for p in self.session.problems}
        required = self.session.required
        known = [
            section
            for section in self._sheet.sections
            if all(row.field.prefill for row in section.rows)
            and not wrong & {row.field.key for row in section.rows}
            and any(row.field.key in answers for row in section.rows)
            and all(r.field.key in answers for r in section.rows if required[r.field.key])
        ]
        if len(known) < len(self._sheet.sections):
            for section in known:
                section.fold(folded=True)

    def _asked(self) -> list[Row]:
        return self._sheet.asked()

    def _edited(self, key: str) -> None:
        self._paint(self.session.put(key, self._rows[key].editor.value()))
        self._remark(key)
        self.changed.emit()

    def _paint(self, effects: Effects) -> None:
        for key in effects.judged & self._rows.keys():
            wrong = [problem for problem in effects.problems if problem.field == key]
            self._rows[key].blame(wrong, told=key in self._touched)
        for key, value in effects.computed.items():
            self._rows[key].editor.put(value)
        for key, required in effects.required.items():
            if key in self._rows:
                self._rows[key].require(required=required)
        for key, shown in effects.shown.items():
            if key in self._rows:
                self._rows[key].asked = shown
        if effects.shown:
            self._sheet.settle()

    def _left(self, key: str) -> None:
        self._touched.add(key)
        row = self._rows[key]
        problems = [problem for problem in self.session.problems if problem.field == key]
        row.blame(problems, told=True)
        if not problems:
            row.editor.put(self.session.answers.get(key))
        for other in self._rows:
            self._remark(other)  # What looks odd depends on several answers.

    def _remark(self, key: str) -> None:
        """Say beside a right answer what is read from it, or what looks odd about it."""
        row = self._rows[key]
        if row.field.kind != "nik" or row.editor.core.property("state") == "problem":
            return
        odd = [problem.code for problem in self._doubts() if problem.field == key]
        if odd and key in self._touched:
            row.doubt("\n".join(say(code) for code in odd))
            return
        row.editor.mark("")
        read = nik.read(str(row.editor.value() or ""), self.session.scene.today)
        row.remark(_nik_says(read))

    def _doubts(self) -> tuple[Problem, ...]:
        return doubt.doubts(self.session.form, self.session.answers, self.session.scene)

    def _onward(self, key: str) -> None:
        asked = self._asked()
        following = asked[asked.index(self._rows[key]) + 1 :]
        if not following:
            self._left(key)
            self.finished.emit()
            return
        following[0].editor.setFocus(Qt.FocusReason.TabFocusReason)
        self.ensureWidgetVisible(following[0])
        # Once more when what was said of the answer before has got its line.
        QTimer.singleShot(0, following[0], partial(self._follow, following[0]))

    def _follow(self, part: QWidget) -> None:
        self.ensureWidgetVisible(part)

    def _add_repeat(self) -> None:
        repeat = QAction(say("field.repeat"), self)
        repeat.setShortcut(QKeySequence("Ctrl+D"))
        repeat.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        repeat.triggered.connect(self._repeat)
        self.addAction(repeat)

    def _repeat(self) -> None:
        here = next((row for row in self._asked() if _holds(row, QApplication.focusWidget())), None)
        if here is None or here.field.key not in self._repeats:
            return
        here.editor.put(self._repeats[here.field.key])
        self._edited(here.field.key)
        self._onward(here.field.key)


def _nik_says(read: nik.Nik) -> str:
    if not read.valid or read.birth_date is None:
        return ""
    born = written.day(read.birth_date)
    return say("field.nik_says", born=born, sex=say(f"field.sex_{read.sex}"))


def _holds(row: Row, widget: QWidget | None) -> bool:
    return widget is not None and row.isAncestorOf(widget)
