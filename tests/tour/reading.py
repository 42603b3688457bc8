"""What somebody hears and sees who works without a mouse: names, roles, focus, whole words."""

from collections.abc import Iterator
from itertools import pairwise

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface, QImage
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QRadioButton, QWidget

_DEPTH_MAX = 40  # Deeper no window is built; a circle would never end.
_ROWS_MAX = 60  # Of a list: those that are seen, and some.
_SILENT = (QAccessible.Role.NoRole, QAccessible.Role.Border)
_NAME = QAccessible.Text.Name


def unheard(root: QWidget) -> list[str]:
    """Name what takes the keyboard, as a screen reader finds it, without a name or a role."""
    found = []
    for heard in _walk(QAccessible.queryAccessibleInterface(root)):
        state = heard.state()
        if state.invisible or not state.focusable:
            continue
        if not heard.text(_NAME):
            found.append(f"{heard.role().name} without a name in {_around(heard)}")
        elif heard.role() in _SILENT:
            found.append(f"{heard.text(_NAME)!r} without a role")
    return found


def cut(root: QWidget) -> list[str]:
    """Name the words that don't fit the place they are given."""
    found = []
    for widget in root.findChildren(QWidget):
        if not widget.isVisible() or not widget.visibleRegion().boundingRect().isValid():
            continue
        least = widget.minimumSizeHint()
        if isinstance(widget, QLabel) and widget.text():
            if not widget.wordWrap() and widget.width() < least.width():
                found.append(f"label {widget.text()!r}")
            if widget.height() < min(least.height(), widget.sizeHint().height()):
                found.append(f"label too low {widget.text()!r}")
        elif isinstance(widget, QPushButton | QRadioButton):
            folds = widget.property("role") in ("section", None)
            if widget.width() < least.width() and (not folds or isinstance(widget, QRadioButton)):
                found.append(f"button {widget.text()!r}")
        elif isinstance(widget, QLineEdit) and widget.height() < least.height():
            found.append(f"line {widget.accessibleName()!r}")
    return found


def disordered(root: QWidget) -> list[str]:
    """Name the neighbours that Tab visits against the way they are read."""
    chain = list(_chain(root))
    found = []
    for one, other in pairwise(chain):
        if one.parentWidget() is not other.parentWidget():
            continue
        here, there = one.geometry(), other.geometry()
        above = there.bottom() < here.top()
        before = there.right() < here.left() and there.top() <= here.bottom()
        if above or (before and not there.top() > here.center().y()):
            found.append(f"{one.accessibleName()!r} then {other.accessibleName()!r}")
    return found


def unseen(root: QWidget, looked_at: set[tuple[str, str]]) -> list[str]:
    """Name the sorts of widget, not looked at before, that look the same with the keyboard."""
    found = []
    before = QApplication.focusWidget()
    for widget in _chain(root):
        sort = (type(widget).__name__, str(widget.property("role") or ""))
        if sort in looked_at:
            continue
        looked_at.add(sort)
        root.setFocus()
        plain = _seen(widget)
        widget.setFocus(Qt.FocusReason.TabFocusReason)
        if _seen(widget) == plain:
            found.append(" ".join(sort))
    if before is not None:
        before.setFocus()
    return found


def _seen(widget: QWidget) -> QImage:
    around = widget.parentWidget() or widget
    return around.grab().toImage()


def _chain(root: QWidget) -> Iterator[QWidget]:
    """Give what Tab visits in a window, in its order."""
    here = root.nextInFocusChain()
    while here is not None and here is not root:
        takes = here.focusPolicy() & Qt.FocusPolicy.TabFocus
        if takes and here.isEnabled() and here.isVisible() and here.focusProxy() is None:
            seen = here.visibleRegion().boundingRect().isValid()
            if seen and (root is here.window() or root.isAncestorOf(here)):
                yield here
        here = here.nextInFocusChain()


def _walk(heard: QAccessibleInterface | None, depth: int = 0) -> Iterator[QAccessibleInterface]:
    if heard is None or not heard.isValid() or depth > _DEPTH_MAX:
        return
    yield heard
    for at in range(min(heard.childCount(), _ROWS_MAX)):
        yield from _walk(heard.child(at), depth + 1)


def _around(heard: QAccessibleInterface) -> str:
    held = heard.object()
    place = held.mapToGlobal(QPoint()) if isinstance(held, QWidget) else QPoint()
    return f"{type(held).__name__} at {place.x()}, {place.y()}"
