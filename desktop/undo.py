"""Taking a change back: what a record said before is saved again, as an edit like any other.

Nothing is deleted and nobody else's work is touched: a record that says something else by now, or
has gone on to another state, is left as it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from forms.engine.problem import Problem, Refused
from forms.engine.words import say
from sync.store import read, records
from sync.store.handle import Store
from sync.store.records import Saved

UNDO_MS = 30_000  # Long enough to read what was saved; later a change is made, not taken back.


@dataclass(frozen=True, slots=True)
class Change:
    """A change that may be taken back: what the record said before it, and says since."""

    record: bytes
    state: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]


def made(store: Store, saved: Saved, before: Mapping[str, Any], state: str) -> Change | None:
    """Note a change that was just saved; None where it can't be taken back by an edit.

    So it is where the same act led to another state, or nothing was changed.
    """
    found = read.record(store, saved.record)
    allowed = found.state == state and found.answers != before and read.may_edit(store, found)
    return Change(found.id, state, dict(before), dict(found.answers)) if allowed else None


def take_back(store: Store, change: Change) -> Saved:
    """Save what the record said before; Refused(undo_late) where it says something else by now."""
    found = read.record(store, change.record)
    if found.state != change.state or found.answers != change.after:
        raise Refused(Problem("undo_late"))
    added = dict.fromkeys(change.after.keys() - change.before.keys())
    return records.edit(store, change.record, {**change.before, **added}, reason=say("undo.reason"))
