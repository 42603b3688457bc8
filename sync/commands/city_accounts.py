"""`server admin`: who may come to the city's pages; new passphrases come as `operator add`'s do."""

from typing import Any

from sync.commands import credential
from sync.commands.call import Answer, Call
from sync.commands.city import opened
from sync.commands.edges import moment
from sync.crypto import totp
from sync.server import accounts, factor
from sync.server.accounts import Listed


def list_all(call: Call) -> Answer:
    """List every account."""
    with opened(call) as (city, _):
        return Answer({"accounts": [_shown(one) for one in accounts.listing(city)]})


def add(call: Call) -> Answer:
    """Make an account; its owner sets up the second factor at the first sign-in."""
    given = call.options
    with opened(call) as (city, who):
        name = accounts.add(city, given.name, given.role, credential.ask_new(call), who)
    return Answer({"ok": True, "name": name, "role": given.role})


def remove(call: Call) -> Answer:
    """Take an account away."""
    with opened(call) as (city, who):
        accounts.remove(city, call.options.name, who)
    return Answer({"ok": True, "name": call.options.name})


def set_role(call: Call) -> Answer:
    """Give an account another role."""
    given = call.options
    with opened(call) as (city, who):
        accounts.set_role(city, given.name, given.role, who)
    return Answer({"ok": True, "name": given.name, "role": given.role})


def reset(call: Call) -> Answer:
    """Give an account a new passphrase and no second factor."""
    name = call.options.name
    with opened(call) as (city, who):
        accounts.reset(city, name, credential.ask_new(call), who)
    return Answer({"ok": True, "name": name})


def give_factor(call: Call) -> Answer:
    """Give an account a second factor, told once."""
    name = call.options.name
    with opened(call) as (city, who):
        secret, codes = factor.give(city, name, who)
        address = totp.address(secret, name, f"Teras {city.region.name}")
    told = {"secret": totp.typed_secret(secret), "otpauth": address, "recovery_codes": codes}
    return Answer({"ok": True, "name": name, **told})


def unlock(call: Call) -> Answer:
    """Let an account's failed sign-ins be forgotten."""
    with opened(call) as (city, who):
        accounts.unlock(city, call.options.name, who)
    return Answer({"ok": True, "name": call.options.name})


def _shown(one: Listed) -> dict[str, Any]:
    return {
        "name": one.name,
        "role": one.role,
        "second_factor": one.has_factor,
        "recovery_codes": one.codes,
        "sessions": one.sessions,
        "made": moment(one.made),
        "last_sign_in": moment(one.entered) if one.entered else None,
    }
