"""PDFs of parts made one."""

import hashlib
import io
import re
import threading
from collections.abc import Sequence

# The PDF library may be used by one thread at a time.
TURN = threading.Lock()
# The first part's description counts its own pages: the whole has more.
_COUNTED = re.compile(rb"<xmpTPg:NPages>\d+</xmpTPg:NPages>")
# Each save is named by chance, at the file's very end: equal parts shall be the same bytes.
_NAME = re.compile(rb"(?<=<)[0-9A-F]{32}(?=>\]\s*>>\s*startxref)")
_TAIL = 512


def join(parts: Sequence[bytes]) -> bytes:
    """Put the pages of all parts behind each other, described as the first; one alone stays as is.

    Each part keeps its fonts, some 20 kB. What was joined is no PDF/A, whatever its parts were.
    """
    first, *others = parts
    if not others:
        return first
    import pypdfium2  # only long registers need it

    described = _COUNTED.sub(lambda found: b" " * len(found[0]), first)
    with TURN, pypdfium2.PdfDocument(described) as whole:  # type: ignore[no-untyped-call] # has no types
        for part in others:
            with pypdfium2.PdfDocument(part) as document:  # type: ignore[no-untyped-call] # has no types
                whole.import_pages(document)
        file = io.BytesIO()
        whole.save(file)
    return named(file.getvalue())


def named(made: bytes) -> bytes:
    """Name a saved PDF by its content in place of chance."""
    body, tail = made[:-_TAIL], made[-_TAIL:]
    name = hashlib.sha256(body).hexdigest()[:32].upper().encode()
    return body + _NAME.sub(name, tail)
