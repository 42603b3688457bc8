"""The printed card of keys, gathered from what every page offers: it can't say what isn't so."""

from collections.abc import Iterable, Mapping
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction

from desktop.deed import deed
from desktop.desk import Desk
from desktop.frame.keys import form_keys
from desktop.frame.rail import Stop
from desktop.frame.window import Window
from desktop.look.parts import key_name, key_text, plain
from desktop.notices import Tone
from desktop.pages.page import Page
from desktop.panes import form
from desktop.printer import PPI
from desktop.tasks import Lane
from forms.engine.words import language, say, speaking
from forms.paper import key_card
from forms.paper.key_card import Group

Pages = Mapping[str, tuple[Stop, Page]]


def gathered(pages: Pages, everywhere: Iterable[QAction]) -> list[Group]:
    """Group the keys of the desk: those that work everywhere, a form's, then page by page."""
    ways = [(stop.key, say(f"desk.page_{code}")) for code, (stop, _) in pages.items()]
    typing = [*form_keys().items(), *((key_name(key), say(code)) for key, code in form.KEYS)]
    first = Group(say("key_card.everywhere"), (*ways, *_rows(everywhere)))
    found = [first, Group(say("key_card.form"), tuple(typing))]
    for code, (stop, page) in pages.items():
        own = _rows([*page.actions(), *page.findChildren(QAction)])
        if own:
            found.append(Group(f"{say(f'desk.page_{code}')} ({stop.key})", own))
    return found


class KeyCard(QObject):
    """Prints the card by an action that works on every page."""

    def __init__(self, desk: Desk, window: Window, pages: Pages) -> None:
        super().__init__(window)
        self._desk = desk
        self._window = window
        self._pages = pages
        self.action = deed(window, "key_card.print", "Shift+F1", "printer", self._put)

    def leave(self) -> None:
        """Be gone with who signed out: another's card has the same key."""
        self._window.removeAction(self.action)
        self.action.deleteLater()
        self.deleteLater()

    def _put(self) -> None:
        """Draw the card and send it to the printer, which is asked for first."""
        if not self._desk.printer.ask(self._window):
            return
        groups = gathered(self._pages, self._window.everywhere())
        work = partial(_drawn, groups, language())
        self._desk.tasks.run(self, work, self._on_paper, lane=Lane.PAPER)

    def _on_paper(self, drawn: list[bytes]) -> None:
        try:
            self._desk.printer.put(say("key_card.title"), drawn)
        except OSError:
            self._desk.notices.say("key_card.failed", Tone.CARE)
            return
        self._desk.notices.say("key_card.printed")


def _drawn(groups: list[Group], spoken: str) -> list[bytes]:
    """Draw the card in a lane in the language of who asked: it is for the clerk, no document."""
    with speaking(spoken):
        return key_card.pages(groups, PPI)


def _rows(actions: Iterable[QAction]) -> tuple[tuple[str, str], ...]:
    """Give each key once, with all that it does there."""
    found: dict[str, dict[str, None]] = {}
    for action in actions:
        key, said = key_text(action), plain(action.text())
        if key and said:
            found.setdefault(key, {})[said] = None
    return tuple((key, " / ".join(does)) for key, does in found.items())
