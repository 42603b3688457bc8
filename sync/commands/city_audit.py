"""`server audit` and `server looks`: who did what, who looked at whom, and both as signed files."""

from pathlib import Path
from typing import Any

from sync.commands.call import Answer, Call
from sync.commands.city import opened
from sync.commands.edges import identity, moment
from sync.commands.files import check_place, replaced


def export(call: Call) -> Answer:
    """Write the audit's chain to a file that `check` can check."""
    from sync.server import audit_file

    path = Path(call.options.out)
    check_place(path)
    with opened(call) as (city, who):
        made = audit_file.export(city, who, call.options.office or "")
        replaced(path, made.content)
    return Answer({"events": made.events, "head": made.head.hex(), "file": str(path)})


def looks(call: Call) -> Answer:
    """List who looked at whom, the newest first; this is noted too."""
    from sync.server import looked_at, offices
    from sync.server import looks as seen

    given = call.options
    with opened(call) as (city, who):
        office = b""
        if given.office:
            with city.database.read() as connection:
                office = offices.by_code(connection, city.code, given.office)
        whom = looked_at.person(city, given.whom) if given.whom else b""
        by = identity(given.by, "operator_unknown") if given.by else b""
        found = seen.read(city, seen.Asked(whom, by, office), given.limit, who)
        names = looked_at.names(city, found)
    return Answer({"looks": [_shown(one, names) for one in found]})


def export_looks(call: Call) -> Answer:
    """Write the chains of looks to a file that `check` can check."""
    from sync.server import looked_at, looks_file

    given, path = call.options, Path(call.options.out)
    check_place(path)
    with opened(call) as (city, who):
        whom = looked_at.person(city, given.whom) if given.whom else b""
        by = identity(given.by, "operator_unknown") if given.by else b""
        asked = looks_file.Asked(given.office or "", whom, by)
        made = looks_file.export(city, who, asked)
        replaced(path, made.content)
    return Answer({"looks": made.events, "file": str(path)})


def _shown(one: Any, names: dict[bytes, str]) -> dict[str, Any]:
    told: dict[str, Any] = {
        "time": moment(one.at),
        "operator": one.operator.hex(),
        "how": one.how,
        "what": one.what,
        "device": one.device.hex(),
        "received": moment(one.received),
    }
    if one.operator in names:
        told["name"] = names[one.operator]
    if one.record:
        told |= {"record": one.record.hex(), "person": one.subject.hex()}
    else:
        told["count"] = one.count
    return told
