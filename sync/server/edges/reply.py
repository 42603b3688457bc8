"""What another system says of one item, whatever the way that it came by.

    {"status": "taken" | "replied" | "refused", "reference": TEXT, "words": TEXT,
     "problems": [{"field": TEXT, "message": TEXT}]}

`words` is the reply to the citizen, or why it is refused; `problems` say so field by field. All
but `status` may be missing.
"""

from typing import Literal

import msgspec

from sync.server.edge_queue import REFERENCE_MAX, WORDS_MAX

PROBLEMS_MAX = 20  # of one item; what goes has fewer fields

# later: this item alone comes to nothing now; rest: the destination does; unknown: it has no such
# item (any more).
Event = Literal["taken", "replied", "refused", "later", "rest", "unknown"]


class Reply(msgspec.Struct, frozen=True):
    """One answer; `wait_s` is how long the destination wants to be let alone, 0 if it says nothing.

    `code` names, without words of the other side, why nothing came of it.
    """

    event: Event
    reference: str = ""
    words: str = ""
    code: str = ""
    wait_s: int = 0


class _Problem(msgspec.Struct):
    field: str = ""
    message: str = ""


class _Said(msgspec.Struct):
    status: Literal["taken", "replied", "refused"]
    reference: str = ""
    words: str = ""
    problems: list[_Problem] = []


def read(content: bytes) -> Reply:
    """Read an answer; one that can't be read leaves the item for later."""
    try:
        said = msgspec.json.decode(content, type=_Said)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return Reply("later", code="answer_malformed")
    words = [said.words, *(_one(problem) for problem in said.problems[:PROBLEMS_MAX])]
    plain = clean("; ".join(filter(None, words)), WORDS_MAX)
    reference = clean(said.reference, REFERENCE_MAX)
    if said.status == "replied" and not plain:
        return Reply("later", code="answer_malformed")
    return Reply(said.status, reference, plain)


def clean(text: str, most: int) -> str:
    """Cut a stranger's text to one line of printable signs."""
    shown = "".join(sign if sign.isprintable() else " " for sign in text)
    return " ".join(shown.split())[:most]


def _one(problem: _Problem) -> str:
    return ": ".join(filter(None, (problem.field, problem.message)))
