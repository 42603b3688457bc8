"""`server keys`: which keys the city has had, and new ones in their place."""

from typing import Any

from sync.commands.call import Answer, Call
from sync.commands.city import opened
from sync.commands.edges import moment


def list_all(call: Call) -> Answer:
    """List every key with its days."""
    from sync.server import city_keys

    with opened(call) as (city, _):
        found = city_keys.listing(city)
    return Answer({"city_keys": [_shown(key) for key in found]})


def rotate(call: Call) -> Answer:
    """Make a new sealing key at once, and a new signing key if that is asked for."""
    from sync.server import city_keys

    given = call.options
    with opened(call) as (city, who):
        found = city_keys.rotate(city, who, signing=given.signing, lost=given.lost)
    return Answer({"ok": True, "list": found.number})


def _shown(key: Any) -> dict[str, Any]:
    days = {name: getattr(key, name) for name in ("began", "retired", "destroys", "unreadable")}
    return {
        "id": key.id.hex(),
        "use": key.use,
        "gone": key.gone > 0,
        **{name: moment(day) if day else None for name, day in days.items()},
    }
