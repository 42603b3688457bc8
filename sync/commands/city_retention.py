"""`server retention`: closed records whose time of keeping is over, and ending them."""

from forms.engine import words
from sync.commands.call import Answer, Call
from sync.commands.city import opened
from sync.server import retention


def retention_due(call: Call) -> Answer:
    """List what is due; with `--apply`, erase what its rule says is to be erased."""
    given = call.options
    with opened(call) as (city, who):
        if not given.apply or given.dry_run:
            due = retention.listing(city)
            return Answer(
                {
                    "due": [
                        {
                            "record": one.record.hex(),
                            "service": one.service,
                            "office": one.office,
                            "state": one.state,
                            "over": one.until,
                            "then": one.then,
                            "source": one.source,
                        }
                        for one in due
                    ],
                    "count": sum(one.then == retention.ERASE for one in due),
                }
            )
        done = retention.carry_out(city, who, words.say("retention_reason"), given.count)
    return Answer({"erased": done.erased, "remaining": done.left})
