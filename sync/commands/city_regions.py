"""`server regions` and `server region apply`: regions of one database, and what one of them is."""

from pathlib import Path
from typing import Any

from sync.commands.call import Answer, Call
from sync.commands.city import opened
from sync.commands.edges import moment
from sync.server import regions


def list_all(call: Call) -> Answer:
    """List the regions of a database, by its owner's URL or as the folder's own server sees it."""
    from sync.server.city import settings_of

    url = call.options.database or settings_of(call.server_dir).database
    return Answer({"regions": [_shown(one) for one in regions.listing(url)]})


def apply(call: Call) -> Answer:
    """Go by a new region file; desks hear of it at their next trip."""
    from sync.server import policies

    path = Path(call.options.file)
    with opened(call) as (city, who):
        done = policies.apply(city, path, who)
        return Answer(
            {"ok": True, "region": city.code, "policy": done.number, "changed": done.is_new}
        )


def _shown(one: regions.Standing) -> dict[str, Any]:
    backup = {"generation": one.generation, "made": moment(one.backed_up)}
    return {
        "region": one.region,
        "name": one.name,
        "epoch": one.epoch,
        "policy": one.policy,
        "offices": one.offices,
        "devices": one.devices,
        "last_seen": moment(one.seen) if one.seen else None,
        "backup": backup if one.generation else None,
        "changes": one.changes,
        "bytes": one.bytes,
    }
