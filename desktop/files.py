"""The seam to the system's file dialogs, so that a test may answer them."""

from pathlib import Path
from typing import Protocol

from PySide6.QtWidgets import QFileDialog, QWidget


class Files(Protocol):
    """Lets the clerk name a file or folder."""

    def to_open(self, parent: QWidget, title: str, kinds: str) -> Path | None:
        """Ask for a file that is there; None when it was called off."""
        ...

    def to_save(self, parent: QWidget, title: str, proposed: str, kinds: str) -> Path | None:
        """Ask for a file to write; None when it was called off."""
        ...

    def to_folder(self, parent: QWidget, title: str) -> Path | None:
        """Ask for a folder that is there; None when it was called off."""
        ...


class SystemFiles:
    """The dialogs of the operating system."""

    def to_open(self, parent: QWidget, title: str, kinds: str) -> Path | None:
        """Ask for a file that is there."""
        name, _ = QFileDialog.getOpenFileName(parent, title, "", kinds)
        return Path(name) if name else None

    def to_save(self, parent: QWidget, title: str, proposed: str, kinds: str) -> Path | None:
        """Ask for a file to write."""
        name, _ = QFileDialog.getSaveFileName(parent, title, proposed, kinds)
        return Path(name) if name else None

    def to_folder(self, parent: QWidget, title: str) -> Path | None:
        """Ask for a folder that is there."""
        name = QFileDialog.getExistingDirectory(parent, title)
        return Path(name) if name else None
