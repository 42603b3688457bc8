"""A change of the server's own goes the way of all: judged, in an office's name, and written."""

from sqlalchemy import Connection

from forms.engine.problem import Problem, Refused
from sync.protocol.change import Change
from sync.server import writing
from sync.server.city import City
from sync.server.judging import Judging
from sync.server.view import BatchView


def say(connection: Connection, city: City, office: bytes, change: Change) -> None:
    """Let a change take effect; Refused with what judging says against it."""
    view = BatchView(connection, city, {})
    view.speak_for(office)
    judging = Judging(view)
    judging.run([change])
    [outcome] = judging.outcomes
    if outcome.judgement.verdict != "applied":
        raise Refused(Problem(outcome.judgement.code))
    writing.write(view, judging.outcomes, city.now())
