"""One citizen: who it is, what can be done for them, and what was done before."""

from collections.abc import Callable, Iterable
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop import acts, rows
from desktop.dates import age
from desktop.deed import deed
from desktop.desk import Desk
from desktop.look.parts import Button, card, chip, column, held, key_text, line, restyle, words
from desktop.look.titled import TitledList
from desktop.pages.counter.services import DIGITS_MAX, Services
from desktop.panes.facts import Facts, told_of
from desktop.panes.pane import Pane, esc
from desktop.tasks import Latest
from desktop.tones import state as state_words
from forms.engine.region_queue import Group
from forms.engine.words import say


class CitizenPane(Pane):
    """Shows a citizen; a digit, Enter or its typed words begin a service, F2 changes the data."""

    service_picked = Signal(str)
    record_picked = Signal(object)
    edit_asked = Signal()
    member_asked = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._reading = Latest(desk.tasks, self)
        self.citizen: acts.Citizen | None = None
        self._before: list[bytes] = []  # who led here by the household, the last one behind
        self._name = words("", "title", wraps=True)
        self._under = words("", "muted", wraps=True)
        self._state = chip("")
        self._facts = Facts()
        self._services = Services(desk.look)
        self._history = TitledList(
            desk.look, "counter.history", "clock-counter-clockwise", "counter.no_history"
        )
        self._household = TitledList(
            desk.look, "counter.household", "house", "counter.no_household"
        )
        self._member = deed(
            self, "counter.new_member", "Ctrl+M", "user-plus", self.member_asked.emit
        )
        self._edit = deed(self, "counter.edit", "F2", "pencil-simple", self.edit_asked.emit)
        self._services.picked.connect(self.service_picked)
        self._history.rows.picked.connect(lambda entry: self.record_picked.emit(entry.value))
        beside = column(14)
        self._tickets: list[QAction] = []
        self._household.rows.picked.connect(lambda entry: self._go_to(entry.value.id))
        beside.addWidget(self._services, 5)
        beside.addWidget(self._history, 3)
        beside.addWidget(self._household, 3)
        around = QHBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.setSpacing(14)
        around.addWidget(self._person(), 5)
        around.addLayout(beside, 4)
        for digit in range(1, DIGITS_MAX + 1):
            self._add_digit(digit)

    def offer_tickets(self, groups: Iterable[Group], take: Callable[[str, bytes], None]) -> None:
        """Let Alt and a group's letter take a number of the waiting room for who is shown."""
        for group in groups:
            do = partial(self._take, group.letter, take)
            action = deed(self, "queue.take_for", f"Alt+{group.letter}", "users", do)
            action.setText(say("queue.take_for", letter=group.letter, name=group.name))
            self._tickets.append(action)

    def open(self, record: bytes, then: Callable[[], None]) -> None:
        """Fetch a citizen and show them; `then` is called when they stand there."""

        def put(found: acts.Citizen) -> None:
            self._put(found)
            then()

        self._reading.ask(partial(acts.citizen, self._desk.store, record), put)

    def come(self) -> None:
        """Forget by whom one came: Esc leads out of the page again."""
        self._before = []

    def step_back(self) -> bool:
        """Go back to whom the household led from; False where one came another way."""
        if not self._before:
            return False
        self.open(self._before.pop(), self.begin)
        return True

    def refresh(self) -> None:
        """Fetch the citizen who is shown again."""
        if self.citizen is not None:
            self.open(self.citizen.record.id, lambda: None)

    def begin(self) -> None:
        """Put the keyboard on the services: the next key begins one, or finds it."""
        self._services.begin()

    def hints(self) -> list[tuple[str, str]]:
        """Name the keys of a citizen's page."""
        return [
            ("1–9", say("hint.service")),
            ("a–z", say("hint.jump")),
            ("F2", say("counter.edit")),
            ("Ctrl+M", say("counter.new_member")),
            *[(key_text(action), say("queue.hint_take")) for action in self._tickets[:1]],
            esc(),
        ]

    def panes(self) -> list[QWidget]:
        """List the parts between which F6 goes."""
        return [self._services.rows, self._history.rows, self._household.rows]

    def _put(self, found: acts.Citizen) -> None:
        before, self.citizen = self.citizen, found
        store = self._desk.store
        today = store.scene().today
        answers = found.record.answers
        number, born, lives = rows.told_apart(answers)
        years = age(str(answers.get("tanggal_lahir") or ""), today)
        aged = say("counter.years", count=years) if years is not None else ""
        self._name.setText(rows.title(found.record))
        self._under.setText(" · ".join(part for part in (number, born, aged, lives) if part))
        said, tone = state_words(found.record.state)
        self._state.setText(said)
        restyle(self._state, tone=tone)
        told = told_of(found.form, answers, store.region.areas)
        self._facts.put(told, scale=self._desk.look.tokens.scale)
        self._edit.setEnabled(found.may_edit)
        for action in self._tickets:
            action.setEnabled(not found.record.erased)
        self._member.setEnabled(store.takes(found.form))
        self._household.put([rows.member(one, found.form, today) for one in found.household])
        self._history.put(
            [
                rows.case(record, store.catalogue.form(record.service), store.now(), named=False)
                for record in found.history
            ]
        )
        if before is None or before.record.id != found.record.id:
            self._services.put(found.services)  # Their order stays while it is looked at.

    def _person(self) -> QWidget:
        head = line(10)
        head.addWidget(self._name, 1)
        head.addWidget(self._state, 0, Qt.AlignmentFlag.AlignTop)
        inside = column(4, (18, 16, 18, 8))
        inside.addLayout(head)
        inside.addWidget(self._under)
        inside.addSpacing(10)
        inside.addWidget(self._facts)
        inside.addStretch(1)
        foot = line(8, (18, 8, 18, 12))
        foot.addWidget(Button(self._edit))
        foot.addWidget(Button(self._member))
        foot.addStretch(1)
        around = held(inside)
        around.addLayout(foot)
        return card(around)

    def _take(self, letter: str, take: Callable[[str, bytes], None]) -> None:
        if self.citizen is not None:
            take(letter, self.citizen.record.id)

    def _go_to(self, record: bytes) -> None:
        if self.citizen is not None:
            self._before.append(self.citizen.record.id)
            self.open(record, self.begin)

    def _add_digit(self, digit: int) -> None:
        action = QAction(self)
        action.setShortcut(QKeySequence(str(digit)))
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.triggered.connect(lambda: self._services.pick_digit(digit))
        self.addAction(action)
