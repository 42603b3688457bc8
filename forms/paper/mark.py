"""What is printed across or above a sheet that is not the original."""

from typing import Literal

import msgspec

from forms.engine.words import official, say

Kind = Literal["draft", "copy", "void", "practice"]


class Mark(msgspec.Struct, frozen=True):
    """A mark and its text; only a letter without a mark, or a copy, may show a QR code."""

    kind: Kind
    text: str

    @property
    def vouched(self) -> bool:
        """Tell whether the sheet stands for an issued letter that is in force."""
        return self.kind == "copy"


@official
def draft() -> Mark:
    """Mark a sheet that nobody has approved."""
    return Mark("draft", say("mark.draft"))


@official
def copy(count: int) -> Mark:
    """Mark the count-th print after the original."""
    return Mark("copy", say("mark.copy", count=count))


@official
def void() -> Mark:
    """Mark a letter that was declared void."""
    return Mark("void", say("mark.void"))


@official
def practice(other: Mark | None = None) -> Mark:
    """Mark a sheet made with invented people; what the `other` mark says is said too."""
    said = [say("mark.practice"), *([other.text] if other is not None else [])]
    return Mark("practice", " · ".join(said))
