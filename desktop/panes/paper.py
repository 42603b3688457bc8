"""Shows the pages of a letter as they will print, as wide as there is room."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QImage, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QScrollArea, QWidget

from desktop.look.look import Look
from forms.engine.words import say

# ruff: noqa: N802 - Qt names the methods that it calls in camelCase

_MARGIN = 14
_WIDEST = 820  # Wider than paper held in the hand helps nobody.
_ZOOMS = (1.0, 1.35, 1.8, 2.4)
_SHADES = (22, 14, 7)  # The paper's shadow, three faint lines.


class PaperView(QScrollArea):
    """A stack of pages; the last good ones stay while new ones are drawn."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._stack = _Stack(look)
        self._zoom = 0
        self.setWidget(self._stack)
        self.setWidgetResizable(False)
        self.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self.setProperty("role", "paper")
        self.setAccessibleName(say("letter.preview"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        look.changed.connect(self._stack.update)

    @property
    def pages(self) -> int:
        """Count the pages that are shown."""
        return len(self._stack.images)

    def put(self, pages: Sequence[bytes]) -> None:
        """Show PNG pages."""
        self._stack.images = [QImage.fromData(page) for page in pages]
        self.setAccessibleDescription(say("letter.pages", count=len(pages)))
        self._fit()

    def clear(self) -> None:
        """Show no paper."""
        self._stack.images = []
        self._fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Plus and minus look closer and step back."""
        steps = {Qt.Key.Key_Plus: 1, Qt.Key.Key_Equal: 1, Qt.Key.Key_Minus: -1}
        step = steps.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        self._zoom = max(0, min(self._zoom + step, len(_ZOOMS) - 1))
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fill the width that there is."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        room = min(self.viewport().width() - 2 * _MARGIN, _WIDEST)
        self._stack.fit(round(max(room, 120) * _ZOOMS[self._zoom]))


class _Stack(QWidget):
    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._wide = 0
        self._drawn: list[tuple[QImage, QSize]] = []
        self.images: list[QImage] = []

    def fit(self, wide: int) -> None:
        """Stand `wide` pixels wide; pages are drawn once for each size, not at every paint."""
        ratio = self.devicePixelRatioF()
        self._wide = wide
        self._drawn = []
        high = _MARGIN
        for image in self.images:
            size = QSize(wide, round(wide * image.height() / max(image.width(), 1)))
            fitted = image.scaled(
                size * ratio,
                Qt.AspectRatioMode.IgnoreAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
            self._drawn.append((fitted, size))
            high += size.height() + _MARGIN
        self.resize(wide + 2 * _MARGIN, high)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        line = QColor(self._look.tokens.colours.line)
        top = _MARGIN
        for image, size in self._drawn:
            for at, depth in enumerate(_SHADES):
                painter.setPen(QColor(0, 0, 0, depth))
                painter.drawRect(
                    _MARGIN - 1 - at, top - 1 + at, size.width() + 1 + 2 * at, size.height() + 1
                )
            painter.setPen(line)
            painter.drawRect(_MARGIN - 1, top - 1, size.width() + 1, size.height() + 1)
            painter.drawImage(_MARGIN, top, _at_screen(image, self.devicePixelRatioF()))
            top += size.height() + _MARGIN


def _at_screen(image: QImage, ratio: float) -> QImage:
    image.setDevicePixelRatio(ratio)
    return image
