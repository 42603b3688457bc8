"""`server live`: the screens that may show the live room; dispositions, given and answered."""

from sync.commands.call import Answer, Call
from sync.commands.city import opened
from sync.commands.edges import day, moment


def make_token(call: Call) -> Answer:
    """Make the token of a screen; the path is opened there once, at the server's address."""
    from sync.server.wall import tokens

    screen = call.options.screen
    with opened(call) as (city, who):
        token = tokens.make(city, screen, who)
    return Answer({"screen": screen, "token": token, "path": f"/live?token={token}"})


def list_tokens(call: Call) -> Answer:
    """List every token that was ever made."""
    from sync.server.wall import tokens

    with opened(call) as (city, _):
        found = tokens.listing(city)
    return Answer(
        {
            "screens": [
                {
                    "screen": one.name,
                    "made": moment(one.made),
                    "revoked": moment(one.revoked) if one.revoked else None,
                }
                for one in found
            ]
        }
    )


def revoke_token(call: Call) -> Answer:
    """Let a screen in no more."""
    from sync.server.wall import tokens

    with opened(call) as (city, who):
        tokens.revoke(city, call.options.screen, who)
    return Answer({"ok": True, "screen": call.options.screen})


def count_anew(call: Call) -> Answer:
    """Count every record of the live room anew."""
    from sync.server import live

    with opened(call) as (city, _):
        return Answer({"ok": True, "records": live.count_all_anew(city)})


def direct(call: Call) -> Answer:
    """Give a disposition to an office."""
    from sync.server.wall import directives

    given = call.options
    due = day(given.due, "due")
    asked = directives.Directive(given.office, given.sender, given.about, given.request, due)
    with opened(call) as (city, who):
        return Answer({"record": directives.give(city, asked, who).hex()})


def list_directives(call: Call) -> Answer:
    """List the newest dispositions and what became of them."""
    from sync.server.wall import directives

    with opened(call) as (city, _):
        found = directives.listing(city)
    return Answer(
        {
            "dispositions": [
                {
                    "record": one.id.hex(),
                    "office": one.office,
                    "about": one.about,
                    "due": one.due,
                    "given": moment(one.given),
                    "state": one.state,
                    "late": one.late,
                    "answer": one.answer,
                }
                for one in found
            ]
        }
    )
