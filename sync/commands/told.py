"""How records and acts are told outside: plain JSON shapes, the same in every answer."""

from typing import Any

from sync.commands.edges import moment
from sync.protocol.change import Number
from sync.store import letters, read
from sync.store.handle import Store
from sync.store.read import Event, Record


def number(found: Number | None) -> dict[str, str]:
    """Tell a letter's number: `number`, or `provisional` while the final one is to come."""
    if found is None:
        return {}
    return {"provisional" if found.provisional else "number": found.text}


def record(store: Store, found: Record) -> dict[str, Any]:
    """Tell a record as lists show it."""
    body: dict[str, Any] = {"record": found.id.hex(), "service": found.service}
    if found.subject:
        body["subject"] = found.subject.hex()
    if found.replaces:
        body["replaces"] = found.replaces.hex()
    if found.printed:
        body["printed"] = found.printed
    if found.erased:
        body["erased"] = True
    return {
        **body,
        "answers": found.answers,
        "state": found.state,
        **number(found.number),
        "actions": list(read.actions(store, found)),
        "sync": found.sync,
        "updated": moment(found.updated),
        "operator": found.author,
    }


def whole(store: Store, found: Record) -> dict[str, Any]:
    """Tell a record with its history, an issued letter with the text of its QR."""
    body = record(store, found)
    form = store.catalogue.form(found.service)
    if form.letter is not None and found.number is not None:
        body["qr"] = letters.qr_text(store, found.id)
    after = [one.id.hex() for one in read.corrections(store, found.id)]
    if after:
        body["replaced_by"] = after
    if read.is_abridged(store, found.id):
        body["history_abridged"] = True
    return {**body, "history": [_event(event) for event in read.history(store, found.id)]}


def _event(event: Event) -> dict[str, Any]:
    body: dict[str, Any] = {
        "id": event.id.hex(),
        "act": event.act,
        "time": moment(event.time),
        "operator": event.operator,
        "device": event.device.hex(),
        "state": event.state,
        "keys": list(event.keys),
        **number(event.number),
    }
    if event.reason:
        body["reason"] = event.reason
    if event.verdict:
        body["verdict"] = event.verdict
    if event.code:
        body["code"] = event.code
    if event.day:
        body["service_day"] = event.day
    return {**body, "pending": event.pending}
