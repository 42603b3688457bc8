"""`server removals`: what waits since too much was to go at once, and an administrator's word."""

from typing import Any

from sync.commands.call import Answer, Call
from sync.commands.city import opened
from sync.commands.edges import identity, moment
from sync.server import removals
from sync.server.removals import Waiting


def list_all(call: Call) -> Answer:
    """List every change that waits, in the order in which they came."""
    with opened(call) as (city, _):
        return Answer({"removals": [_waiting(one) for one in removals.listing(city)]})


def release(call: Call) -> Answer:
    """Let one change be judged now, or all of them."""
    with opened(call) as (city, who):
        return Answer({"ok": True, "released": removals.release(city, _named(call), who)})


def refuse(call: Call) -> Answer:
    """Send one change back to its author, or all of them."""
    with opened(call) as (city, who):
        return Answer({"ok": True, "sent_back": removals.refuse(city, _named(call), who)})


def _named(call: Call) -> list[bytes]:
    """Read what is meant: one id, or the word for all."""
    given = call.options.which
    return [] if given == "all" else [identity(given, "removal_unknown")]


def _waiting(one: Waiting) -> dict[str, Any]:
    return {
        "id": one.change.hex(),
        "record": one.record.hex(),
        "service": one.service,
        "act": one.act,
        "reason": one.reason,
        "operator": one.operator,
        "office": one.office,
        "device": one.device.hex(),
        "time": moment(one.received),
    }
