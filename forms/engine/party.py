"""Fills in the residents whom answers name, before the answers are checked.

A form keeps of a resident what it asks for, as it was then: `{"record": ID}` becomes
`{"record": ID, "nama": ..., "nik": ...}`. Who has no register to look into (the server) gets
answers that were filled in already.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from forms.engine import parts
from forms.engine.answers import Value
from forms.engine.form import Form
from forms.engine.problem import Problem, Refused
from forms.engine.spec import Field

# Takes a record's id of 32 hex digits and gives the resident's answers, None for a stranger.
Lookup: TypeAlias = Callable[[str], Mapping[str, Value] | None]


def resolve(form: Form, answers: Mapping[str, Any], lookup: Lookup) -> dict[str, Any]:
    """Give the answers with every bare pointer to a resident filled in; others stay as they are.

    Refused(person_unknown), with the row in a list, for each pointer that leads to nobody.
    """
    filled = dict(answers)
    unknown: list[Problem] = []
    for key, field in form.fields.items():
        given = filled.get(key)
        if field.party is None or given is None:
            continue
        if isinstance(given, list):
            rows = []
            for number, row in enumerate(given, 1):
                rows.append(_filled(field, row, lookup, unknown, number))
            filled[key] = rows
        else:
            filled[key] = _filled(field, given, lookup, unknown, None)
    if unknown:
        raise Refused(*unknown)
    return filled


def _filled(
    field: Field, given: Any, lookup: Lookup, unknown: list[Problem], row: int | None
) -> Any:
    assert field.party is not None, "asked of fields with a party only"
    if not isinstance(given, dict) or not isinstance(given.get(parts.RECORD), str):
        return given
    own = {column.key for column in field.column}  # a row's own cells say nothing of the person
    if given.keys() - own != {parts.RECORD}:
        return given
    resident = lookup(given[parts.RECORD])
    if resident is None:
        unknown.append(Problem("person_unknown", field.key, row=row))
        return given
    known = parts.snapshot(field.party, given[parts.RECORD], resident, field.column)
    return {**known, **given}
