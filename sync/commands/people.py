"""`operator ...`: who may sign in on this laptop."""

from typing import Any

from forms.engine import words
from sync.commands import credential
from sync.commands.call import Answer, Call
from sync.commands.edges import moment
from sync.commands.entry import entered
from sync.store import key_list, operators, store_key


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
    """Give whoever acts another passphrase; where others may know it, another store key as well."""
    who, left_out = credential.ask(call), list[str]()
    with entered(call, who) as store:
        new = credential.ask_new(call)
        if call.options.compromised:
            left_out = store_key.change(store, who.passphrase, new, keystore=call.keystore)
        else:
            operators.change_passphrase(store, who.passphrase, new, keystore=call.keystore)
    if call.options.compromised:  # the next sign-in says that the key of before has ended
        with entered(call, credential.Credential(who.name, new)):
            pass
    more: dict[str, Any] = {"to_add_again": left_out} if left_out else {}
    return Answer({"ok": True, "name": who.name, **more})


def list_keys(call: Call) -> Answer:
    """List the keys by which the office's people sign."""
    with entered(call) as store:
        return Answer(
            {
                "operator_keys": [
                    {
                        "id": key.id.hex(),
                        "operator": key.operator,
                        "device": key.device,
                        "state": key.state,
                        "counts": key.counts,
                        "since": moment(key.since) if key.since else None,
                        "vouched_by": key.vouched_by or None,
                        "ended": moment(key.ended) if key.ended else None,
                    }
                    for key in key_list.keys(store)
                ]
            }
        )
