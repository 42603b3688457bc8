"""How what became of a number is told, by a desk and by a city alike."""

from collections.abc import Iterable
from typing import Any


def explained(found: Any, inserted: Iterable[Any] = ()) -> dict[str, Any]:
    """Tell what became of a number and of those inserted behind it.

    Record, reason and printed text only where there is one.
    """
    body: dict[str, Any] = {"number": found.number, "state": found.state}
    if found.record:
        body["record"] = found.record.hex()
    if found.reason:
        body["reason"] = found.reason
    text = getattr(found, "text", "")
    if text:
        body["text"] = text
    behind = [explained(one) for one in inserted]
    if behind:
        body["inserted"] = behind
    return body
