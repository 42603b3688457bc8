"""What a printed letter says."""

import pypdfium2

from sync.store.letters import Pdf


def text(found: Pdf) -> str:
    """Read all pages of a letter, their lines joined."""
    with pypdfium2.PdfDocument(found.data) as document:  # type: ignore[no-untyped-call] # has no types
        told = " ".join(leaf.get_textpage().get_text_range() for leaf in document)
    return " ".join(told.split())
