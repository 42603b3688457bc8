"""The look that is worn now: theme, size of text, the region's accent; changed at any time."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication

from desktop.look import theme
from desktop.look.tokens import ACCENT, SCALES, Theme, Tokens, tokens


class Look(QObject):
    """Holds the tokens for what paints by itself, and dresses the application anew on a change."""

    changed = Signal()

    def __init__(
        self,
        app: QApplication,
        *,
        ground: Theme = Theme.LIGHT,
        accent: str = ACCENT,
        scale: float = 1.0,
    ) -> None:
        super().__init__()
        self._app = app
        self._accent = accent
        self.tokens: Tokens = tokens(ground, accent, scale)
        theme.wear(app, self.tokens)

    def wear(
        self, *, ground: Theme | None = None, accent: str | None = None, scale: float | None = None
    ) -> None:
        """Change what is given, keep the rest."""
        self._accent = accent or self._accent
        fitted = tokens(ground or self.tokens.theme, self._accent, scale or self.tokens.scale)
        if fitted == self.tokens:
            return
        self.tokens = fitted
        theme.wear(self._app, fitted)
        self.changed.emit()

    def grow(self, steps: int) -> None:
        """Make text larger or smaller by steps of the scale; stays within 100 and 200 percent."""
        here = min(range(len(SCALES)), key=lambda at: abs(SCALES[at] - self.tokens.scale))
        self.wear(scale=SCALES[max(0, min(here + steps, len(SCALES) - 1))])

    def next_ground(self) -> None:
        """Go from light to dark to high contrast and round again."""
        grounds = list(Theme)
        self.wear(ground=grounds[(grounds.index(self.tokens.theme) + 1) % len(grounds)])
