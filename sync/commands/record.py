"""`record ...`: new, edit, move, show, find, list."""

import re
from collections.abc import Iterable
from typing import Any

from forms.engine.problem import Problem, Refused
from forms.engine.words import say
from sync.commands import answers_file, told
from sync.commands.call import Answer, Call
from sync.commands.edges import identity
from sync.commands.entry import entered
from sync.commands.trouble import shown
from sync.protocol import looks as said
from sync.protocol.change import NOBODY
from sync.store import day, looks, read, records
from sync.store.handle import Store
from sync.store.read import Record
from sync.store.records import Saved
from sync.store.registers.insertion import Insert

_BEHIND = re.compile(r"([0-9]{1,7})(?:/([0-9]{4}))?")


def new(call: Call) -> Answer:
    """Begin one record, or one for each line, every line in a transaction of its own."""
    given = call.options
    subject = identity(given.subject) if given.subject else NOBODY
    many = given.many or answers_file.is_many(given.answers)
    if many and given.replaces:
        raise Refused(Problem("correction_many"))
    with entered(call) as store:
        if many:
            return _new_many(call, store, subject)
        saved = _new(call, store, answers_file.read_one(given.answers), subject)
        if saved.waits:
            call.warn(say("day.waits"))
        return Answer(_saved(saved))


def edit(call: Call) -> Answer:
    """Change the given answers of a record."""
    given = call.options
    record = identity(given.id)
    with entered(call) as store:
        answers = answers_file.read_one(given.answers)
        return Answer(_saved(records.edit(store, record, answers, reason=given.reason)))


def move(call: Call) -> Answer:
    """Do one action of the form's state machine."""
    given = call.options
    with entered(call) as store:
        saved = records.move(
            store,
            identity(given.id),
            given.action,
            reason=given.reason,
            insert=_insertion(given.insert_after),
        )
        return Answer(_saved(saved))


def show(call: Call) -> Answer:
    """Show a record with its history."""
    with entered(call) as store:
        found = read.record(store, identity(call.options.id))
        looks.at_record(store, found)
        return Answer(told.whole(store, found))


def find(call: Call) -> Answer:
    """Find records by what is typed at a counter."""
    given = call.options
    with entered(call) as store:
        return _list(store, read.find(store, given.text, service=given.service, limit=given.limit))


def list_all(call: Call) -> Answer:
    """List the records of a service, oldest first."""
    given = call.options
    after = identity(given.after) if given.after else None
    with entered(call) as store:
        found = read.listing(store, given.service, after=after, limit=given.limit)
        if looks.is_personal(store.catalogue.form(given.service), NOBODY):
            looks.at_list(store, said.LIST, given.service, len(found))
        return _list(store, found)


def _new(call: Call, store: Store, raw: dict[str, Any], subject: bytes) -> Saved:
    given = call.options
    return records.new(
        store,
        given.service,
        raw,
        subject=subject,
        reason=given.reason,
        replaces=identity(given.replaces) if given.replaces else NOBODY,
        issue=given.issue,
        insert=_insertion(given.insert_after),
    )


def _new_many(call: Call, store: Store, subject: bytes) -> Answer:
    """Tell each committed line at once, so that whoever feeds the lines knows what is safe."""
    done: list[dict[str, Any]] = []
    refused: list[dict[str, Any]] = []
    waits = False
    for line in answers_file.read_many(call.options.answers):
        try:
            if line.refused is not None:
                raise line.refused
            saved = _saved(_new(call, store, line.raw or {}, subject))
        except Refused as trouble:
            refused.append({"line": line.number, "problems": list(shown(trouble.problems))})
            continue
        done.append({"line": line.number, **saved})
        waits = waits or "waits" in saved
        call.tell({key: value for key, value in done[-1].items() if key != "state"})
    if waits:
        call.warn(say("day.waits"))
    return Answer({"records": done, "refused": refused})


def _insertion(text: str | None) -> Insert | None:
    """Read 123 or 123/2026, a number to insert behind; Refused(insert_shape)."""
    if text is None:
        return None
    found = _BEHIND.fullmatch(text)
    if found is None:
        raise Refused(Problem("insert_shape", facts={"given": text[:40]}))
    return Insert(int(found[1]), int(found[2] or 0))


def _saved(saved: Saved) -> dict[str, Any]:
    body = {"record": saved.record.hex(), "state": saved.state, **told.number(saved.number)}
    return body | ({"waits": day.UNCONFIRMED} if saved.waits else {})


def _list(store: Store, found: Iterable[Record]) -> Answer:
    return Answer({"records": [told.record(store, entry) for entry in found]})
