"""`operator ...`: who may sign in on this laptop."""

from typing import Any

from forms.engine import words
from sync.commands import credential
from sync.commands.call import Answer, Call
from sync.commands.entry import entered
from sync.store import operators


def list_all(call: Call) -> Answer:
    """List the office's people."""
    with entered(call) as store:
        return Answer(
            {
                "operators": [
                    {"name": person.name, "roles": list(person.roles), "here": here}
                    for person, here in operators.listing(store)
                ]
            }
        )


def add(call: Call) -> Answer:
    """Let somebody sign in here, with roles and a passphrase of their own."""
    given = call.options
    with entered(call) as store:
        person = operators.add(
            store,
            given.name,
            given.role,
            credential.ask_new(call),
            keystore=call.keystore,
        )
    made: dict[str, Any] = {"operator": person.id.hex(), "name": person.name}
    return Answer({"ok": True, **made, "roles": list(person.roles)})


def remove(call: Call) -> Answer:
    """Let somebody sign in no more."""
    given = call.options
    with entered(call) as store:
        reason = given.reason or words.say("operator_removed")
        operators.remove(store, given.name, reason=reason)
    return Answer({"ok": True, "name": given.name})


def change_passphrase(call: Call) -> Answer:
    """Give whoever acts another passphrase."""
    who = credential.ask(call)
    with entered(call, who) as store:
        operators.change_passphrase(
            store, who.passphrase, credential.ask_new(call), keystore=call.keystore
        )
    return Answer({"ok": True, "name": who.name})
