"""Fills in a form from the resident or patient whom it concerns."""

from collections.abc import Mapping

from forms.engine.answers import Answers, Value
from forms.engine.form import Form


def from_subject(form: Form, subject: Mapping[str, Value]) -> Answers:
    """Give the answers that a subject's own answers fill in; the clerk may change each of them."""
    found: Answers = {}
    for key, field in form.fields.items():
        value = subject.get(field.prefill) if field.prefill and not field.retired else None
        if value is not None:
            found[key] = value
    return found
