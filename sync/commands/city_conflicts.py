"""`server conflicts`, `server conflict settle`: disputes of the whole city, by an administrator."""

from typing import Any

from sync.commands.call import Answer, Call
from sync.commands.city import opened
from sync.commands.edges import identity, moment
from sync.server import settling
from sync.server.settling import Author, Entry


def list_all(call: Call) -> Answer:
    """List every open conflict, the oldest first."""
    with opened(call) as (city, _):
        return Answer({"conflicts": [_entry(entry) for entry in settling.listing(city)]})


def settle(call: Call) -> Answer:
    """Choose one of both values, in the server's name."""
    given = call.options
    with opened(call) as (city, who):
        handle = identity(given.id, "conflict_unknown")
        change = settling.settle(city, handle, given.keep, given.reason, who)
    return Answer({"ok": True, "id": given.id, "record": change.record.hex(), "keep": given.keep})


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.id.hex(),
        "record": entry.record.hex(),
        "service": entry.service,
        "office": entry.office,
        "group": entry.group,
        "kind": entry.kind,
        "present": entry.present,
        "proposed": entry.proposed,
        "present_by": _author(entry.present_by),
        "proposed_by": _author(entry.proposed_by),
        "opened": moment(entry.opened),
    }


def _author(author: Author) -> dict[str, Any]:
    if not author.time:
        return {}
    return {"operator": author.operator, "office": author.office, "time": moment(author.time)}
