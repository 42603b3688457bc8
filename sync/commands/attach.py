"""`record attach` and `record fetch`: the scan of a paper, into a record and out again."""

from pathlib import Path
from typing import Any

from forms.engine.problem import Problem, Refused
from sync.commands.call import Answer, Call
from sync.commands.edges import identity
from sync.commands.entry import entered
from sync.commands.files import check_place, replaced
from sync.protocol import looks as said
from sync.store import attachments, looks, read, records
from sync.store.read import Record


def attach(call: Call) -> Answer:
    """Attach a file to one answer of a record; its content travels after the records."""
    given = call.options
    record = identity(given.id)
    with entered(call) as store:
        answers = {given.paper: {"file": str(Path(given.file).absolute())}}
        saved = records.edit(store, record, answers, reason=given.reason)
        file = _file(read.record(store, record), given.paper)
    told = {key: file[key] for key in ("file", "size", "type")}
    return Answer({"ok": True, "record": saved.record.hex(), "attachment": told})


def fetch(call: Call) -> Answer:
    """Write the content of an attached file; one that is not here yet is asked for."""
    given = call.options
    path = Path(given.file)
    check_place(path)
    with entered(call) as store:
        found = read.record(store, identity(given.id))
        content = attachments.opened(store, _file(found, given.paper))
        looks.at_record(store, found, said.FILE)
    replaced(path, content)
    return Answer({"ok": True, "file": str(path), "size": len(content)})


def _file(record: Record, key: str) -> dict[str, Any]:
    """Find the reference in a record's answers; Refused(attachment_none)."""
    value = record.answers.get(key)
    if not isinstance(value, dict) or "file" not in value:
        raise Refused(Problem("attachment_none", key))
    return value
