"""`server metrics token`: who may read how the server does."""

from sync.commands.call import Answer, Call
from sync.commands.city import opened


def make_token(call: Call) -> Answer:
    """Make the token anew; it is shown once, and the one before ends."""
    from sync.server import metrics

    with opened(call) as (city, who):
        return Answer({"token": metrics.make_token(city, who), "path": metrics.PATH})
