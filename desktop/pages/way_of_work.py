"""Whether a letter goes up to the printer in one action at this desk, or step by step."""

from functools import partial

from PySide6.QtWidgets import QFrame

from desktop.desk import Desk
from desktop.form_view.editors.choice import SegmentsEditor
from desktop.form_view.matching import Option
from desktop.look.parts import column, words
from forms.engine.words import say
from sync.store.settings import Habits

_WHOLE, _STEPS = "yes", "no"


class WayOfWork(QFrame):
    """A card with two segments; a choice is in force at once, for forms that are opened then."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._desk = desk
        self._way = SegmentsEditor(
            tuple(Option(code, say(f"habit.{code}")) for code in (_WHOLE, _STEPS))
        )
        self._way.name(say("habit.one_action"), say("habit.told"))
        self._way.put(_WHOLE if desk.store.habits.one_action else _STEPS)
        self._way.edited.connect(self._choose)
        inner = column(10, (16, 12, 16, 14))
        inner.addWidget(words(say("habit.one_action"), "section"))
        inner.addWidget(self._way)
        inner.addWidget(words(say("habit.told"), "muted", wraps=True))
        self.setLayout(inner)
        self.setFocusProxy(self._way)

    def _choose(self) -> None:
        habits = Habits(one_action=self._way.value() == _WHOLE)
        notices = self._desk.notices
        self._desk.tasks.run(
            self, partial(self._desk.store.adopt, habits), lambda _: notices.say("habit.changed")
        )
