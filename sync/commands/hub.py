"""The office's hub: running it, and going by it."""

from pathlib import Path

from sync.commands.call import Answer, Call
from sync.commands.entry import entered


def run(call: Call) -> Answer:
    """Store and forward for the desks of an office until told to end."""
    from sync.client import hub_run

    given = call.options
    hub_run.run(Path(given.dir), given.server, given.host, given.port, call.announce)
    return Answer({})


def use(call: Call) -> Answer:
    """Go by this hub from now on; without an address, by none."""
    from sync.client import journey

    with entered(call) as store:
        journey.use_hub(store, call.options.hub or "")
    return Answer({"ok": True, "hub": call.options.hub or ""})
