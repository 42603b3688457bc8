"""`nik`: what a number says about itself, without a store."""

import datetime as dt

from forms.engine import nik as engine
from sync.commands.call import Answer, Call
from sync.commands.table import DONE, REFUSED


def nik(call: Call) -> Answer:
    """Read one NIK; status 1 if it is not valid, the whole answer on stdout all the same."""
    found = engine.read(call.options.number, dt.datetime.now().astimezone().date())
    body: dict[str, object] = {"valid": found.valid, "problems": list(found.problems)}
    if found.birth_date is not None:
        body["birth_date"] = found.birth_date.isoformat()
    if found.sex is not None:
        body["sex"] = found.sex
    if found.region is not None:
        body["region"] = found.region
    return Answer(body, DONE if found.valid else REFUSED)
