"""The paper behind an answer: seen, its number noted, or its scan."""

import base64
import binascii
import re
from typing import Any

from forms.engine.answers import Scene, Value
from forms.engine.kinds import part, text
from forms.engine.kinds.reading import Reader, Wrong
from forms.engine.spec import Field

FILE_MAX = 20_000_000  # bytes of one file; a page that a phone photographed has four
PREVIEW_MAX = 8 * 1024  # bytes, so that it travels with the record
TYPES = frozenset({"image/jpeg", "image/png", "image/webp", "application/pdf"})
_PREVIEW_TEXT_MAX = PREVIEW_MAX * 4 // 3 + 4  # letters of base64
_HEX = re.compile(r"[0-9a-f]{64}")
_REFERENCE = frozenset({"file", "size", "type", "key"})


def read_attachment(_field: Field) -> Reader:
    """Read that the paper was seen, its number, or a reference to its scan.

    A reference names the sealed file and holds its key (sync.protocol.attachment); `preview` is a
    small picture in base64. Nothing seen is no answer.
    """

    def read(raw: Any, _scene: Scene) -> Value:
        given = part.parts_of(raw, "attachment_shape", part.TEXT_MAX + _PREVIEW_TEXT_MAX)
        if given.keys() == {"seen"} and type(given["seen"]) is bool:
            return {"seen": True} if given["seen"] else None
        if given.keys() == {"number"}:
            number = text.clean(given["number"])
            if len(number) > text.TEXT_MAX:
                raise Wrong("too_long", max=text.TEXT_MAX)
            return {"number": number} if number else None
        if given.keys() - {"preview"} == _REFERENCE and _is_reference(given):
            return dict(given)
        raise Wrong("attachment_shape")

    return read


def _is_reference(given: dict[str, Any]) -> bool:
    names = all(type(given[key]) is str and _HEX.fullmatch(given[key]) for key in ("file", "key"))
    size = type(given["size"]) is int and 0 < given["size"] <= FILE_MAX
    return names and size and given["type"] in TYPES and _is_preview(given.get("preview", ""))


def _is_preview(given: object) -> bool:
    """Whether it is base64 of a little, or nothing."""
    if type(given) is not str or len(given) > _PREVIEW_TEXT_MAX:
        return False
    try:
        return len(base64.b64decode(given, validate=True)) <= PREVIEW_MAX
    except (binascii.Error, ValueError):
        return False
