"""`region apply`: a new region file brought to this desk by hand."""

from pathlib import Path

from sync.commands.call import Answer, Call
from sync.commands.entry import entered
from sync.store import policy


def apply(call: Call) -> Answer:
    """Go by a region file until the city speaks; `changed` says whether it is news."""
    with entered(call) as store:
        is_new = policy.bring(store, Path(call.options.file))
        region = store.region
    return Answer({"ok": True, "region": region.code, "name": region.name, "changed": is_new})
