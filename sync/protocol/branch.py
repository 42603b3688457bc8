"""Which disputes a judged change opened or joined, as its code says it to every desk.

A branch may go on through changes that only the server and their author know (refused ones), so a
desk doesn't work it out again: the code names it.

    code    = main | main "+" number | number
    main    = "groups:" item {"," item}     an edit in conflict, in these groups
            | "transition" ["@" name]       a transition in conflict
            | any other code                a paper that could not be taken as it was meant
    item    = group ["@" name]
    name    = the change that opened the branch which this one joins, in hex; else it opens its own
    number  = "number_taken" | "number_not_leased"
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple, get_args

from sync.protocol.change import ID_BYTES, STATE, Change
from sync.protocol.receipt import VerdictName
from sync.protocol.view import Dispute, DisputeKind

NUMBER = "number"  # the group under which a dispute about a number stands
NUMBERS = frozenset(kind for kind in get_args(DisputeKind) if kind.startswith("number_"))
TRANSITION = "transition"
_GROUPS = "groups:"


class Opening(NamedTuple):
    """One dispute that a change is the latest proposal of; `name` is the change that opened it."""

    kind: DisputeKind
    group: str
    name: bytes


def code_of(change: Change, disputes: Sequence[Dispute]) -> str:
    """Write the code of an edit or a transition in conflict."""
    items = sorted((dispute.group, dispute.id) for dispute in disputes)
    if disputes[0].kind == TRANSITION:
        return _item(change, TRANSITION, items[0][1])
    return _GROUPS + ",".join(_item(change, group, name) for group, name in items)


def with_number(code: str, kind: DisputeKind) -> str:
    """Add what is wrong with the change's number."""
    return f"{code}+{kind}" if code else kind


def main(code: str) -> str:
    """Give the part of a code that is about the change, without what is wrong with its number."""
    return code.partition("+")[0]


def groups(code: str) -> frozenset[str] | None:
    """List the groups in which an edit is in conflict; None for the code of anything else."""
    if not code.startswith(_GROUPS):
        return None
    return frozenset(group for group, _ in _items(code))


def openings(change: Change, verdict: VerdictName, code: str) -> Iterator[Opening]:
    """Tell what a row of the stream opens or joins; duplicates are the server's alone to list."""
    main, _, number = code.partition("+")
    if main in NUMBERS:
        main, number = "", main
    if verdict == "conflict":
        if main.startswith(_GROUPS):
            for group, name in _items(code):
                yield Opening("value", group, name or change.id)
        elif main.partition("@")[0] == TRANSITION:
            yield Opening("transition", STATE, _name(main.partition("@")[2]) or change.id)
        else:
            yield Opening("paper", STATE, change.id)
    if number == "number_taken":
        yield Opening("number_taken", NUMBER, change.id)
    elif number == "number_not_leased":
        yield Opening("number_not_leased", NUMBER, change.id)


def _item(change: Change, text: str, name: bytes) -> str:
    return text if name == change.id else f"{text}@{name.hex()}"


def _items(code: str) -> Iterator[tuple[str, bytes]]:
    listed = code.partition("+")[0].removeprefix(_GROUPS)
    for item in listed.split(","):
        group, _, name = item.partition("@")
        yield group, _name(name)


def _name(text: str) -> bytes:
    try:
        found = bytes.fromhex(text)
    except ValueError:
        return b""
    return found if len(found) == ID_BYTES else b""
