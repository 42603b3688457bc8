"""`conflicts`, `conflict settle`: what waits for a choice, with both values and both authors."""

from typing import Any

from sqlalchemy import Connection

from forms.engine import words
from sync.commands.call import Answer, Call
from sync.commands.edges import identity, moment
from sync.commands.entry import entered
from sync.protocol import settle as settling
from sync.store import inbox, kept, staff
from sync.store.handle import Store
from sync.store.inbox import Entry, Returned


def list_all(call: Call) -> Answer:
    """List every open conflict, the oldest first, and our choices that came too late."""
    with entered(call) as store:
        found, late = inbox.listing(store), inbox.returned(store)
        with store.read() as conn:
            people = _People(store, conn)
            body = {"conflicts": [_entry(people, entry) for entry in found]}
            if late:
                body["returned"] = [_returned(people, one) for one in late]
    return Answer(body)


def settle(call: Call) -> Answer:
    """Choose one of both values; the choice counts once the server has taken it."""
    given = call.options
    with entered(call) as store:
        handle = identity(given.id, "conflict_unknown")
        entry = inbox.settle(store, handle, given.keep, reason=given.reason)
    return Answer({"ok": True, "id": given.id, "record": entry.record.hex(), "keep": given.keep})


def _entry(people: "_People", entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.id.hex(),
        "record": entry.record.hex(),
        "service": entry.service,
        "group": entry.group,
        "kind": entry.kind,
        "present": entry.present,
        "proposed": entry.proposed,
        "present_by": people.wrote(entry.present_by),
        "proposed_by": people.wrote(entry.proposed_by),
    }


def _returned(people: "_People", one: Returned) -> dict[str, Any]:
    by = people.wrote(one.settled_by)
    who = by.get("operator") or words.label("answer", "somebody")
    return {
        "record": one.record.hex(),
        "service": one.service,
        "group": one.group,
        "code": one.code,
        "message": words.say(one.code, who=who),
        "settled_by": by,
    }


class _People:
    """Says who wrote a change."""

    def __init__(self, store: Store, conn: Connection) -> None:
        self._store = store
        self._conn = conn
        self._names = staff.names(conn)

    def wrote(self, name: bytes) -> dict[str, Any]:
        """Tell operator, office and time; of other offices' people no name is kept here."""
        query = "SELECT plain FROM change WHERE id = ?"
        plain = self._conn.exec_driver_sql(query, (name,)).scalar()
        if plain is None:
            return {}
        change = kept.unpack(plain, name)
        known = change.operator in self._names
        said = settling.said_by(change)
        return {
            "operator": self._names.get(change.operator, "") or (said.by if said else ""),
            "office": self._store.desk.office.code if known else "",
            "time": moment(change.time),
        }
