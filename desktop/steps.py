"""Which step comes next for a record, and whose turn it is; asked of its form's machine."""

from forms.engine.form import Form
from forms.engine.machine import Action
from sync.store.handle import Store
from sync.store.read import Record

ISSUED = "issued"


def next_step(form: Form, state: str, roles: tuple[str, ...]) -> Action | None:
    """Name the next step towards issued from a state; from "" after the record is begun."""
    return form.machine.forward(state or form.machine.start, roles)


def reaches(form: Form, state: str, roles: tuple[str, ...]) -> str:
    """Tell the state in which the walk of these roles ends."""
    here = state or form.machine.start
    for _ in form.machine.states:
        row = form.machine.forward(here, roles)
        if row is None:
            break
        here = row.target
    return here


def onward(store: Store, record: Record, form: Form) -> Action | None:
    """Name the step that this operator is to take: towards issued, or as the one who signs too."""
    roles, stands = store.operator.roles, store.stands(record.office)
    if not stands:
        return form.machine.forward(record.state, roles)
    if not waits_for_second(store, record, form):
        return None
    rows = form.machine.allowed(record.state, roles, stands)
    return next((row for row in rows if row.target != row.source and not row.reason), None)


def waits_for_second(store: Store, record: Record, form: Form) -> bool:
    """Tell whether a letter is printed and waits for the signature of another kind of office."""
    if form.letter is None or not _second(form, record.state):
        return False
    return form.letter.shows_camat(record.answers, store.scene().today.isoformat())


def travels(store: Store) -> bool:
    """Tell whether letters of this office are signed elsewhere, or others' letters here."""
    forms = store.catalogue.forms.values()
    return any(
        store.sees(form) and any(row.office for row in form.machine.actions) for form in forms
    )


def _second(form: Form, state: str) -> bool:
    rows = form.machine.actions
    return any(row.source == state and row.office and row.target != state for row in rows)
