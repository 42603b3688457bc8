"""What a page asks of a part of it that fills its place for a while."""

from PySide6.QtWidgets import QWidget

from forms.engine.words import say


def esc() -> tuple[str, str]:
    """Name the key that goes back, in the language of now."""
    return "Esc", say("desk.do_back")


class Pane(QWidget):
    """One of several parts that stand in the same place, one at a time."""

    def begin(self) -> None:
        """Take the keyboard."""

    def refresh(self) -> None:
        """Fetch again what is shown."""

    def panes(self) -> list[QWidget]:
        """List the parts between which F6 goes."""
        return []

    def hints(self) -> list[tuple[str, str]]:
        """List the keys that matter here, with what they do."""
        return []
