"""The card of keys that stands beside a counter's screen, one A4 sheet."""

from collections.abc import Sequence
from typing import Final

import msgspec

from forms.engine.words import say
from forms.paper import press

LAYOUT: Final = "keys"


class Group(msgspec.Struct, frozen=True):
    """Keys that work in one place: its name, then each key with what it does."""

    title: str
    rows: tuple[tuple[str, str], ...]


def pages(groups: Sequence[Group], ppi: float) -> list[bytes]:
    """Draw the card as PNG, one page unless there are very many keys."""
    told = {"title": say("key_card.title"), "lead": say("key_card.lead"), "groups": list(groups)}
    return press.tables(LAYOUT, told, ppi)
