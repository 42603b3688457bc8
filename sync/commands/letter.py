"""`letter pdf`: the very bytes that print."""

from pathlib import Path

from sync.commands.call import Answer, Call
from sync.commands.edges import identity
from sync.commands.entry import entered
from sync.commands.files import check_place, replaced
from sync.store import letters


def pdf(call: Call) -> Answer:
    """Write a letter's PDF; the first one of an issued letter is the original."""
    given = call.options
    path = Path(given.file)
    # A print is counted before it is made; a folder that isn't there must not cost the original.
    check_place(path)
    with entered(call) as store:
        printed = letters.pdf(store, identity(given.id), preview=given.preview)
    replaced(path, printed.data)
    return Answer({"pages": printed.pages, "copy": printed.copy, "file": str(path)})
