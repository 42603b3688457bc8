"""`server edges`: what goes to other systems, sent again at an administrator's word."""

from typing import Any

from forms.engine.problem import Problem, Refused
from sync.commands.call import Answer, Call
from sync.commands.city import opened
from sync.commands.edges import identity, moment

ROWS_MAX = 1_000


def listing(call: Call) -> Answer:
    """List items, the newest first, and the destinations that rest."""
    from sync.server import edge_queue

    given = call.options
    limit = min(given.limit or ROWS_MAX, ROWS_MAX)
    with opened(call) as (city, _):
        after = _place(city, identity(given.after)) if given.after else None
        found = edge_queue.listing(city, after=after, limit=limit, state=given.state)
        with city.database.read() as connection:
            counts = edge_queue.counts(connection, city)
            rests = edge_queue.rests(connection, city)
    return Answer(
        {
            "items": [_shown(one) for one in found],
            "counts": counts,
            "rests": [
                {
                    "destination": one.destination,
                    "until": moment(one.until),
                    "failures": one.failures,
                    "code": one.code,
                }
                for one in rests
            ],
        }
    )


def send(call: Call) -> Answer:
    """Go once over what is due; Refused(edges_busy) while the running server does."""
    from sync.server import turns
    from sync.server.edges import courier, keeper

    with opened(call) as (city, _):
        turn = turns.attempt(city.folder, keeper.TURN)
        if turn is None:
            raise Refused(Problem("edges_busy"))
        try:
            return Answer({"ok": True, "tried": courier.run(city)})
        finally:
            turn.release()


def retry(call: Call) -> Answer:
    """Let one item go at once."""
    from sync.server import edge_queue

    change = identity(call.options.id)
    with opened(call) as (city, who):
        edge_queue.retry(city, change, who)
    return Answer({"ok": True, "item": change.hex()})


def _place(city: Any, change: bytes) -> tuple[int, bytes]:
    from sync.server import edge_queue

    return edge_queue.find(city, change).place


def _shown(one: Any) -> dict[str, Any]:
    return {
        "item": one.change.hex(),
        "destination": one.destination,
        "record": one.record.hex(),
        "state": one.state,
        "attempts": one.attempts,
        "due": moment(one.due) if one.due else None,
        "added": moment(one.added),
        "code": one.code,
        "words": one.words,
        "reference": one.reference,
    }
