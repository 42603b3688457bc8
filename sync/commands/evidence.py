"""`server evidence`: what revoked devices brought later, and an administrator's word on it."""

from typing import Any

from sync.commands.call import Answer, Call
from sync.commands.city import opened
from sync.commands.edges import identity, moment


def list_all(call: Call) -> Answer:
    """List every batch that waits."""
    from sync.server import revocation

    with opened(call) as (city, _):
        found = revocation.waiting(city)
    return Answer({"evidence": [_shown(one) for one in found]})


def release(call: Call) -> Answer:
    """Let what a device brought be judged now; say what can't be."""
    from sync.server import revocation

    device = identity(call.options.id, "device_unknown")
    with opened(call) as (city, who):
        left = revocation.release(city, device, who)
    return Answer({"ok": not left, "evidence": [_shown(one) for one in left]})


def refuse(call: Call) -> Answer:
    """Let be what a device brought."""
    from sync.server import revocation

    device = identity(call.options.id, "device_unknown")
    with opened(call) as (city, who):
        return Answer({"ok": True, "refused": revocation.refuse(city, device, who)})


def _shown(one: Any) -> dict[str, Any]:
    return {
        "id": one.id.hex(),
        "device": one.device.hex(),
        "incarnation": one.incarnation.hex(),
        "seq": one.seq,
        "received": moment(one.received),
    }
