"""Fills in a form from the resident or patient whom it concerns."""

from collections.abc import Mapping

from forms.engine.answers import Answers, Value
from forms.engine.form import Form


def from_subject(form: Form, subject: Mapping[str, Value]) -> Answers:
    """Give the answers that a subject's own answers fill in; the clerk may change each of them."""
    found: Answers = {}
    for key, field in form.fields.items():
        if not field.prefill or field.retired:
            continue
        value = subject.get(field.prefill)
        if value is not None:
            found[key] = _person(value, subject, field.prefill) if field.party else value
    return found


def _person(name: Value, subject: Mapping[str, Value], key: str) -> Value:
    """Give a relative as the resident's own answers name them: `ayah`, and `nik_ayah` beside it."""
    nik = subject.get(f"nik_{key}")
    return {"nama": str(name), "nik": str(nik)} if nik else {"nama": str(name)}
