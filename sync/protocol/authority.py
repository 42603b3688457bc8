"""Whether a change's author may do it: by their roles now, or by those that their desk knew of.

    the roles that the author has now allow it       it is judged like any other
    those that their desk could know of allow it     it counts, and says that the right had ended
    neither does                                     role_missing

Work done in good faith by somebody who has left meanwhile is not lost (sync-rules 10). It doesn't
go so far as to decide over others: a choice in a dispute and a change of people's roles need a
right that holds still, else two heads could take each other's away and both be obeyed.
"""

from collections.abc import Collection
from typing import NamedTuple

from forms.engine.form import Form
from sync.protocol import settle
from sync.protocol.change import EDIT, NEW, NUMBERING, SETTLE, Body, Change
from sync.protocol.view import View

ENDED = "authority_ended"  # code of what was applied though its author's right had ended
MISSING = "role_missing"


class Right(NamedTuple):
    """`code` says what is wrong, "" for nothing; `roles` are those that the act is judged by."""

    code: str
    roles: Collection[str]
    ended: bool = False


def right(change: Change, form: Form, view: View) -> Right:
    """Check an act against the machine's roles, whatever state the record is in."""
    roles = view.roles(change.operator)
    code = _fault(change, form, roles)
    if code != MISSING or form.internal or change.act == SETTLE:
        return Right(code, roles)
    former = view.former(change)
    if _fault(change, form, former):
        return Right(code, roles)
    return Right("", former, ended=True)


def _fault(change: Change, form: Form, roles: Collection[str]) -> str:
    machine = form.machine
    if change.act == NEW:
        if change.state not in {"", machine.start}:
            return "state_wrong"
        return "" if machine.may_create(roles) else MISSING
    if change.act == EDIT:
        return "" if not machine.edit.isdisjoint(roles) else MISSING
    if change.act == SETTLE:
        return "" if settle.may(form, roles) else MISSING
    if change.act == NUMBERING:  # a lease that came brings it, whoever is signed in
        numbered = change.number is not None and not change.number.provisional
        return "" if numbered and change.body == Body() else "action_unknown"
    rows = [row for row in machine.actions if row.action == change.act]
    if not rows:
        return "action_unknown"
    return MISSING if all(row.roles.isdisjoint(roles) for row in rows) else ""
