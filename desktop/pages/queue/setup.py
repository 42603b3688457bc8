"""How this desk calls: its name in the waiting room, its groups, where tickets are printed."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from desktop.desk import Desk
from desktop.form_view.editors.choice import SegmentsEditor
from desktop.form_view.editors.ticks import TicksEditor
from desktop.form_view.matching import Option
from desktop.look.ask import Ask
from desktop.look.lists import Entry
from desktop.look.parts import Button, card, column, held, line, words
from desktop.look.titled import TitledList
from desktop.pages.queue import rows
from desktop.pages.queue.slips import PAPER
from forms.engine.region_queue import Plan
from forms.engine.words import say
from forms.paper.slip import WIDTHS
from sync.store.queue_board import Board
from sync.store.queue_desk import NAME_MAX, Counter

_NOWHERE, _THERMAL = "none", "thermal"


class Setup(QWidget):
    """Asked once at a desk; `over_asked` comes with another desk whose line is taken over."""

    over_asked = Signal(str)

    def __init__(self, desk: Desk, plan: Plan, keep: Button, trial: Button) -> None:
        super().__init__()
        self._plan = plan
        self._name = Ask("queue.name", hint="queue.name_hint")
        self._name.edit.setMaxLength(NAME_MAX)
        self._letters = TicksEditor(
            [Option(group.letter, f"{group.letter} · {group.name}") for group in plan.groups]
        )
        self._letters.name(say("queue.letters"), "")
        ways = (_NOWHERE, PAPER, _THERMAL)
        self._way = SegmentsEditor([Option(way, say(f"queue.print_{way}")) for way in ways])
        self._way.name(say("queue.print_where"), "")
        self._where = Ask("queue.address", hint="queue.address_hint")
        self._width = SegmentsEditor([Option(str(mm), f"{mm} mm") for mm in WIDTHS])
        self._width.name(say("queue.width"), "")
        self._way.edited.connect(self._follow)
        self._overs = TitledList(desk.look, "queue.overs", "user-switch", "queue.no_overs")
        self._overs.rows.picked.connect(self._take_over)
        self._build(keep, trial)

    def put(self, board: Board) -> None:
        """Show what is in force."""
        said = board.counter
        self._name.edit.setText(said.name)
        self._letters.put(list(said.letters or (group.letter for group in board.plan.groups)))
        thermal = said.printer not in ("", PAPER)
        self._way.put(_THERMAL if thermal else said.printer or _NOWHERE)
        self._where.edit.setText(said.printer if thermal else "")
        self._width.put(str(said.width))
        self.put_overs(board)
        self._follow()

    def put_overs(self, board: Board) -> None:
        """Show whose line may be taken over, and leave alone what is being typed."""
        found = rows.overs(board)
        self._overs.put(found)
        self._overs.setVisible(bool(found))

    def said(self) -> Counter | None:
        """Read what is asked; None where something is missing, which is then marked."""
        letters = self._letters.value()
        chosen = tuple(str(letter) for letter in letters) if isinstance(letters, list) else ()
        every = tuple(group.letter for group in self._plan.groups)
        way = str(self._way.value() or _NOWHERE)
        if way == _THERMAL and not self._where.text:
            self._where.complain(say("field.required"))
            self._where.setFocus(Qt.FocusReason.TabFocusReason)
            return None
        printer = {_NOWHERE: "", PAPER: PAPER}.get(way, self._where.text)
        width = int(str(self._width.value() or WIDTHS[0]))
        return Counter(self._name.text, () if chosen == every else chosen, printer, width)

    def begin(self) -> None:
        """Take the keyboard."""
        self._name.setFocus(Qt.FocusReason.TabFocusReason)

    def panes(self) -> list[QWidget]:
        """List the parts between which F6 goes."""
        return [self._name, self._overs.rows]

    def _take_over(self, entry: Entry) -> None:
        self.over_asked.emit(entry.value)

    def _follow(self) -> None:
        """Ask for an address only where there is one."""
        thermal = self._way.value() == _THERMAL
        self._where.setVisible(thermal)

    def _build(self, keep: Button, trial: Button) -> None:
        both = line(8)
        both.addWidget(keep)
        both.addWidget(trial)
        both.addStretch(1)
        asked = column(10, (16, 12, 16, 14))
        asked.addWidget(words(say("queue.setup"), "section"))
        asked.addWidget(self._name)
        for code, editor in (
            ("queue.letters", self._letters),
            ("queue.print_where", self._way),
        ):
            asked.addWidget(words(say(code), "caption"))
            asked.addWidget(editor)
        asked.addWidget(self._where)
        asked.addWidget(words(say("queue.width"), "caption"))
        asked.addWidget(self._width)
        asked.addLayout(both)
        asked.addStretch(1)
        left = column(0)
        left.addWidget(card(asked))
        left.addStretch(1)
        inner = line(14)
        inner.addLayout(held(left), 6)
        inner.addWidget(self._overs, 5)
        self.setLayout(inner)
