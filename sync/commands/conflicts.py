"""`conflicts`, `conflict settle`: what waits for a choice, with both values and both authors."""

from collections.abc import Mapping
from typing import Any

from forms.engine import words
from sync.commands.call import Answer, Call
from sync.commands.edges import identity, moment
from sync.commands.entry import entered
from sync.store import authors, inbox
from sync.store.authors import Author
from sync.store.inbox import Entry, Returned


def list_all(call: Call) -> Answer:
    """List every open conflict, the oldest first, and our choices that came too late."""
    with entered(call) as store:
        found, late = inbox.listing(store), inbox.returned(store)
        names = {name for entry in found for name in (entry.present_by, entry.proposed_by)}
        with store.read() as conn:
            people = authors.wrote(store, conn, names | {one.settled_by for one in late})
    body = {"conflicts": [_entry(people, entry) for entry in found]}
    if late:
        body["returned"] = [_returned(people, one) for one in late]
    return Answer(body)


def settle(call: Call) -> Answer:
    """Choose one of both values; the choice counts once the server has taken it."""
    given = call.options
    with entered(call) as store:
        handle = identity(given.id, "conflict_unknown")
        entry = inbox.settle(store, handle, given.keep, reason=given.reason)
    return Answer({"ok": True, "id": given.id, "record": entry.record.hex(), "keep": given.keep})


def _entry(people: Mapping[bytes, Author], entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.id.hex(),
        "record": entry.record.hex(),
        "service": entry.service,
        "group": entry.group,
        "kind": entry.kind,
        "present": entry.present,
        "proposed": entry.proposed,
        "present_by": _told(people.get(entry.present_by)),
        "proposed_by": _told(people.get(entry.proposed_by)),
    }


def _returned(people: Mapping[bytes, Author], one: Returned) -> dict[str, Any]:
    by = _told(people.get(one.settled_by))
    who = by.get("operator") or words.label("answer", "somebody")
    return {
        "record": one.record.hex(),
        "service": one.service,
        "group": one.group,
        "code": one.code,
        "message": words.say(one.code, who=who),
        "settled_by": by,
    }


def _told(author: Author | None) -> dict[str, Any]:
    if author is None:
        return {}
    return {"operator": author.operator, "office": author.office, "time": moment(author.time)}
