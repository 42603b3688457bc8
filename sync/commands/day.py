"""`day ...`: the day for which this desk is open, and a person's word on it."""

import datetime as dt
from typing import Any

from forms.engine.problem import Problem, Refused
from sync.commands.call import Answer, Call
from sync.commands.entry import entered
from sync.store import day
from sync.store.doubt import Day


def show(call: Call) -> Answer:
    """Say which day it is here, and whether somebody has to confirm it."""
    with entered(call) as store:
        return Answer(told(store.day()))


def confirm(call: Call) -> Answer:
    """Open the desk for a day; Refused(day_shape | year_closed)."""
    given = str(call.options.date)
    try:
        date = dt.date.fromisoformat(given)
    except ValueError as error:
        raise Refused(Problem("day_shape", facts={"given": given[:40]})) from error
    with entered(call) as store:
        return Answer(told(day.confirm(store, date)))


def told(found: Day) -> dict[str, Any]:
    """Tell of a day: `date` is the open one, in doubt the one by which answers are judged."""
    body: dict[str, Any] = {
        "date": found.date.isoformat(),
        "clock": found.clock.isoformat(),
        "known": found.known.isoformat() if found.known is not None else None,
        "doubtful": bool(found.doubt),
    }
    if found.doubt:
        body["why"] = found.doubt
        body["proposed"] = found.proposed.isoformat() if found.proposed is not None else None
    return body
