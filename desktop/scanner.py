"""Scanners and card readers that type as a keyboard does, told from a person by their speed.

Where words are typed the first sign passes at once and is taken back if need be; what follows it
faster than fingers go waits. Elsewhere the first one waits as well, since it would act.
"""

from collections import deque
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeyEvent, QShortcutEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QPlainTextEdit, QWidget
from shiboken6 import isValid

from desktop.typed import Typed

# ruff: noqa: N802 - Qt names the methods that it calls in camelCase

KEEPS = "keeps"  # the property of a line with how many digits of a scan stay in it
LEAST = 6  # signs; a shorter number is no card's
GAP_MS = 30  # between two keys, by the system's own clock
WAIT_MS = 35  # so long a key waits for the next one
END_MS = 120  # so long what is a scan already waits for its end
MOST = 4_096  # signs; a code on paper holds fewer

_ENDS = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab})
_ALONE = frozenset({Qt.Key.Key_Shift, Qt.Key.Key_CapsLock, Qt.Key.Key_AltGr})
_PRESS, _BEFORE, _SHORTCUT = (
    QEvent.Type.KeyPress,
    QEvent.Type.ShortcutOverride,
    QEvent.Type.Shortcut,
)
_TOUCH = QEvent.Type.MouseButtonPress
_SEEN = frozenset({_PRESS, _BEFORE, _SHORTCUT, _TOUCH})
_CHORDS = (
    Qt.KeyboardModifier.ControlModifier
    | Qt.KeyboardModifier.AltModifier
    | Qt.KeyboardModifier.MetaModifier
)


def stamp(key: QKeyEvent) -> int:
    """Tell when a key was pressed, in the system's milliseconds; 0 where nobody pressed it."""
    return key.timestamp()


class Scanner(QObject):
    """Watches the keys of an application; `scanned` comes with what a device typed in one go.

    `is_wanted` tells whether anything is taken now. A key without a time is no device's, and
    neither is one that is held down, or what is typed where letters are hidden.
    """

    scanned = Signal(str)

    def __init__(
        self,
        app: QApplication,
        is_wanted: Callable[[], bool],
        parent: QObject,
        when: Callable[[QKeyEvent], int] = stamp,
    ) -> None:
        super().__init__(parent)
        self._is_wanted = is_wanted
        self._when = when
        self._signs = ""
        self._sign = ""  # of the newest key, before anybody knows what it does
        self._pressed = self._last = 0  # the newest key's time, and that of the newest sign
        self._held: deque[Callable[[], None]] = deque()
        self._typed: Typed | None = None  # the line in which the first sign stands already
        self._passes = False
        self._drained = False
        self._end = QTimer(self)
        self._end.setSingleShot(True)
        self._end.setTimerType(Qt.TimerType.PreciseTimer)
        self._end.timeout.connect(self._waited)
        app.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let a key pass, or have it wait for the next one."""
        kind = event.type()
        if kind not in _SEEN or self._passes:
            return False
        if kind == _TOUCH:
            self._close()
        elif kind == _SHORTCUT:
            return self._acts(watched, event)
        elif isinstance(event, QKeyEvent) and watched is _target():
            self._pressed = 0 if event.isAutoRepeat() else self._when(event)
            self._sign = event.text()
            return kind == _PRESS and self._press(watched, event)
        return False

    def _acts(self, watched: QObject, event: QEvent) -> bool:
        """Have a key wait that is an action's by itself."""
        if not isinstance(event, QShortcutEvent) or not isinstance(watched, QAction):
            return False
        if self._signs and not self._follows():
            self._close()
        alone = len(event.key().toString()) == 1 and len(self._sign) == 1
        if not alone or not self._pressed or event.isAmbiguous() or not self._is_wanted():
            self._close()
            return False
        return self._take(self._sign, partial(_trigger, watched), None)

    def _press(self, target: QObject, event: QKeyEvent) -> bool:
        if event.key() in _ALONE:
            return False
        text, key = event.text(), Qt.Key(event.key())
        if key in _ENDS and len(self._signs) >= LEAST:
            self._finish(partial(self._again, target, event.clone()))
            return True
        if self._signs and not self._follows():
            self._close()
        blank = text == " " and not self._signs  # It presses buttons; no code begins with it.
        plain = len(text) == 1 and text.isprintable() and not event.modifiers() & _CHORDS
        if not plain or blank or not self._pressed or not self._is_wanted() or _is_secret():
            self._close()
            return False
        line = _line() if not self._signs else None
        return self._take(text, partial(self._again, target, event.clone()), line)

    def _follows(self) -> bool:
        return bool(self._signs) and self._pressed - self._last <= GAP_MS

    def _take(self, sign: str, again: Callable[[], None], line: Typed | None) -> bool:
        first = not self._signs
        self._signs = (self._signs + sign)[:MOST]
        self._last = self._pressed
        self._drained = False
        if first and line is not None:
            self._typed = line
            return False
        if len(self._held) < MOST:
            self._held.append(again)
        self._end.start(END_MS if len(self._signs) >= LEAST else WAIT_MS)
        return True

    def _waited(self) -> None:
        """End what is held; keys that came while the window was busy are looked at before."""
        if not self._drained:
            self._drained = True
            self._end.start(0)
        else:
            self._close()

    def _close(self) -> None:
        """Go on with something else: what was typed up to here is a scan, or a person's."""
        if len(self._signs) >= LEAST:
            self._finish(None)
        else:
            self._give_up()

    def _finish(self, ending: Callable[[], None] | None) -> None:
        """Take what was typed for one scan, or leave it where just such a number is asked for."""
        line = QApplication.focusWidget()
        kept = line.property(KEEPS) if isinstance(line, QLineEdit) else None
        signs, typed = self._signs.strip(), self._typed
        self._forget()
        if typed is not None:
            typed.put_back()
        if not isinstance(line, QLineEdit) or not signs.isdecimal() or len(signs) != kept:
            self.scanned.emit(signs)
            return
        line.selectAll()
        line.insert(signs)
        if ending is not None:
            ending()

    def _give_up(self) -> None:
        """Let what is held do what it would have done; it was a person's."""
        held, self._held = self._held, deque()
        self._forget()
        for again in held:
            again()

    def _forget(self) -> None:
        self._end.stop()
        self._signs, self._typed = "", None
        self._held.clear()

    def _again(self, target: QObject, event: QKeyEvent) -> None:
        """Press a key that was held where the keyboard stands now."""
        now = _target() or (target if isValid(target) else None)
        if now is None:
            return
        self._passes = True
        try:
            QApplication.sendEvent(now, event)
        finally:
            self._passes = False


def _target() -> QWidget | None:
    """Tell which widget gets the keys now: of a list that is open, else the keyboard's."""
    popup = QApplication.activePopupWidget()
    if popup is not None:
        return popup.focusWidget() or popup
    return QApplication.focusWidget() or QApplication.activeWindow()


def _line() -> Typed | None:
    """Remember the line in which words are typed now; None where keys act."""
    focus = QApplication.focusWidget()
    if isinstance(QApplication.activePopupWidget(), QMenu):
        return None
    if isinstance(focus, (QLineEdit, QPlainTextEdit)) and not focus.isReadOnly():
        return Typed(focus)
    return None


def _is_secret() -> bool:
    focus = QApplication.focusWidget()
    return isinstance(focus, QLineEdit) and focus.echoMode() != QLineEdit.EchoMode.Normal


def _trigger(action: QAction) -> None:
    if isValid(action):
        action.trigger()
