"""What was dropped or pasted, as sources: files of this computer, else one picture."""

import unicodedata
from pathlib import Path

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QImage

from desktop.capture.source import Source
from forms.engine.kinds.attachment import FILE_MAX
from forms.engine.problem import Problem, Refused
from forms.engine.words import say

FILES_MAX = 20  # at once: each is asked about; more is a folder dropped by mistake
NAME_MAX = 60  # letters of a file's name that are shown

# As they were copied, so that nothing is unpacked before its size was looked at.
_RAW = ("image/png", "image/jpeg", "image/webp", "application/pdf")


def is_ours(mime: QMimeData) -> bool:
    """Tell whether there is anything that might be attached; its content is not looked at."""
    return mime.hasUrls() or mime.hasImage() or any(mime.hasFormat(kind) for kind in _RAW)


def sources(mime: QMimeData) -> list[Source]:
    """List what is to be attached; Refused(clip_empty | clip_many | attachment_too_large)."""
    urls = mime.urls()
    files = [Path(url.toLocalFile()) for url in urls if url.isLocalFile()]
    if len(files) > FILES_MAX:
        raise Refused(Problem("clip_many", facts={"count": len(files), "max": FILES_MAX}))
    if files:
        return [Source(shown_name(path.name), path) for path in files]
    for kind in _RAW:
        held = mime.data(kind)
        if held.size() > FILE_MAX:
            raise Refused(Problem("attachment_too_large", facts={"max": FILE_MAX // 1_000_000}))
        if not held.isEmpty():
            return [Source(say("capture.pasted"), content=bytes(held.data()))]
    image = mime.imageData() if mime.hasImage() else None
    if isinstance(image, QImage) and not image.isNull():
        return [Source(say("capture.pasted"), image=image)]
    raise Refused(Problem("clip_empty"))


def shown_name(name: str) -> str:
    """Give a file's name as it may be shown: on one line, bounded, nothing in it that hides."""
    plain = "".join("·" if unicodedata.category(sign).startswith("C") else sign for sign in name)
    if len(plain) <= NAME_MAX:
        return plain
    return f"{plain[: NAME_MAX - 12]}…{plain[-11:]}"
