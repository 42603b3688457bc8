"""`removals`: what the city would take from this laptop at once, and the head's word on it."""

from sync.commands.call import Answer, Call
from sync.commands.edges import moment
from sync.commands.entry import entered
from sync.store import removals


def list_all(call: Call) -> Answer:
    """List what waits: the records that would go, and since when."""
    with entered(call) as store:
        return Answer(
            {
                "removals": [
                    {
                        "group": one.stream.partition("/")[2],
                        "records": [record.hex() for record in one.records],
                        "since": moment(one.since),
                    }
                    for one in removals.listing(store)
                ]
            }
        )


def confirm(call: Call) -> Answer:
    """Let all of it go."""
    with entered(call) as store:
        return Answer({"ok": True, "went": removals.confirm(store)})
