"""A trip by a folder that somebody carries: out of a desk, through the city, into a desk."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sync.commands.call import Answer, Call
from sync.commands.city import opened

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sync.client.folder import Carried
    from sync.crypto.parcel import Fault


def out(call: Call) -> Answer:
    """Copy all that is pending, and an ask, into a folder."""
    from sync.client.folder import carry_out
    from sync.commands.entry import entered
    from sync.protocol.stick import Folder

    path = Path(call.options.dir)
    path.mkdir(exist_ok=True)  # a script's own; a stick's is there with the stick
    with entered(call) as store:
        return _told(carry_out(store, Folder(path)))


def back(call: Call) -> Answer:
    """Take from a folder what is for this desk."""
    from sync.client.folder import carry_in
    from sync.commands.entry import entered
    from sync.protocol.stick import Folder

    with entered(call) as store:
        return _told(carry_in(store, Folder(Path(call.options.dir))))


def visit(call: Call) -> Answer:
    """Take at the city what a folder brings, and lay the answers there."""
    from sync.protocol.stick import Folder
    from sync.server.folder import carry

    with opened(call) as (city, _):
        done = carry(city, Folder(Path(call.options.dir)))
    batches = {
        "taken": done.taken,
        "known": done.known,
        "held": done.held,
        "refused": _refused(done.refused),
    }
    body: dict[str, Any] = {"batches": batches, "wrote": done.wrote, "ignored": done.ignored}
    if done.unwritten:
        body["unwritten"] = done.unwritten
    return Answer(body)


def _told(done: "Carried") -> Answer:
    body = {name: getattr(done, name) for name in done.__struct_fields__}
    return Answer({**body, "refused": _refused(done.refused)})


def _refused(faults: "Sequence[Fault]") -> list[dict[str, str]]:
    return [{"file": fault.file, "code": fault.code} for fault in faults]
