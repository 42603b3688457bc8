"""Long lists in parts: an address says after which place to go on, never how many to leave out."""

import base64
import binascii
from collections.abc import Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

import msgspec

from forms.engine.problem import Problem, Refused
from sync.server.web.visit import Visit

ROWS = 50
AFTER = "after"

T = TypeVar("T")


class Rows(msgspec.Struct, frozen=True):
    """One part of a list; `more` is the address of the next one, "" for none, `first` of all."""

    items: Sequence[Any]
    more: str
    first: str


def after(visit: Visit, kind: type[T]) -> T | None:
    """Read the place after which to go on; Refused(page_unknown) for one that is none of ours."""
    text = visit.query.get(AFTER)
    if not text:
        return None
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        return msgspec.msgpack.decode(raw, type=kind)
    except (binascii.Error, ValueError, msgspec.MsgspecError) as error:
        raise Refused(Problem("page_unknown")) from error


def part(visit: Visit, found: Sequence[Any], place: Any) -> Rows:
    """Cut what was found with a limit of ROWS + 1 to one part; `place` names an item's place."""
    items = found[:ROWS]
    more = address(visit, place(items[-1])) if len(found) > ROWS else ""
    return Rows(items, more, address(visit, None) if visit.query.get(AFTER) else "")


def address(visit: Visit, place: Any) -> str:
    """Give the address of the list from a place on, with its other questions."""
    asked = [(name, value) for name, value in visit.query.items() if name != AFTER and value]
    if place is not None:
        raw = base64.urlsafe_b64encode(msgspec.msgpack.encode(place))
        asked.append((AFTER, raw.decode().rstrip("=")))
    return visit.path + ("?" + urlencode(asked) if asked else "")
