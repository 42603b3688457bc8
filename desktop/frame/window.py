"""The one window: a gate while nobody is signed in, then rail, pages and status line."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QCloseEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QApplication, QFrame, QMainWindow, QStackedWidget, QWidget

from desktop.frame.banner import Banner
from desktop.frame.palette import Palette
from desktop.frame.place import Place
from desktop.frame.rail import Rail, Stop
from desktop.frame.status_line import StatusLine
from desktop.look.look import Look
from desktop.look.parts import column, line
from desktop.notices import Notices
from desktop.pages.gate import Gate
from desktop.pages.page import Page
from forms.engine.words import say

# ruff: noqa: N802 - Qt names the methods that it calls in camelCase

SMALLEST = QSize(900, 540)  # Below a 1366×768 laptop at 125 percent, which leaves 1093×580.
_START = QSize(1280, 720)


@dataclass(frozen=True, slots=True)
class Inside:
    """What is shown to who is signed in: pages by code in the rail's order, and who it is.

    `above` is a strip that practice has over every page; a frame in its colour is then around all.
    """

    pages: Mapping[str, tuple[Stop, Page]]
    initials: str
    place: str
    above: QWidget | None = None


class Window(QMainWindow):
    """Shows pages and keeps the keys that hold everywhere; `closing` may still be called off."""

    locked = Signal()
    language_asked = Signal()
    closing = Signal(QCloseEvent)

    def __init__(self, app: QApplication, look: Look, notices: Notices) -> None:
        super().__init__()
        self._look = look
        self._pages: Mapping[str, tuple[Stop, Page]] = {}
        self._here = ""
        self._rail: Rail | None = None
        self.status = StatusLine(look)
        self._stack = QStackedWidget()
        self._gates = QStackedWidget()
        self._banner = Banner()
        notices.banner.connect(self._banner.tell)
        self.setCentralWidget(self._gates)
        self.setMinimumSize(SMALLEST)
        self.resize(_START)
        self._banner.setParent(self)
        self._palette = Palette(self, look, self.deeds)
        self._palette.searched.connect(self._search)
        self._everywhere = self._keys()
        self.reword()
        Place(app, self)
        app.focusChanged.connect(self._focus_moved)

    def show_gate(self, gate: Gate) -> None:
        """Show sign-in or enrolment, and forget every page: nothing is left to be seen."""
        self._pages = {}
        self._here = ""
        self._rail = None
        self._stack = QStackedWidget()
        self._put(gate)
        self.setWindowTitle(say("desk.name"))
        gate.begin()

    def gate(self) -> Gate | None:
        """Give the gate that is shown; None behind it."""
        shown = self._gates.currentWidget()
        return shown if isinstance(shown, Gate) else None

    def enter(self, inside: Inside) -> None:
        """Show the pages, the first of them open."""
        self._pages = inside.pages
        self.status = StatusLine(self._look)
        self._stack = QStackedWidget()
        for _, page in inside.pages.values():
            self._stack.addWidget(page)
        stops = [stop for stop, _ in inside.pages.values()]
        self._rail = Rail(self._look, stops, self._choose)
        self._rail.add_at_foot(self._everywhere["lock"], inside.initials)
        self.status.show_place(inside.place)
        right = column(0)
        right.addWidget(self._stack, 1)
        right.addWidget(self.status)
        around = line(0)
        around.addWidget(self._rail)
        around.addLayout(right, 1)
        frame = QFrame()
        frame.setProperty("role", "practice" if inside.above else "bare")
        framed = column(0)
        if inside.above:
            framed.addWidget(inside.above)
        framed.addLayout(around, 1)
        frame.setLayout(framed)
        self._put(frame)
        title = f"{inside.place} · {say('desk.name')}"
        self.setWindowTitle(say("practice.window", place=title) if inside.above else title)
        self.go(next(iter(inside.pages)))

    def go(self, code: str) -> Page:
        """Open a page and give it the keyboard."""
        _, page = self._pages[code]
        self._here = code
        self._stack.setCurrentWidget(page)
        if self._rail is not None:
            self._rail.mark(code)
        page.begin()
        self.hint()
        return page

    def _choose(self, code: str) -> None:
        self.go(code).chosen()
        self.hint()

    @property
    def here(self) -> str:
        """Name the open page; "" while nobody is signed in."""
        return self._here

    def page(self) -> Page | None:
        """Give the open page; None while nobody is signed in."""
        return self._pages[self._here][1] if self._here else None

    def refresh(self) -> None:
        """Let the open page show what is true now; the others do when they are opened."""
        page = self.page()
        if page is not None:
            page.refresh()

    def hint(self) -> None:
        """Show the keys of the open page as it stands now."""
        page = self.page()
        if page is not None:
            self.status.show_hints([*page.hints(), ("Ctrl+K", say("desk.palette"))])

    def deeds(self) -> Sequence[QAction]:
        """List what can be done now: first what the open page does, then what holds everywhere."""
        page = self.page()
        own = [] if page is None else [a for w in _with_children(page) for a in w.actions()]
        pages = self._rail.deeds() if self._rail is not None else []
        unlocked = [
            a for code, a in self._everywhere.items() if page is not None or code in _ALWAYS
        ]
        return [*own, *pages, *self._stack.actions(), *unlocked]

    def offer(self, action: QAction) -> None:
        """Let something more be done on every page while this operator is signed in."""
        self._stack.addAction(action)

    def everywhere(self) -> list[QAction]:
        """List what can be done on every page."""
        return [*self._stack.actions(), *self._everywhere.values()]

    def dismiss(self) -> None:
        """Go away without a question, and be deleted."""
        _let_go(self)
        self.hide()
        self.deleteLater()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Let who composes the window say what is only here; it never keeps anybody."""
        self.closing.emit(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the banner above the status line."""
        super().resizeEvent(event)
        self._banner.place(self.rect())

    def _put(self, widget: QWidget) -> None:
        while (before := self._gates.widget(0)) is not None:
            _let_go(before)
            self._gates.removeWidget(before)
            before.deleteLater()
        self._gates.addWidget(widget)

    def _keys(self) -> dict[str, QAction]:
        made: dict[str, QAction] = {}
        does: tuple[tuple[str, str, str, Callable[[], object]], ...] = (
            ("palette", "Ctrl+K", "command", self._palette.open),
            ("keys", "F1", "keyboard", self._show_keys),
            ("pane", "F6", "caret-right", self._next_pane),
            ("back", "Esc", "arrow-left", self._back),
            ("larger", "Ctrl++", "plus", lambda: self._look.grow(1)),
            ("smaller", "Ctrl+-", "minus", lambda: self._look.grow(-1)),
            ("plain", "Ctrl+0", "circle-half", lambda: self._look.wear(scale=1.0)),
            ("ground", "Ctrl+T", "sun", self._look.next_ground),
            ("language", "Ctrl+Shift+B", "globe", self.language_asked.emit),
            ("lock", "Ctrl+L", "lock", self._lock),
        )
        for code, key, glyph, do in does:
            action = QAction(self)
            action.setShortcut(QKeySequence(key))
            action.setProperty("glyph", glyph)
            action.triggered.connect(lambda _=False, do=do: do())
            self.addAction(action)
            made[code] = action
        made["larger"].setShortcuts([QKeySequence("Ctrl++"), QKeySequence("Ctrl+=")])
        return made

    def reword(self) -> None:
        """Say in the language of now what stands here whoever is signed in."""
        self.setWindowTitle(say("desk.name"))
        for code, action in self._everywhere.items():
            action.setText(say(f"desk.do_{code}"))

    def _back(self) -> None:
        self._banner.hide()
        gate = self.gate()
        if gate is not None:
            gate.back()
        page = self.page()
        if page is not None and not page.back() and self._here != next(iter(self._pages)):
            self.go(next(iter(self._pages)))
        self.hint()

    def _next_pane(self) -> None:
        page = self.page()
        panes = [pane for pane in page.panes() if pane.isVisible()] if page is not None else []
        if not panes:
            return
        focus = QApplication.focusWidget()
        at = next((n for n, pane in enumerate(panes) if _holds(pane, focus)), -1)
        panes[(at + 1) % len(panes)].setFocus(Qt.FocusReason.TabFocusReason)

    def _lock(self) -> None:
        if self._here:
            self.locked.emit()

    def _search(self, text: str) -> None:
        if not self._pages:
            return
        self.go(next(iter(self._pages))).search(text)

    def _show_keys(self) -> None:
        from desktop.frame.keys import KeysSheet

        KeysSheet(self, self.deeds()).exec()

    def _focus_moved(self, _before: QWidget | None, now: QWidget | None) -> None:
        page = self.page()
        if page is not None and now is not None and page.isAncestorOf(now):
            self.hint()


def _let_go(widget: QWidget) -> None:
    """Take the keyboard out of what is about to be deleted, while its fields can still answer."""
    focus = QApplication.focusWidget()
    if focus is not None and (widget is focus or widget.isAncestorOf(focus)):
        focus.clearFocus()


_ALWAYS = frozenset({"larger", "smaller", "plain", "ground", "language", "keys"})


def _holds(pane: QWidget, widget: QWidget | None) -> bool:
    return widget is not None and (pane is widget or pane.isAncestorOf(widget))


def _with_children(page: QWidget) -> list[QWidget]:
    """The page and every visible widget in it: what is hidden can do nothing now."""
    return [page, *(w for w in page.findChildren(QWidget) if w.isVisibleTo(page) and w.actions())]
