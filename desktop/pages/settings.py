"""What an operator sets for this laptop: how it looks, the passphrase, who may sign in here."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedWidget, QWidget

from desktop.deed import deed
from desktop.desk import Desk
from desktop.form_view.editors.choice import ChoiceEditor, SegmentsEditor
from desktop.form_view.editors.editor import Editor
from desktop.form_view.matching import Option, numbered
from desktop.look.ask import Ask
from desktop.look.lists import Entry
from desktop.look.parts import Button, card, column, words
from desktop.look.titled import TitledList
from desktop.look.tokens import SCALES, Theme
from desktop.look.turning import Turning
from desktop.pages.head import Head
from desktop.pages.keys import KeysPane
from desktop.pages.page import Page
from desktop.pages.printing_setup import PrintingSetup
from desktop.pages.scan_folder import ScanFolder
from desktop.pages.way_of_work import WayOfWork
from desktop.panes.facts import Facts, Part
from forms.engine.spec import ROLES
from forms.engine.words import LANGUAGES, label, language, say
from sync.store import operators
from sync.store.handle import Operator
from sync.store.keystore import Keystore


class SettingsPage(Page):
    """Cards side by side; every change is in force at once. `spoken` asks for another language.

    Who keeps the people here goes on to their keys; `record_picked` opens what was done without.
    """

    record_picked = Signal(object)
    spoken = Signal(str)

    def __init__(self, desk: Desk, keystore: Keystore) -> None:
        super().__init__()
        self._desk = desk
        self._keystore = keystore
        self._ground = SegmentsEditor(
            tuple(Option(ground.value, say(f"settings.ground_{ground.value}")) for ground in Theme)
        )
        self._scale = SegmentsEditor(tuple(Option(str(scale), f"{scale:.0%}") for scale in SCALES))
        self._language = SegmentsEditor(
            numbered((code, label("language", code)) for code in LANGUAGES)
        )
        self._old = Ask("settings.old", secret=True)
        self._new = Ask("gate.new_passphrase", secret=True, hint="gate.passphrase_hint")
        self._again = Ask("gate.again", secret=True)
        self._change = deed(self, "settings.change", "", "key", self._change_passphrase)
        self._name = Ask("gate.operator")
        self._role = ChoiceEditor(
            tuple(Option(role, label("role", role), str(n)) for n, role in enumerate(ROLES, 1))
        )
        self._phrase = Ask("gate.new_passphrase", secret=True, hint="gate.passphrase_hint")
        self._add = deed(self, "settings.add", "", "user-plus", self._add_operator)
        self._people = TitledList(desk.look, "settings.people", "users-three", "settings.nobody")
        self._about = Facts()
        self._printing = PrintingSetup(desk)
        self._scans = ScanFolder(desk)
        self._way = WayOfWork(desk)
        self._show_keys = deed(self, "settings.keys", "Ctrl+G", "key", self._open_keys)
        self._keys = KeysPane(desk)
        self._keys.picked.connect(self.record_picked)
        self._keys.worked.connect(self.worked)
        self._places = QStackedWidget()
        self._heads = (self._way, self._name, self._role, self._phrase)  # a head's alone
        for part in self._heads:
            part.setParent(self)
            part.hide()
        self._build()
        self._dress()
        desk.look.changed.connect(self._dress)
        self._ground.edited.connect(self._wear)
        self._scale.edited.connect(self._wear)
        self._language.edited.connect(self._speak)

    def begin(self) -> None:
        """Show what is true now, the cards first."""
        self._places.setCurrentIndex(0)
        self.refresh()
        self._ground.setFocus(Qt.FocusReason.TabFocusReason)

    def back(self) -> bool:
        """Leave the keys; what is asked there first."""
        if not self._is_at_keys:
            return False
        if not self._keys.put_away():
            self._places.setCurrentIndex(0)
            self._people.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def hints(self) -> list[tuple[str, str]]:
        """Name the way to the keys, and there theirs."""
        if self._is_at_keys:
            return self._keys.hints()
        return [("Ctrl+G", say("settings.keys"))] if self._show_keys.isEnabled() else []

    def refresh(self) -> None:
        """Fetch who works here."""
        self._scans.refresh()
        if self._is_at_keys:
            self._keys.refresh()
        work = partial(operators.listing, self._desk.store)
        self._desk.tasks.run(self, work, self._put_people)

    def panes(self) -> list[QWidget]:
        """List the parts between which F6 goes."""
        if self._is_at_keys:
            return self._keys.panes()
        return [
            self._ground,
            self._old,
            self._printing,
            self._scans,
            self._way,
            self._people.rows,
            self._name,
        ]

    def _build(self) -> None:
        left = column(14)
        left.addWidget(
            _titled(
                "settings.look",
                _asked("settings.ground", self._ground),
                _asked("settings.scale", self._scale),
                _asked("settings.language", self._language),
            )
        )
        left.addWidget(
            _titled("settings.passphrase", self._old, self._new, self._again, Button(self._change))
        )
        left.addWidget(self._printing)
        left.addWidget(self._scans)
        left.addWidget(_titled("settings.about", self._about))
        left.addStretch(1)
        right = column(14)
        self._people.setMinimumHeight(180)
        right.addWidget(self._people)
        store = self._desk.store
        machine = store.catalogue.form("office/operator").machine
        keeps = machine.may_create(store.operator.roles)
        self._show_keys.setEnabled(keeps)
        if keeps:
            right.addWidget(
                _titled(
                    "settings.add",
                    self._name,
                    _asked("settings.role", self._role),
                    self._phrase,
                    Button(self._add),
                )
            )
            right.insertWidget(1, Button(self._show_keys))
            right.insertWidget(0, self._way)
            for part in self._heads:
                part.show()
        right.addStretch(1)
        both = Turning(14)
        both.add(left, 1)
        both.add(right, 1)
        self._lay(both)
        for part, following in ((self._old, self._new), (self._new, self._again)):
            part.entered.connect(following.setFocus)
        self._again.entered.connect(self._change.trigger)
        self._name.entered.connect(self._role.setFocus)
        self._role.onward.connect(self._phrase.setFocus)
        self._phrase.entered.connect(self._add.trigger)

    def _lay(self, inside: QFrame) -> None:
        """Put the cards, which scroll, and the keys where one of both is shown."""
        scroll = QScrollArea()
        scroll.setWidget(inside)
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        around = column(14, (18, 16, 18, 14))
        around.addWidget(Head("settings.title", "settings.lead"))
        around.addWidget(scroll, 1)
        for inner in (around, column(0, (18, 16, 18, 14))):
            place = QFrame()
            place.setProperty("role", "bare")
            place.setLayout(inner)
            self._places.addWidget(place)
        inner.addWidget(self._keys)
        whole = column(0)
        whole.addWidget(self._places)
        self.setLayout(whole)

    @property
    def _is_at_keys(self) -> bool:
        return self._places.currentIndex() == 1

    def _open_keys(self) -> None:
        self._places.setCurrentIndex(1)
        self._keys.begin()

    def _dress(self) -> None:
        tokens = self._desk.look.tokens
        self._ground.put(tokens.theme.value)
        self._scale.put(str(tokens.scale))
        self._language.put(language())
        store = self._desk.store
        told = (
            (say("settings.office"), f"{store.office.name} ({store.office.code})"),
            (say("settings.region"), store.region.name),
            (say("settings.operator"), store.operator.name),
            (say("settings.roles"), ", ".join(label("role", r) for r in store.operator.roles)),
            (say("settings.device"), store.desk.device.hex()[:8].upper()),
            (say("settings.server"), store.desk.url or say("settings.no_server")),
        )
        self._about.put([Part("", told)], scale=tokens.scale)

    def _wear(self) -> None:
        self._desk.look.wear(
            ground=Theme(str(self._ground.value() or Theme.LIGHT.value)),
            scale=float(str(self._scale.value() or 1.0)),
        )

    def _speak(self) -> None:
        self.spoken.emit(str(self._language.value() or language()))

    def _change_passphrase(self) -> None:
        if self._new.text != self._again.text:
            self._again.complain(say("gate.differs"))
            self._again.setFocus(Qt.FocusReason.TabFocusReason)
            return
        work = partial(
            operators.change_passphrase,
            self._desk.store,
            self._old.text,
            self._new.text,
            keystore=self._keystore,
        )
        parts = (self._old, self._new, self._again)
        self._desk.tasks.run(self, work, self._done("settings.changed", parts))

    def _add_operator(self) -> None:
        role = str(self._role.value() or "")
        work = partial(
            operators.add,
            self._desk.store,
            self._name.text,
            [role] if role else [],
            self._phrase.text,
            keystore=self._keystore,
        )
        self._desk.tasks.run(self, work, self._done("settings.added", (self._name, self._phrase)))

    def _done(self, code: str, parts: Sequence[Ask]) -> Callable[[object], None]:
        def told(_result: object) -> None:
            for part in parts:
                part.wipe()
            self._desk.notices.say(code)
            self.worked.emit()
            self.refresh()

        return told

    def _put_people(self, found: list[tuple[Operator, bool]]) -> None:
        self._people.put(
            [
                Entry(
                    person.id,
                    person.name,
                    detail=", ".join(label("role", role) for role in person.roles),
                    glyph="user-circle",
                    chip=say("settings.here") if here else "",
                    tone="ok",
                )
                for person, here in found
            ]
        )


def _titled(code: str, *parts: QWidget) -> QFrame:
    inner = column(10, (16, 12, 16, 14))
    inner.addWidget(words(say(code), "section"))
    for part in parts:
        inner.addWidget(part)
    return card(inner)


def _asked(code: str, editor: Editor) -> QWidget:
    stacked = column(3)
    stacked.addWidget(words(say(code), "caption"))
    stacked.addWidget(editor)
    editor.name(say(code), "")
    made = QWidget()
    made.setLayout(stacked)
    return made
