"""What the window asks of a page: its name, its keys, a way in and a way back."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget


class Page(QWidget):
    """One page on the rail; `worked` comes after something was saved."""

    worked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "page")

    def begin(self) -> None:
        """Be shown: fetch what is true now and take the keyboard."""

    def chosen(self) -> None:
        """Be asked for by name or key, after `begin`."""

    def back(self) -> bool:
        """Go one step back without losing anything; False where there is no step within."""
        return False

    def refresh(self) -> None:
        """Something in the store has changed: show what is true now, where it is looked at."""

    def leave(self) -> None:
        """Keep what is typed: the desk is locked or closed."""

    def search(self, text: str) -> None:
        """Search for a text that was typed elsewhere; most pages have nothing to search."""

    def panes(self) -> list[QWidget]:
        """List the parts between which F6 goes."""
        return []

    def hints(self) -> list[tuple[str, str]]:
        """List the keys that matter now, with what they do."""
        return []
