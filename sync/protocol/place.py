"""Whether a record is one to which a change's author may do this: the office, the form, the id.

    it leans on what was refused id_taken       id_taken
    an import's derived id is the record of     id_taken
      another office, or of another NIK
    the record is another office's, and its     not_in_scope
      machine gives nothing of this to ours
    it is of another service                    service_wrong

What is refused id_taken is done again by its author's desk, on a record with a random id
(sync-rules 1f, sync.store.renaming); that two records bear one NIK is then put before a person.
"""

from forms.engine.form import Form
from sync.protocol.change import NEW, Change
from sync.protocol.ties import takes_part
from sync.protocol.view import Present, View

ID_TAKEN = "id_taken"
TAKEN = ("refused", ID_TAKEN)  # verdict and code of what is begun anew


def fault(change: Change, form: Form, present: Present, view: View) -> str:
    """Say by code why its author may not do this to this record; "" where they may."""
    if _leans_on_taken(change, view):
        return ID_TAKEN
    place = view.place(change, present)
    if place is None and change.act == NEW:  # another office imported the same person before
        return ID_TAKEN
    if place is None or (
        place and (change.body.answers or not takes_part(form, change, place))
    ):  # the other office adds its signature and number, and never touches what is said
        return "not_in_scope"
    if present.service != change.service:
        return "service_wrong"
    if change.act == NEW:  # an import met its own row again, or another person under a derived id
        for key in form.unique:
            before, now = present.answers.get(key), change.body.answers.get(key)
            if before is not None and now is not None and before != now:
                return ID_TAKEN
    return ""


def _leans_on_taken(change: Change, view: View) -> bool:
    """Tell whether its author meant a record that is begun anew under an id of its own."""
    known = (view.known(base) for base in change.base.values() if base)
    return any(one is not None and (one.verdict, one.code) == TAKEN for one in known)
